import type { Json } from './canonical-json.js';
import type { Severity } from './diagnostic.js';

/*
 * What a team's configuration says of rules and kinds: plain data, which the loader hands on to model and check.
 */

/** What findings of a rule weigh where a team decides it; `off` where it does not want them. */
export type RuleLevel = Severity | 'off';

/** Levels by rule id. */
export interface RuleLevels {
  readonly [ruleId: string]: RuleLevel;
}

/** Levels for the documents that a glob names, of one kind only where a kind is named. */
export interface LevelOverride {
  readonly files: readonly string[];
  readonly kind?: string;
  readonly rules: RuleLevels;
}

/** The kind of documents that name none themselves: `note`, or a kind of the team's own. */
export interface KindAssignment {
  readonly files: readonly string[];
  readonly kind: string;
}

/** A JSON Schema (2020-12) as data. */
export interface JsonSchema {
  readonly [keyword: string]: Json;
}

/** A kind of document of the team's own. */
export interface CustomKind {
  /** File of the schema, as the configuration names it. */
  readonly path: string;
  /** What its front matter has to be; every scalar of front matter is text. */
  readonly schema: JsonSchema;
}

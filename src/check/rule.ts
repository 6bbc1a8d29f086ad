import type { Fix, RelatedPlace, Severity } from '../base/diagnostic.js';
import type { Range } from '../base/position.js';
import type { Entry, FullEntry } from '../model/entry.js';
import type { Model } from '../model/model.js';
import type { RuleSettings } from './settings.js';

/** What a rule says of one place; the runner adds rule id and file. */
export interface Finding {
  readonly message: string;
  readonly position: Range;
  readonly expected?: string;
  readonly observed?: string;
  readonly related?: readonly RelatedPlace[];
  readonly help?: string;
  readonly fix?: Fix;
  /** Only where this finding weighs less than the rule's own severity. */
  readonly severity?: Severity;
}

/** Group of a rule in the reference; findings of `provenance` and `authority` rules are also what `verify` reports. */
export type RuleGroup = 'document' | 'references' | 'provenance' | 'authority' | 'sql' | 'claims';

/** What the reference and `explain` say of a rule, and what its findings weigh. */
export interface RuleDescription {
  readonly id: string;
  readonly group: RuleGroup;
  readonly severity: Severity;
  /** What the rule finds, in one sentence. */
  readonly what: string;
  /** Why it matters. */
  readonly why: string;
  /** What the author does about it. */
  readonly fix: string;
}

export interface DocumentContext {
  readonly entry: FullEntry;
  readonly settings: RuleSettings;
  report(finding: Finding): void;
}

/** Judges a document by itself: its findings are a pure function of the file's bytes and the settings, and kept with its facts. */
export interface DocumentRule extends RuleDescription {
  readonly scope: 'document';
  check(context: DocumentContext): void;
}

export interface CorpusContext<Collected = unknown> {
  readonly entry: Entry;
  readonly model: Model;
  readonly settings: RuleSettings;
  /** What the rule collected from this document. */
  readonly collected: Collected;
  report(finding: Finding): void;
}

/**
 * Judges a document beside others. It sees of this one and of all others what stays in memory (`DocumentIndex`), and
 * of this one what it collected while all facts were at hand. It is called again when something changes that it asked
 * the model for, so it asks for documents by path, and not for all of them.
 */
export interface CorpusRule<Collected = unknown> extends RuleDescription {
  readonly scope: 'corpus';
  /** Plain JSON data, a pure function of the document; the rule is not called for a document that gives null. */
  collect?(entry: FullEntry): Collected | null;
  check(context: CorpusContext<Collected>): void;
}

/** Judges what is asked of the runner itself, which reports its findings: it has no function of its own. */
export interface RunnerRule extends RuleDescription {
  readonly scope: 'runner';
}

/** A static judgement over facts: plain data and one function, without I/O. */
export type Rule = DocumentRule | CorpusRule | RunnerRule;

/** A corpus rule with the type of what it collects kept inside. */
export function corpusRule<Collected>(rule: CorpusRule<Collected>): CorpusRule {
  return rule as CorpusRule;
}

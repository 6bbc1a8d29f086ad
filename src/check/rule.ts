import type { RelatedPlace, Severity } from '../base/diagnostic.js';
import type { Range } from '../base/position.js';
import type { Entry, Model } from '../model/model.js';

/** What a rule says of one place; the runner adds rule id and file. */
export interface Finding {
  readonly message: string;
  readonly position: Range;
  readonly expected?: string;
  readonly observed?: string;
  readonly related?: readonly RelatedPlace[];
  readonly help?: string;
  /** Only where this finding weighs less than the rule's own severity. */
  readonly severity?: Severity;
}

/** Group of a rule in the reference; findings of `provenance` rules are also what `verify` reports. */
export type RuleGroup = 'document' | 'references' | 'provenance' | 'sql' | 'claims';

export interface RuleContext {
  readonly entry: Entry;
  readonly model: Model;
  report(finding: Finding): void;
}

/** A static judgement over facts: plain data and one function, without I/O. */
export interface Rule {
  readonly id: string;
  readonly group: RuleGroup;
  readonly severity: Severity;
  /** What the rule finds, in one sentence. */
  readonly what: string;
  /** Why it matters. */
  readonly why: string;
  /** What the author does about it. */
  readonly fix: string;
  /** Called once for each document. */
  check(context: RuleContext): void;
}

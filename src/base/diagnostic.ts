import type { Range } from './position.js';

export type Severity = 'error' | 'warning' | 'info';

/** Another place that explains a diagnostic: the document that is referenced, the earlier declaration. */
export interface RelatedPlace {
  readonly file: string;
  readonly position: Range;
  readonly message: string;
}

/** One finding in a document, as data. Published as `lint --format json`. */
export interface Diagnostic {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string;
  readonly position: Range;
  readonly expected?: string;
  readonly observed?: string;
  readonly related?: readonly RelatedPlace[];
  readonly help?: string;
}

/** Order of diagnostics in every output: file, then place, then rule. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.file, b.file) ||
    a.position.start.line - b.position.start.line ||
    a.position.start.column - b.position.start.column ||
    compareText(a.ruleId, b.ruleId) ||
    compareText(a.message, b.message)
  );
}

/** Code-unit order, the same on every machine, unlike `localeCompare`. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import type { Range } from './position.js';

/** Severities, the lightest first. */
export const SEVERITIES = ['info', 'warning', 'error'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** Another place that explains a diagnostic: the document that is referenced, the earlier declaration. */
export interface RelatedPlace {
  readonly file: string;
  readonly position: Range;
  readonly message: string;
}

/** One replacement in a document's text. */
export interface Edit {
  readonly position: Range;
  readonly text: string;
}

/** A change to the document with the finding that a machine can decide; it never touches the bytes of a SQL fence. */
export interface Fix {
  /** What it does, as an order: `write the path of the file`. */
  readonly title: string;
  /** `digests` says that what changed was read again: applied only where the author asks for it. */
  readonly kind: 'safe' | 'digests';
  /** Edits that do not overlap, in the order of the text. */
  readonly edits: readonly Edit[];
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
  readonly fix?: Fix;
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

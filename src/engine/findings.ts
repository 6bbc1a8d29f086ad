import { compareDiagnostics, type Diagnostic } from '../base/diagnostic.js';

/** What there is to say of documents. */
export interface Said {
  readonly diagnostics: readonly Diagnostic[];
  /** Findings that a comment has accepted. */
  readonly suppressed: readonly Diagnostic[];
}

/** Findings of one document as a row keeps them; null where there is none. */
export function encodeFindings({ diagnostics, suppressed }: Said): string | null {
  if (diagnostics.length + suppressed.length === 0) return null;
  return JSON.stringify([[...diagnostics].sort(compareDiagnostics), suppressed]);
}

/** What rows say, from their findings. */
export function decodeFindings(findings: readonly string[]): Said {
  const parts = findings.map((json) => JSON.parse(json) as [Diagnostic[], Diagnostic[]]);
  return {
    diagnostics: parts.flatMap(([diagnostics]) => diagnostics),
    suppressed: parts.flatMap(([, suppressed]) => suppressed),
  };
}

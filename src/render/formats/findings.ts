import type { Diagnostic, Severity } from '../../base/diagnostic.js';
import { sha256 } from '../../base/digest.js';
import type { LineOf } from '../diagnostics.js';
import { placeText } from '../diagnostics.js';
import { encodeTerminal } from '../encode.js';

/** A rule as outputs describe it. */
export interface RuleText {
  readonly id: string;
  readonly severity: Severity;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/** What an output for other programs is made from. */
export interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  /** Paths of the documents that were judged, with findings or without. */
  readonly documents: readonly string[];
  readonly rules: readonly RuleText[];
  readonly lineOf: LineOf;
  /** A document's path as the reader of the output counts it: from the repository's root, or from the current folder. */
  readonly placeOf: (path: string) => string;
  readonly version: string;
}

/** The whole of a diagnostic as lines of text, in which nothing can steer a terminal or the format around it. */
export function messageLines(diagnostic: Diagnostic): string[] {
  const { message, expected, observed, related = [], help } = diagnostic;
  const lines = [
    message,
    ...(expected === undefined ? [] : [`expected: ${expected}`]),
    ...(observed === undefined ? [] : [`observed: ${observed}`]),
    ...related.map((one) => `see: ${placeText(one)} ${one.message}`),
    ...(help === undefined ? [] : [`help: ${help}`]),
  ];
  return lines.map(encodeTerminal);
}

/** What tells one finding from all others, and is still the same after lines were inserted above it. */
export interface Fingerprint {
  /** Of rule, document, message and the text of the line, as 64 hex digits. */
  readonly digest: string;
  /** 1 for the first finding with this digest, 2 for the next. */
  readonly occurrence: number;
}

/** Fingerprints of findings, in their order. */
export function fingerprints({ diagnostics, lineOf, placeOf }: Findings): Fingerprint[] {
  const seen = new Map<string, number>();
  return diagnostics.map(({ ruleId, file, message, position }) => {
    const line = lineOf(file, position.start.line)?.trim() ?? '';
    const digest = sha256(JSON.stringify([ruleId, placeOf(file), message, line]));
    const occurrence = (seen.get(digest) ?? 0) + 1;
    seen.set(digest, occurrence);
    return { digest, occurrence };
  });
}

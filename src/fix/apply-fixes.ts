import type { Diagnostic, Edit, Fix } from '../base/diagnostic.js';
import type { Point } from '../base/position.js';
import type { DocumentIndex } from '../parse/document.js';
import { SourceText } from '../parse/source-text.js';

/** A finding with the change that settles it. */
export type Fixable = Diagnostic & { readonly fix: Fix };

export function isFixable(finding: Diagnostic): finding is Fixable {
  return finding.fix !== undefined;
}

export interface Applied {
  readonly bytes: Uint8Array;
  /** The findings whose fix is in the bytes, in the order in which they were given. */
  readonly applied: readonly Fixable[];
}

/** An edit in UTF-16 offsets. */
interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Applies fixes to a document: each as a whole or not at all, the first of those that overlap, none that touches a
 * SQL fence with a role. New lines end as the document's own; every other byte stays as it is.
 */
export function applyFixes(
  document: DocumentIndex,
  bytes: Uint8Array,
  findings: readonly Fixable[],
): Applied {
  const source = new SourceText(bytes);
  const fences = guardedRanges(document, source);
  const lineEnd = /\r?\n/.exec(source.text)?.[0] ?? '\n';
  const taken: Replacement[] = [];
  const applied = findings.filter(({ fix }) => {
    const own = fix.edits.map((edit) => replacement(source, edit, lineEnd));
    const free = own.every(
      (one) =>
        !fences.some((fence) => overlap(one, fence)) &&
        !taken.some((other) => one.start === other.start || overlap(one, other)),
    );
    if (free) taken.push(...own);
    return free;
  });
  return { bytes: Buffer.from(replaceAll(source.text, taken)), applied };
}

/** Fences with a role, from their opening line to the end of the closing one. */
function guardedRanges({ fences }: DocumentIndex, source: SourceText) {
  return fences
    .filter(({ role }) => role !== null)
    .map(({ firstLine, lastLine, closed }) => ({
      start: source.lineStart(firstLine - 1),
      end: closed ? source.lineStart(lastLine + 2) : source.text.length,
    }));
}

/** An insertion overlaps what it stands strictly inside of. */
function overlap(a: { start: number; end: number }, b: { start: number; end: number }): boolean {
  return a.start < b.end && b.start < a.end;
}

function replacement(source: SourceText, { position, text }: Edit, lineEnd: string): Replacement {
  const offset = ({ line, column }: Point) => source.lineStart(line) + column - 1;
  const [start, end] = [offset(position.start), offset(position.end)];
  return { start, end, text: text.replaceAll('\n', lineEnd) };
}

function replaceAll(text: string, replacements: readonly Replacement[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, text: inserted } of [...replacements].sort((a, b) => a.start - b.start)) {
    result += text.slice(at, start) + inserted;
    at = end;
  }
  return result + text.slice(at);
}

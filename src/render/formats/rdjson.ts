import type { Diagnostic, Edit, Severity } from '../../base/diagnostic.js';
import type { Point, Range } from '../../base/position.js';
import { encodeTerminal } from '../encode.js';
import { type Findings, messageLines } from './findings.js';

const SEVERITY: Readonly<Record<Severity, string>> = { error: 'ERROR', warning: 'WARNING', info: 'INFO' };

/** reviewdog's Diagnostic Format (`DiagnosticResult` of reviewdog.proto), whose columns count UTF-8 bytes. */
export function rdjson(findings: Findings): string {
  const { diagnostics } = findings;
  return `${JSON.stringify({ source: { name: 'probatum' }, diagnostics: diagnostics.map((one) => entry(one, findings)) }, null, 2)}\n`;
}

function entry(diagnostic: Diagnostic, { lineOf, placeOf }: Findings) {
  const { file, position, severity, ruleId, related = [], fix } = diagnostic;
  const rangeIn = (path: string, range: Range) => ({
    start: bytePoint(lineOf(path, range.start.line), range.start),
    end: bytePoint(lineOf(path, range.end.line), range.end),
  });
  const location = (path: string, range: Range) => ({ path: placeOf(path), range: rangeIn(path, range) });
  // A digest is written by who read what it is the digest of, never by a button.
  const edit = fix?.kind === 'safe' ? mergeEdits(fix.edits, (line) => lineOf(file, line)) : null;
  return {
    message: messageLines(diagnostic).join('\n'),
    location: location(file, position),
    severity: SEVERITY[severity],
    code: { value: ruleId },
    ...(edit ? { suggestions: [{ range: rangeIn(file, edit.position), text: edit.text }] } : {}),
    ...(related.length === 0
      ? {}
      : {
          related_locations: related.map((one) => ({
            message: encodeTerminal(one.message),
            location: location(one.file, one.position),
          })),
        }),
  };
}

function bytePoint(text: string | undefined, { line, column }: Point) {
  if (text === undefined) return { line, column };
  const inside = text.slice(0, column - 1);
  return { line, column: Buffer.byteLength(inside) + Math.max(0, column - 1 - text.length) + 1 };
}

/**
 * Several suggestions are alternatives to reviewdog, and the edits of a fix belong together: they become one, with the text
 * between them. Null where that text is not of one line, and its line ends would have to be guessed.
 */
function mergeEdits(edits: readonly Edit[], lineOf: (line: number) => string | undefined): Edit | null {
  const [first] = edits;
  const last = edits.at(-1);
  if (!first || !last || edits.length === 1) return first ?? null;
  const text = lineOf(first.position.start.line);
  if (text === undefined || last.position.end.line !== first.position.start.line) return null;
  let merged = '';
  let at = first.position.start.column;
  for (const { position, text: inserted } of edits) {
    merged += text.slice(at - 1, position.start.column - 1) + inserted;
    at = position.end.column;
  }
  return { position: { start: first.position.start, end: last.position.end }, text: merged };
}

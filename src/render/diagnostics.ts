import type { Diagnostic, RelatedPlace, Severity } from '../base/diagnostic.js';
import { codeFrame, framedLines } from './code-frame.js';
import { counted } from './counted.js';
import { encodeTerminal } from './encode.js';

/** Counts that every output of diagnostics ends with. */
export interface Summary {
  readonly documents: number;
  readonly errors: number;
  readonly warnings: number;
  /** Findings that a comment with a reason has accepted; they are in no other count. */
  readonly suppressed: number;
}

export function summarise(diagnostics: readonly Diagnostic[], documents: number, suppressed = 0): Summary {
  const count = (severity: Severity) => diagnostics.filter((one) => one.severity === severity).length;
  return { documents, errors: count('error'), warnings: count('warning'), suppressed };
}

/** The machine form: `{ diagnostics, summary }`, as published. */
export function diagnosticsJson(diagnostics: readonly Diagnostic[], summary: Summary): string {
  return `${JSON.stringify({ diagnostics, summary }, null, 2)}\n`;
}

/** Functions that colour text; the identity where there is no terminal. */
export interface Paint {
  red(text: string): string;
  yellow(text: string): string;
  blue(text: string): string;
  green(text: string): string;
  cyan(text: string): string;
  bold(text: string): string;
  dim(text: string): string;
}

const same = (text: string) => text;

/** No colours at all. */
export const PLAIN: Paint = {
  red: same,
  yellow: same,
  blue: same,
  green: same,
  cyan: same,
  bold: same,
  dim: same,
};

/** Text of a document's line (1-based), without its line end; undefined where it has no such line. */
export type LineOf = (file: string, line: number) => string | undefined;

const LABEL: Readonly<Record<Severity, (paint: Paint) => string>> = {
  error: (paint) => paint.red('error'),
  warning: (paint) => paint.yellow('warning'),
  info: (paint) => paint.blue('info'),
};

/** The form for people: message, place, the line with the span marked, what was expected, what to do. */
export function diagnosticsPretty(diagnostics: readonly Diagnostic[], lineOf: LineOf, paint: Paint): string {
  return diagnostics.map((diagnostic) => `${prettyOne(diagnostic, lineOf, paint)}\n`).join('');
}

/** One diagnostic for people, without the blank line after it. */
export function prettyOne(diagnostic: Diagnostic, lineOf: LineOf, paint: Paint): string {
  const { position, message, ruleId, expected, observed, related = [], help } = diagnostic;
  const framed = framedRelated(diagnostic, lineOf);
  const numbers = [...framedLines(position), ...framed.map((one) => one.position.start.line)];
  const gutter = Math.max(...numbers.map((line) => String(line).length));
  const note = (label: string, text: string) =>
    `${' '.repeat(gutter + 1)}${paint.blue('=')} ${label}: ${encodeTerminal(text)}`;
  const frame = (one: Pick<Diagnostic, 'file' | 'position'>, mark: '^' | '-') =>
    codeFrame(one.position, (line) => lineOf(one.file, line), {
      gutter,
      mark,
      paintMark: mark === '^' ? paint.red : paint.blue,
      paintEdge: paint.blue,
    });
  return [
    `${LABEL[diagnostic.severity](paint)}${paint.bold(`: ${encodeTerminal(message)}`)} ${paint.dim(`[${ruleId}]`)}`,
    `${' '.repeat(gutter)}${paint.blue('-->')} ${encodeTerminal(placeText(diagnostic))}`,
    ...frame(diagnostic, '^'),
    ...(expected === undefined ? [] : [note('expected', expected)]),
    ...(observed === undefined ? [] : [note('observed', observed)]),
    ...related.flatMap((one) => [
      note('see', `${placeText(one)} ${one.message}`),
      ...(framed.includes(one) ? frame(one, '-') : []),
    ]),
    ...(help === undefined ? [] : [note('help', help)]),
    '',
  ].join('\n');
}

/** `FILE:LINE:COLUMN`, as terminals and editors link it. */
export function placeText({ file, position: { start } }: Pick<Diagnostic, 'file' | 'position'>): string {
  return `${file}:${start.line}:${start.column}`;
}

/** Related places that are shown with their line: few, of one short line, and not the line of the finding itself. */
function framedRelated({ file, position, related = [] }: Diagnostic, lineOf: LineOf): RelatedPlace[] {
  return related.slice(0, 3).filter((one) => {
    const { start, end } = one.position;
    const text = lineOf(one.file, start.line) ?? '';
    const shown = one.file === file && framedLines(position).includes(start.line);
    return !shown && end.line === start.line && text !== '' && text.length <= 100;
  });
}

/** `12 documents, no findings`, or the counts. */
export function summaryLine({ documents, errors, warnings, suppressed }: Summary): string {
  const found =
    errors + warnings === 0 ? 'no findings' : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
  const accepted = suppressed === 0 ? '' : `, ${suppressed} suppressed`;
  return `${counted(documents, 'document')}, ${found}${accepted}`;
}

import type { Diagnostic, Severity } from '../base/diagnostic.js';
import { displayWidth } from './display-width.js';
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
  cyan(text: string): string;
  bold(text: string): string;
  dim(text: string): string;
}

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

function prettyOne(diagnostic: Diagnostic, lineOf: LineOf, paint: Paint): string {
  const { file, position, message, ruleId, expected, observed, related, help } = diagnostic;
  const place = `${file}:${position.start.line}:${position.start.column}`;
  const gutter = String(position.start.line).length;
  const note = (label: string, text: string) =>
    `${' '.repeat(gutter + 1)}${paint.blue('=')} ${label}: ${encodeTerminal(text)}`;
  return [
    `${LABEL[diagnostic.severity](paint)}${paint.bold(`: ${encodeTerminal(message)}`)} ${paint.dim(`[${ruleId}]`)}`,
    `${' '.repeat(gutter)}${paint.blue('-->')} ${encodeTerminal(place)}`,
    ...frame(diagnostic, lineOf, paint, gutter),
    ...(expected === undefined ? [] : [note('expected', expected)]),
    ...(observed === undefined ? [] : [note('observed', observed)]),
    ...(related ?? []).map((one) =>
      note('see', `${one.file}:${one.position.start.line}:${one.position.start.column} ${one.message}`),
    ),
    ...(help === undefined ? [] : [note('help', help)]),
    '',
  ].join('\n');
}

const WIDTH = 160;

/** The line of a span's start with the span marked below it; empty where there is no such line. */
function frame(diagnostic: Diagnostic, lineOf: LineOf, paint: Paint, gutter: number): string[] {
  const { start, end } = diagnostic.position;
  const text = lineOf(diagnostic.file, start.line);
  if (text === undefined || text === '') return [];
  // A long line is cut around the span, so that one diagnostic stays one screen line.
  const from = characterStart(text, start.column > WIDTH - 40 ? start.column - 40 : 0);
  const to = characterStart(text, from + WIDTH);
  const first = characterStart(text, start.column - 1);
  const last = characterStart(text, end.line === start.line ? Math.min(end.column - 1, to) : to);
  const print = (a: number, b: number) => encodeTerminal(text.slice(a, b).replaceAll('\t', ' '));
  const before = print(from, first);
  const marked = print(first, last);
  const after = print(Math.max(first, last), to);
  const bar = paint.blue('|');
  const marks = '^'.repeat(Math.max(1, displayWidth(marked)));
  return [
    `${paint.blue(String(start.line))} ${bar} ${before}${marked}${after}`,
    `${' '.repeat(gutter)} ${bar} ${' '.repeat(displayWidth(before))}${paint.red(marks)}`,
  ];
}

/** An offset that does not stand inside a surrogate pair. */
function characterStart(text: string, offset: number): number {
  return /^[\udc00-\udfff]/.test(text.slice(offset, offset + 1)) ? offset - 1 : offset;
}

/** `12 documents, no findings`, or the counts. */
export function summaryLine({ documents, errors, warnings, suppressed }: Summary): string {
  const noun = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  const found =
    errors + warnings === 0 ? 'no findings' : `${noun(errors, 'error')}, ${noun(warnings, 'warning')}`;
  const accepted = suppressed === 0 ? '' : `, ${suppressed} suppressed`;
  return `${noun(documents, 'document')}, ${found}${accepted}`;
}

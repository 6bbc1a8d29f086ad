import type { Heading, KeyValue } from '../parse/document.js';
import type { Candidate, ColumnText, NumberPlace } from './column-candidate.js';
import { namesIn } from './table-names.js';

const COUNTING_KEY = /^(?:columns|column_count|number_of_columns|cols)$/;
const NAMING_KEY = /^(?:table|name|relation|object)$/;

/** Numbers in `columns: 13` lines below a heading or label that may name a table, and in `T_columns: 13` lines. */
export function candidatesInKeyValues(text: ColumnText, headings: readonly Heading[]): Candidate[] {
  const counting = new Map<number, NumberPlace>();
  const named: Candidate[] = [];
  for (const entry of text.keyValues) {
    const number = numberOf(entry);
    if (!number) continue;
    const name = /^(\w+)_(?:columns|column_count|cols)$/.exec(entry.key)?.[1];
    if (COUNTING_KEY.test(entry.key)) counting.set(entry.keyPosition.start.line, number);
    else if (name !== undefined) named.push({ numbers: [number], naming: { kind: 'name', name } });
  }
  return [...named, ...(counting.size > 0 ? belowLabels(text, headings, counting) : [])];
}

function numberOf({ value, position }: KeyValue): NumberPlace | null {
  const number = /^(\d{1,4})(?![\w.])/.exec(value)?.[1];
  if (!number) return null;
  const { start } = position;
  const end = { line: start.line, column: start.column + number.length };
  return { count: Number(number), position: { start, end } };
}

/** A label is a line with nothing but a table's name; so many of them above a number are tried. */
const LABEL = /^[a-z_][a-z0-9_$]*(?:\.[a-z_][a-z0-9_$]*)?$/;
const MOST_LABELS = 16;

/** The nearest heading or label above a number may name the table; text in between is no label. */
function belowLabels(
  { prose, keyValues }: ColumnText,
  headings: readonly Heading[],
  counting: ReadonlyMap<number, NumberPlace>,
): Candidate[] {
  const headingAt = new Map(headings.map(({ position, text }) => [position.start.line, text]));
  const byLine = new Map(keyValues.map((entry) => [entry.keyPosition.start.line, entry]));
  let labels: readonly string[] = [];
  let among: readonly string[] = [];
  return prose.flatMap(({ line, text }): Candidate[] => {
    const number = counting.get(line);
    const found: Candidate[] = number
      ? [{ numbers: [number], naming: { kind: 'above', labels, among } }]
      : [];
    const heading = headingAt.get(line);
    const entry = byLine.get(line);
    const label = plain(text);
    if (heading !== undefined) [labels, among] = [[], namesIn(heading)];
    else if (entry && NAMING_KEY.test(entry.key)) [labels, among] = [[plain(entry.value)], []];
    else if (entry && entry.value !== '') return found;
    else if (label.endsWith(':')) [labels, among] = [[label.slice(0, -1)], namesIn(label)];
    else if (LABEL.test(label)) labels = [label, ...labels].slice(0, MOST_LABELS);
    return found;
  });
}

/** A line without list marker and emphasis. */
function plain(text: string): string {
  return text
    .trim()
    .replace(/^[-*+] /, '')
    .replace(/[`*"]/g, '')
    .trim();
}

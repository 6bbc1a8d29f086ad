import type { Model } from '../model/model.js';
import type { Heading, KeyValue } from '../parse/document.js';
import type { ColumnClaim, ColumnText } from './column-claims.js';
import { knownTable, onlyTable } from './table-names.js';

const COUNTING_KEY = /^(?:columns|column_count|number_of_columns|cols)$/;
const NAMING_KEY = /^(?:table|name|relation|object)$/;

/** Claims in `columns: 13` lines below a heading or label that names one table, and in `T_columns: 13` lines. */
export function claimsInKeyValues(
  model: Model,
  text: ColumnText,
  headings: readonly Heading[],
): ColumnClaim[] {
  const headingAt = new Map(headings.map((heading) => [heading.position.start.line, heading.text]));
  const byLine = new Map(text.keyValues.map((entry) => [entry.keyPosition.start.line, entry]));
  return text.keyValues.flatMap((entry) => {
    const number = /^(\d{1,4})(?![\w.])/.exec(entry.value)?.[1];
    if (!number) return [];
    const table = COUNTING_KEY.test(entry.key)
      ? tableAbove(model, text, headingAt, byLine, entry)
      : tableInKey(model, entry);
    if (!table) return [];
    const { start } = entry.position;
    const end = { line: start.line, column: start.column + number.length };
    return [{ table, count: Number(number), position: { start, end } }];
  });
}

function tableInKey(model: Model, { key }: KeyValue): string | null {
  const name = /^(\w+)_(?:columns|column_count|cols)$/.exec(key)?.[1];
  return name === undefined ? null : knownTable(model, name);
}

/** The table that the nearest heading or label above a line names; text in between is no label. */
function tableAbove(
  model: Model,
  { prose }: ColumnText,
  headingAt: ReadonlyMap<number, string>,
  byLine: ReadonlyMap<number, KeyValue>,
  { keyPosition }: KeyValue,
): string | null {
  const line = keyPosition.start.line;
  for (const above of prose.filter((one) => one.line < line).reverse()) {
    const heading = headingAt.get(above.line);
    if (heading !== undefined) return onlyTable(model, heading);
    const entry = byLine.get(above.line);
    if (entry && NAMING_KEY.test(entry.key)) return knownTable(model, plain(entry.value));
    if (entry && entry.value !== '') continue;
    const label = plain(above.text);
    const table = knownTable(model, label.replace(/:$/, ''));
    if (table || label.endsWith(':')) return table ?? onlyTable(model, label);
  }
  return null;
}

/** A line without list marker and emphasis. */
function plain(text: string): string {
  return text
    .trim()
    .replace(/^[-*+] /, '')
    .replace(/[`*"]/g, '')
    .trim();
}

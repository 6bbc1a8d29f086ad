import type { Range } from '../base/position.js';
import type { Entry, FullEntry } from '../model/entry.js';
import type { Model } from '../model/model.js';
import type { Document, HeaderScalar } from '../parse/document.js';
import { claimsInKeyValues } from './column-claims-in-lines.js';
import { claimsInChecks, claimsInTables } from './column-claims-in-tables.js';
import { claimsInText } from './column-claims-in-text.js';

/** A statement of how many columns a table has, at its number. */
export interface ColumnClaim {
  readonly table: string;
  readonly count: number;
  readonly position: Range;
}

/** The text of a document that may count columns. */
export type ColumnText = Pick<Document, 'prose' | 'tables' | 'keyValues'>;

const COUNTS = /\bcol(?:umn)?s?\b|column_count/i;

/** The text of a document in which a number of columns may be claimed; null where none is. */
export function columnText({ document, sql }: FullEntry): ColumnText | null {
  const { prose, tables, keyValues, header } = document;
  const counts =
    prose.some(({ text }) => COUNTS.test(text)) ||
    keyValues.some(({ key }) => /col(?:umn)?s/.test(key)) ||
    sql.checks.some(({ title }) => COUNTS.test(title)) ||
    (header?.values.some(({ value }) => COUNTS.test(value)) ?? false);
  return counts ? { prose, tables, keyValues } : null;
}

/** Every such statement of a document that can be tied to exactly one table. */
export function columnClaims(model: Model, entry: Entry, text: ColumnText): ColumnClaim[] {
  const { document } = entry;
  const lines = text.prose.flatMap(({ line, text }) =>
    claimsInText(model, text).map(({ table, count, start, end }) => ({
      table,
      count,
      position: { start: { line, column: start + 1 }, end: { line, column: end + 1 } },
    })),
  );
  const fields = document.header?.origin === 'front-matter' ? document.header.values : [];
  const found = [
    ...lines,
    ...fields.flatMap((field) => claimsInField(model, field)),
    ...claimsInTables(model, text),
    ...claimsInKeyValues(model, text, document.headings),
    ...claimsInChecks(model, entry.sql.checks),
  ];
  // One number can be read in two ways, as a line of text and as a cell.
  const places = new Set<string>();
  return found.filter(({ table, position }) => {
    const place = `${table} ${position.start.line}:${position.start.column}`;
    return !places.has(place) && places.add(place);
  });
}

/** A plain or quoted scalar on one line has its text at a known place; any other is shown as a whole. */
function claimsInField(model: Model, { value, position }: HeaderScalar): ColumnClaim[] {
  const { start, end } = position;
  const quotes = end.column - start.column - value.length;
  const exact = start.line === end.line && (quotes === 0 || quotes === 2);
  const first = start.column + quotes / 2;
  return claimsInText(model, value).map(({ table, count, ...at }) => ({
    table,
    count,
    position: exact
      ? {
          start: { line: start.line, column: first + at.start },
          end: { line: start.line, column: first + at.end },
        }
      : position,
  }));
}

import type { Model } from '../model/model.js';
import type { Cell, Row } from '../parse/document.js';
import type { Check } from '../sql/facts.js';
import type { ColumnClaim, ColumnText } from './column-claims.js';
import { knownTable, onlyTable } from './table-names.js';

/** A title that asks for the number of columns: `T column count`, `T columns`, `columns of T`. */
const COUNTING =
  /(?:\bcolumn count|\bnumber of columns|\bcolumns|\bcols)$|^(?:column count|number of columns|columns) (?:of|in)\b/i;
/** Words that may stand in such a title beside the name; with any other the number may be one of something else. */
const TITLE_WORDS = /^(?:[A-Z]+-[\w-]+|the|table|column|columns|cols|count|number|of|in|has|[:.`*"—–-])$/i;
const COUNTING_HEADER = /^(?:columns|cols|column count|number of columns|# columns|columns expected)$/i;

/** Headings of columns in which such a row says its number; another column may count something else. */
const VALUE_HEADER = /^(?:expected|observed|actual|found|value|result|count|number|before|after|pre|post)\b/i;

/** Claims in tables: rows about the number of columns, and columns headed so beside tables' names. */
export function claimsInTables(model: Model, { tables }: ColumnText): ColumnClaim[] {
  return tables.flatMap(({ header, rows }) =>
    rows
      .filter((row) => row.cells.length === header.cells.length)
      .flatMap((row) => [...claimsOfRow(model, header, row), ...claimsUnderHeader(model, header, row)]),
  );
}

/** Claims of checks in a package: `-- V-14b: T column count` with `-- expect: 13`. */
export function claimsInChecks(model: Model, checks: readonly Check[]): ColumnClaim[] {
  return checks.flatMap(({ title, expect }) => {
    const table = countedTable(model, title);
    return table ? expect.flatMap((cell) => numberClaim(table, cell)) : [];
  });
}

function claimsOfRow(model: Model, header: Row, { cells }: Row): ColumnClaim[] {
  const title = cells.findIndex(({ text }) => onlyTable(model, text) !== null);
  if (title < 0) return [];
  const counted = countedTable(model, cells[title]!.text);
  const named = cells.slice(0, title + 1).map(({ text }) => text);
  const table = counted ?? onlyTable(model, named.join(' '));
  if (!table) return [];
  return cells.flatMap((cell, index) => {
    // `| T state | 15 cols / 86 rows |`: the cell says itself what it counts.
    const says = counted
      ? VALUE_HEADER.test(header.cells[index]!.text)
      : /^\d+ (?:columns|cols)\b/.test(cell.text);
    return index > title && says ? numberClaim(table, cell) : [];
  });
}

function claimsUnderHeader(model: Model, header: Row, row: Row): ColumnClaim[] {
  const table = knownTable(model, row.cells[0]?.text.trim() ?? '');
  if (!table) return [];
  return row.cells.flatMap((cell, index) =>
    COUNTING_HEADER.test(header.cells[index]!.text.trim()) ? numberClaim(table, cell) : [],
  );
}

/** The table whose columns a title counts. */
function countedTable(model: Model, title: string): string | null {
  const text = title.trim();
  const table = onlyTable(model, text);
  if (!table || !COUNTING.test(text)) return null;
  const words = text.split(/[\s`*"]+/).filter((word) => word !== '' && knownTable(model, word) === null);
  return words.every((word) => TITLE_WORDS.test(word)) ? table : null;
}

/** A cell that is a number, with nothing or a remark behind it. */
function numberClaim(table: string, { text, position }: Pick<Cell, 'text' | 'position'>): ColumnClaim[] {
  const number = /^(\d{1,4})(?=$|\s*[([]| (?:columns|cols)\b)/.exec(text)?.[1];
  if (!number) return [];
  const { start, end } = position;
  // Emphasis or escapes make a cell longer than its text; it is then shown as a whole.
  const exact = end.column - start.column === text.length;
  const place = exact ? { start, end: { line: start.line, column: start.column + number.length } } : position;
  return [{ table, count: Number(number), position: place }];
}

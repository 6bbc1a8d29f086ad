import type { Cell, Row } from '../parse/document.js';
import type { Check } from '../sql/facts.js';
import type { Candidate, ColumnText, NamedCell, NumberPlace } from './column-candidate.js';
import { namesIn } from './table-names.js';

/** A title that asks for the number of columns: `T column count`, `T columns`, `columns of T`. */
const COUNTING =
  /(?:\bcolumn count|\bnumber of columns|\bcolumns|\bcols)$|^(?:column count|number of columns|columns) (?:of|in)\b/i;
/** Words that may stand in such a title beside the name; with any other the number may be one of something else. */
const TITLE_WORDS = /^(?:[A-Z]+-[\w-]+|the|table|column|columns|cols|count|number|of|in|has|[:.`*"—–-])$/i;
const COUNTING_HEADER = /^(?:columns|cols|column count|number of columns|# columns|columns expected)$/i;

/** Headings of columns in which such a row says its number; another column may count something else. */
const VALUE_HEADER = /^(?:expected|observed|actual|found|value|result|count|number|before|after|pre|post)\b/i;
/** `| T state | 15 cols / 86 rows |`: the cell says itself what it counts. */
const SAYS = /^\d+ (?:columns|cols)\b/;

/** Numbers in tables: in rows about the number of columns, and in columns headed so beside tables' names. */
export function candidatesInTables({ tables }: ColumnText): Candidate[] {
  return tables.flatMap(({ header, rows }) => {
    const valued = header.cells.map(({ text }) => VALUE_HEADER.test(text));
    const counting = header.cells.map(({ text }) => COUNTING_HEADER.test(text.trim()));
    return rows
      .filter((row) => row.cells.length === header.cells.length)
      .flatMap((row) => [...ofRow(valued, row), ...underHeader(counting, row)]);
  });
}

/** Numbers of checks in a package: `-- V-14b: T column count` with `-- expect: 13`. */
export function candidatesInChecks(checks: readonly Check[]): Candidate[] {
  return checks.flatMap(({ title, expect }) => {
    const naming = { kind: 'row' as const, cells: [namedCell(title)] };
    if (naming.cells[0]!.besides === null) return [];
    const numbers = expect.flatMap(numberIn).map((number) => ({ ...number, cell: 1, valued: true }));
    return numbers.length > 0 ? [{ numbers, naming }] : [];
  });
}

function ofRow(valued: readonly boolean[], { cells }: Row): Candidate[] {
  let counts = false;
  const numbers = cells.flatMap((cell, index) => {
    const says = SAYS.test(cell.text);
    const found = says || (counts && valued[index]) ? numberIn(cell) : [];
    counts ||= COUNTING.test(cell.text.trim());
    return found.map((number) => ({ ...number, cell: index, valued: valued[index]!, says }));
  });
  const last = numbers.at(-1);
  if (!last) return [];
  return [
    { numbers, naming: { kind: 'row', cells: cells.slice(0, last.cell).map(({ text }) => namedCell(text)) } },
  ];
}

function underHeader(counting: readonly boolean[], { cells }: Row): Candidate[] {
  const numbers = cells.flatMap((cell, index) => (counting[index] ? numberIn(cell) : []));
  const name = cells[0]?.text.trim() ?? '';
  return numbers.length > 0 && name !== '' ? [{ numbers, naming: { kind: 'name', name } }] : [];
}

function namedCell(text: string): NamedCell {
  const title = text.trim();
  const besides = COUNTING.test(title)
    ? title.split(/[\s`*"]+/).filter((word) => word !== '' && !TITLE_WORDS.test(word))
    : null;
  return { names: namesIn(text), besides };
}

/** A cell that is a number, with nothing or a remark behind it. */
function numberIn({ text, position }: Pick<Cell, 'text' | 'position'>): NumberPlace[] {
  const number = /^(\d{1,4})(?=$|\s*[([]| (?:columns|cols)\b)/.exec(text)?.[1];
  if (!number) return [];
  const { start, end } = position;
  // Emphasis or escapes make a cell longer than its text; it is then shown as a whole.
  const exact = end.column - start.column === text.length;
  const place = exact ? { start, end: { line: start.line, column: start.column + number.length } } : position;
  return [{ count: Number(number), position: place }];
}

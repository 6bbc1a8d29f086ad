import type { FullEntry } from '../model/entry.js';
import type { Model } from '../model/model.js';
import type { HeaderScalar } from '../parse/document.js';
import type { Candidate, NamedCell, NumberPlace, Trial } from './column-candidate.js';
import { candidatesInKeyValues } from './column-claims-in-lines.js';
import { candidatesInChecks, candidatesInTables } from './column-claims-in-tables.js';
import { candidatesInText } from './column-claims-in-text.js';
import { knownTable, onlyTable } from './table-names.js';

/** A statement of how many columns a table has, at its number. */
export interface ColumnClaim extends NumberPlace {
  readonly table: string;
}

const COUNTS = /\bcol(?:umn)?s?\b|column_count/i;

/** What a document says of numbers of columns, before it is known which tables there are; null where nothing. */
export function columnCandidates({ document, sql }: FullEntry): Candidate[] | null {
  const { prose, tables, keyValues, header, headings } = document;
  const counts =
    prose.some(({ text }) => COUNTS.test(text)) ||
    keyValues.some(({ key }) => /col(?:umn)?s/.test(key)) ||
    sql.checks.some(({ title }) => COUNTS.test(title)) ||
    (header?.values.some(({ value }) => COUNTS.test(value)) ?? false);
  if (!counts) return null;
  const text = { prose, tables, keyValues };
  const fields = header?.origin === 'front-matter' ? header.values : [];
  const found = [
    ...prose.flatMap(({ line, text }) => inLine(line, 1, text)),
    ...fields.flatMap(inField),
    ...candidatesInTables(text),
    ...candidatesInKeyValues(text, headings),
    ...candidatesInChecks(sql.checks),
  ];
  return found.length > 0 ? found : null;
}

/** Every such statement that can be tied to exactly one table. */
export function columnClaims(model: Model, candidates: readonly Candidate[]): ColumnClaim[] {
  // One number can be read in two ways, as a line of text and as a cell.
  const places = new Set<string>();
  return candidates
    .flatMap((candidate) => claimsOf(model, candidate))
    .filter(({ table, position }) => {
      const place = `${table} ${position.start.line}:${position.start.column}`;
      return !places.has(place) && places.add(place);
    });
}

function claimsOf(model: Model, { numbers, naming }: Candidate): ColumnClaim[] {
  if (naming.kind === 'row') return claimsOfRow(model, numbers, naming.cells);
  const table =
    naming.kind === 'name'
      ? knownTable(model, naming.name)
      : naming.kind === 'beside'
        ? (firstKnown(model, naming.before) ?? firstKnown(model, naming.after))
        : (naming.labels.map((label) => knownTable(model, label)).find((known) => known !== null) ??
          onlyTable(model, naming.among));
  return table ? numbers.map(({ count, position }) => ({ table, count, position })) : [];
}

/** The nearest word that names a table decides. */
function firstKnown(model: Model, trials: readonly Trial[]): string | null {
  for (const [name, fits] of trials) {
    const table = knownTable(model, name);
    if (table) return fits ? table : null;
  }
  return null;
}

function claimsOfRow(
  model: Model,
  numbers: Candidate['numbers'],
  cells: readonly NamedCell[],
): ColumnClaim[] {
  const title = cells.findIndex(({ names }) => onlyTable(model, names) !== null);
  if (title < 0) return [];
  const { names, besides } = cells[title]!;
  const counted = besides?.every((word) => knownTable(model, word) !== null) ?? false;
  const named = counted ? names : cells.slice(0, title + 1).flatMap((cell) => cell.names);
  const table = onlyTable(model, named);
  if (!table) return [];
  return numbers
    .filter(({ cell = 0, valued, says }) => cell > title && (counted ? valued : says))
    .map(({ count, position }) => ({ table, count, position }));
}

function inLine(line: number, column: number, text: string): Candidate[] {
  return candidatesInText(text).map(({ count, start, end, naming }) => {
    const position = { start: { line, column: column + start }, end: { line, column: column + end } };
    return { numbers: [{ count, position }], naming };
  });
}

/** A plain or quoted scalar on one line has its text at a known place; any other is shown as a whole. */
function inField({ value, position }: HeaderScalar): Candidate[] {
  const { start, end } = position;
  const quotes = end.column - start.column - value.length;
  const exact = start.line === end.line && (quotes === 0 || quotes === 2);
  if (exact) return inLine(start.line, start.column + quotes / 2, value);
  return candidatesInText(value).map(({ count, naming }) => ({ numbers: [{ count, position }], naming }));
}

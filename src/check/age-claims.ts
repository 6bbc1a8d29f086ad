import type { Range } from '../base/position.js';
import { type Cell, type Document, headerValue, type Row, type Table } from '../parse/document.js';
import { headerBlock, keyedBlocks, lengthsInBlock, timesInBlock } from './age-blocks.js';
import { DENIED, ofCell, ofLine, type Piece, type Placed, told, tooOld } from './age-pieces.js';
import { besideInstants, inColumns, timesInColumns, timesInLine } from './age-spans.js';
import { durationsIn } from './durations.js';
import type { Finding } from './rule.js';

/** What a line or row says of a gate: how old something was, or how old it may be. Plain JSON data. */
export interface GateClaim {
  readonly what: 'age' | 'limit';
  readonly gate: string;
  readonly seconds: number;
  readonly position: Range;
}

/** Ages and durations of a document: those that contradict what stands beside them, and those of gates. */
export interface AgeClaims {
  readonly findings: readonly Finding[];
  readonly gates: readonly GateClaim[];
}

const MAY_CLAIM =
  /\b(?:G-\d+|age|aged|old|older|took|lasted|elapsed|duration|started|began)\b|_age\b|age_|_took\b|duration|elapsed|_started/i;

/** Reads the ages of a document; null where it has none. */
export function ageClaims(document: Document): AgeClaims | null {
  const { path, prose, tables } = document;
  // Lines of tables are lines of prose as well.
  const claims = prose.some(({ text }) => MAY_CLAIM.test(text)) ? inText(document) : null;
  const inOrder = isRendered(document)
    ? []
    : [
        ...timesInBlock(headerBlock(document), path),
        ...tables.flatMap((table) => timesInColumns(table, path)),
      ];
  const findings = [...inOrder, ...(claims?.findings ?? [])];
  const gates = claims?.gates ?? [];
  return findings.length + gates.length > 0 ? { findings, gates } : null;
}

/** A report of a record tells what clocks said, and they may have been turned back during the run: `verify` compares it. */
function isRendered(document: Document): boolean {
  return headerValue(document, 'record.sha256') !== undefined;
}

function inText(document: Document): AgeClaims {
  const { path, prose, tables } = document;
  const rendered = isRendered(document);
  const inTable = new Set<number>();
  for (const { start, end } of tables.map(({ position }) => position))
    for (let line = start.line; line <= end.line; line++) inTable.add(line);
  const outside = prose.filter(({ line }) => !inTable.has(line));
  const lines = outside
    .filter(({ text }) => MAY_CLAIM.test(text))
    .map(({ line, text }) => ofLine(line, text));
  const rows = tables.flatMap(({ rows }) =>
    rows.flatMap(({ cells }) => (cells.some(({ text }) => MAY_CLAIM.test(text)) ? [cells.map(ofCell)] : [])),
  );
  const blocks = keyedBlocks(outside);
  const findings = [
    ...lines.flatMap((line) => [
      ...besideLimit([line]),
      ...besideInstants(line),
      ...(rendered ? [] : timesInLine(line, path)),
    ]),
    ...rows.flatMap(besideLimit),
    ...tables.flatMap((table) => [...inColumns(table), ...inLimitColumns(table)]),
    ...blocks.flatMap((block) => [...lengthsInBlock(block), ...(rendered ? [] : timesInBlock(block, path))]),
  ];
  return { findings, gates: [...lines.map((line) => [line]), ...rows].flatMap(ofGate) };
}

/** `age 9 s (gate G-02: <= 3600 s)`: one age and one limit in one line or row. */
function besideLimit(pieces: readonly Piece[]): Finding[] {
  const [ages, limits] = [told(pieces, 'age'), told(pieces, 'limit')];
  if (ages.length !== 1 || limits.length !== 1 || pieces.some(({ text }) => DENIED.test(text))) return [];
  return tooOld(ages[0]!, limits[0]!);
}

function ofGate(pieces: readonly Piece[]): GateClaim[] {
  const gates = new Set(pieces.flatMap(({ text }) => text.match(/(?<![\w-])G-\d+(?![\w-])/g) ?? []));
  const [gate] = gates;
  if (gate === undefined || gates.size > 1 || pieces.some(({ text }) => DENIED.test(text))) return [];
  return (['age', 'limit'] as const).flatMap((what) => {
    const found = told(pieces, what);
    if (found.length !== 1) return [];
    const { duration, position } = found[0]!;
    return [{ what, gate, seconds: duration.seconds, position }];
  });
}

const LIMIT_HEADER =
  /^(?:limit|allowed|max(?:imum|\.)?(?: age)?)(?: \(?(?:ms|s|seconds|min|minutes|h|hours)\)?)?$/i;
const AGE_HEADER = /^(?:backup )?age\b/i;

/** Tables with a column for the limit and one for the age; a row says it in two plain cells. */
function inLimitColumns({ header, rows }: Table): Finding[] {
  const find = (name: RegExp) => header.cells.findIndex(({ text }) => name.test(text.trim()));
  const [limit, age] = [find(LIMIT_HEADER), find(AGE_HEADER)];
  if (limit < 0 || age < 0) return [];
  return rows.flatMap(({ cells }: Row) => {
    if (cells.length !== header.cells.length || cells.some(({ text }) => DENIED.test(text))) return [];
    const [allowed, said] = [onlyDuration(cells[limit]!), onlyDuration(cells[age]!)];
    // `9000 s old` beside `at most 3600 s` is told by its words.
    if (!allowed || !said || besideLimit(cells.map(ofCell)).length > 0) return [];
    return tooOld(said, allowed);
  });
}

function onlyDuration(cell: Cell): Placed | null {
  const [, before = '', rest = ''] = /^(\s*(?:<=|≤|at most)?\s*)(.*?)\s*$/i.exec(cell.text) ?? [];
  const [duration] = durationsIn(cell.text);
  if (duration?.start !== before.length || duration.end !== before.length + rest.length) return null;
  return { duration, position: ofCell(cell).place(duration.start, duration.end) };
}

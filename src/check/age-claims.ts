import type { Range } from '../base/position.js';
import type { Cell, Document, KeyValue, Row, Table } from '../parse/document.js';
import {
  bareDuration,
  type Duration,
  durationsIn,
  type Instant,
  instantsIn,
  shownSeconds,
} from './durations.js';
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

/** A piece of text with the place of its offsets. */
interface Piece {
  readonly text: string;
  place(from: number, to: number): Range;
}

const MAY_CLAIM =
  /\b(?:G-\d+|age|aged|old|older|took|lasted|elapsed|duration)\b|_age\b|age_|_took\b|duration|elapsed/i;

/** Reads the ages of a document; null where it has none. */
export function ageClaims(document: Document): AgeClaims | null {
  // Lines of tables are lines of prose as well.
  if (!document.prose.some(({ text }) => MAY_CLAIM.test(text))) return null;
  const inTable = document.tables.map(({ position }) => position);
  const lines = document.prose
    .filter(({ text }) => MAY_CLAIM.test(text))
    .filter(({ line }) => !inTable.some(({ start, end }) => start.line <= line && line <= end.line))
    .map(({ line, text }) => ofLine(line, text));
  const rows = document.tables.flatMap(({ rows }) =>
    rows.flatMap(({ cells }) => (cells.some(({ text }) => MAY_CLAIM.test(text)) ? [cells.map(ofCell)] : [])),
  );
  const findings = [
    ...lines.flatMap((line) => [...besideLimit([line]), ...besideInstants(line)]),
    ...rows.flatMap(besideLimit),
    ...document.tables.flatMap(inColumns),
    ...document.tables.flatMap(inLimitColumns),
    ...inBlocks(document.keyValues),
  ];
  const gates = [...lines.map((line) => [line]), ...rows].flatMap(ofGate);
  return findings.length + gates.length > 0 ? { findings, gates } : null;
}

function ofLine(line: number, text: string): Piece {
  const place = (from: number, to: number) => ({
    start: { line, column: from + 1 },
    end: { line, column: to + 1 },
  });
  return { text, place };
}

/** Emphasis or escapes make a cell longer than its text; it is then shown as a whole. */
function ofCell({ text, position }: Cell): Piece {
  const { start, end } = position;
  const exact = end.column - start.column === text.length;
  const place = (from: number, to: number) =>
    exact
      ? {
          start: { line: start.line, column: start.column + from },
          end: { line: start.line, column: start.column + to },
        }
      : position;
  return { text, place };
}

interface Placed {
  readonly duration: Duration;
  readonly position: Range;
}

const LIMIT_BEFORE =
  /(?:<=|≤|\bat most|\bnot older than|\blimit(?: is| of)?:?|\bmax(?:imum|_age(?:_seconds)?)?:?)\s*$/i;
const AGE_BEFORE =
  /(?<![A-Za-z])(?:age|aged|took|lasted|elapsed|duration)(?:_\w+)?`?\s*(?:of|was|is|[:=])?\s*$/i;

/** Lengths of time in the pieces of a line or row, told apart by the words around them. */
function told(pieces: readonly Piece[], what: 'age' | 'limit'): Placed[] {
  return pieces.flatMap(({ text, place }) =>
    durationsIn(text).flatMap((duration) => {
      const before = text.slice(Math.max(0, duration.start - 60), duration.start);
      const limit = LIMIT_BEFORE.test(before);
      const age = !limit && (AGE_BEFORE.test(before) || /^ old\b/.test(text.slice(duration.end)));
      const found = what === 'limit' ? limit : age;
      return found ? [{ duration, position: place(duration.start, duration.end) }] : [];
    }),
  );
}

/** Words that say themselves that the age was too much, or that do not speak of this run. */
const DENIED =
  /\b(?:FAIL(?:ED)?|den(?:y|ies|ied)|refuse[sd]?|stops?|stopped|too old|expired|if|would|must|should)\b/i;

/** `age 9 s (gate G-02: <= 3600 s)`: one age and one limit in one line or row. */
function besideLimit(pieces: readonly Piece[]): Finding[] {
  const [ages, limits] = [told(pieces, 'age'), told(pieces, 'limit')];
  if (ages.length !== 1 || limits.length !== 1 || pieces.some(({ text }) => DENIED.test(text))) return [];
  return tooOld(ages[0]!, limits[0]!);
}

function tooOld(age: Placed, limit: Placed): Finding[] {
  if (age.duration.seconds <= limit.duration.seconds) return [];
  return [
    {
      message: `an age of ${shownSeconds(age.duration.seconds)} where at most ${shownSeconds(limit.duration.seconds)} are allowed`,
      position: age.position,
      expected: `at most ${shownSeconds(limit.duration.seconds)}`,
      observed: shownSeconds(age.duration.seconds),
      help: 'correct the age, or say that the gate denied',
    },
  ];
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

/** `started 2026-05-16T05:03:16Z, done 2026-05-16T05:03:57Z, took 41 s`. */
function besideInstants(line: Piece): Finding[] {
  const instants = instantsIn(line.text);
  const ages = told([line], 'age');
  if (instants.length !== 2 || ages.length !== 1) return [];
  return compare(ages[0]!.duration, ages[0]!.position, instants[0]!, instants[1]!);
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

const START_HEADER = /^(?:start(?:ed)?|began|begin|taken|from)\b/i;
const END_HEADER = /^(?:end(?:ed)?|finished|done|completed|checked|to)\b/i;
const LENGTH_HEADER = /^(?:duration|elapsed|took|age)\b/i;

/** Tables with columns for the start, the end and what lies between. */
function inColumns({ header, rows }: Table): Finding[] {
  const find = (name: RegExp) => header.cells.findIndex(({ text }) => name.test(text.trim()));
  const [start, end, length] = [find(START_HEADER), find(END_HEADER), find(LENGTH_HEADER)];
  if (start < 0 || end < 0 || length < 0) return [];
  const unit = /\b(ms|s|seconds|min|minutes|h|hours)\b\)?$/i.exec(header.cells[length]!.text.trim())?.[1];
  return rows.flatMap(({ cells }: Row) => {
    if (cells.length !== header.cells.length) return [];
    const [from, to] = [instantsIn(cells[start]!.text), instantsIn(cells[end]!.text)];
    const said = lengthOf(cells[length]!.text, unit);
    if (from.length !== 1 || to.length !== 1 || !said) return [];
    return compare(said, ofCell(cells[length]!).place(said.start, said.end), from[0]!, to[0]!);
  });
}

function lengthOf(text: string, unit: string | undefined): Duration | null {
  const written = durationsIn(text);
  if (written.length > 0) return written.length === 1 ? written[0]! : null;
  return unit === undefined ? null : bareDuration(text, unit);
}

const START_KEY = /(?:^|_)(?:start|started|began|taken|start_ts|started_at|taken_at|epoch)$/i;
const END_KEY =
  /(?:^|_)(?:end|ended|finished|done|completed|checked|(?:ended|finished|done|completed|checked)_at)$/i;
const LENGTH_KEY = /^(?!.*(?:max|min_|limit|allowed)).*(?:^|_)(?:age|duration|elapsed|took)(?:_|$)/i;
const KEY_UNIT = /_(ms|s|secs?|seconds|min|minutes|hours)$/i;

/** `key: value` lines without a gap: one start, one end, one length. */
function inBlocks(keyValues: readonly KeyValue[]): Finding[] {
  const blocks: KeyValue[][] = [];
  for (const entry of keyValues) {
    const last = blocks.at(-1);
    const follows = last?.at(-1)?.keyPosition.start.line === entry.keyPosition.start.line - 1;
    if (last && follows) last.push(entry);
    else blocks.push([entry]);
  }
  return blocks.flatMap((block) => {
    const lengths = block.filter(({ key }) => LENGTH_KEY.test(key));
    const starts = block.filter(({ key }) => START_KEY.test(key)).map(({ value }) => instantsIn(value));
    const ends = block.filter(({ key }) => END_KEY.test(key)).map(({ value }) => instantsIn(value));
    if (lengths.length !== 1 || starts.length !== 1 || ends.length !== 1) return [];
    const [{ key, value, position }, from, to] = [lengths[0]!, starts[0]!, ends[0]!];
    const said = durationsIn(value)[0] ?? bareDuration(value, KEY_UNIT.exec(key)?.[1] ?? '');
    if (!said || said.start > 0 || from.length !== 1 || to.length !== 1) return [];
    return compare(said, ofCell({ text: value, position }).place(said.start, said.end), from[0]!, to[0]!);
  });
}

/** Each of the three may have been cut or rounded at its last digit. */
function compare(said: Duration, position: Range, from: Instant, to: Instant): Finding[] {
  const between = (to.milliseconds - from.milliseconds) / 1000;
  const tolerance = said.precision + Math.max(from.precision, to.precision);
  if (Math.abs(between - said.seconds) < tolerance) return [];
  return [
    {
      message: `Unexpected ${shownSeconds(said.seconds)}, ${shownSeconds(between)} lie between the two times beside it`,
      position,
      expected: shownSeconds(between),
      observed: shownSeconds(said.seconds),
      help: 'correct the number, or the time that is wrong',
    },
  ];
}

import type { Range } from '../base/position.js';
import type { Row, Table } from '../parse/document.js';
import { MARKS, ofCell, type Piece, told } from './age-pieces.js';
import {
  bareDuration,
  type Duration,
  durationsIn,
  type Instant,
  instantsIn,
  shownSeconds,
} from './durations.js';
import type { Finding } from './rule.js';

/** `started 2026-05-16T05:03:16Z, done 2026-05-16T05:03:57Z, took 41 s`. */
export function besideInstants(line: Piece): Finding[] {
  const instants = instantsIn(line.text);
  const ages = told([line], 'age');
  if (instants.length !== 2 || ages.length !== 1) return [];
  return compare(ages[0]!.duration, ages[0]!.position, instants[0]!, instants[1]!);
}

const BEGAN_BEFORE = /\b(?:started|began)(?: at| on)?:?\s*$/i;
const ENDED_BEFORE = /\b(?:finished|ended|completed)(?: at| on)?:?\s*$/i;

/** `started 2026-05-16T05:03:57Z, finished 2026-05-16T05:03:16Z`. @param path of the document */
export function timesInLine(line: Piece, path: string): Finding[] {
  const [from, to, ...others] = instantsIn(line.text);
  if (!from || !to || others.length > 0) return [];
  const middle = line.text.slice(from.end, to.start).replace(MARKS, '');
  if (!BEGAN_BEFORE.test(line.text.slice(0, from.start).replace(MARKS, '')) || !ENDED_BEFORE.test(middle))
    return [];
  const part = ({ start, end }: Instant): Piece => ({
    text: line.text.slice(start, end),
    place: (first, last) => line.place(start + first, start + last),
  });
  return outOfOrder(part(from), part(to), path);
}

const START_HEADER = /^(?:start(?:ed)?|began|begin|taken|from)\b/i;
const END_HEADER = /^(?:end(?:ed)?|finished|done|completed|checked|to)\b/i;
const BEGUN_HEADER = /^(?:start(?:ed)?|began)\b/i;
const ENDED_HEADER = /^(?:end(?:ed)?|finish(?:ed)?|completed)\b/i;
const LENGTH_HEADER = /^(?:duration|elapsed|took|age)\b/i;

/** Rows of tables with a column for the start and one for the end. @param path of the document */
export function timesInColumns({ header, rows }: Table, path: string): Finding[] {
  const find = (name: RegExp) => header.cells.findIndex(({ text }) => name.test(text.trim()));
  const [start, end] = [find(BEGUN_HEADER), find(ENDED_HEADER)];
  if (start < 0 || end < 0) return [];
  return rows.flatMap(({ cells }: Row) =>
    cells.length === header.cells.length ? outOfOrder(ofCell(cells[start]!), ofCell(cells[end]!), path) : [],
  );
}

/** Tables with columns for the start, the end and what lies between. */
export function inColumns({ header, rows }: Table): Finding[] {
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

/** What is wrong where the one instant of a text lies before that of the text which says the start. @param path of their document */
export function outOfOrder(start: Piece, end: Piece, path: string): Finding[] {
  const [from, ...othersFrom] = instantsIn(start.text);
  const [to, ...othersTo] = instantsIn(end.text);
  if (!from || !to || othersFrom.length + othersTo.length > 0 || from.isZoned !== to.isZoned) return [];
  const before = (from.milliseconds - to.milliseconds) / 1000;
  if (before < Math.max(from.precision, to.precision)) return [];
  const [said, position] = [end.text.slice(to.start, to.end), end.place(to.start, to.end)];
  return [
    {
      message: `an end ${shownSeconds(before)} before its start`,
      position,
      expected: `not before ${start.text.slice(from.start, from.end)}`,
      observed: said,
      related: [{ file: path, position: start.place(from.start, from.end), message: 'the start' }],
      help: 'correct the time that is wrong',
    },
  ];
}

/** Each of the three may have been cut or rounded at its last digit. */
export function compare(said: Duration, position: Range, from: Instant, to: Instant): Finding[] {
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

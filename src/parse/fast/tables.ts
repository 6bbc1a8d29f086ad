import { BACKSLASH, BAR, BLANK, isMark, kindOf, PLAIN } from './marks.js';

/** A cell of a table row: its content, and the place from its `|` to the next one. Offsets in UTF-16 units. */
export interface RawCell {
  readonly start: number;
  end: number;
  /** Content without blanks around it; `from === to` in an empty cell. */
  readonly from: number;
  readonly to: number;
  /** Whether a reader may see another text than is written. */
  readonly marked: boolean;
}

/** A line of a table, from its first character on. */
export interface RawRow {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

const DELIMITER_ROW = /^(?:\|[ \t]*)?:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*(?:\|[ \t]*)?$/;

/** Number of cells of a delimiter row, 0 where the line is none. @param start of its first character */
export function delimiterCells(text: string, start: number, end: number): number {
  const first = text.charCodeAt(start);
  if (first !== 45 && first !== 58 && first !== 124) return 0;
  const line = text.slice(start, end);
  if (!DELIMITER_ROW.test(line) || !/[|:]/.test(line)) return 0;
  return line.match(/-+/g)!.length;
}

/** Whether a line can be the header of a table with so many columns. */
export function isHeaderRow(text: string, start: number, end: number, columns: number): boolean {
  let open = text.charCodeAt(start) !== 124;
  let size = 0;
  let parts = open ? 1 : 0;
  for (let at = start; at < end; ) {
    const code = text.charCodeAt(at);
    if (code === 32 || code === 9) {
      at += 1;
      continue;
    }
    parts += 1;
    if (open) size += 1;
    open = code === 124;
    at = open ? at + 1 : dataEnd(text, at, end);
  }
  return parts > 1 && size === columns;
}

/** Cuts a row into its cells. */
export function readCells(text: string, { start, end }: RawRow): RawCell[] {
  const cells: RawCell[] = [];
  let cellStart = start;
  let from = -1;
  let to = -1;
  let marked = false;
  for (let at = text.charCodeAt(start) === 124 ? start + 1 : start; at < end; at++) {
    const kind = kindOf(text.charCodeAt(at));
    if (kind === BLANK) continue;
    if (kind === BAR) {
      cells.push(newCell(cellStart, at, from, to, marked));
      cellStart = at;
      from = -1;
      marked = false;
      continue;
    }
    if (from < 0) from = at;
    if (kind !== PLAIN) marked ||= isMark(kind, text, at, from, end);
    if (kind === BACKSLASH && isEscaped(text, at + 1, end)) at += 1;
    to = at + 1;
  }
  // What follows the last `|` is a cell only if it holds something.
  if (from >= 0 || cells.length === 0) cells.push(newCell(cellStart, end, from, to, marked));
  else cells[cells.length - 1]!.end = end;
  return cells;
}

function newCell(start: number, end: number, from: number, to: number, marked: boolean): RawCell {
  return from < 0 ? { start, end, from: start, to: start, marked } : { start, end, from, to, marked };
}

function dataEnd(text: string, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === 124 || code === 32 || code === 9) break;
    at += 1;
    if (code === 92 && isEscaped(text, at, end)) at += 1;
  }
  return at;
}

/** Whether a backslash before an offset takes its meaning from what stands there. */
function isEscaped(text: string, at: number, end: number): boolean {
  const code = at < end ? text.charCodeAt(at) : 0;
  return code === 92 || code === 124;
}

import { trimFront } from './line-shapes.js';
import { BACKSLASH, BAR, BLANK, isMark, kindOf, PLAIN } from './marks.js';

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

/** Cuts a row into its cells, one by one: the same object speaks of each, as there are very many. Offsets in UTF-16 units. */
export class CellReader {
  /** From the cell's `|` to the next one. */
  start: number;
  end: number;
  /** Content without blanks around it; `from === to` in an empty cell. */
  from = 0;
  to = 0;
  /** Whether a reader may see another text than is written. */
  marked = false;
  private readonly rowEnd: number;
  private at: number;

  constructor(
    private readonly text: string,
    { start, end }: RawRow,
  ) {
    this.start = start;
    this.end = start;
    this.rowEnd = end;
    this.at = text.charCodeAt(start) === 124 ? start + 1 : start;
  }

  /** Goes to the next cell; false where there is none. What follows the last `|` is a cell only if it holds something. */
  next(): boolean {
    const { text, rowEnd } = this;
    if (this.end >= rowEnd) return false;
    this.start = this.end;
    let { at } = this;
    let from = -1;
    let to = -1;
    let marked = false;
    for (; at < rowEnd; at++) {
      const kind = kindOf(text.charCodeAt(at));
      if (kind === BLANK) continue;
      if (kind === BAR) break;
      if (from < 0) from = at;
      if (kind !== PLAIN) marked ||= isMark(kind, text, at, from, rowEnd);
      if (kind === BACKSLASH && isEscaped(text, at + 1, rowEnd)) at += 1;
      to = at + 1;
    }
    this.from = from < 0 ? this.start : from;
    this.to = from < 0 ? this.start : to;
    this.marked = marked;
    this.at = at + 1;
    this.end = trimFront(text, at + 1, rowEnd) < rowEnd ? at : rowEnd;
    return true;
  }
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

/** A cell of a table row: its content, and the place from its `|` to the next one. Offsets in UTF-16 units. */
export interface RawCell {
  readonly start: number;
  readonly end: number;
  /** Content without blanks around it; `from === to` in an empty cell. */
  readonly from: number;
  readonly to: number;
}

export interface RawRow {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly cells: readonly RawCell[];
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
export function readRow(text: string, line: number, start: number, end: number): RawRow {
  const cells: RawCell[] = [];
  let from = -1;
  let to = -1;
  let cellStart = start;
  const flush = (cellEnd: number) => {
    const empty = from < 0;
    cells.push({
      start: cellStart,
      end: cellEnd,
      from: empty ? cellStart : from,
      to: empty ? cellStart : to,
    });
    from = -1;
  };
  let first = true;
  for (let at = start; at < end; ) {
    const code = text.charCodeAt(at);
    if (code === 124) {
      if (!first) {
        flush(at);
        cellStart = at;
      }
      first = false;
      at += 1;
    } else if (code === 32 || code === 9) at += 1;
    else {
      first = false;
      if (from < 0) from = at;
      at = dataEnd(text, at, end);
      to = at;
    }
  }
  // What follows the last `|` is a cell only if it holds something.
  if (from >= 0 || cells.length === 0) flush(end);
  else cells[cells.length - 1] = { ...cells[cells.length - 1]!, end };
  return { line, start, end, cells };
}

function dataEnd(text: string, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === 124 || code === 32 || code === 9) break;
    at += 1;
    if (code === 92 && at < end) {
      const escaped = text.charCodeAt(at);
      if (escaped === 92 || escaped === 124) at += 1;
    }
  }
  return at;
}

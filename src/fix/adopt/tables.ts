import { barsInCode, cellCount, tightBars } from '../../parse/table-row.js';
import { type Line, oldHeadingDepth } from './lines.js';

/** Most lines over which one row may be broken. */
const PIECES = 4;

const DELIMITER = /^\s{0,3}\|\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/**
 * The table that starts at a line, each row on one line again, and the number of lines that it was made from; null
 * where there is none. A row that fits its header in no way stays as it is.
 */
export function readTable(lines: readonly Line[], first: number): { rows: string[]; taken: number } | null {
  const header = readHeader(lines, first);
  if (!header) return null;
  const rows = [header.text, header.delimiter];
  let at = first + header.taken;
  for (let line = lines[at]; line && isRow(line, header.columns); line = lines[at]) {
    const row = readRow(lines, at, header.columns) ?? { text: line.text, taken: 1 };
    rows.push(row.text);
    at += row.taken;
  }
  return { rows, taken: at - first };
}

function readHeader(lines: readonly Line[], first: number) {
  if (!opens(lines[first])) return null;
  for (let pieces = 1; pieces <= PIECES; pieces++) {
    const delimiter = lines[first + pieces];
    if (delimiter && !delimiter.code && DELIMITER.test(delimiter.text)) {
      const text = join(lines.slice(first, first + pieces));
      const columns = cellCount(delimiter.text);
      return cellCount(text) === columns
        ? { text, delimiter: delimiter.text, columns, taken: pieces + 1 }
        : null;
    }
    if (!goesOn(delimiter)) return null;
  }
  return null;
}

function readRow(lines: readonly Line[], first: number, columns: number) {
  for (let pieces = 1; pieces <= PIECES; pieces++) {
    const last = lines[first + pieces - 1];
    if (pieces > 1 && !goesOn(last)) return null;
    if (pieces > 1 && !last!.text.trimEnd().endsWith('|')) continue;
    const text = fitted(join(lines.slice(first, first + pieces)), columns);
    if (text !== null) return { text, taken: pieces };
  }
  return null;
}

/**
 * A row as long as its header: as it is, or with the bars escaped that stand in code, or that have no blank beside
 * them where the bars between the cells do.
 */
function fitted(text: string, columns: number): string | null {
  const cells = cellCount(text);
  if (cells === columns) return text;
  const inCode = barsInCode(text);
  const tight = columns > 1 ? tightBars(text) : [];
  for (const bars of [inCode, tight, [...new Set([...inCode, ...tight])]])
    if (bars.length > 0 && cells - bars.length === columns) return escapeAt(text, bars);
  return null;
}

function escapeAt(text: string, bars: readonly number[]): string {
  return [...bars]
    .sort((a, b) => b - a)
    .reduce((row, bar) => `${row.slice(0, bar)}\\${row.slice(bar)}`, text);
}

function join(lines: readonly Line[]): string {
  return lines.map(({ text }, index) => (index === 0 ? text.trimEnd() : text.trim())).join(' ');
}

function opens(line: Line | undefined): boolean {
  return line !== undefined && !line.code && /^\s{0,3}\|/.test(line.text);
}

function isRow(line: Line, columns: number): boolean {
  return opens(line) || (goesOn(line) && columns > 1 && cellCount(line.text) === columns);
}

/** Whether a line may be the rest of a row. */
function goesOn(line: Line | undefined): boolean {
  if (!line || line.code || line.text.trim() === '' || opens(line)) return false;
  return oldHeadingDepth(line.text) === null && !/^#{1,6}\s/.test(line.text);
}

import { FILE_START } from '../base/position.js';
import type { Problem } from './document.js';

/** Largest file that is read, in bytes. */
export const FILE_LIMIT = 1024 * 1024;
/** Deepest nesting of block containers that is read. */
const DEPTH_LIMIT = 100;

/** Reasons for which a file's bytes are not read any further; null where it may be parsed. */
export function refuseBytes(bytes: Uint8Array): Problem | null {
  if (bytes.length > FILE_LIMIT)
    return unreadable(`the file has ${bytes.length} bytes, more than ${FILE_LIMIT}`, 'split the document');
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return encoding('byte order mark at the start of the file', bytes, 0, 'save as UTF-8 without BOM');
  const nul = bytes.indexOf(0);
  if (nul >= 0) return encoding('NUL byte', bytes, nul, 'remove it');
  const invalid = firstInvalidByte(bytes);
  if (invalid >= 0) return encoding('invalid UTF-8', bytes, invalid, 'save as UTF-8');
  return null;
}

/** Refuses text whose containers nest deeper than the limit, before a parser is asked to build them. */
export function refuseDepth(text: string): Problem | null {
  const listColumns = new Set<number>();
  let line = 0;
  for (const content of text.split(LINE_END)) {
    line += 1;
    if (containerDepth(content, listColumns) <= DEPTH_LIMIT) continue;
    const place = { line, column: 1 };
    const message = `blocks are nested deeper than ${DEPTH_LIMIT}`;
    return {
      code: 'unreadable',
      message,
      position: { start: place, end: place },
      help: 'flatten the nesting',
    };
  }
  return null;
}

/**
 * Text that can cost a Markdown parser much more than its size suggests: it is parsed under a time limit, in a
 * worker that can be ended. Too many suspects only cost a worker's start-up, too few cost the run. The numbers
 * were found by timing repetitions of markup: what stays below all of them takes well under the limit.
 */
export function isSuspect(text: string): boolean {
  if (text.length > 96 * 1024) return true;
  const lines = text.split(LINE_END);
  if (lines.length > 4000) return true;
  if (SUSPECT_COUNTS.some(([characters, most]) => count(text, characters) > most)) return true;
  const listColumns = new Set<number>();
  let containers = 0;
  let length = 0;
  let openers = 0;
  for (const line of lines) {
    const depth = containerDepth(line, listColumns);
    containers += depth;
    if (line.length > 10_000 || depth > 12 || containers > 3000) return true;
    // Each of these can be looked for a partner up to the end of its paragraph.
    const blank = line.trim() === '';
    length = blank ? 0 : length + line.length;
    openers = blank ? 0 : openers + count(line, /[[\]<!]/g);
    if (openers * length > 10_000_000) return true;
  }
  return false;
}

const SUSPECT_COUNTS: readonly (readonly [RegExp, number])[] = [
  [/[*_]/g, 2000],
  [/~/g, 2000],
  [/[[\]]/g, 3000],
  [/`/g, 4000],
  [/\|/g, 12_000],
];

function count(text: string, characters: RegExp): number {
  return text.match(characters)?.length ?? 0;
}

const LINE_END = /\r\n|\n|\r/;

/**
 * How many containers a line may be inside of, at most: each of its own markers, and its indentation only as far
 * as list items above it have opened columns for it. @param listColumns columns of list markers, added to
 */
function containerDepth(line: string, listColumns: Set<number>): number {
  const prefix = /^(?:[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]|$)))*[ \t]*/.exec(line)![0];
  const own = new Set<number>();
  let markers = 0;
  let column = 0;
  for (const { 0: part } of prefix.matchAll(/\t|\d+[.)]|./g)) {
    if (part !== '\t' && part !== ' ') markers += 1;
    if (/^[-+*\d]/.test(part)) own.add(column);
    column += part === '\t' ? 4 - (column % 4) : part.length;
  }
  let above = 0;
  for (const opened of listColumns) if (opened < column && !own.has(opened)) above += 1;
  for (const opened of own) listColumns.add(opened);
  return markers + above;
}

function firstInvalidByte(bytes: Uint8Array): number {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    strict.decode(bytes);
    return -1;
  } catch {
    let low = 0;
    let high = bytes.length;
    // The longest prefix that decodes as a stream: an unfinished sequence at its end is not yet an error.
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (decodes(bytes.subarray(0, middle))) low = middle;
      else high = middle - 1;
    }
    // Back to where the sequence starts that went wrong.
    const invalid = Math.min(low, bytes.length - 1);
    for (let first = invalid; first > 0 && first > invalid - 4; first--) {
      if (decodes(bytes.subarray(0, first), false)) return first;
    }
    return 0;
  }
}

function decodes(bytes: Uint8Array, unfinished = true): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: unfinished });
    return true;
  } catch {
    return false;
  }
}

function encoding(message: string, bytes: Uint8Array, offset: number, help: string): Problem {
  const before = new TextDecoder().decode(bytes.subarray(0, offset));
  const lines = before.split(LINE_END);
  const start = { line: lines.length, column: lines[lines.length - 1]!.length + 1 };
  const end = { line: start.line, column: start.column + 1 };
  return { code: 'encoding', message: `${message} at byte ${offset}`, position: { start, end }, help };
}

function unreadable(message: string, help: string): Problem {
  return { code: 'unreadable', message, position: FILE_START, help };
}

import { isUtf8 } from 'node:buffer';
import { FILE_START } from '../base/position.js';
import type { Problem } from './document.js';
import type { SourceText } from './source-text.js';

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
  if (!isUtf8(bytes)) return encoding('invalid UTF-8', bytes, firstInvalidByte(bytes), 'save as UTF-8');
  return null;
}

/** Refuses text whose containers nest deeper than the limit, before a parser is asked to build them. */
export function refuseDepth(source: SourceText): Problem | null {
  const listColumns = new Set<number>();
  for (let line = 1; line <= source.lineCount; line++) {
    if (!mayOpenContainer(source, line)) continue;
    if (containerDepth(source.text, source.lineStart(line), source.lineEnd(line), listColumns) <= DEPTH_LIMIT)
      continue;
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

/** Whether a line begins with what can be a container's marker; without one it is in no deeper one than those above. */
function mayOpenContainer(source: SourceText, line: number): boolean {
  const end = source.lineEnd(line);
  let at = source.lineStart(line);
  while (at < end && (source.text.charCodeAt(at) === 32 || source.text.charCodeAt(at) === 9)) at += 1;
  const code = source.text.charCodeAt(at);
  return code === 62 || code === 45 || code === 42 || code === 43 || (code >= 48 && code <= 57);
}

/** What ends a line, as CommonMark has it. */
export const LINE_END = /\r\n|\n|\r/;

/**
 * How many containers a line may be inside of, at most: each of its own markers, and its indentation only as far
 * as list items above it have opened columns for it. @param listColumns columns of list markers, added to
 */
export function containerDepth(text: string, start: number, end: number, listColumns: Set<number>): number {
  const own: number[] = [];
  let markers = 0;
  let column = 0;
  for (let at = start; at < end; ) {
    const code = text.charCodeAt(at);
    const size = code === 32 || code === 9 ? 0 : markerSize(text, at, end);
    if (size < 0) break;
    if (size > 0) markers += 1;
    if (size > 0 && code !== 62) own.push(column);
    column += code === 9 ? 4 - (column % 4) : Math.max(1, size);
    at += Math.max(1, size);
  }
  let above = 0;
  for (const opened of listColumns) if (opened < column) above += 1;
  for (const opened of own) {
    if (listColumns.has(opened)) above -= 1;
    else listColumns.add(opened);
  }
  return markers + above;
}

/** Length of the container's marker at an offset, negative where there is none. */
function markerSize(text: string, at: number, end: number): number {
  const code = text.charCodeAt(at);
  if (code === 62) return 1;
  let last = at;
  if (isDigit(code)) {
    while (last < end && last - at < 10 && isDigit(text.charCodeAt(last))) last += 1;
    const sign = last < end && last - at < 10 ? text.charCodeAt(last) : 0;
    if (sign !== 46 && sign !== 41) return -1;
  } else if (code !== 45 && code !== 43 && code !== 42) return -1;
  const after = last + 1 < end ? text.charCodeAt(last + 1) : 32;
  return after === 32 || after === 9 ? last + 1 - at : -1;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function firstInvalidByte(bytes: Uint8Array): number {
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

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
  const line = text.split(/\r\n|\n|\r/).findIndex((content) => containerDepth(content) > DEPTH_LIMIT);
  if (line < 0) return null;
  const place = { line: line + 1, column: 1 };
  const message = `blocks are nested deeper than ${DEPTH_LIMIT}`;
  return { code: 'unreadable', message, position: { start: place, end: place }, help: 'flatten the nesting' };
}

/**
 * Text that can cost a Markdown parser much more than its size suggests: it is parsed under a time limit, in a
 * worker that can be ended. Too many suspects only cost a worker's start-up, too few cost the run.
 */
export function isSuspect(text: string): boolean {
  if (text.length > 256 * 1024) return true;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.length > 10_000 || containerDepth(line) > 12) return true;
  }
  for (const [character, most] of SUSPECT_COUNTS) {
    if (text.split(character).length > most) return true;
  }
  return false;
}

const SUSPECT_COUNTS: readonly (readonly [string, number])[] = [
  ['[', 1500],
  ['*', 4000],
  ['_', 8000],
  ['<', 1500],
  ['`', 8000],
  ['~', 4000],
];

/** Only a marker opens a container: without one, indentation is the layout of code and nests nothing. */
function containerDepth(line: string): number {
  const markers = /^(?:[ \t]*(?:[-+*>]|\d{1,9}[.)])(?=[ \t>]|$))+/.exec(line)?.[0] ?? '';
  if (markers === '') return 0;
  const indentation = /^[ \t]*/.exec(line)![0].length;
  return markers.match(/[-+*>]|\d+[.)]/g)!.length + Math.floor(indentation / 2);
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
    return Math.min(low, bytes.length - 1);
  }
}

function decodes(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function encoding(message: string, bytes: Uint8Array, offset: number, help: string): Problem {
  const before = new TextDecoder().decode(bytes.subarray(0, offset));
  const lines = before.split(/\r\n|\n|\r/);
  const start = { line: lines.length, column: lines[lines.length - 1]!.length + 1 };
  const end = { line: start.line, column: start.column + 1 };
  return { code: 'encoding', message: `${message} at byte ${offset}`, position: { start, end }, help };
}

function unreadable(message: string, help: string): Problem {
  return { code: 'unreadable', message, position: FILE_START, help };
}

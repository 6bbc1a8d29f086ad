import { containerDepth, LINE_END } from './refusals.js';

/** Files up to this size are harmless: what is quadratic in the fast readers takes well under the limit for them. */
const HARMLESS_SIZE = 16 * 1024;
/** Most marks that are looked for a partner. The numbers were found by timing repetitions of markup. */
const MARKS_LIMIT = 60_000;

/**
 * Bytes that can cost the fast readers much more than their size suggests: they are parsed under a time limit, in a
 * worker that can be ended. Too many suspects only cost a worker's start-up, too few cost the run.
 */
export function isSuspect(bytes: Uint8Array): boolean {
  if (bytes.length <= HARMLESS_SIZE) return false;
  let marks = 0;
  for (let at = 0; at < bytes.length; at++) if (MARKS[bytes[at]!] === 1) marks += 1;
  return marks > MARKS_LIMIT;
}

const MARKS = new Uint8Array(256);
for (const mark of '*_~[]<!`') MARKS[mark.charCodeAt(0)] = 1;

/**
 * Text that can cost the reference reader much more than its size suggests. The numbers were found by timing
 * repetitions of markup: what stays below all of them takes well under the limit.
 */
export function isSlowForReference(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes);
  if (text.length > 96 * 1024) return true;
  const lines = text.split(LINE_END);
  if (lines.length > 4000) return true;
  if (SUSPECT_COUNTS.some(([characters, most]) => count(text, characters) > most)) return true;
  const listColumns = new Set<number>();
  let containers = 0;
  let length = 0;
  let openers = 0;
  for (const line of lines) {
    const depth = containerDepth(line, 0, line.length, listColumns);
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

import type { CodeLines } from './blocks.js';
import type { Suppression } from './document.js';
import type { SourceText } from './source-text.js';

const NAME = 'probatum-disable-next-line';
const OURS = new RegExp(`<!--\\s*${NAME}(?:[\\s:]|-->)`, 'y');
/** What was meant as such a comment, whatever stands around it; a quote goes on with its marks. */
const MEANT = /<!--[\s>]*probatum-disable/y;

/**
 * Reads the comments that accept findings, each alone on its line or lines and outside of code, and those that were meant to.
 * @param first line to begin with, after the front matter
 */
export function readSuppressions(
  source: SourceText,
  first: number,
  code: readonly CodeLines[],
): Suppression[] {
  // Nearly no document has one, and nearly every document is long; a short text is found faster than a long one.
  if (!source.text.includes('<!--') || !source.text.includes('probatum-disable')) return [];
  const inCode = new Uint8Array(source.lineCount + 2);
  for (const { first: from, last } of code) inCode.fill(1, from, last + 1);
  const found: Suppression[] = [];
  const waiting: Omit<Suppression, 'line'>[] = [];
  const closing = closings(source.text);
  for (let line = first; line <= source.lineCount; line++) {
    const text = source.line(line);
    const comment = inCode[line] === 1 ? null : readComment(source, line, closing);
    if (comment && !inCode.subarray(line, comment.position.end.line + 1).includes(1)) {
      waiting.push(comment);
      line = comment.position.end.line;
      continue;
    }
    const start = inCode[line] === 1 ? -1 : placeOfMeant(source, line);
    if (start >= 0) {
      const position = source.range(start, source.lineStart(line) + text.trimEnd().length);
      found.push({ rules: [], reason: null, line, position, isMisplaced: true });
    }
    if (text.trim() !== '') {
      for (const one of waiting.splice(0)) found.push({ ...one, line });
    }
  }
  for (const one of waiting) found.push({ ...one, line: one.position.start.line });
  return found;
}

/** Offset at which a comment begins in a line that is none of ours by its form; -1 where there is none, or in a code span. */
function placeOfMeant(source: SourceText, line: number): number {
  const text = source.line(line);
  for (let at = text.indexOf('<!--'); at >= 0; at = text.indexOf('<!--', at + 4)) {
    MEANT.lastIndex = source.lineStart(line) + at;
    if (!MEANT.test(source.text)) continue;
    const ticks = text.slice(0, at).split('`').length - 1;
    return ticks % 2 === 1 ? -1 : source.lineStart(line) + at;
  }
  return -1;
}

/** Finds the end of a comment, asked from front to back: what was found serves until it is passed. */
function closings(text: string): (from: number) => number {
  let known = 0;
  return (from) => {
    if (known >= 0 && known < from) known = text.indexOf('-->', from);
    return known;
  };
}

/** A comment that begins a line and ends one, the same or a later one. */
function readComment(
  source: SourceText,
  line: number,
  closing: (from: number) => number,
): Omit<Suppression, 'line'> | null {
  const text = source.line(line);
  const start = source.lineStart(line) + text.length - text.trimStart().length;
  OURS.lastIndex = start;
  if (!OURS.test(source.text)) return null;
  const end = closing(start + 4);
  if (end < 0) return null;
  const position = source.range(start, end + 3);
  if (source.text.slice(end + 3, source.lineEnd(position.end.line)).trim() !== '') return null;
  const inside = source.text
    .slice(start + 4, end)
    .trim()
    .slice(NAME.length);
  return { ...readRules(inside), position };
}

function readRules(text: string): Pick<Suppression, 'rules' | 'reason'> {
  const colon = text.indexOf(':');
  const names = colon < 0 ? text : text.slice(0, colon);
  const lines = (colon < 0 ? '' : text.slice(colon + 1)).split(/[\r\n]/).map((line) => line.trim());
  const reason = lines.filter((line) => line !== '').join(' ');
  return {
    rules: names.split(/[\s,]+/).filter((name) => name !== ''),
    reason: reason === '' ? null : reason,
  };
}

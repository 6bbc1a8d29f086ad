import type { CodeLines } from './blocks.js';
import type { Suppression } from './document.js';
import type { SourceText } from './source-text.js';

const NAME = 'probatum-disable-next-line';
/** What was meant as such a comment, whatever stands around it. */
const MEANT = /<!--\s*probatum-disable/;
const COMMENT = /^\s*<!--(.*)-->\s*$/;

/**
 * Reads the comments that accept findings, each alone on its line and outside of code, and those that were meant to.
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
  for (let line = first; line <= source.lineCount; line++) {
    const text = source.line(line);
    const comment = inCode[line] === 1 ? null : readComment(text);
    if (comment) {
      const start = source.lineStart(line) + text.length - text.trimStart().length;
      waiting.push({ ...comment, position: source.range(start, start + text.trim().length) });
      continue;
    }
    const meant = inCode[line] === 1 ? -1 : placeOfMeant(text);
    if (meant >= 0) {
      const start = source.lineStart(line) + meant;
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

/** Where in a line a comment begins that is none of ours by its form; -1 where there is none, or in a code span. */
function placeOfMeant(text: string): number {
  const start = text.search(MEANT);
  const ticks = start < 0 ? 0 : text.slice(0, start).split('`').length - 1;
  return ticks % 2 === 1 ? -1 : start;
}

function readComment(line: string): Pick<Suppression, 'rules' | 'reason'> | null {
  const inside = COMMENT.exec(line)?.[1]?.trim();
  // The first `-->` ends a comment: behind another one there would be more on this line.
  if (!inside?.startsWith(NAME) || inside.includes('-->')) return null;
  const rest = inside.slice(NAME.length);
  if (!/^(?:[\s:]|$)/.test(rest)) return null;
  const colon = rest.indexOf(':');
  const names = colon < 0 ? rest : rest.slice(0, colon);
  const reason = colon < 0 ? '' : rest.slice(colon + 1).trim();
  return {
    rules: names.split(/[\s,]+/).filter((name) => name !== ''),
    reason: reason === '' ? null : reason,
  };
}

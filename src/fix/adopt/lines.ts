import type { Document } from '../../parse/document.js';
import type { SourceText } from '../../parse/source-text.js';

/** A line of a document that is being rewritten, without its end. */
export interface Line {
  readonly text: string;
  /** A line of a fenced block, marks and all: never looked into. */
  readonly code: boolean;
}

/** All lines of a document. */
export function linesOf(source: SourceText, { fences }: Document): Line[] {
  const code = new Set<number>();
  for (const { firstLine, lastLine, closed } of fences)
    for (let line = firstLine - 1; line <= lastLine + (closed ? 1 : 0); line++) code.add(line);
  return Array.from({ length: source.text === '' ? 0 : source.lineCount }, (_, index) => ({
    text: source.line(index + 1),
    code: code.has(index + 1),
  }));
}

const OLD_HEADING = /^§\d+(?:\.\d+)*\s+[—–-]\s+\S/;

/** The depth of a heading `§2.1 — Title` below the document's title, or null. */
export function oldHeadingDepth(text: string): number | null {
  if (!OLD_HEADING.test(text)) return null;
  return Math.min(6, 2 + (/^§[\d.]+/.exec(text)![0].match(/\./g)?.length ?? 0));
}

/** What Markdown reads as a block of its own, or as part of one, where it stands. */
export function isMarkup(text: string): boolean {
  return /^(?:\s|[-*+]\s|\d+[.)]\s|[>|<]|#{1,6}(?:\s|$)|```|~~~|(?:[-*_]\s*){3,}$|=+\s*$)/.test(text);
}

import type { SourceText } from './source-text.js';

/** Most bytes of front matter that are read: duplicate-key checks of the YAML reader are quadratic. */
export const FRONT_MATTER_LIMIT = 16 * 1024;

/** Keys that would mean something to the program, or to YAML, instead of naming a field. */
export const UNSAFE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor', '<<']);

/** Lines of the front matter block, 1-based and inclusive of both `---` lines. */
export interface FrontMatterLines {
  readonly first: number;
  readonly last: number;
  /** A block that is not closed reaches to the end of the file. */
  readonly closed: boolean;
}

/** Finds the front matter block; null where there is none. */
export function frontMatterLines(source: SourceText): FrontMatterLines | null {
  if (!isFence(source, 1)) return null;
  for (let line = 2; line <= source.lineCount; line++) {
    if (isFence(source, line)) return { first: 1, last: line, closed: true };
  }
  return { first: 1, last: source.lineCount, closed: false };
}

function isFence(source: SourceText, line: number): boolean {
  const start = source.lineStart(line);
  return source.text.startsWith('---', start) && /^---[ \t]*$/.test(source.line(line));
}

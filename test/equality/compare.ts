import { isDeepStrictEqual } from 'node:util';
import type { Document } from '../../src/parse/document.js';
import { parseByFastReaders, parseByReference } from '../../src/parse/parse-document.js';

/** A fact that the two readers see differently. */
export interface Disagreement {
  readonly fact: keyof Document;
  readonly fast: unknown;
  readonly reference: unknown;
}

/** Compares every fact of a document by both readers; raw HTML is read by the reference alone. */
export function compareReaders(text: string): Disagreement | null {
  const bytes = Buffer.from(text);
  const fast = parseByFastReaders('a.md', bytes);
  const reference = parseByReference('a.md', bytes);
  for (const fact of Object.keys(reference) as (keyof Document)[]) {
    if (fact === 'html' || isDeepStrictEqual(fast[fact], reference[fact])) continue;
    return { fact, fast: fast[fact], reference: reference[fact] };
  }
  return null;
}

/** The smallest text found that the readers still disagree about: lines, then characters are left out. */
export function shrink(text: string): string {
  let smallest = text;
  for (const split of [/(?<=\n)/, /(?<=[ \n])/, /(?:)/u]) {
    let parts = smallest.split(split);
    for (let size = parts.length >> 1; size > 0; size = size >> 1) {
      for (let at = 0; at < parts.length; ) {
        const rest = [...parts.slice(0, at), ...parts.slice(at + size)];
        if (compareReaders(rest.join(''))) parts = rest;
        else at += size;
      }
    }
    smallest = parts.join('');
  }
  return smallest;
}

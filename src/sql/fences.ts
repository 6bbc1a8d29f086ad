import type { Document, Fence } from '../parse/document.js';
import type { SqlFacts } from './facts.js';

/** No text is known to be SQL. */
export const NONE_KNOWN: ReadonlySet<string> = new Set();

/** Whether a fence is one that may run: at the root, from column 0, closed (FORMAT, "SQL fences"). */
export function isExecutable(fence: Fence): boolean {
  return fence.role !== null && fence.atRoot && fence.closed;
}

/** Whether a fence has SQL that is only there to be read. */
export function isExample(fence: Fence): boolean {
  return fence.language === 'sql' && !isExecutable(fence);
}

/** Whether a document has SQL that the grammar is needed for. @param sound digests of texts that are known to be SQL */
export function needsGrammar({ fences }: Document, sound: ReadonlySet<string> = NONE_KNOWN): boolean {
  return fences.some((fence) => isExecutable(fence) || (isExample(fence) && !sound.has(fence.digest)));
}

/** Digests of the examples of a document, where the grammar took all that it was shown. */
export function soundExamples(fences: readonly Fence[], { problems }: SqlFacts): ReadonlySet<string> {
  if (problems.some(({ rule }) => rule === 'sql-syntax')) return NONE_KNOWN;
  // One that stands in a quote may not have been shown to it.
  return new Set(fences.filter((one) => one.atRoot && isExample(one)).map(({ digest }) => digest));
}

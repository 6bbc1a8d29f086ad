import type { Fix } from '../base/diagnostic.js';
import type { Range } from '../base/position.js';

/** The fix of a digest or revision that is no longer true: it says that what is there now was read. */
export function digestFix(what: string, position: Range, text: string): { fix: Fix } | Record<never, never> {
  if (position.start.line !== position.end.line) return {};
  return { fix: { title: `write the ${what} as it is now`, kind: 'digests', edits: [{ position, text }] } };
}

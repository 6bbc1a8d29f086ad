import type { Document } from './document.js';
import { parseFast } from './parse-fast.js';
import { isSlowForReference } from './suspects.js';

/**
 * Facts of one file by the readers that it needs: the fast ones, a whole YAML reader for front matter that is more
 * than plain, and the reference readers for executable SQL. The latter two are slow to load, and loaded on demand.
 * @param limited somebody ends it at a time limit; else null for what the reference reader may take long for
 */
export async function parseAsNeeded(
  path: string,
  bytes: Uint8Array,
  limited: boolean,
): Promise<Document | null> {
  const plain = parseFast(path, bytes, null);
  if (plain) return plain;
  const { readFrontMatter } = await import('./front-matter.js');
  const fast = parseFast(path, bytes, readFrontMatter);
  if (fast) return fast;
  if (!limited && isSlowForReference(bytes)) return null;
  const { parseDocument } = await import('./parse-document.js');
  return parseDocument(path, bytes);
}

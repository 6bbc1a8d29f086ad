import { type FullEntry, readEntry } from '../model/entry.js';
import type { KindSettings } from '../model/kinds.js';
import type { Document } from '../parse/document.js';
import { readDocument, readHarmlessDocument } from '../parse/read-document.js';
import { loadGrammar } from '../sql/grammar.js';
import { holdsSql, readSql } from '../sql/read-sql.js';

/** Everything that one file says by itself: a pure function of its path, its bytes and the team's kinds. */
export async function readFacts(path: string, bytes: Uint8Array, kinds: KindSettings): Promise<FullEntry> {
  return withSql(await readDocument(path, bytes), bytes, kinds);
}

/** The same of a file that needs no time limit; null for one that does. */
export async function readHarmlessFacts(
  path: string,
  bytes: Uint8Array,
  kinds: KindSettings,
): Promise<FullEntry | null> {
  const document = await readHarmlessDocument(path, bytes);
  return document && withSql(document, bytes, kinds);
}

async function withSql(document: Document, bytes: Uint8Array, kinds: KindSettings): Promise<FullEntry> {
  if (holdsSql(document)) await loadGrammar();
  return readEntry(document, readSql(document, bytes), kinds);
}

import { type FullEntry, readEntry } from '../model/entry.js';
import type { KindSettings } from '../model/kinds.js';
import type { Document } from '../parse/document.js';
import { readDocument, readHarmlessDocument } from '../parse/read-document.js';
import { needsGrammar } from '../sql/fences.js';
import { loadGrammar } from '../sql/grammar.js';
import { readSql } from '../sql/read-sql.js';

/** Gives digests of texts that are known to be SQL; asked where a document has some that is only there to be read. */
export type SoundSql = () => ReadonlySet<string>;

const nothingKnown: SoundSql = () => new Set();

/**
 * Everything that one file says by itself: a pure function of its path, its bytes and the team's kinds.
 * @param sound spares the grammar what it took before
 */
export async function readFacts(
  path: string,
  bytes: Uint8Array,
  kinds: KindSettings,
  sound = nothingKnown,
): Promise<FullEntry> {
  return withSql(await readDocument(path, bytes), bytes, kinds, sound);
}

/** The same of a file that needs no time limit; null for one that does. */
export async function readHarmlessFacts(
  path: string,
  bytes: Uint8Array,
  kinds: KindSettings,
  sound = nothingKnown,
): Promise<FullEntry | null> {
  const document = await readHarmlessDocument(path, bytes);
  return document && withSql(document, bytes, kinds, sound);
}

async function withSql(
  document: Document,
  bytes: Uint8Array,
  kinds: KindSettings,
  sound: SoundSql,
): Promise<FullEntry> {
  const known = needsGrammar(document) ? sound() : undefined;
  if (needsGrammar(document, known)) await loadGrammar();
  return readEntry(document, readSql(document, bytes, known), kinds);
}

import { type FullEntry, readEntry } from '../model/entry.js';
import type { Document } from '../parse/document.js';
import { readDocument, readHarmlessDocument } from '../parse/read-document.js';
import { loadGrammar } from '../sql/grammar.js';
import { holdsSql, readSql } from '../sql/read-sql.js';

/** Everything that one file says by itself: a pure function of its path and bytes. */
export async function readFacts(path: string, bytes: Uint8Array): Promise<FullEntry> {
  return withSql(await readDocument(path, bytes), bytes);
}

/** The same of a file that needs no time limit; null for one that does. */
export async function readHarmlessFacts(path: string, bytes: Uint8Array): Promise<FullEntry | null> {
  const document = await readHarmlessDocument(path, bytes);
  return document && withSql(document, bytes);
}

async function withSql(document: Document, bytes: Uint8Array): Promise<FullEntry> {
  if (holdsSql(document)) await loadGrammar();
  return readEntry(document, readSql(document, bytes));
}

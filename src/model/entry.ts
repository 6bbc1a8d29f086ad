import { DIGEST } from '../base/digest.js';
import { type Document, type DocumentIndex, headerText } from '../parse/document.js';
import type { SqlFacts, SqlUnit } from '../sql/facts.js';
import { type Declaration, declaredIds } from './declared-ids.js';
import { KINDS, type Kind } from './kinds.js';
import { type Pin, pinsOf } from './pins.js';

/** One document of the corpus with what stays known of it: a pure function of its bytes, plain data. */
export interface Entry {
  readonly document: DocumentIndex;
  readonly sql: SqlFacts;
  /** Null where the header names no known kind. */
  readonly kind: Kind | null;
  readonly pins: readonly Pin[];
  /** Ids that the document declares itself. */
  readonly declared: readonly Declaration[];
  /** Digests that are written in full in the document, each once, in lower case. */
  readonly written: readonly string[];
}

/** An entry while all facts of its document are at hand. */
export interface FullEntry extends Entry {
  readonly document: Document;
}

/** Reads a document for what it is. */
export function readEntry(document: Document, sql: SqlFacts): FullEntry {
  // A header of the old form was checked by no schema: what it says is not relied on.
  const named = document.header?.origin === 'front-matter' ? headerText(document, 'kind') : undefined;
  const kind = KINDS.find((known) => known === named) ?? null;
  return {
    document,
    sql,
    kind,
    pins: pinsOf(document),
    declared: declaredIds(document, kind, sql),
    written: writtenDigests(document, sql),
  };
}

function writtenDigests({ mentions }: Document, { checks }: SqlFacts): string[] {
  const named = mentions.filter(({ kind }) => kind === 'digest').map(({ value }) => value.toLowerCase());
  const expected = checks.flatMap(({ expect }) => expect.map(({ text }) => text));
  return [...new Set([...named, ...expected.filter((text) => DIGEST.test(text))])];
}

/** The unit of a role in a document's SQL. */
export function unitOf(entry: Entry, role: SqlUnit['role']): SqlUnit | undefined {
  return entry.sql.units.find((unit) => unit.role === role);
}

import { posix } from 'node:path';
import { compareText } from '../base/diagnostic.js';
import { type Document, headerText, type Mention } from '../parse/document.js';
import type { SqlFacts, SqlUnit } from '../sql/facts.js';
import { columnHistory } from './columns.js';
import { type Pin, pinsOf } from './pins.js';

/** Kinds of governed document (FORMAT, "Kinds"). */
export const KINDS = [
  'law',
  'ddl',
  'command-package',
  'review',
  'authorization',
  'dry-run-report',
  'execution-report',
  'note',
] as const;

export type Kind = (typeof KINDS)[number];

/** One document of the corpus with everything that was read from it. */
export interface Entry {
  readonly document: Document;
  readonly sql: SqlFacts;
  /** Null where the header names no known kind. */
  readonly kind: Kind | null;
  readonly pins: readonly Pin[];
}

/** What a digest is the digest of. */
export interface DigestOwner {
  readonly path: string;
  readonly of: 'document' | 'migration' | 'rollback';
}

/** The corpus as one value: documents by path, and what has to be known across them. */
export interface Model {
  readonly entries: ReadonlyMap<string, Entry>;
  /** Folders that the corpus globs start from; a path below them must be a document. */
  readonly roots: readonly string[];
  readonly digests: ReadonlyMap<string, readonly DigestOwner[]>;
  /** Numbers of columns that a table has had, by qualified name, with the document that says so. */
  readonly columns: ReadonlyMap<string, readonly ColumnCount[]>;
}

export interface ColumnCount {
  readonly count: number;
  readonly path: string;
}

/** Builds the model from parsed documents. */
export function buildModel(
  documents: readonly { readonly document: Document; readonly sql: SqlFacts }[],
  corpusGlobs: readonly string[],
): Model {
  const entries = new Map<string, Entry>();
  const sorted = [...documents].sort((a, b) => compareText(a.document.path, b.document.path));
  for (const { document, sql } of sorted) {
    // A header of the old form was checked by no schema: what it says is not relied on.
    const named = document.header?.origin === 'front-matter' ? headerText(document, 'kind') : undefined;
    const kind = KINDS.find((known) => known === named) ?? null;
    entries.set(document.path, { document, sql, kind, pins: pinsOf(document) });
  }
  const digests = new Map<string, DigestOwner[]>();
  const own = (digest: string, owner: DigestOwner) =>
    digests.set(digest, [...(digests.get(digest) ?? []), owner]);
  for (const { document, sql } of entries.values()) {
    own(document.digest, { path: document.path, of: 'document' });
    for (const { role, digest } of sql.units) {
      if (role === 'migration' || role === 'rollback') own(digest, { path: document.path, of: role });
    }
  }
  return {
    entries,
    roots: corpusGlobs.map(staticPrefix),
    digests,
    columns: columnHistory([...entries.values()]),
  };
}

/** The unit of a role in a document's SQL. */
export function unitOf(entry: Entry, role: SqlUnit['role']): SqlUnit | undefined {
  return entry.sql.units.find((unit) => unit.role === role);
}

/** Whether a path lies where the corpus keeps its documents. */
export function inCorpus(model: Model, path: string): boolean {
  return model.roots.some((root) => path.startsWith(root));
}

/** Documents that a path or a path with `*` names. */
export function resolvePath(model: Model, path: string): Entry[] {
  if (!path.includes('*')) {
    const entry = model.entries.get(path);
    return entry ? [entry] : [];
  }
  const pattern = globPattern(path);
  return [...model.entries.values()].filter(({ document }) => pattern.test(document.path));
}

/** A link's target as a path of the corpus and its anchor; null for other addresses. */
export function resolveLink(document: Document, url: string): { path: string; anchor: string | null } | null {
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(url)) return null;
  const [before = '', anchor = null] = url.split('#', 2);
  let decoded: string;
  try {
    decoded = decodeURIComponent(before);
  } catch {
    decoded = before;
  }
  const folder = posix.dirname(document.path);
  const path =
    decoded === ''
      ? document.path
      : decoded.startsWith('/')
        ? posix.normalize(decoded.slice(1))
        : posix.normalize(posix.join(folder, decoded));
  return { path, anchor };
}

/** Documents that a document names anywhere: pins, paths in its text, links. */
export function referencedEntries(model: Model, entry: Entry): Entry[] {
  const found = new Map<string, Entry>();
  const add = (path: string) => {
    for (const other of resolvePath(model, path)) found.set(other.document.path, other);
  };
  for (const mention of pathMentions(entry.document)) add(mention.value);
  for (const { url } of entry.document.links) {
    const target = resolveLink(entry.document, url);
    if (target) add(target.path);
  }
  found.delete(entry.document.path);
  return [...found.values()];
}

/** Places in a document that name a path. */
export function pathMentions(document: Document): Mention[] {
  return document.mentions.filter((mention) => mention.kind === 'path');
}

/** The part of a glob before its first wildcard, cut at a folder. */
function staticPrefix(glob: string): string {
  const fixed = /^[^*?[{(!]*/.exec(glob)![0];
  return fixed.slice(0, fixed.lastIndexOf('/') + 1);
}

function globPattern(glob: string): RegExp {
  const source = glob
    .split(/(\*\*\/?|\*)/)
    .map((part) =>
      part.startsWith('**') ? '.*' : part === '*' ? '[^/]*' : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`, 'u');
}

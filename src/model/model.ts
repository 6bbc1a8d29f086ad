import { posix } from 'node:path';
import { compareText } from '../base/diagnostic.js';
import type { DocumentIndex, Mention } from '../parse/document.js';
import { columnHistory } from './columns.js';
import type { Entry } from './entry.js';

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
  /** Paths of the documents with a file name, whatever its case. */
  named(fileName: string): readonly string[];
  /** Paths of the documents that name a document: in pins, in their text, by links. */
  referrers(path: string): readonly string[];
}

export interface ColumnCount {
  readonly count: number;
  readonly path: string;
}

/** Builds the model from what was read of each document. */
export function buildModel(read: readonly Entry[], corpusGlobs: readonly string[]): Model {
  const sorted = [...read].sort((a, b) => compareText(a.document.path, b.document.path));
  const entries = new Map(sorted.map((entry) => [entry.document.path, entry]));
  const digests = new Map<string, DigestOwner[]>();
  const own = (digest: string, owner: DigestOwner) =>
    digests.set(digest, [...(digests.get(digest) ?? []), owner]);
  for (const { document, sql } of entries.values()) {
    own(document.digest, { path: document.path, of: 'document' });
    for (const { role, digest } of sql.units) {
      if (role === 'migration' || role === 'rollback') own(digest, { path: document.path, of: role });
    }
  }
  const names = new Map<string, string[]>();
  for (const path of entries.keys()) add(names, posix.basename(path).toLowerCase(), path);
  let referrers: Map<string, string[]> | undefined;
  const model: Model = {
    entries,
    roots: corpusGlobs.map(staticPrefix),
    digests,
    columns: columnHistory([...entries.values()]),
    named: (fileName) => names.get(fileName.toLowerCase()) ?? [],
    referrers: (path) => {
      referrers ??= referrersOf(model);
      return referrers.get(path) ?? [];
    },
  };
  return model;
}

function referrersOf(model: Model): Map<string, string[]> {
  const referrers = new Map<string, string[]>();
  for (const entry of model.entries.values())
    for (const { document } of referencedEntries(model, entry))
      add(referrers, document.path, entry.document.path);
  return referrers;
}

function add(into: Map<string, string[]>, key: string, value: string): void {
  const known = into.get(key);
  if (known) known.push(value);
  else into.set(key, [value]);
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
export function resolveLink(
  document: DocumentIndex,
  url: string,
): { path: string; anchor: string | null } | null {
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
export function pathMentions(document: DocumentIndex): Mention[] {
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

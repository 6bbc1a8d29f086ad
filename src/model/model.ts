import { posix } from 'node:path';
import { compareText } from '../base/diagnostic.js';
import { type DocumentIndex, headerText, type Mention } from '../parse/document.js';
import { bareNames, columnHistory } from './columns.js';
import type { Entry } from './entry.js';
import { foldedPath } from './folded-path.js';

/** What a digest is the digest of. */
export interface DigestOwner {
  readonly path: string;
  readonly of: 'document' | 'migration' | 'rollback';
}

/** Documents by path, in path order. */
export interface Entries {
  readonly size: number;
  get(path: string): Entry | undefined;
  has(path: string): boolean;
  keys(): Iterable<string>;
  values(): Iterable<Entry>;
}

/** The corpus as one value: documents by path, and what has to be known across them. */
export interface Model {
  readonly entries: Entries;
  /** Folders that the corpus globs start from, with `/`; empty for the whole repository. */
  readonly roots: readonly string[];
  /** What has a digest, whole or by its first digits (at least `HEAD`); by digest. */
  digests(head: string): ReadonlyMap<string, readonly DigestOwner[]>;
  /** Numbers of columns that a table has had, by qualified name, with the document that says so. */
  readonly columns: ReadonlyMap<string, readonly ColumnCount[]>;
  /** Paths of the documents in which a digest is written in full, by its first digits. */
  writing(head: string): readonly string[];
  /** Qualified name of the one known table with a name in any schema; undefined where there is none, or several. */
  tableNamed(name: string): string | undefined;
  /** Paths of the documents with a file name, whatever its case. */
  named(fileName: string): readonly string[];
  /** Paths of the other documents that have a path's place where case and Unicode forms do not count. */
  samePath(path: string): readonly string[];
  /** Paths of the documents of a change, as their headers name it. */
  ofChange(change: string): readonly string[];
  /** Paths of the documents that declare an id. */
  declaring(id: string): readonly string[];
  /** Paths of the documents that a path with `*` names. */
  matching(pattern: string): readonly string[];
  /** Paths of the documents that name a document: in pins, in their text, by links. */
  referrers(path: string): readonly string[];
}

export interface ColumnCount {
  readonly count: number;
  readonly path: string;
}

/** Fewest first digits that a digest is looked up by. */
const HEAD = 6;

/** How documents are found by what they offer, and what is told of each question that a rule asks. */
export interface Lookup {
  readonly entries: Entries;
  /** Paths, in order, of documents that may offer a key (`offers`): all that do, and perhaps others. */
  offering(key: string): Iterable<string>;
  /** Called with each key that an answer depends on. */
  asked?(key: string): void;
}

/**
 * Keys by which a document can be found by others. When it changes, what was found by one of its keys, old or new,
 * has to be asked again.
 */
export function offers(entry: Entry): string[] {
  const { path } = entry.document;
  const keys = [`name ${posix.basename(path).toLowerCase()}`, `folded ${foldedPath(path)}`];
  const change = headerText(entry.document, 'change');
  if (change !== undefined) keys.push(`change ${change}`);
  for (const [digest] of ownDigests(entry)) keys.push(`digest ${digest.slice(0, HEAD)}`);
  for (const { id } of entry.declared) keys.push(`id ${id}`);
  for (const named of referencedPaths(entry)) keys.push(referenceKey(named));
  for (const digest of entry.written) keys.push(`written ${digest.slice(0, HEAD)}`);
  if (entry.kind === 'ddl') keys.push('columns');
  return [...new Set(keys)];
}

/**
 * Whether a key says less than what is asked by it: the first digits of a digest, the folder of a pattern, that there
 * are columns. A document that offers it before and after a change may still give another answer.
 */
export function isRough(key: string): boolean {
  return ROUGH.test(key);
}

const ROUGH = /^(?:digest |written |refs |columns$)/;

/** A path is found as it is; what is named by `*` by the folder that the pattern starts from. */
function referenceKey(named: string): string {
  const star = named.indexOf('*');
  return star < 0 ? `ref ${named}` : `refs ${named.slice(0, named.lastIndexOf('/', star) + 1)}`;
}

/** Folders that a path lies in, the root among them. */
function foldersOf(path: string): string[] {
  const folders = [''];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
    folders.push(path.slice(0, at + 1));
  return folders;
}

/** Keys that change because a document appeared or went. */
export const PRESENCE = 'paths';

/** The key of a document itself. */
export function pathKey(path: string): string {
  return `path ${path}`;
}

/** The model of documents that are all in memory. */
export function buildModel(read: readonly Entry[], corpusGlobs: readonly string[]): Model {
  const sorted = [...read].sort((a, b) => compareText(a.document.path, b.document.path));
  const entries = new Map(sorted.map((entry) => [entry.document.path, entry]));
  const index = once(() => {
    const byKey = new Map<string, string[]>();
    for (const entry of sorted) for (const key of offers(entry)) append(byKey, key, entry.document.path);
    return byKey;
  });
  return modelOver({ entries, offering: (key) => index().get(key) ?? [] }, corpusGlobs);
}

/** The model of documents that are found through a lookup. */
export function modelOver(lookup: Lookup, corpusGlobs: readonly string[]): Model {
  const ask = (key: string) => {
    lookup.asked?.(key);
    return lookup.offering(key);
  };
  const found = (keys: readonly string[], is: (entry: Entry) => boolean) => {
    const paths = new Set(keys.flatMap((key) => [...ask(key)]));
    return [...paths].filter((path) => is(lookup.entries.get(path)!)).sort(compareText);
  };
  const columns = once(() =>
    columnHistory([...lookup.offering('columns')].map((path) => lookup.entries.get(path)!)),
  );
  const bare = once(() => bareNames(columns().keys()));
  const paths = once(() => [...lookup.entries.keys()]);
  const model: Model = {
    entries: lookup.asked ? new AskedEntries(lookup.entries, lookup.asked) : lookup.entries,
    roots: corpusRoots(corpusGlobs),
    digests: (head) => {
      const owners = new Map<string, DigestOwner[]>();
      for (const path of ask(`digest ${head.slice(0, HEAD)}`))
        for (const [digest, owner] of ownDigests(lookup.entries.get(path)!))
          if (digest.startsWith(head)) append(owners, digest, owner);
      return owners;
    },
    writing: (head) =>
      found([`written ${head.slice(0, HEAD)}`], ({ written }) =>
        written.some((digest) => digest.startsWith(head)),
      ),
    get columns() {
      lookup.asked?.('columns');
      return columns();
    },
    tableNamed: (name) => {
      lookup.asked?.('columns');
      return bare().get(name) ?? undefined;
    },
    named: (fileName) => {
      const name = fileName.toLowerCase();
      return found([`name ${name}`], ({ document }) => posix.basename(document.path).toLowerCase() === name);
    },
    samePath: (path) => {
      const folded = foldedPath(path);
      const same = ({ document }: Entry) => document.path !== path && foldedPath(document.path) === folded;
      return found([`folded ${folded}`], same);
    },
    ofChange: (change) =>
      found([`change ${change}`], ({ document }) => headerText(document, 'change') === change),
    declaring: (id) => found([`id ${id}`], ({ declared }) => declared.some((one) => one.id === id)),
    matching: (pattern) => {
      lookup.asked?.(PRESENCE);
      return matchingPaths(paths(), pattern);
    },
    referrers: (path) =>
      found(
        [`ref ${path}`, ...foldersOf(path).map((folder) => `refs ${folder}`)],
        (entry) => entry.document.path !== path && references(entry, path),
      ),
  };
  return model;
}

/** Entries that tell what is asked for. */
class AskedEntries implements Entries {
  constructor(
    private readonly known: Entries,
    private readonly asked: (key: string) => void,
  ) {}
  get(path: string): Entry | undefined {
    this.asked(pathKey(path));
    return this.known.get(path);
  }
  has(path: string): boolean {
    this.asked(pathKey(path));
    return this.known.has(path);
  }
  get size(): number {
    throw this.notByAll();
  }
  keys(): never {
    throw this.notByAll();
  }
  values(): never {
    throw this.notByAll();
  }
  private notByAll(): Error {
    return new Error('a rule asks for documents by path, not for all of them');
  }
}

/** @param sorted in path order: only those with the pattern's fixed beginning are looked at */
function matchingPaths(sorted: readonly string[], pattern: string): string[] {
  const prefix = pattern.slice(0, pattern.indexOf('*'));
  const expression = globPattern(pattern);
  const found: string[] = [];
  for (let at = firstFrom(sorted, prefix); sorted[at]?.startsWith(prefix); at++)
    if (expression.test(sorted[at]!)) found.push(sorted[at]!);
  return found;
}

function firstFrom(sorted: readonly string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Digests that one document has. */
function ownDigests({ document, sql }: Entry): [string, DigestOwner][] {
  const { path } = document;
  const found: [string, DigestOwner][] = [[document.digest, { path, of: 'document' }]];
  for (const { role, digest } of sql.units)
    if (role === 'migration' || role === 'rollback') found.push([digest, { path, of: role }]);
  return found;
}

/** Whether a document names another one, by its path or by a pattern. */
export function references(entry: Entry, path: string): boolean {
  const named = referencedPaths(entry);
  return named.has(path) || [...named].some((one) => one.includes('*') && globPattern(one).test(path));
}

/** Folders that globs start from; a glob without wildcard is one document. */
function corpusRoots(globs: readonly string[]): string[] {
  return globs.map((glob) => {
    const fixed = /^[^*?[{(!]*/.exec(glob)![0];
    return fixed === glob ? glob : fixed.slice(0, fixed.lastIndexOf('/') + 1);
  });
}

function append<T>(into: Map<string, T[]>, key: string, value: T): void {
  const known = into.get(key);
  if (known) known.push(value);
  else into.set(key, [value]);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/**
 * Whether a path in a document's text must be a document: it lies below a folder where the corpus keeps its documents.
 * Where that is the whole repository, a note may well name files of other repositories, or examples; there only its
 * links and pins have to lead somewhere.
 */
export function inCorpus({ roots }: Model, { kind }: Pick<Entry, 'kind'>, path: string): boolean {
  const governed = kind !== null && kind !== 'note';
  return roots.some((root) => (root === '' ? governed && !path.startsWith('.') : path.startsWith(root)));
}

/**
 * Whether the target of a link must be a document: it lies below a folder where the corpus keeps its documents. Folders
 * that begin with a dot are none, as no glob takes them.
 */
export function linksIntoCorpus({ roots }: Model, path: string): boolean {
  return path.endsWith('.md') && !/(?:^|\/)\./.test(path) && roots.some((root) => path.startsWith(root));
}

/** Documents that a path or a path with `*` names. */
export function resolvePath(model: Model, path: string): Entry[] {
  const paths = path.includes('*') ? model.matching(path) : [path];
  return paths.flatMap((one) => model.entries.get(one) ?? []);
}

/** A link's target as a path of the corpus and its anchor; null for other addresses. */
export function resolveLink(
  document: Pick<DocumentIndex, 'path'>,
  url: string,
): { path: string; anchor: string | null } | null {
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(url)) return null;
  const hash = url.indexOf('#');
  const before = decodedUrl(hash < 0 ? url : url.slice(0, hash));
  const anchor = hash < 0 ? null : url.slice(hash + 1);
  if (before === '') return { path: document.path, anchor };
  if (before.startsWith('/')) return { path: posix.normalize(before.slice(1)), anchor };
  const folder = document.path.slice(0, document.path.lastIndexOf('/') + 1);
  const isPlain = !before.startsWith('.') && !before.includes('/.') && !before.includes('//');
  return { path: isPlain ? folder + before : posix.join(folder, before), anchor };
}

function decodedUrl(url: string): string {
  if (!url.includes('%')) return url;
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

/** Paths, with or without `*`, that a document names anywhere: pins, paths in its text, links. */
export function referencedPaths({ document }: Pick<Entry, 'document'>): ReadonlySet<string> {
  const known = referenced.get(document);
  if (known) return known;
  const found = new Set<string>();
  for (const { value } of pathMentions(document)) found.add(value);
  for (const { url } of document.links) {
    const target = resolveLink(document, url);
    if (target) found.add(target.path);
  }
  referenced.set(document, found);
  return found;
}

/** Several rules ask for the references of one document. */
const referenced = new WeakMap<DocumentIndex, ReadonlySet<string>>();

/**
 * Documents that a document names anywhere, each once. Those that it names by `*` come last, as they can be many:
 * whoever finds before what it looks for has not asked for them.
 */
export function* referencedEntries(model: Model, entry: Entry): Generator<Entry> {
  const seen = new Set([entry.document.path]);
  const named = [...referencedPaths(entry)];
  const isPattern = (path: string) => path.includes('*');
  for (const path of [...named.filter((one) => !isPattern(one)), ...named.filter(isPattern)]) {
    for (const other of resolvePath(model, path)) {
      if (seen.has(other.document.path)) continue;
      seen.add(other.document.path);
      yield other;
    }
  }
}

/** Places in a document that name a path. */
export function pathMentions(document: Pick<DocumentIndex, 'mentions'>): Mention[] {
  return document.mentions.filter((mention) => mention.kind === 'path');
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

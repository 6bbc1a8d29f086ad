import { posix } from 'node:path';
import { compareText } from '../base/diagnostic.js';
import { firstNotBefore } from '../base/search.js';
import { headerText } from '../parse/document.js';
import { bareNames, type ColumnHistory, columnHistory } from './columns.js';
import type { Entry } from './entry.js';
import { foldedPath } from './folded-path.js';
import { idForms } from './id-forms.js';
import {
  COLUMNS,
  type DigestOwner,
  foldersOf,
  HEAD,
  landingsKey,
  offers,
  ownDigests,
  type PinnedKey,
  PRESENCE,
  pinKey,
} from './offers.js';
import { pathMatcher } from './path-pattern.js';
import { references } from './references.js';

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
  /** Anchors that links into a document can name; null where there is no such document, or none that could be read. */
  landings(path: string): readonly string[] | null;
  /** Whether there is a file or folder at a path, which no document of the corpus has. */
  onDisk(path: string): boolean;
  /** What has a digest, whole or by its first digits (at least `HEAD`); by digest. */
  digests(head: string): ReadonlyMap<string, readonly DigestOwner[]>;
  /** Numbers of columns that a table has had, by qualified name, with the document that says so. */
  readonly columns: ColumnHistory;
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
  /** Paths of the authorizations that have a nonce. */
  authorizing(nonce: string): readonly string[];
  /** Paths of the documents that declare an id. */
  declaring(id: string): readonly string[];
  /** Whether a governed document declares ids of a form (`idForm`). */
  hasIdsLike(form: string): boolean;
  /** Paths of the documents that a path with `*` names. */
  matching(pattern: string): readonly string[];
  /** Paths of the documents whose header has a pin of a document under a key. */
  pinning(key: PinnedKey, path: string): readonly string[];
  /** Paths of the documents that name a document: in pins, in their text, by links. */
  referrers(path: string): readonly string[];
  /** Whether another document names a document; of those that do, no more are read than it takes to tell. */
  isReferred(path: string): boolean;
}

export interface ColumnCount {
  readonly count: number;
  readonly path: string;
}

/** How documents are found by what they offer, and what is told of each question that a rule asks. */
export interface Lookup {
  readonly entries: Entries;
  /** Paths, in order, of documents that may offer a key (`offers`): all that do, and perhaps others. */
  offering(key: string): Iterable<string>;
  /** Whether a path below the root is there, whatever it is. */
  onDisk(path: string): boolean;
  /** The history of columns, where somebody keeps it; else what is made of the documents now. */
  columns?(make: () => ColumnHistory): ColumnHistory;
  /** Called with each key that an answer depends on. */
  asked?(key: string): void;
  /** The same for the key of a document itself, by its path. */
  askedPath?(path: string): void;
  /** The same where it only matters whether there is such a document. */
  askedPresence?(path: string): void;
}

/** The model of documents that are all in memory. @param onDisk whether a path below the root is there, whatever it is */
export function buildModel(
  read: readonly Entry[],
  corpusGlobs: readonly string[],
  onDisk: Lookup['onDisk'],
): Model {
  const sorted = [...read].sort((a, b) => compareText(a.document.path, b.document.path));
  const entries = new Map(sorted.map((entry) => [entry.document.path, entry]));
  const index = once(() => {
    const byKey = new Map<string, string[]>();
    for (const entry of sorted) for (const key of offers(entry)) append(byKey, key, entry.document.path);
    return byKey;
  });
  return modelOver({ entries, onDisk, offering: (key) => index().get(key) ?? [] }, corpusGlobs);
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
  const made = () => columnHistory([...lookup.offering(COLUMNS)].map((path) => lookup.entries.get(path)!));
  const columns = once(() => lookup.columns?.(made) ?? made());
  const bare = once(() => bareNames(columns().keys()));
  const paths = once(() => [...lookup.entries.keys()]);
  const model: Model = {
    entries: lookup.askedPath ? new AskedEntries(lookup) : lookup.entries,
    roots: corpusRoots(corpusGlobs),
    landings: (path) => {
      lookup.asked?.(landingsKey(path));
      return readableLandings(lookup.entries.get(path));
    },
    onDisk: (path) => lookup.onDisk(path),
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
      lookup.asked?.(COLUMNS);
      return columns();
    },
    tableNamed: (name) => {
      lookup.asked?.(COLUMNS);
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
    authorizing: (nonce) =>
      found(
        [`nonce ${nonce}`],
        ({ kind, document }) => kind === 'authorization' && headerText(document, 'nonce') === nonce,
      ),
    declaring: (id) => found([`id ${id}`], ({ declared }) => declared.some((one) => one.id === id)),
    hasIdsLike: (form) =>
      [...ask(`ids ${form}`)].some((path) => idForms(lookup.entries.get(path)!).has(form)),
    matching: (pattern) => {
      lookup.asked?.(PRESENCE);
      return matchingPaths(paths(), pattern);
    },
    pinning: (key, path) =>
      found([pinKey(key, path)], ({ pins }) => pins.some((pin) => pin.key === key && pin.path === path)),
    referrers: (path) => found(referrerKeys(path), (entry) => refersTo(entry, path)),
    isReferred: (path) => {
      const offering = referrerKeys(path).map((key) => [...ask(key)]);
      return offering.some((paths) => paths.some((one) => refersTo(lookup.entries.get(one)!, path)));
    },
  };
  return model;
}

/** The keys of who names a document, in full or by a pattern. */
function referrerKeys(path: string): string[] {
  return [`ref ${path}`, ...foldersOf(path).map((folder) => `refs ${folder}`)];
}

function refersTo(entry: Entry, path: string): boolean {
  return entry.document.path !== path && references(entry, path);
}

/** The landings of a document without problems. */
export function readableLandings(entry: Entry | undefined): readonly string[] | null {
  return entry && entry.document.problems.length === 0 ? entry.landings : null;
}

/** Entries that tell what is asked for. */
class AskedEntries implements Entries {
  constructor(private readonly lookup: Lookup) {}
  get(path: string): Entry | undefined {
    this.lookup.askedPath?.(path);
    return this.lookup.entries.get(path);
  }
  has(path: string): boolean {
    this.lookup.askedPresence?.(path);
    return this.lookup.entries.has(path);
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
  const matches = pathMatcher(pattern);
  const found: string[] = [];
  for (
    let at = firstNotBefore(sorted.length, (index) => sorted[index]! < prefix);
    sorted[at]?.startsWith(prefix);
    at++
  )
    if (matches(sorted[at]!)) found.push(sorted[at]!);
  return found;
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

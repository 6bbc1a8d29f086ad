import type { DocumentIndex, Mention } from '../parse/document.js';
import { type Entry, isGoverned } from './entry.js';
import type { Model } from './model.js';
import { pathMatcher } from './path-pattern.js';
import { resolveLink } from './resolve-link.js';

/**
 * Whether a path in a document's text must be a document: it lies below a folder where the corpus keeps its documents.
 * Where that is the whole repository, a note may well name files of other repositories, or examples; there only its
 * links and pins have to lead somewhere.
 */
export function inCorpus({ roots }: Model, entry: Entry, path: string): boolean {
  const governed = isGoverned(entry);
  return (
    !EXAMPLE.test(path) &&
    roots.some((root) => (root === '' ? governed && !path.startsWith('.') : path.startsWith(root)))
  );
}

/** A form in which names are given: `knowledge/YYYY-MM-DD-NAME.md`, `knowledge/....md`. */
const EXAMPLE = /(?<![A-Za-z])(?:YYYY(?:-?MM(?:-?DD)?)?|N{3,}|X{3,})(?![A-Za-z])|(?:^|\/)\.{3,}(?:\/|md$)/;

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

/** Paths, with or without `*`, that a document names anywhere: pins, paths in its text, links. */
export function referencedPaths(entry: Pick<Entry, 'document' | 'mentioned'>): ReadonlySet<string> {
  const { document, mentioned } = entry;
  const known = referenced.get(document);
  if (known) return known;
  const found = new Set<string>();
  for (const { value } of mentioned.paths) found.add(value);
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

/** Whether a document names another one, by its path or by a pattern. */
export function references(entry: Entry, path: string): boolean {
  const named = referencedPaths(entry);
  return named.has(path) || [...named].some((one) => one.includes('*') && pathMatcher(one)(path));
}

import { posix } from 'node:path';
import type { DocumentIndex, Mention } from '../parse/document.js';
import type { Entry } from './entry.js';
import type { Model } from './model.js';
import { pathMatcher } from './path-pattern.js';

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
  if (before.startsWith('/')) return { path: normalized(before.slice(1)), anchor };
  return { path: below(document.path, before), anchor };
}

/** A way from a document's folder as a path. */
function below(document: string, way: string): string {
  let end = document.lastIndexOf('/') + 1;
  let from = 0;
  // Nearly every link is of this form.
  for (; end > 0 && way.startsWith('../', from); from += 3) end = document.lastIndexOf('/', end - 2) + 1;
  const rest = from === 0 ? way : way.slice(from);
  if (rest !== '' && !/^[./]|\/[./]/.test(rest)) return document.slice(0, end) + rest;
  return normalized(`${posix.dirname(document)}/${way}`);
}

/** What `posix.normalize` says, in time that grows as the path does: with its own, `../` many times takes minutes. */
function normalized(path: string): string {
  const absolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!absolute) parts.push(part);
  }
  const whole = `${absolute ? '/' : ''}${parts.join('/')}${path.endsWith('/') && parts.length > 0 ? '/' : ''}`;
  return whole === '' ? (path.endsWith('/') ? './' : '.') : whole;
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

import { posix } from 'node:path';
import { type Entry, isGoverned } from '../../model/entry.js';
import type { Model } from '../../model/model.js';
import { inCorpus, linksIntoCorpus } from '../../model/references.js';
import { resolveLink } from '../../model/resolve-link.js';
import type { Link, Mention } from '../../parse/document.js';
import { pathsIn } from '../../parse/mentions.js';
import { isPlannedReport } from '../planned-reports.js';
import type { CorpusRule } from '../rule.js';

export const noBrokenReference: CorpusRule = {
  id: 'no-broken-reference',
  scope: 'corpus',
  group: 'references',
  severity: 'error',
  what: 'A path or link names a document or a file that is not there; a pin or field one that is no document of the corpus.',
  why: 'A reference that leads nowhere proves nothing, and nobody notices when the document it meant has moved.',
  fix: 'Write the path exactly as the file is called, from the root of the repository.',
  check({ entry, model, report }) {
    const { document } = entry;
    let destinations: ReadonlySet<string> | undefined;
    const missing = new Set<string>();
    for (const mention of entry.mentioned.paths) {
      if (mention.value.includes('*') || !inCorpus(model, entry, mention.value)) continue;
      if (model.entries.has(mention.value)) continue;
      // The document's own path has a rule of its own.
      if (mention.key === 'document_path' || isPlannedReport(entry, mention)) continue;
      // A link's destination is a way from this document's folder; it is judged as a link below.
      destinations ??= linkDestinations(document.links);
      if (destinations.has(place(mention.position.start.line, mention.value))) continue;
      if (!isField(mention) && isLeftOut(model, mention.value)) continue;
      missing.add(place(mention.position.start.line, mention.value));
      report({
        message: `no document "${mention.value}"`,
        position: mention.position,
        ...hint(model, mention.value),
      });
    }
    // A pin names a document of the corpus, wherever else its path may point, and also where it looks like no path.
    for (const { path, pathPosition } of entry.pins) {
      if (model.entries.has(path) || missing.has(place(pathPosition.start.line, path))) continue;
      report({
        message: `no document "${path}" in the corpus`,
        position: pathPosition,
        ...hint(model, path),
      });
    }
    for (const { url, position } of document.links) {
      const target = resolveLink(document, url);
      if (!target || model.entries.has(target.path)) continue;
      if (linksIntoCorpus(model, target.path)) {
        if (isLeftOut(model, target.path)) continue;
        report({
          message: `link to "${target.path}", which is no document`,
          position,
          ...hint(model, target.path),
        });
      } else if (linksToFile(entry, url, target.path) && !model.onDisk(target.path))
        report({ message: `link to "${target.path}", which is not there`, position });
    }
  },
};

/** What a document rests on is a document, and not just any file. */
function isField({ in: place, key }: Mention): boolean {
  return place === 'header' || key === 'document';
}

/**
 * Whether a file is there and no document: the configuration ignores it, or it is a symbolic link. What has the place of a
 * document on a disk that does not tell capitals apart is another spelling of that, and so is `a//b.md`.
 */
function isLeftOut(model: Model, path: string): boolean {
  return posix.normalize(path) === path && model.samePath(path).length === 0 && model.onDisk(path);
}

/**
 * Whether a link must lead to a file beside the corpus. In a note, what has no ending of a file may be a page that a site
 * makes, and so is what ends as one; a way from the root of a site, and one out of the repository, is nothing to look at.
 */
function linksToFile(entry: Entry, url: string, path: string): boolean {
  if (url.startsWith('/') || path.startsWith('../') || /[{}<>*]|^\.?\/?$/.test(path)) return false;
  if (isGoverned(entry)) return true;
  if (url.includes('?')) return false;
  const ending = /\.([a-z0-9]{1,8})$/i.exec(path)?.[1]?.toLowerCase();
  return ending !== undefined && !/^(?:html?|php|aspx?|\d+)$/.test(ending);
}

/** The paths in destinations of links, each with every line that its link stands on. */
function linkDestinations(links: readonly Link[]): Set<string> {
  const found = new Set<string>();
  for (const { url, position } of links)
    for (const path of pathsIn(url))
      for (let line = position.start.line; line <= position.end.line; line++) found.add(place(line, path));
  return found;
}

function place(line: number, path: string): string {
  return `${line} ${path}`;
}

/** A document of the same file name elsewhere is most likely the one that was meant. */
function hint(model: Model, path: string): { help: string } | Record<never, never> {
  const name = posix.basename(path);
  const [same] = model.named(name);
  return same ? { help: `did you mean "${same}"?` } : {};
}

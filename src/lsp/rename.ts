import { posix } from 'node:path';
import type { Edit } from '../base/diagnostic.js';
import type { Point, Range } from '../base/position.js';
import type { Entry } from '../model/entry.js';
import { foldedPath } from '../model/folded-path.js';
import { pathMentions } from '../model/references.js';
import { resolveLink } from '../model/resolve-link.js';
import { linkTarget } from './link-target.js';
import { holds, rangeKey } from './positions.js';
import type { Snapshot } from './snapshot.js';
import { subjectAt } from './subject.js';
import type { Edits } from './workspace-edit.js';

/** New paths of documents, by their old ones. */
export type Moves = ReadonlyMap<string, string>;

/** What follows from documents that get other paths. */
export interface Renaming {
  readonly edits: Edits;
  /** Generated reports that name a moved document: they say what their record says, and are left as they are. */
  readonly reports: readonly string[];
  /** Documents that pin one whose bytes change by the edits, or that moved. */
  readonly pinning: readonly string[];
  /** Documents with a link whose address is not written as it reads, and was left. */
  readonly unclear: readonly string[];
}

/** A path that stands at a place and can be renamed; null elsewhere. */
export function renamableAt(
  snapshot: Snapshot,
  path: string,
  point: Point,
): { path: string; position: Range } | null {
  const entry = snapshot.entry(path);
  const own = entry?.document.header?.values.find(
    (value) => value.path === 'document_path' && holds(value.position, point),
  );
  if (own) return { path, position: own.position };
  const found = subjectAt(snapshot, path, point);
  if (found?.subject.kind !== 'document' || found.subject.paths.length !== 1) return null;
  // A pattern that happens to match one document is no name of it.
  if (snapshot.slice(path, found.position).includes('*')) return null;
  return { path: found.subject.paths[0]!, position: found.position };
}

/** Why a path is no new name for a document; null where it is one. */
export function refuseName(
  snapshot: Snapshot,
  { from, to: path }: { readonly from: string; readonly to: string },
  included: boolean,
): string | null {
  if (!/^(?!.*(?:^|\/)\.{0,2}\/)[^\s/][^\\\s]*\.md$/.test(path) || posix.normalize(path) !== path)
    return `"${path}" is no path of a document: write it from the root of the repository, without spaces, ending in .md`;
  if (!included) return `"${path}" lies outside the corpus`;
  if (snapshot.entry(path)) return `there is a document "${path}" already`;
  const folded = foldedPath(path);
  const same = [...snapshot.model.entries.keys()].find((one) => one !== from && foldedPath(one) === folded);
  return same === undefined
    ? null
    : `there is a document "${same}", which many file systems take for the same`;
}

/** Every reference to documents that move, their own `document_path`, and their own relative links. */
export function renaming(snapshot: Snapshot, moves: Moves): Renaming {
  const edits = new Map<string, readonly Edit[]>();
  const reports: string[] = [];
  const unclear: string[] = [];
  for (const entry of snapshot.model.entries.values()) {
    const { path } = entry.document;
    const found = editsOf(snapshot, entry, moves);
    if (found.unclear) unclear.push(path);
    if (found.edits.length === 0) continue;
    if (entry.kind === 'dry-run-report' || entry.kind === 'execution-report') reports.push(path);
    else edits.set(path, found.edits);
  }
  const pinning = [...snapshot.model.entries.values()]
    .filter(({ pins }) => pins.some((pin) => edits.has(pin.path) || moves.has(pin.path)))
    .map(({ document }) => document.path);
  return { edits, reports, pinning, unclear };
}

function editsOf(snapshot: Snapshot, entry: Entry, moves: Moves): { edits: Edit[]; unclear: boolean } {
  const { document } = entry;
  const edits = new Map<string, Edit>();
  const add = (position: Range, text: string) => {
    const key = rangeKey(position);
    if (!edits.has(key)) edits.set(key, { position, text });
  };
  let unclear = false;
  for (const link of document.links) {
    const text = movedUrl(entry, link.url, moves);
    if (text === null) continue;
    const position = linkTarget(snapshot, document.path, link);
    if (position) add(position, text);
    else unclear = true;
  }
  const addresses = [...edits.values()].map(({ position }) => position);
  for (const { key, value, position } of pathMentions(document)) {
    // A document states its own path, even where it misstates it.
    const path = moves.get(key === 'document_path' ? document.path : value);
    // A path inside a link's address was moved with the address.
    const inAddress = addresses.some((one) => holds(one, position.start) && holds(one, position.end));
    if (path !== undefined && !inAddress) add(position, path);
  }
  return { edits: [...edits.values()], unclear };
}

/** The address of a link after the moves; null where it stays as it is. */
function movedUrl({ document: { path } }: Entry, url: string, moves: Moves): string | null {
  const target = resolveLink({ path }, url);
  if (!target || url === '' || url.startsWith('#')) return null;
  const from = moves.get(path) ?? path;
  const to = moves.get(target.path) ?? target.path;
  if (from === path && to === target.path) return null;
  const anchor = target.anchor === null ? '' : `#${target.anchor}`;
  const written = url.startsWith('/') ? `/${to}` : posix.relative(posix.dirname(from), to);
  const moved = `${written.replace(/[^\p{L}\p{N}._~/-]/gu, percentEncoded)}${anchor}`;
  // A link that still leads there is left in the way it is written.
  const still = resolveLink({ path: from }, url);
  return still?.path === to ? null : moved;
}

/** Letters may stand in an address as they are, which is how authors write them; brackets would end it. */
function percentEncoded(character: string): string {
  return [...Buffer.from(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}

import { posix } from 'node:path';
import { headerText } from '../parse/document.js';
import type { Entry } from './entry.js';
import { foldedPath } from './folded-path.js';
import { idForms } from './id-forms.js';
import { referencedPaths } from './references.js';

/** What a digest is the digest of. */
export interface DigestOwner {
  readonly path: string;
  readonly of: 'document' | 'migration' | 'rollback';
}

/** Fewest first digits that a digest is looked up by. */
export const HEAD = 6;

/**
 * Keys by which a document can be found by others. When it changes, what was found by one of its keys, old or new,
 * has to be asked again.
 */
export function offers(entry: Entry): string[] {
  const { path } = entry.document;
  const keys = [`name ${posix.basename(path).toLowerCase()}`, `folded ${foldedPath(path)}`];
  const change = headerText(entry.document, 'change');
  if (change !== undefined) keys.push(`change ${change}`);
  if (entry.kind === 'authorization') keys.push(`nonce ${headerText(entry.document, 'nonce') ?? ''}`);
  for (const [digest] of ownDigests(entry)) keys.push(`digest ${digest.slice(0, HEAD)}`);
  for (const { id } of entry.declared) keys.push(`id ${id}`);
  for (const form of idForms(entry)) keys.push(`ids ${form}`);
  for (const named of referencedPaths(entry)) keys.push(referenceKey(named));
  for (const { key, path: pinned } of entry.pins) if (isPinnedKey(key)) keys.push(pinKey(key, pinned));
  for (const digest of entry.written) keys.push(`written ${digest.slice(0, HEAD)}`);
  if (entry.kind === 'ddl') keys.push(COLUMNS);
  return [...new Set(keys)];
}

/**
 * Whether a key says less than what is asked by it: the first digits of a digest, the folder of a pattern, that there
 * are columns. A document that offers it before and after a change may still give another answer.
 */
export function isRough(key: string): boolean {
  return (
    key.startsWith('digest ') || key.startsWith('written ') || key.startsWith('refs ') || key === COLUMNS
  );
}

/** A path is found as it is; what is named by `*` by the folder that the pattern starts from. */
function referenceKey(named: string): string {
  const star = named.indexOf('*');
  return star < 0 ? `ref ${named}` : `refs ${named.slice(0, named.lastIndexOf('/', star) + 1)}`;
}

/** Keys of the header whose pins make the chain of a change: what is reviewed, run, and reported. */
const PINNED_KEYS = ['subject', 'ddl', 'package'] as const;

export type PinnedKey = (typeof PINNED_KEYS)[number];

function isPinnedKey(key: string): key is PinnedKey {
  return PINNED_KEYS.some((one) => one === key);
}

/** The key of who pins a document under a key of the header. */
export function pinKey(key: PinnedKey, path: string): string {
  return `pin ${key} ${path}`;
}

/** Folders that a path lies in, the root among them. */
export function foldersOf(path: string): string[] {
  const folders = [''];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
    folders.push(path.slice(0, at + 1));
  return folders;
}

/** The key of the history of columns, which all ddl documents make. */
export const COLUMNS = 'columns';

/** Keys that change because a document appeared or went. */
export const PRESENCE = 'paths';

/** The key of a document itself. */
export function pathKey(path: string): string {
  return `path ${path}`;
}

/** The key of whether a document is there, which stays as it is when its text changes. */
export function placeKey(path: string): string {
  return `place ${path}`;
}

/** The key of whether a file that is no document is on disk. */
export function fileKey(path: string): string {
  return `file ${path}`;
}

/** The key of where links into a document can lead. */
export function landingsKey(path: string): string {
  return `landings ${path}`;
}

/** Digests that one document has. */
export function ownDigests({ document, sql }: Entry): [string, DigestOwner][] {
  const { path } = document;
  const found: [string, DigestOwner][] = [[document.digest, { path, of: 'document' }]];
  for (const { role, digest } of sql.units)
    if (role === 'migration' || role === 'rollback') found.push([digest, { path, of: role }]);
  return found;
}

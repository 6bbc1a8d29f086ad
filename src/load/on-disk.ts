import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Which files are there, where that is not for the disk to say. Plain data, as threads are told. */
export interface Presence {
  /** Documents that are given, or count as absent. */
  readonly documents: ReadonlyMap<string, boolean>;
  /** What git's index has; null where the disk counts. */
  readonly index: IndexedPaths | null;
  /** What is there besides: files that a sparse checkout leaves out, and the folders that they lie in. */
  readonly skipped: ReadonlySet<string>;
}

/** Paths in git's index, in Unicode form NFC. */
export interface IndexedPaths {
  /** Files, and the folders that they lie in. */
  readonly paths: ReadonlySet<string>;
  /** Beginnings of paths of which the index does not tell: below submodules and symbolic links. */
  readonly untold: readonly string[];
}

/** The paths of files and the folders that they lie in. */
export function indexedPaths(files: readonly string[], untold: readonly string[]): IndexedPaths {
  const paths = new Set<string>();
  for (const file of files)
    for (
      let path = file;
      path !== '' && !paths.has(path);
      path = path.slice(0, path.lastIndexOf('/') + 1).slice(0, -1)
    )
      paths.add(path);
  return { paths, untold };
}

/** What a reading says is there. */
export function presenceOf(
  overlay: ReadonlyMap<string, Uint8Array | null> = new Map(),
  index: IndexedPaths | null = null,
  skipped: ReadonlySet<string> = new Set(),
): Presence {
  return { documents: new Map([...overlay].map(([path, bytes]) => [path, bytes !== null])), index, skipped };
}

/** Whether a path below the root is there, whatever it is. */
export function isThere(root: string, path: string, { documents, index, skipped }: Presence): boolean {
  const given = documents.get(path);
  if (given !== undefined) return given;
  const plain = path.normalize('NFC').replace(/\/$/, '');
  if (index && !index.untold.some((beginning) => plain.startsWith(beginning)))
    return index.paths.has(plain) || /^(?:\.?$|\.\.)/.test(plain);
  return skipped.has(plain) || existsSync(join(root, path));
}

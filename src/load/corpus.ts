import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { compareText } from '../base/diagnostic.js';
import { UsageError } from '../base/usage-error.js';
import type { Config } from './config.js';
import { listFiles, type OnLeft } from './list-files.js';
import type { IndexedPaths } from './on-disk.js';

/** One file of the corpus: read once; every digest, parse and execution uses this one buffer. */
export interface SourceFile {
  /** Relative to the root, `/`-separated, NFC. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What is read besides the files that the globs name, and in place of files on disk. */
export interface Reading {
  /** Paths of files to read that the globs do not name. */
  readonly besides?: readonly string[];
  /** Bytes in place of a file's own (an editor's, git's index'), by path; null where the file counts as absent. */
  readonly overlay?: ReadonlyMap<string, Uint8Array | null>;
  /** Files that are there, in place of those on disk. */
  readonly index?: IndexedPaths;
  /** Files and folders that are there besides those on disk. */
  readonly skipped?: ReadonlySet<string>;
  /** Bytes in place of the lock file's own; null where it counts as absent. */
  readonly lock?: Uint8Array | null;
}

/** Reads the files that the configuration names, in path order. @param onLeft as `listFiles` has it */
export function loadCorpus(
  config: Config,
  { besides = [], overlay = new Map() }: Reading = {},
  onLeft: OnLeft = () => {},
): SourceFile[] {
  const present = besides.filter((path) => !overlay.has(path));
  const onDisk = listFiles(config, present, onLeft).filter(({ path }) => !overlay.has(path));
  const files = onDisk.map(({ path, name }) => ({ path, bytes: readBytes(config.root, name) }));
  for (const [path, bytes] of overlay) if (bytes) files.push({ path, bytes });
  return files.sort((a, b) => compareText(a.path, b.path));
}

/** Reads one file. @param name as the disk has it, relative to the root */
export function readBytes(root: string, name: string): Uint8Array {
  try {
    return readFileSync(join(root, name));
  } catch (error) {
    throw new UsageError('cannot-read', `cannot read ${name}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** What the user named on the command line: Markdown files, and folders whose documents are meant. */
export interface Selection {
  /** Markdown files named directly, relative to the root. */
  readonly files: readonly string[];
  /** Folders named, relative to the root: empty for the root, else ending in `/`. */
  readonly folders: readonly string[];
  /** Whether a document is one of those meant. */
  readonly includes: (path: string) => boolean;
}

/** Resolves paths of the command line. @throws UsageError `no-such-document` for one that does not exist */
export async function selectPaths(config: Config, cwd: string, paths: readonly string[]): Promise<Selection> {
  const files: string[] = [];
  const folders: string[] = [];
  for (const path of paths) {
    const inside = toRootPath(config.root, cwd, path);
    const found = await stat(resolve(cwd, path)).catch(() => null);
    if (!found) throw new UsageError('no-such-document', `no such file or folder: ${path}`);
    if (found.isDirectory()) folders.push(inside === '' ? '' : `${inside}/`);
    else if (found.isFile()) files.push(inside);
    // Reading a pipe might never end.
    else throw new UsageError('cannot-read', `${path} is no plain file`);
  }
  const includes = (path: string) =>
    paths.length === 0 || files.includes(path) || folders.some((folder) => path.startsWith(folder));
  return { files, folders, includes };
}

/** Path relative to the root in the corpus' spelling. @throws UsageError where it lies outside the root */
export function toRootPath(root: string, cwd: string, path: string): string {
  const inside = relative(root, resolve(cwd, path));
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    const help = `run it in the folder that holds the documents, or name it with --root`;
    throw new UsageError('bad-argument', `${path} is outside ${root}`, help);
  }
  return inside.split(sep).join('/').normalize('NFC');
}

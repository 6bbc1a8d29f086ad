import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { globby } from 'globby';
import { compareText } from '../base/diagnostic.js';
import { UsageError } from '../base/usage-error.js';
import type { Config } from './config.js';

/** One file of the corpus: read once; every digest, parse and execution uses this one buffer. */
export interface SourceFile {
  /** Relative to the root, `/`-separated, NFC. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Reads the files that the configuration names, and those named besides, in path order. */
export async function loadCorpus(config: Config, besides: readonly string[] = []): Promise<SourceFile[]> {
  const found = await globby([...config.corpus], {
    cwd: config.root,
    ignore: ['**/node_modules/**', '.probatum/**', ...config.ignore],
    followSymbolicLinks: false,
    dot: false,
    onlyFiles: true,
  }).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError('cannot-read', `cannot list ${error.path ?? config.root}: ${error.code}`);
  });
  const names = new Map<string, string>();
  for (const name of new Set([...found, ...besides])) {
    const path = name.normalize('NFC');
    const other = names.get(path);
    // One of them would be read and the other be invisible.
    if (other !== undefined)
      throw new UsageError(
        'cannot-read',
        `two files are called "${path}", in different Unicode forms`,
        'rename one of them',
      );
    names.set(path, name);
  }
  const sorted = [...names].sort(([a], [b]) => compareText(a, b));
  return Promise.all(sorted.map(([path, name]) => readSource(config.root, path, name)));
}

/** @param name the file's name as the disk has it, which may be in another Unicode form */
async function readSource(root: string, path: string, name: string): Promise<SourceFile> {
  try {
    return { path, bytes: await readFile(join(root, name)) };
  } catch (error) {
    throw new UsageError('cannot-read', `cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** What the user named on the command line: Markdown files, and folders whose documents are meant. */
export interface Selection {
  /** Markdown files named directly, relative to the root. */
  readonly files: readonly string[];
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
    else files.push(inside);
  }
  const includes = (path: string) =>
    paths.length === 0 || files.includes(path) || folders.some((folder) => path.startsWith(folder));
  return { files, includes };
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

import { isUtf8 } from 'node:buffer';
import { type Dirent, lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import picomatch from 'picomatch';
import { compareText } from '../base/diagnostic.js';
import { UsageError } from '../base/usage-error.js';
import type { Config } from './config.js';
import { globMatcher } from './glob-matcher.js';
import { linkOnWay } from './link-on-way.js';

/** A file as its folder lists it: what tells, without reading it, that it is still the same. */
export interface ListedFile {
  /** Relative to the root, `/`-separated, NFC. */
  readonly path: string;
  /** The path as the disk has it, which may be in another Unicode form. */
  readonly name: string;
  readonly stamp: Stamp;
}

/** Size in bytes, times of modification and of change in milliseconds, inode. */
export type Stamp = readonly [size: number, modified: number, changed: number, inode: number];

/** Folders that are never documents of a corpus. */
const NEVER = ['**/node_modules/**', '.probatum/**'];

type Globs = Pick<Config, 'corpus' | 'ignore'>;

/** Whether a path is one of the corpus, wherever it comes from. */
export function corpusMatcher({ corpus, ignore }: Globs): (path: string) => boolean {
  const wanted = globMatcher(corpus);
  const left = picomatch([...NEVER, ...ignore]);
  return (path) => wanted(path) && !left(path);
}

/**
 * Lists the files of the corpus, and those named besides, in path order. Links and dot files are left out.
 * @param onLeft told of each link that leads to what would be read or looked through in its place, and of each name that
 * is no UTF-8
 */
export function listFiles(
  config: Pick<Config, 'root'> & Globs,
  besides: readonly string[] = [],
  onLeft: OnLeft = () => {},
): ListedFile[] {
  const wanted = globMatcher(config.corpus);
  const isLeft = config.ignore.length === 0 ? () => false : picomatch([...config.ignore]);
  const isNever = picomatch(NEVER);
  const names: string[] = [];
  for (const folder of startingFolders(config.corpus)) {
    const link = linkOnWay(config.root, folder);
    // Left out in silence, its documents would count as judged.
    if (link)
      throw new UsageError(
        'cannot-read',
        `${link} is a symbolic link, and those are not followed`,
        'put the folder itself in its place, or take it out of the globs of the corpus',
      );
    // What is below it has no name of those folders: the walk leaves them out.
    if (!isNever(folder)) walk(config.root, folder, { wanted, isLeft, onLeft }, names);
  }
  const files = [...new Set([...names, ...besides])].map((name) => listed(config.root, name));
  files.sort((a, b) => compareText(a.path, b.path));
  for (const [index, { path }] of files.entries()) {
    // One of them would be read and the other be invisible.
    if (path === files[index + 1]?.path)
      throw new UsageError(
        'cannot-read',
        `two files are called "${path}", in different Unicode forms`,
        'rename one of them',
      );
  }
  return files;
}

/** Folders that globs start from, none inside another. */
export function startingFolders(globs: readonly string[]): string[] {
  const folders = [...new Set(globs.map((glob) => picomatch.scan(glob).base))].sort(compareText);
  return folders.filter(
    (folder, index) =>
      !folders.some((other, at) => at < index && (other === '' || folder.startsWith(`${other}/`))),
  );
}

/** Told of what is not read, and why. @param path its bytes that are no UTF-8 written as `\xff` */
export type OnLeft = (left: { readonly path: string; readonly why: 'link' | 'name' }) => void;

/** Which files are listed, and which folders are not walked. */
interface Wish {
  readonly wanted: (path: string) => boolean;
  readonly isLeft: (path: string) => boolean;
  readonly onLeft: OnLeft;
}

function walk(root: string, folder: string, wish: Wish, into: string[]): void {
  const take = (path: string) => {
    if (wish.wanted(path) && !wish.isLeft(path)) into.push(path);
  };
  let items: readonly Dirent[];
  try {
    items = readFolder(root, folder, wish);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A glob may name one file, or a folder that is not there yet.
    if (code === 'ENOTDIR') take(folder);
    if (code === 'ENOTDIR' || code === 'ENOENT') return;
    throw new UsageError('cannot-read', `cannot list ${folder === '' ? root : folder}: ${code}`);
  }
  for (const item of items) {
    const { name } = item;
    if (name.startsWith('.') || name === 'node_modules') continue;
    const path = folder === '' ? name : `${folder}/${name}`;
    if (item.isFile()) take(path);
    else if (item.isDirectory() && !wish.isLeft(path)) walk(root, path, wish, into);
    else if (item.isSymbolicLink() && !wish.isLeft(path) && isMissed(root, path, wish))
      wish.onLeft({ path: path.normalize('NFC'), why: 'link' });
  }
}

/** Whether a link leads to a folder, or stands where a document would. */
function isMissed(root: string, path: string, { wanted }: Wish): boolean {
  return wanted(path) || statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() === true;
}

function readFolder(root: string, folder: string, wish: Wish): readonly Dirent[] {
  const items = readdirSync(join(root, folder), { withFileTypes: true });
  // Bytes that are no UTF-8 are listed as U+FFFD, and by that name there is no file.
  if (!items.some(({ name }) => name.includes('\ufffd'))) return items;
  const before = folder === '' ? '' : `${folder}/`;
  const whole = new Set<string>();
  for (const item of readdirSync(join(root, folder), { withFileTypes: true, encoding: 'buffer' })) {
    const path = before + item.name.toString('utf8');
    if (isUtf8(item.name)) whole.add(path);
    else if (path.startsWith('.', before.length) || wish.isLeft(path)) continue;
    else if (wish.wanted(path) || item.isDirectory() || leadsToFolder(root, before, item))
      wish.onLeft({ path: before + escapedName(item.name), why: 'name' });
  }
  return items.filter(({ name }) => !name.includes('\ufffd') || whole.has(before + name));
}

/** Whether an item is a link to a folder. */
function leadsToFolder(root: string, before: string, item: Dirent<Buffer>): boolean {
  if (!item.isSymbolicLink()) return false;
  const path = Buffer.concat([Buffer.from(`${root}/${before}`), item.name]);
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A name with `\xff` for each byte that is no ASCII. */
function escapedName(name: Uint8Array): string {
  return Buffer.from(name)
    .toString('latin1')
    .replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
}

function listed(root: string, name: string): ListedFile {
  let stats: Stats;
  try {
    stats = lstatSync(`${root}/${name}`);
  } catch (error) {
    throw new UsageError('cannot-read', `cannot read ${name}: ${(error as NodeJS.ErrnoException).code}`);
  }
  const stamp: Stamp = [stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino];
  return { path: name.normalize('NFC'), name, stamp };
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LOCK_FILE } from '../base/lock-file.js';
import { UsageError } from '../base/usage-error.js';
import { type Config, configurationFiles } from './config.js';
import { Git, type Surroundings } from './git.js';
import { corpusMatcher, listFiles } from './list-files.js';
import { type IndexedPaths, indexedPaths } from './on-disk.js';

/** What changed, and what is read in place of the work tree. */
export interface Changes {
  /** Paths that were added, changed or removed, relative to the corpus' root; one ending in `/` is a whole folder. */
  readonly paths: readonly string[];
  /** Bytes in place of files on disk; null for those that count as absent. */
  readonly overlay: ReadonlyMap<string, Uint8Array | null>;
  /** Files that are there, in place of those on disk. */
  readonly index?: IndexedPaths;
  /** The lock file in place of the one on disk; null where it counts as absent. */
  readonly lock?: Uint8Array | null;
}

/** One entry of the index. */
interface IndexEntry {
  readonly path: string;
  readonly mode: string;
  readonly id: string;
  /** Whether git was told not to look at the file on disk. */
  readonly unwatched: boolean;
}

/**
 * What the index holds where it differs from the files on disk, and which of its paths are staged against HEAD. A file that
 * is as the index has it, byte for byte, is left to the disk, where it may have been read before.
 * @param besides documents that the corpus' globs do not name
 * @throws UsageError outside of a repository, for conflicts, and where the configuration is not as the index has it
 */
export async function stagedChanges(
  config: Config,
  surroundings: Surroundings,
  besides: readonly string[] = [],
): Promise<Changes> {
  const git = await Git.open(config.root, surroundings);
  const head = await git.commit('HEAD');
  const [entries, differing] = await Promise.all([readIndex(git), differingFromDisk(git)]);
  const intended = [...differing].filter(([, status]) => status === 'A').map(([path]) => path);
  requireConfig(config, entries, differing);
  const matches = corpusMatcher(config);
  const wanted = (path: string) => matches(normal(path)) || besides.includes(normal(path));
  const overlay = await overlayOf(git, config, { entries, differing, wanted, besides });
  const paths = head
    ? await git.fields([...diff('diff-index', '--name-only'), '--cached', head])
    : entries.map(({ path }) => path);
  const lock = entries.find(({ path }) => path === LOCK_FILE && !intended.includes(path));
  return {
    index: indexOf(entries.filter(({ path }) => !intended.includes(path))),
    paths: paths.filter((path) => !intended.includes(path)).map(normal),
    overlay,
    lock: lock ? (await git.blobs([lock.id]))[0]! : null,
  };
}

/** What the index has. A submodule's files and those behind a link are not in it. */
function indexOf(entries: readonly IndexEntry[]): IndexedPaths {
  const closed = entries.filter(({ mode }) => mode === '160000' || mode === '120000');
  return indexedPaths(
    entries.map(({ path }) => normal(path)),
    closed.map(({ path }) => `${normal(path)}/`),
  );
}

/**
 * Paths that changed since the common ancestor of a revision and HEAD: committed, staged, in the work tree, untracked.
 * @throws UsageError outside of a repository, and where there is no such revision or no common ancestor
 */
export async function changesSince(
  config: Config,
  surroundings: Surroundings,
  revision: string,
): Promise<Changes> {
  const git = await Git.open(config.root, surroundings);
  const base = await commonAncestor(git, revision);
  const [tracked, untracked] = await Promise.all([
    git.fields([...diff('diff', '--name-only'), base]),
    git.fields(['ls-files', '-z', '--others', '--exclude-standard']),
  ]);
  return { paths: [...new Set([...tracked, ...untracked].map(normal))], overlay: new Map() };
}

/** The best common ancestor of a revision and HEAD. @throws UsageError where there is none */
export async function commonAncestor(git: Git, revision: string): Promise<string> {
  const [since, head] = await Promise.all([git.commit(revision), git.commit('HEAD')]);
  if (!since || !head)
    throw new UsageError(
      'bad-argument',
      `there is no commit "${since ? 'HEAD' : revision}" in the repository`,
    );
  const base = await git.mergeBase(since, head);
  if (!base) {
    const help = 'a shallow clone may lack it: fetch more of the history';
    throw new UsageError('bad-argument', `"${revision}" and HEAD have no common ancestor`, help);
  }
  return base;
}

/** Names of both sides of a rename, relative to the folder, whatever the configuration of git or `.gitmodules` says. */
function diff(command: 'diff' | 'diff-index', form: '--name-only' | '--raw'): string[] {
  const whatever = ['--no-renames', '--no-ext-diff', '--ignore-submodules=none'];
  return [command, form, '-z', ...whatever, '--relative'];
}

function normal(path: string): string {
  return path.normalize('NFC');
}

async function readIndex(git: Git): Promise<IndexEntry[]> {
  const conflicts = new Set<string>();
  const entries = (await git.fields(['ls-files', '-z', '-v', '--stage'])).map((field) => {
    const [, tag = '', mode = '', id = '', stage = '', path = ''] =
      /^(\S) (\d+) ([0-9a-f]+) (\d)\t([\s\S]*)$/.exec(field) ?? [];
    if (stage !== '0') conflicts.add(path);
    return { path, mode, id, unwatched: tag !== 'H' };
  });
  if (conflicts.size > 0) {
    const help = 'resolve them, and stage the result with "git add"';
    throw new UsageError('bad-argument', `unmerged in the index: ${[...conflicts].join(', ')}`, help);
  }
  return entries;
}

/** Paths of the index whose file on disk differs, with git's letter: `A` is only intended to be added. */
async function differingFromDisk(git: Git): Promise<Map<string, string>> {
  const fields = await git.fields(diff('diff', '--raw'));
  const found = new Map<string, string>();
  for (let at = 0; at + 1 < fields.length; at += 2) found.set(fields[at + 1]!, fields[at]!.slice(-1));
  return found;
}

/** The configuration judges every document: it is read from the disk, so it must be the one of the index. */
function requireConfig(
  config: Config,
  entries: readonly IndexEntry[],
  differing: ReadonlyMap<string, string>,
): void {
  const indexed = new Set(entries.map(({ path }) => path));
  for (const path of configurationFiles(config))
    if (differing.has(path) || indexed.has(path) !== existsSync(join(config.root, path)))
      throw new UsageError(
        'bad-argument',
        `${path} on disk is not the one in git's index`,
        'stage it with "git add", or put it back',
      );
}

interface Compared {
  readonly entries: readonly IndexEntry[];
  readonly differing: ReadonlyMap<string, string>;
  readonly wanted: (path: string) => boolean;
  readonly besides: readonly string[];
}

async function overlayOf(
  git: Git,
  config: Config,
  { entries, differing, wanted, besides }: Compared,
): Promise<Map<string, Uint8Array | null>> {
  const onDisk = new Map(listFiles(config).map(({ path, stamp }) => [path, stamp[0]]));
  const documents = entries.filter(({ path, mode }) => mode.startsWith('100') && wanted(path));
  const present = documents.filter(({ path }) => differing.get(path) !== 'A');
  refuseTwoForms(present);
  const overlay = new Map<string, Uint8Array | null>();
  // What a submodule holds is no part of this index, which names its commit only: it is read as it is on disk.
  const submodules = entries.filter(({ mode }) => mode === '160000').map(({ path }) => `${normal(path)}/`);
  for (const path of [...onDisk.keys(), ...besides])
    if (!submodules.some((folder) => path.startsWith(folder))) overlay.set(path, null);
  const converted = await convertedByCommand(git, present);
  const sizes = await git.sizes(present.map(({ id }) => id));
  const isOnDisk = ({ path, unwatched }: IndexEntry, at: number) =>
    !unwatched &&
    !differing.has(path) &&
    !converted.has(path) &&
    // Line ends and keywords are converted without a difference to git, but never without one in size.
    onDisk.get(normal(path)) === sizes[at];
  for (const [at, entry] of present.entries()) if (isOnDisk(entry, at)) overlay.delete(normal(entry.path));
  const replaced = present.filter((entry, at) => !isOnDisk(entry, at));
  const blobs = await git.blobs(replaced.map(({ id }) => id));
  for (const [at, { path }] of replaced.entries()) overlay.set(normal(path), blobs[at]!);
  return overlay;
}

/** Paths whose bytes on disk are made from the blob by a command or an encoding, so that even equal sizes prove nothing. */
async function convertedByCommand(git: Git, entries: readonly IndexEntry[]): Promise<Set<string>> {
  if (entries.length === 0) return new Set();
  const input = entries.map(({ path }) => `${path}\0`).join('');
  const fields = await git.fields(['check-attr', '-z', '--stdin', 'filter', 'working-tree-encoding'], input);
  const found = new Set<string>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const value = fields[at + 2]!;
    if (value !== 'unspecified' && value !== 'unset') found.add(fields[at]!);
  }
  return found;
}

function refuseTwoForms(entries: readonly IndexEntry[]): void {
  const seen = new Set<string>();
  for (const path of entries.map((entry) => normal(entry.path))) {
    if (seen.has(path))
      throw new UsageError(
        'cannot-read',
        `two files of the index are called "${path}", in different Unicode forms`,
      );
    seen.add(path);
  }
}

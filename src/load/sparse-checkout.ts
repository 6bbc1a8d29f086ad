import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LOCK_FILE } from '../base/lock-file.js';
import { UsageError } from '../base/usage-error.js';
import type { Config } from './config.js';
import { CONFIG_FILE } from './config-yaml.js';
import { Git, type Surroundings } from './git.js';
import { corpusMatcher } from './list-files.js';
import { indexedPaths } from './on-disk.js';

/** What git has of files that a sparse checkout leaves out of the work tree. */
export interface SkippedFiles {
  /** Bytes of the documents among them, by path, as the index has them. */
  readonly documents: ReadonlyMap<string, Uint8Array>;
  /** All of them, and the folders that they lie in. */
  readonly paths: ReadonlySet<string>;
}

/** Without them, a corpus is judged by other rules than its own, and no change of what is released is found. */
const NEEDED: readonly string[] = [CONFIG_FILE, LOCK_FILE];

/**
 * Files of the index that git was told to leave out, and that are not on disk.
 * @throws UsageError where git cannot tell, and where the configuration or the lock file is one of them
 */
export async function skippedFiles(config: Config, surroundings: Surroundings): Promise<SkippedFiles> {
  const git = await Git.open(config.root, surroundings);
  const skipped = (await git.fields(['ls-files', '-z', '-t', '--stage'])).flatMap((field) => {
    const [, mode = '', id = '', path = ''] = /^S (\d+) ([0-9a-f]+) 0\t([\s\S]*)$/.exec(field) ?? [];
    return path !== '' && !existsSync(join(config.root, path))
      ? [{ mode, id, path: path.normalize('NFC') }]
      : [];
  });
  const needed = skipped.find(({ path }) => NEEDED.includes(path));
  if (needed) throw leftOut(`"${needed.path}"`);
  const isDocument = corpusMatcher(config);
  const documents = skipped.filter(({ mode, path }) => mode.startsWith('100') && isDocument(path));
  const blobs = await git.blobs(documents.map(({ id }) => id));
  return {
    documents: new Map(documents.map(({ path }, at) => [path, blobs[at]!])),
    paths: indexedPaths(
      skipped.map(({ path }) => path),
      [],
    ).paths,
  };
}

/** What is said of a sparse checkout that leaves out what is needed. @param what the file, and what it is */
export function leftOut(what: string): UsageError {
  return new UsageError(
    'cannot-read',
    `the sparse checkout leaves out ${what}`,
    'check it out first: git sparse-checkout add FOLDER, or git sparse-checkout disable',
  );
}

import { type Config, readCorpusGlobs } from './config.js';
import { CONFIG_FILE } from './config-yaml.js';
import { Git, type Surroundings } from './git.js';
import { commonAncestor } from './git-changes.js';
import { fileAtCommit, folderInRepository } from './git-files.js';
import { corpusMatcher } from './list-files.js';

/**
 * Paths of the documents of the common ancestor of a revision and HEAD, by the globs that it had itself: those of the
 * work tree may leave out what was governed.
 * @throws UsageError as `changesSince` does, and where the configuration of the ancestor cannot be read
 */
export async function documentsSince(
  config: Config,
  surroundings: Surroundings,
  revision: string,
): Promise<string[]> {
  const git = await Git.open(config.root, surroundings);
  const base = await commonAncestor(git, revision);
  const text = await fileAtCommit(git, base, `${await folderInRepository(git)}${CONFIG_FILE}`);
  const isDocument = corpusMatcher(readCorpusGlobs(text ? Buffer.from(text).toString('utf8') : ''));
  const fields = await git.fields(['ls-tree', '-r', '-z', base]);
  const files = fields.flatMap((field) => /^100\d+ blob [0-9a-f]+\t([\s\S]*)$/.exec(field)?.[1] ?? []);
  return files.map((path) => path.normalize('NFC')).filter(isDocument);
}

/** Bytes that documents have in the common ancestor of a revision and HEAD; those that it does not have are left out. */
export async function bytesSince(
  { root }: Pick<Config, 'root'>,
  surroundings: Surroundings,
  revision: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const git = await Git.open(root, surroundings);
  const base = await commonAncestor(git, revision);
  const folder = await folderInRepository(git);
  const found = new Map<string, Uint8Array>();
  for (const path of paths) {
    const bytes = await fileAtCommit(git, base, `${folder}${path}`);
    if (bytes) found.set(path, bytes);
  }
  return found;
}

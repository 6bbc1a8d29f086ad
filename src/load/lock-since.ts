import { LOCK_FILE } from '../base/lock-file.js';
import type { Config } from './config.js';
import { Git, type Surroundings } from './git.js';
import { commonAncestor } from './git-changes.js';

/**
 * The lock file as the common ancestor of a revision and HEAD has it; null where that has none.
 * @throws UsageError as `changesSince` does
 */
export async function lockSince(
  { root }: Pick<Config, 'root'>,
  surroundings: Surroundings,
  revision: string,
): Promise<Uint8Array | null> {
  const git = await Git.open(root, surroundings);
  const base = await commonAncestor(git, revision);
  const [found] = await git.fields(['ls-tree', '-z', base, '--', LOCK_FILE]);
  const id = /^\d+ blob ([0-9a-f]+)\t/.exec(found ?? '')?.[1];
  return id === undefined ? null : (await git.blobs([id]))[0]!;
}

import { posix } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import type { Git } from './git.js';

/** Folder that git was asked in, relative to the top of its repository: empty there, else ending in `/`. */
export async function folderInRepository(git: Git): Promise<string> {
  return (await git.run(['rev-parse', '--show-prefix'])).toString('utf8').trimEnd();
}

/**
 * Bytes of a file as a commit has it; null where it has none. The work tree is not asked.
 * @param path relative to the top of the repository
 * @throws UsageError where it is no plain file there, or lies behind a link or in another repository: what these lead
 * to is not what the commit says
 */
export async function fileAtCommit(git: Git, commit: string, path: string): Promise<Uint8Array | null> {
  const wanted = posix.normalize(path);
  const names = wanted.split('/');
  if (wanted.startsWith('/') || names[0] === '..')
    throw new UsageError('bad-argument', `${path} is outside of the repository`);
  const parts = names.map((_, at) => names.slice(0, at + 1).join('/'));
  const entries = await git.fields(['ls-tree', '-z', '--full-tree', commit, '--', ...parts]);
  for (const entry of entries) {
    const [, mode = '', id = '', found = ''] = /^(\d+) \w+ ([0-9a-f]+)\t([\s\S]*)$/.exec(entry) ?? [];
    if (!parts.includes(found)) continue;
    const [blob] = mode.startsWith('100') && found === wanted ? await git.blobs([id]) : [];
    if (blob) return blob;
    const what = WHAT[mode] ?? 'no folder on the way to a file';
    throw new UsageError('cannot-read', `${path}: ${found} is ${what} in commit ${commit}`);
  }
  return null;
}

const WHAT: Readonly<Record<string, string>> = {
  '040000': 'a folder',
  '120000': 'a symbolic link',
  '160000': 'another repository',
};

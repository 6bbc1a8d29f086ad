import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Surroundings } from './git.js';

/** The nearest folder at or above one that holds `.git`; null where there is none. Runs no command. */
export function repositoryRoot(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return null;
  }
}

/** Whether the work tree around a folder may be a sparse checkout. Runs no command. */
export function mayBeSparse(folder: string, { cwd, variables }: Surroundings): boolean {
  const root = repositoryRoot(folder);
  const { GIT_DIR } = variables;
  const git = GIT_DIR ? resolve(cwd, GIT_DIR) : root === null ? undefined : gitFolderOf(root);
  return git !== undefined && existsSync(join(git, 'info/sparse-checkout'));
}

/** `.git`, or where it leads: in a further work tree of a repository it is a file. */
function gitFolderOf(root: string): string | undefined {
  const path = join(root, '.git');
  if (statSync(path).isDirectory()) return path;
  const named = /^gitdir: (.+)/.exec(readFileSync(path, 'utf8'))?.[1];
  return named === undefined ? undefined : resolve(root, named);
}

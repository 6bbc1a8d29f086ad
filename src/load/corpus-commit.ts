import { sha256 } from '../base/digest.js';
import { UsageError } from '../base/usage-error.js';
import type { SourceFile } from './corpus.js';
import { Git, type Surroundings } from './git.js';
import { repositoryRoot } from './repository.js';

/** A document by the digest of its exact bytes. */
interface Digested {
  readonly path: string;
  readonly sha256: string;
}

/**
 * The commit that is checked out around a corpus, and which documents are not as it has them.
 * @returns null outside of a repository, and in one without a commit
 * @throws UsageError where there is a repository that git does not read
 */
export async function checkedOut(
  root: string,
  surroundings: Surroundings,
  documents: readonly Digested[],
): Promise<{ readonly commit: string; readonly changed: readonly string[] } | null> {
  if (repositoryRoot(root) === null && !surroundings.variables.GIT_DIR) return null;
  const git = await Git.open(root, surroundings);
  const commit = await git.commit('HEAD');
  if (commit === null) return null;
  const files = await filesAt(git, commit, documents);
  return { commit, changed: differing(documents, files) };
}

/** Documents as a commit has them, never as they are on disk; null where the repository does not have them. */
export async function documentsAt(
  root: string,
  surroundings: Surroundings,
  commit: string,
  documents: readonly Digested[],
): Promise<{ readonly files: readonly SourceFile[]; readonly changed: readonly string[] } | null> {
  try {
    const git = await Git.open(root, surroundings);
    if ((await git.commit(commit)) !== commit) return null;
    const files = await filesAt(git, commit, documents);
    return { files, changed: differing(documents, files) };
  } catch (error) {
    // No git, no repository, or a clone without the file.
    if (error instanceof UsageError) return null;
    throw error;
  }
}

/** Paths of documents that are not there, or have other bytes. */
function differing(documents: readonly Digested[], files: readonly SourceFile[]): string[] {
  const digests = new Map(files.map(({ path, bytes }) => [path, sha256(bytes)]));
  return documents.filter((one) => digests.get(one.path) !== one.sha256).map(({ path }) => path);
}

async function filesAt(git: Git, commit: string, documents: readonly Digested[]): Promise<SourceFile[]> {
  const wanted = new Set(documents.map(({ path }) => path));
  const entries = (await git.fields(['ls-tree', '-r', '-z', commit])).flatMap((field) => {
    const [, mode = '', id = '', name = ''] = /^(\d+) blob ([0-9a-f]+)\t([\s\S]*)$/.exec(field) ?? [];
    const path = name.normalize('NFC');
    return mode.startsWith('100') && wanted.has(path) ? [{ path, id }] : [];
  });
  const blobs = await git.blobs(entries.map(({ id }) => id));
  return entries.map(({ path }, at) => ({ path, bytes: blobs[at]! }));
}

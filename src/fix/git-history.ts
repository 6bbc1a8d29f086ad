import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { sha256 } from '../base/digest.js';

const run = promisify(execFile);

/** Most commits to a file that are looked through, newest first. */
const COMMITS = 500;

/** Twice the largest document that is read. */
const MOST_BYTES = 2 * 1024 * 1024;

/** The bytes that a file once had, found by their digest in git's history of the path; null where git knows none. */
export async function bytesInHistory(root: string, path: string, digest: string): Promise<Uint8Array | null> {
  for (const blob of await blobsOf(root, path)) {
    const bytes = await git(root, ['cat-file', 'blob', blob]);
    if (bytes && sha256(bytes) === digest) return bytes;
  }
  return null;
}

/** Ids of all versions of a file, those on both sides of a merge too. */
async function blobsOf(root: string, path: string): Promise<Set<string>> {
  const options = ['--raw', '--no-abbrev', '--no-renames', '-m', '--format=', '--no-show-signature'];
  const log = await git(root, ['log', ...options, `--max-count=${COMMITS}`, '--', path]);
  const blobs = new Set<string>();
  for (const [, before, after] of log?.toString().matchAll(/^:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) /gm) ?? [])
    for (const blob of [after!, before!]) if (/[^0]/.test(blob)) blobs.add(blob);
  return blobs;
}

/** What git says; null where there is no git, no repository, or no such thing in it. */
async function git(root: string, args: readonly string[]): Promise<Buffer | null> {
  try {
    const { stdout } = await run('git', ['--no-pager', '--literal-pathspecs', ...args], {
      cwd: root,
      encoding: 'buffer',
      maxBuffer: MOST_BYTES,
    });
    return stdout;
  } catch {
    return null;
  }
}

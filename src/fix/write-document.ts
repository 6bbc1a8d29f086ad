import { type FileHandle, lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import { linkOnWay } from '../load/link-on-way.js';

/**
 * Replaces a document that was read before: the new bytes are on disk under a name beside it before they take its
 * place, and its mode stays.
 * @throws UsageError cannot-write where the file is no longer what was read, is a link, or cannot be written
 */
export async function writeDocument(
  root: string,
  path: string,
  before: Uint8Array,
  after: Uint8Array,
): Promise<void> {
  const file = join(root, path);
  const partial = `${file}.${process.pid}.partial`;
  try {
    // A rename would put a file in the place of a link, and a folder that is one may lie outside of the root.
    const link = linkOnWay(root, path);
    if (link) throw new UsageError('cannot-write', `cannot write ${path}: ${link} is a symbolic link`);
    const found = await lstat(file);
    if (!found.isFile()) throw new UsageError('cannot-write', `${path} is no plain file`);
    const handle = await open(partial, 'wx', found.mode);
    try {
      await fill(handle, after, found.mode).finally(() => handle.close());
      if (!(await readFile(file)).equals(before))
        throw new UsageError('cannot-write', `${path} was changed while it was read`, 'run it again');
      await rename(partial, file);
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError('cannot-write', `cannot write ${path} (${(error as NodeJS.ErrnoException).code})`);
  }
}

async function fill(handle: FileHandle, bytes: Uint8Array, mode: number): Promise<void> {
  await handle.writeFile(bytes);
  // The mode that a file is opened with is cut down by the process' mask.
  await handle.chmod(mode);
  await handle.sync();
}

import { createHash } from 'node:crypto';
import { access, type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../base/usage-error.js';

/** What was written, as it was written. */
export interface WrittenFile {
  readonly size: number;
  readonly sha256: string;
}

/**
 * Streams `source` into `file` so that the name exists only when all bytes are on disk: a partial file beside
 * it, fsync, rename, fsync of the folder. The partial file is removed on failure.
 * @param approve called after the last byte and before the rename; throws where the source was not complete
 * @throws UsageError cannot-write where the file, or a partial one, is there already
 */
export async function writeAtomically(
  file: string,
  source: AsyncIterable<Uint8Array>,
  approve: () => Promise<void> = async () => {},
): Promise<WrittenFile> {
  await refuseExisting(file);
  const partial = `${file}.partial`;
  const handle = await openNew(partial);
  try {
    const written = await writeAll(handle, source).finally(() => handle.close());
    await approve();
    await rename(partial, file);
    await syncFolder(dirname(file));
    return written;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function refuseExisting(file: string): Promise<void> {
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (exists) throw new UsageError('cannot-write', `${file} exists already`);
}

async function openNew(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'wx', 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const help = code === 'EEXIST' ? 'Another run is writing it, or one died: then remove it.' : undefined;
    throw new UsageError('cannot-write', `cannot create ${file} (${code})`, help);
  }
}

/** Bytes that are sent to the disk while more come, so that little is left for the last fsync. */
const WRITE_BACK = 16 * 1024 * 1024;

async function writeAll(handle: FileHandle, source: AsyncIterable<Uint8Array>): Promise<WrittenFile> {
  const hash = createHash('sha256');
  let size = 0;
  let sent = 0;
  let writeBack = Promise.resolve();
  for await (const chunk of source) {
    hash.update(chunk);
    size += chunk.length;
    await writeChunk(handle, chunk);
    if (size - sent < WRITE_BACK) continue;
    sent = size;
    writeBack = writeBack.then(() => handle.datasync());
    // What is lost is told below, and only once: the last fsync would not hear of it.
    writeBack.catch(() => {});
  }
  await writeBack;
  await handle.sync();
  return { size, sha256: hash.digest('hex') };
}

/** One write may be short without an error (measured: 127 of 1,501 bytes lost). */
async function writeChunk(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  let offset = 0;
  while (offset < chunk.length) {
    const { bytesWritten } = await handle.write(chunk, offset, chunk.length - offset);
    offset += bytesWritten;
  }
}

/** Makes a rename survive a power loss; Windows has no such call and opens no folders. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

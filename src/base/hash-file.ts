import { createHash, type Hash } from 'node:crypto';
import { statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { UsageError } from './usage-error.js';

/** Bytes read at once; smaller pieces take longer. */
const PIECE = 1024 * 1024;

/**
 * SHA-256 of a file's bytes as they are on disk now.
 * @throws UsageError cannot-read; it names no folder, because it is told in reports
 */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    // A device may have no end.
    if (!statSync(path).isFile()) throw new UsageError('cannot-read', `${basename(path)} is no plain file`);
    const file = await open(path);
    await addTo(hash, file).finally(() => file.close());
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError('cannot-read', `cannot read ${basename(path)} (${code})`);
  }
  return hash.digest('hex');
}

/** The next piece is read while one is hashed: a backup takes half as long as in a stream. */
async function addTo(hash: Hash, file: FileHandle): Promise<void> {
  let [free, full] = [Buffer.allocUnsafeSlow(PIECE), Buffer.allocUnsafeSlow(PIECE)];
  let reading = file.read(full, 0, PIECE);
  for (;;) {
    const { bytesRead } = await reading;
    if (bytesRead === 0) return;
    reading = file.read(free, 0, PIECE);
    hash.update(full.subarray(0, bytesRead));
    [free, full] = [full, free];
  }
}

import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UsageError } from './usage-error.js';

/** Bytes read at once; in pieces of Node's 64 KiB a backup takes more than twice as long. */
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
    await pipeline(createReadStream(path, { highWaterMark: PIECE }), hash);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError('cannot-read', `cannot read ${basename(path)} (${code})`);
  }
  return hash.digest('hex');
}

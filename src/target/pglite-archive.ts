import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { BackupReading } from './engine.js';
import { TarReader } from './tar-reader.js';

/** Without these a data directory cannot be opened. */
const REQUIRED: readonly string[] = ['PG_VERSION', 'global/pg_control'];

/**
 * Reads a backup of PGlite to its end: gzip with its own checksum, and every header of the tar inside.
 * @throws Error that says what is wrong with it
 */
export async function readDataDirectoryArchive(file: string): Promise<BackupReading> {
  const tar = new TarReader();
  await pipeline(createReadStream(file), createGunzip(), into(tar));
  const files = new Set(tar.end().map((name) => name.replace(/^\//, '')));
  const missing = REQUIRED.filter((name) => !files.has(name));
  if (missing.length > 0) throw new Error(`the archive does not hold ${missing.join(', ')}`);
  return { entries: files.size, method: 'gzip and tar read in full, every tar header checked' };
}

/** A stream, because `pipeline` reports the error of a failing consumer function as an abort. */
function into(tar: TarReader): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        tar.push(chunk);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

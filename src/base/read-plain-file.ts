import { readFileSync, statSync } from 'node:fs';
import { UsageError } from './usage-error.js';

/** Bytes of a file. What is no plain one, such as a device, may have no end. @throws UsageError `cannot-read` */
export function readPlainFile(path: string): Buffer {
  try {
    if (!statSync(path).isFile())
      throw new UsageError('cannot-read', `cannot read ${path}: it is no plain file`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError('cannot-read', `cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

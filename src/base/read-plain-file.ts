import { readFileSync, statSync } from 'node:fs';
import { UsageError } from './usage-error.js';

/**
 * Bytes of a file. What is no plain one, such as a device or a pipe, may have no end.
 * @param shown how the file is called in the error
 * @param help what to do about it
 * @throws UsageError `cannot-read`
 */
export function readPlainFile(path: string, shown = path, help?: string): Buffer {
  const refused = (why: string) => new UsageError('cannot-read', `cannot read ${shown}: ${why}`, help);
  try {
    if (!statSync(path).isFile()) throw refused('it is no plain file');
    return readFileSync(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw refused((error as NodeJS.ErrnoException).code ?? String(error));
  }
}

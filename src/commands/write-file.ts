import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from '../base/usage-error.js';

/** Writes a result that the user asked for; an existing file is only replaced with `--force`. */
export function writeResult(file: string, data: string | Uint8Array, force: boolean): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, data, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      throw new UsageError('cannot-write', `${file} exists already`, 'replace it with --force');
    throw new UsageError('cannot-write', `cannot write ${file} (${code})`);
  }
}

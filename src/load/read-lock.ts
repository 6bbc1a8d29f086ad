import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCK_FILE } from '../base/lock-file.js';
import { UsageError } from '../base/usage-error.js';
import type { Config } from './config.js';

/** Bytes of the lock file; null where there is none. @throws UsageError where it cannot be read */
export function readLock({ root }: Pick<Config, 'root'>): Uint8Array | null {
  try {
    return readFileSync(join(root, LOCK_FILE));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new UsageError('cannot-read', `cannot read ${LOCK_FILE} (${code})`);
  }
}

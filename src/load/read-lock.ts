import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LOCK_FILE } from '../base/lock-file.js';
import { readPlainFile } from '../base/read-plain-file.js';
import type { Config } from './config.js';

/** Bytes of the lock file; null where there is none. @throws UsageError `cannot-read` */
export function readLock({ root }: Pick<Config, 'root'>): Uint8Array | null {
  const file = join(root, LOCK_FILE);
  return existsSync(file) ? readPlainFile(file, LOCK_FILE) : null;
}

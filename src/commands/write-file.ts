import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import { linkOnWay } from '../load/link-on-way.js';

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

/** Writes a file that is not there yet, below a root and not through a link. @param help what to do if it cannot be */
export function createInside(root: string, path: string, text: string, help?: string): void {
  const link = linkOnWay(root, path);
  if (link) throw new UsageError('cannot-write', `cannot write ${path}: ${link} is a symbolic link`, help);
  const file = join(root, path);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new UsageError('cannot-write', `${path} exists already`, help);
    throw new UsageError('cannot-write', `cannot write ${path} (${code})`);
  }
}

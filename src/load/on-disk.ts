import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Whether a path below the root is there, whatever it is. */
export function isOnDisk(root: string, path: string): boolean {
  return existsSync(join(root, path));
}

import { lstatSync } from 'node:fs';
import { join } from 'node:path';

/** The first part of a path below the root that is a symbolic link; null where none is. What does not exist is none. */
export function linkOnWay(root: string, path: string): string | null {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  for (let count = 1; count <= names.length; count++) {
    const part = names.slice(0, count).join('/');
    if (lstatSync(join(root, part), { throwIfNoEntry: false })?.isSymbolicLink()) return part;
  }
  return null;
}

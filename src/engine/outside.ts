import type { Config } from '../load/config.js';
import { isOnDisk } from '../load/on-disk.js';

/** Files that are no documents, by path below the root, and whether they are there. */
export type Outside = ReadonlyMap<string, boolean>;

/** Those of which the answer is another one now. */
export function movedOutside({ root }: Pick<Config, 'root'>, outside: Outside): string[] {
  return [...outside].filter(([path, there]) => isOnDisk(root, path) !== there).map(([path]) => path);
}

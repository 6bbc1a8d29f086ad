import type { Config } from '../load/config.js';
import { isThere, type Presence } from '../load/on-disk.js';

/** Files that are no documents, by path below the root, and whether they are there. */
export type Outside = ReadonlyMap<string, boolean>;

/** Those of which the answer is another one now. */
export function movedOutside({ root }: Pick<Config, 'root'>, outside: Outside, presence: Presence): string[] {
  return [...outside]
    .filter(([path, there]) => isThere(root, path, presence) !== there)
    .map(([path]) => path);
}

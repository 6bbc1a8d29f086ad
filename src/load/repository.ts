import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The nearest folder at or above one that holds `.git`; null where there is none. Runs no command. */
export function repositoryRoot(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return null;
  }
}

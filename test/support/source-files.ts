import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** The TypeScript files below folders of this repository, with their text. */
export function sourceFiles(...folders: readonly string[]): { path: string; text: string }[] {
  return folders.flatMap((folder) =>
    (readdirSync(join(REPOSITORY, folder), { recursive: true }) as string[])
      .filter((name) => name.endsWith('.ts'))
      .map((name) => {
        const path = join(folder, name);
        return { path, text: readFileSync(join(REPOSITORY, path), 'utf8') };
      }),
  );
}

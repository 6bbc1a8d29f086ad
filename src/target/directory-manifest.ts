import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile } from '../base/hash-file.js';

const EXTENSION = '.manifest';

/** Whether an artefact is the manifest of a backup in several files (`pg_dump`'s directory format). */
export function isManifest(path: string): boolean {
  return path.endsWith(EXTENSION);
}

/** What a backup's folder and its manifest do not agree in. */
export interface ManifestComparison {
  /** Files that the manifest names. */
  readonly files: number;
  /** Each with its name; empty where the folder is what the manifest says. */
  readonly problems: readonly string[];
}

/**
 * Hashes every file of a backup in several files again. @param file path of its manifest
 * @returns null where the folder is not there
 */
export async function compareManifest(file: string): Promise<ManifestComparison | null> {
  const folder = file.slice(0, -EXTENSION.length);
  const present = await readdir(folder).catch(() => null);
  if (present === null) return null;
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  const named = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
  const problems: string[] = [];
  for (const name of present.sort()) {
    const wanted = named.get(name);
    if (wanted === undefined) problems.push(`${name} is not in the manifest`);
    else if ((await hashFile(join(folder, name)).catch(() => null)) !== wanted)
      problems.push(`${name} is not what the manifest says`);
  }
  const missing = [...named.keys()].filter((name) => !present.includes(name));
  return { files: named.size, problems: [...problems, ...missing.map((name) => `${name} is missing`)] };
}

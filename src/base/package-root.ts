import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of this package: the nearest one above this module that has a manifest, wherever the module was bundled to. */
export const PACKAGE_ROOT = packageRoot(dirname(fileURLToPath(import.meta.url)));

/** The built program of a thread. It is taken from the build also where the rest runs from its source. */
export function workerFile(name: 'bulk-worker' | 'parse-worker'): string {
  return join(PACKAGE_ROOT, 'dist', `${name}.js`);
}

function packageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error('this package has no manifest: it is not installed as a whole');
  return packageRoot(above);
}

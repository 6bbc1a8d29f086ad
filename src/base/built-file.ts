import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PACKAGE_ROOT } from './package-root.js';

const load = createRequire(import.meta.url);

/**
 * Loads a CommonJS file that the build makes under `dist/`. Those that `lint` may need are parts of the program, where
 * the build replaces this module (.ci/build.mjs), so that what V8 made of them is kept as well.
 */
export function builtFile(name: string): unknown {
  return load(join(PACKAGE_ROOT, 'dist', name));
}

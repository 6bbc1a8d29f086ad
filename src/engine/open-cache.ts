import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../base/canonical-json.js';
import { PACKAGE_ROOT } from '../base/package-root.js';
import type { Config } from '../load/config.js';
import { VERSION } from '../version.js';
import { Cache } from './cache.js';

/**
 * The cache of a corpus: in `node_modules/.cache/probatum` as tools of npm have it, else in `.probatum/cache`. Null where
 * a link of the corpus stands in its place: what it leads to (`.git`, say) is not ours to write and sweep. Null as well
 * where a file stands there, and where nobody knows what all a plugin imports.
 */
export function openCache(config: Config, plugins: boolean): Cache | null {
  if (plugins && config.plugins.some(({ isWhole }) => !isWhole)) return null;
  const modules = join(config.root, 'node_modules');
  // Teams do link node_modules as a whole.
  const [above, own] = existsSync(modules)
    ? [modules, ['.cache', 'probatum']]
    : [config.root, ['.probatum', 'cache']];
  const folder = join(above, ...own);
  if (!isFolder(above) || !mayBeFolder(dirname(folder)) || !mayBeFolder(folder)) return null;
  return new Cache(folder, basisOf(config, plugins));
}

/** Whether a folder is there or can be made; asked from above, as nothing can be below a file. */
function mayBeFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true;
}

function isFolder(path: string): boolean {
  return statSync(path).isDirectory();
}

/** What facts and findings depend on besides the documents: this build of the tool, the configuration with what it names, and whether its rules were there. */
function basisOf({ places, ...config }: Config, plugins: boolean): string {
  // A digest, which the build has made: some package managers give all files one time.
  const build = readFileSync(join(PACKAGE_ROOT, 'dist', 'build.txt'), 'utf8');
  return canonicalJson({ version: VERSION, build, config, plugins });
}

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../base/canonical-json.js';
import { sha256 } from '../base/digest.js';
import { workerFile } from '../base/package-root.js';
import type { Config } from '../load/config.js';
import { VERSION } from '../version.js';
import { Cache } from './cache.js';

/** The cache of a corpus: in `node_modules/.cache/probatum` as tools of npm have it, else in `.probatum/cache`. */
export function openCache(config: Config, plugins: boolean): Cache {
  const modules = join(config.root, 'node_modules');
  const folder = existsSync(modules)
    ? join(modules, '.cache', 'probatum')
    : join(config.root, '.probatum', 'cache');
  return new Cache(folder, basisOf(config, plugins));
}

/** What facts and findings depend on besides the documents: this build of the tool, the configuration with what it names, and whether its rules were there. */
function basisOf({ places, ...config }: Config, plugins: boolean): string {
  const { size, mtimeMs } = statSync(workerFile('bulk-worker'));
  return sha256(canonicalJson({ version: VERSION, build: [size, mtimeMs], config, plugins }));
}

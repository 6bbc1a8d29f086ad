import { Compiler } from './engine/compiler.js';
import { openCache } from './engine/open-cache.js';
import type { Config } from './load/config.js';
import type { Reading } from './load/corpus.js';
import type { Compiled } from './pipeline.js';
import type { TeamRules } from './team-rules.js';

/**
 * Compiles as `compile` of the pipeline does, by reading and judging only what has changed since the last time; `lint`
 * and the editor use it. What decides over a run is read anew by `compile`. Rules and readers are loaded when there
 * is something to judge.
 * @param cached whether facts outlive the process, in the cache's folder
 * @param plugins whether programs of the corpus may run: its own rules, squawk
 */
export function incrementalCompile(
  config: Config,
  cached: boolean,
  plugins = false,
): (reading?: Reading) => Promise<Compiled> {
  // What another program says is not kept.
  if (config.squawk && plugins)
    return async (reading) => (await import('./pipeline.js')).compile(config, reading, plugins);
  let team: TeamRules | undefined;
  const rules = async () => {
    team ??= await (await import('./team-rules.js')).teamRules(config, plugins);
    return team;
  };
  let compiler: Compiler | undefined;
  return async (reading = {}) => {
    // The cache knows the file of a plugin, and not whether it can still be loaded.
    if (plugins && config.plugins.length > 0) await rules();
    compiler ??= new Compiler(config, rules, cached ? openCache(config, plugins) : null);
    const made = compiler;
    const { paths, diagnostics, suppressed } = await made.compile(reading);
    return {
      config,
      paths,
      diagnostics,
      suppressed,
      files: { get: (path) => made.file(path) },
      loadModel: () => made.loadModel(),
    };
  };
}

import { UsageError } from './base/usage-error.js';
import { type Config, loadConfig } from './load/config.js';
import { type Compilation, compile as compileConfig } from './pipeline.js';

/** What to compile; without anything, the corpus around the working directory. */
export interface CompileRequest {
  /** A folder: the corpus is that of the nearest `probatum.config.yaml` in it or above it. */
  readonly root?: string;
  /** A configuration that is loaded already, in place of `root`. */
  readonly config?: Config;
  /** Load the rules of the configuration's plugins, which runs code of the corpus; not unless it is true. */
  readonly plugins?: boolean;
}

const OPTIONS = ['root', 'config', 'plugins'];

/**
 * Compiles a corpus: its documents, the model of them, and every finding. Findings are data and are returned.
 *
 * ```js
 * const { model, diagnostics } = await compile({ root: 'governance' });
 * ```
 * @throws UsageError where configuration, plugins or files cannot be read
 */
export async function compile(request: CompileRequest = {}): Promise<Compilation> {
  const unknown = Object.keys(request).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    const help = `there are ${OPTIONS.join(', ')}; a configuration is given as { config }`;
    throw new UsageError('bad-argument', `compile has no option "${unknown}"`, help);
  }
  const { root, config, plugins = false } = request;
  if (root !== undefined && config !== undefined)
    throw new UsageError('bad-argument', 'compile takes root or config, not both');
  return compileConfig(config ?? loadConfig(root ?? '.'), {}, plugins);
}

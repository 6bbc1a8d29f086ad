import { incrementalCompile } from '../pipeline.js';
import { diagnosticsJson, diagnosticsPretty, summarise, summaryLine } from '../render/diagnostics.js';
import { compileCorpus, linesOf } from './corpus.js';
import type { Environment } from './terminal.js';

export interface LintOptions {
  readonly format: 'pretty' | 'json';
  /** Whether facts are kept for the next time. */
  readonly cache: boolean;
  /** Whether the configuration's plugins are loaded; they are not, unless it is said. */
  readonly plugins?: boolean;
}

/** `probatum lint [PATH…]`: the whole corpus is read, findings are shown for the paths named. @returns exit code */
export async function lint(
  environment: Environment,
  paths: readonly string[],
  options: LintOptions,
): Promise<number> {
  const { compilation, includes } = await compileCorpus(environment, paths, (config, reading) =>
    incrementalCompile(config, options.cache, options.plugins)(reading),
  );
  const diagnostics = compilation.diagnostics.filter(({ file }) => includes(file));
  const documents = compilation.paths.filter(includes).length;
  const suppressed = compilation.suppressed.filter(({ file }) => includes(file)).length;
  const summary = summarise(diagnostics, documents, suppressed);
  const { out, colors } = environment.terminal;
  if (options.format === 'json') out(diagnosticsJson(diagnostics, summary));
  else out(`${diagnosticsPretty(diagnostics, linesOf(compilation), colors)}${summaryLine(summary)}\n`);
  return summary.errors + summary.warnings > 0 ? 1 : 0;
}

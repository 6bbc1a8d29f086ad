import type { Diagnostic } from '../base/diagnostic.js';
import { UsageError } from '../base/usage-error.js';
import { type Config, loadConfig } from '../load/config.js';
import { type Reading, type Selection, selectPaths, toRootPath } from '../load/corpus.js';
import { SourceText } from '../parse/source-text.js';
import { type Compilation, type Compiled, compile } from '../pipeline.js';
import { diagnosticsPretty, type LineOf } from '../render/diagnostics.js';
import type { Environment } from './terminal.js';

/** Compiles the corpus around the environment's root. @param compileAll reads everything, unless told otherwise */
export async function compileCorpus(
  environment: Environment,
  paths?: readonly string[],
): Promise<{ compilation: Compilation; includes: Selection['includes'] }>;
export async function compileCorpus<Result extends Compiled>(
  environment: Environment,
  paths: readonly string[],
  compileAll: (config: Config, reading: Reading) => Promise<Result>,
): Promise<{ compilation: Result; includes: Selection['includes'] }>;
export async function compileCorpus(
  environment: Environment,
  paths: readonly string[] = [],
  compileAll: (config: Config, reading: Reading) => Promise<Compiled> = compile,
): Promise<{ compilation: Compiled; includes: Selection['includes'] }> {
  const config = loadConfig(environment.root);
  const selection = await selectPaths(config, environment.cwd, paths);
  const compilation = await compileAll(config, { besides: selection.files });
  // Nothing read is nothing checked: that must not look like a clean corpus.
  if (!compilation.paths.some(selection.includes)) {
    const help = `globs of the corpus: ${config.corpus.join(', ')}, relative to its root`;
    throw new UsageError('no-such-document', 'no document was found', help);
  }
  return { compilation, includes: selection.includes };
}

/** Path of a document as the corpus spells it. */
export function documentPath({ config }: Compiled, environment: Environment, path: string): string {
  return toRootPath(config.root, environment.cwd, path);
}

/** Lines of the corpus' files, for code frames. */
export function linesOf({ files }: Compiled): LineOf {
  const sources = new Map<string, SourceText>();
  return (file, line) => {
    const bytes = files.get(file)?.bytes;
    if (!bytes) return undefined;
    const source = sources.get(file) ?? new SourceText(bytes);
    sources.set(file, source);
    return line <= source.lineCount ? source.line(line) : undefined;
  };
}

/** Shows on standard error why documents cannot be used. */
export function showErrors(
  environment: Environment,
  compilation: Compiled,
  errors: readonly Diagnostic[],
): void {
  const { terminal } = environment;
  terminal.err(diagnosticsPretty(errors, linesOf(compilation), terminal.errColors));
}

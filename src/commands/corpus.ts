import type { Diagnostic } from '../base/diagnostic.js';
import { UsageError } from '../base/usage-error.js';
import { loadConfig } from '../load/config.js';
import { selectPaths, toRootPath } from '../load/corpus.js';
import { SourceText } from '../parse/source-text.js';
import { type Compilation, compile } from '../pipeline.js';
import { diagnosticsPretty, type LineOf } from '../render/diagnostics.js';
import type { Environment } from './terminal.js';

/** Compiles the corpus around the environment's root. @param compileAll reads everything, unless told otherwise */
export async function compileCorpus(
  environment: Environment,
  paths: readonly string[] = [],
  compileAll: typeof compile = compile,
) {
  const config = loadConfig(environment.root);
  const selection = await selectPaths(config, environment.cwd, paths);
  const compilation = await compileAll(config, { besides: selection.files });
  requireDocuments(compilation, selection.includes);
  return { compilation, includes: selection.includes };
}

/** @throws UsageError where no document was read: nothing checked must not look like a clean corpus */
export function requireDocuments({ config, paths }: Compilation, includes: (path: string) => boolean): void {
  if (paths.some(includes)) return;
  const help = `globs of the corpus: ${config.corpus.join(', ')}, relative to its root`;
  throw new UsageError('no-such-document', 'no document was found', help);
}

/** Path of a document as the corpus spells it. */
export function documentPath({ config }: Compilation, environment: Environment, path: string): string {
  return toRootPath(config.root, environment.cwd, path);
}

/** Lines of the corpus' files, for code frames. */
export function linesOf({ files }: Compilation): LineOf {
  const sources = new Map<string, SourceText | null>();
  return (file, line) => {
    if (!sources.has(file)) {
      const bytes = files.get(file)?.bytes;
      sources.set(file, bytes ? new SourceText(bytes) : null);
    }
    const source = sources.get(file);
    return source && line <= source.lineCount ? source.line(line) : undefined;
  };
}

/** Shows on standard error why documents cannot be used. */
export function showErrors(
  environment: Environment,
  compilation: Compilation,
  errors: readonly Diagnostic[],
): void {
  const { terminal } = environment;
  terminal.err(diagnosticsPretty(errors, linesOf(compilation), terminal.errColors));
}

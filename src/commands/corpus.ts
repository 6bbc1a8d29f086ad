import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../base/diagnostic.js';
import { UsageError } from '../base/usage-error.js';
import { type Config, loadConfig } from '../load/config.js';
import { CONFIG_FILE } from '../load/config-yaml.js';
import { type Reading, type Selection, selectPaths, toRootPath } from '../load/corpus.js';
import { mayBeSparse } from '../load/repository.js';
import { SourceText } from '../parse/source-text.js';
import type { Compilation, Compiled } from '../pipeline.js';
import { diagnosticsPretty, type LineOf } from '../render/diagnostics.js';
import { encodeTerminal } from '../render/encode.js';
import type { Environment } from './terminal.js';

/** A way to compile a corpus: `compile`, or one that remembers. */
export type CompileCorpus = (config: Config, reading: Reading) => Promise<Compiled>;

/**
 * Compiles the corpus around the environment's root; everything is read.
 * @param policyFrom revision whose policy of signatures is taken, in place of the work tree's
 */
export async function compileCorpus(
  environment: Environment,
  paths: readonly string[] = [],
  policyFrom?: string,
): Promise<{ compilation: Compilation } & Selection> {
  const config = await trustedConfig(environment, policyFrom);
  const selection = await selectPaths(config, environment.cwd, paths);
  const compilation = await compileWhole(environment, config, selection.files);
  requireDocuments(compilation, selection.folders);
  return { compilation, ...selection };
}

/**
 * Compiles a corpus of which nothing is left out.
 * @param besides files that are no documents of the corpus, and are read as such
 * @throws UsageError where a sparse checkout leaves documents out: one of them may be the review that says no
 */
export async function compileWhole(
  environment: Environment,
  config: Config,
  besides: readonly string[] = [],
): Promise<Compilation> {
  if (mayBeSparse(config.root, environment)) await refuseLeftOut(config, environment);
  // What lint takes from this module does without it.
  const { compile } = await import('../pipeline.js');
  return compile(config, { besides });
}

async function refuseLeftOut(config: Config, environment: Environment): Promise<void> {
  const { leftOut, skippedFiles } = await import('../load/sparse-checkout.js');
  const [path] = (await skippedFiles(config, environment)).documents.keys();
  if (path !== undefined) throw leftOut(`"${path}", a document of the corpus`);
}

async function trustedConfig(environment: Environment, policyFrom: string | undefined): Promise<Config> {
  const config = loadConfig(environment.root);
  if (policyFrom === undefined) return config;
  const { policyFromRevision } = await import('../authority/policy-source.js');
  const trusted = await policyFromRevision(config, environment.root, environment, policyFrom);
  if (trusted.note !== null) environment.terminal.err(`${encodeTerminal(`note: ${trusted.note}`)}\n`);
  return trusted.config;
}

/**
 * @param folders where documents were asked for; empty for the root
 * @throws UsageError where one has none: nothing checked must not look like a clean corpus
 */
export function requireDocuments({ config, paths }: Compiled, folders: readonly string[]): void {
  const begin = existsSync(join(config.root, CONFIG_FILE))
    ? ''
    : '; a first one is written by: probatum init --write';
  const help = `globs of the corpus: ${config.corpus.join(', ')}, relative to its root${begin}`;
  if (paths.length === 0) throw new UsageError('no-such-document', 'no document was found', help);
  const empty = folders.find((folder) => !paths.some((path) => path.startsWith(folder)));
  if (empty !== undefined)
    throw new UsageError('no-such-document', `no document was found in ${empty}`, help);
}

/** Path of a document as the corpus spells it. */
export function documentPath({ config }: Compiled, environment: Environment, path: string): string {
  return toRootPath(config.root, environment.cwd, path);
}

/** Lines of the corpus' files, for code frames. */
export function linesOf({ files }: Compiled): LineOf {
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
  compilation: Compiled,
  errors: readonly Diagnostic[],
): void {
  const { terminal } = environment;
  terminal.err(diagnosticsPretty(errors, linesOf(compilation), terminal.errColors));
}

/** A finding on one line, with its place and rule. */
export function errorLine({ file, position, message, ruleId }: Diagnostic): string {
  return `${file}:${position.start.line}:${position.start.column}: ${message} (${ruleId})`;
}

import { join, relative, resolve, sep } from 'node:path';
import type { Diagnostic } from '../base/diagnostic.js';
import { UsageError } from '../base/usage-error.js';
import { repositoryRoot } from '../load/repository.js';
import type { Compiled } from '../pipeline.js';
import { type Paint, PLAIN } from '../render/diagnostics.js';
import type { OutputFormat } from '../render/formats/index.js';
import { VERSION } from '../version.js';
import { linesOf } from './corpus.js';
import type { Environment } from './terminal.js';
import { writeResult } from './write-file.js';

/** How findings are written, and where to. */
export interface OutputOptions {
  readonly format: 'pretty' | 'json' | OutputFormat;
  /** File in place of standard output. */
  readonly output?: string;
}

/** Findings of a command, and its own two ways to write them. */
export interface Shown {
  readonly compilation: Compiled;
  readonly diagnostics: readonly Diagnostic[];
  /** Paths of the documents that were judged. */
  readonly documents: readonly string[];
  /** @param paint colours of a terminal; none in a file */
  readonly pretty: (paint: Paint) => string;
  readonly json: () => string;
}

/** Writes findings in the format asked for. @throws UsageError where the file is a document or cannot be written */
export async function writeFindings(
  environment: Environment,
  shown: Shown,
  options: OutputOptions,
): Promise<void> {
  const { terminal, cwd } = environment;
  const file = options.output === undefined ? null : resolve(cwd, options.output);
  if (file) refuseDocument(file, shown.compilation);
  const text = await render(environment, shown, options.format, file === null);
  // Results of a check are made again with each one, so the file is replaced.
  if (file) writeResult(file, text, true);
  else terminal.out(text);
}

async function render(
  { terminal, cwd }: Environment,
  shown: Shown,
  format: OutputOptions['format'],
  coloured: boolean,
): Promise<string> {
  if (format === 'pretty') return shown.pretty(coloured ? terminal.colors : PLAIN);
  if (format === 'json') return shown.json();
  const { renderFindings } = await import('../render/formats/index.js');
  const { RULES } = await import('../check/rules/index.js');
  const { VERIFY_RULES } = await import('../check/verify-rules.js');
  const { compilation, diagnostics, documents } = shown;
  const { root } = compilation.config;
  // reviewdog counts paths from where it is run, all others from the root of the repository.
  const base = format === 'rdjson' ? cwd : (repositoryRoot(root) ?? root);
  return renderFindings(format, {
    diagnostics,
    documents,
    rules: [...RULES, ...VERIFY_RULES],
    lineOf: linesOf(compilation),
    placeOf: (path) => relative(base, join(root, path)).split(sep).join('/'),
    version: VERSION,
  });
}

function refuseDocument(file: string, { config, paths }: Compiled): void {
  const path = relative(config.root, file).split(sep).join('/').normalize('NFC');
  if (paths.includes(path))
    throw new UsageError('cannot-write', `${path} is a document, no place for results`);
}

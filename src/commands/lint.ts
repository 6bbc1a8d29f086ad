import type { Diagnostic } from '../base/diagnostic.js';
import { incrementalCompile } from '../incremental.js';
import {
  diagnosticsJson,
  diagnosticsPretty,
  type Summary,
  summarise,
  summaryLine,
} from '../render/diagnostics.js';
import { type CompileCorpus, linesOf } from './corpus.js';
import { type OutputOptions, writeFindings } from './findings.js';
import type { FixKind } from './fix.js';
import { compileSelection, type SelectionOptions } from './lint-selection.js';
import { whileWaiting } from './spinner.js';
import type { Environment } from './terminal.js';

export interface LintOptions extends OutputOptions, SelectionOptions {
  /** Whether facts are kept for the next time. */
  readonly cache: boolean;
  /** Whether the configuration's plugins are loaded; they are not, unless it is said. */
  readonly plugins?: boolean;
  /** Only errors are shown. */
  readonly quiet?: boolean;
  /** More warnings than this are findings too; without it, no number is. */
  readonly maxWarnings?: number;
  /** Again whenever something changes, until the user ends it. */
  readonly watch?: boolean;
  /** Fixes to apply before the findings are shown. */
  readonly fix?: FixKind;
  /** Fixes to show, in place of the findings. */
  readonly fixDryRun?: FixKind;
}

/** `probatum lint [PATH…]`: the whole corpus is read, findings are shown for the paths named. @returns exit code */
export async function lint(
  environment: Environment,
  paths: readonly string[],
  options: LintOptions,
): Promise<number> {
  const { fix, fixDryRun } = options;
  if (fix || fixDryRun) {
    // Most runs of the linter fix nothing, and start sooner without it.
    const { fixCorpus, showFixes } = await import('./fix.js');
    if (fixDryRun) return showFixes(environment, paths, fixDryRun);
    if (fix) await fixCorpus(environment, paths, fix);
  }
  const compileAgain = keepingCompile(options);
  if (!options.watch) return lintOnce(environment, paths, options, compileAgain);
  const { watch } = await import('./watch.js');
  return watch(environment, () => lintOnce(environment, paths, options, compileAgain));
}

/** Compiles only what has changed since the last time, as long as the configuration is the same. */
function keepingCompile({ cache, plugins }: LintOptions): CompileCorpus {
  let last: { readonly of: string; readonly run: ReturnType<typeof incrementalCompile> } | null = null;
  return (config, reading) => {
    const of = JSON.stringify(config);
    if (last?.of !== of) last = { of, run: incrementalCompile(config, cache, plugins) };
    return last.run(reading);
  };
}

async function lintOnce(
  environment: Environment,
  paths: readonly string[],
  options: LintOptions,
  compileAgain: CompileCorpus,
): Promise<number> {
  const work = compileSelection(environment, paths, options, compileAgain);
  const { compilation, diagnostics, suppressed, documents } = await whileWaiting(
    environment.terminal,
    'checking',
    work,
  );
  const summary = summarise(diagnostics, documents.length, suppressed.length);
  const shown = options.quiet ? diagnostics.filter(isError) : diagnostics;
  await writeFindings(
    environment,
    {
      compilation,
      diagnostics: shown,
      documents,
      pretty: (paint) => `${diagnosticsPretty(shown, linesOf(compilation), paint)}${summaryLine(summary)}\n`,
      json: () => diagnosticsJson(shown, summary),
    },
    options,
  );
  return exitCode(environment, summary, options.maxWarnings);
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}

function exitCode(
  { terminal }: Environment,
  { errors, warnings }: Summary,
  most = Number.POSITIVE_INFINITY,
): number {
  if (warnings > most)
    terminal.err(
      `${terminal.errColors.red('error')}: ${warnings} warnings, more than --max-warnings ${most}\n`,
    );
  return errors > 0 || warnings > most ? 1 : 0;
}

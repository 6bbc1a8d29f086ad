import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { canonicalJson } from '../base/canonical-json.js';
import { UsageError } from '../base/usage-error.js';
import { changeFolder, isAtWork, isUnsettled, type KnownRun, runsIn } from '../execute/run-folder.js';
import type { Entry } from '../model/entry.js';
import { lifeCycles } from '../model/life-cycle.js';
import type { RunInTheWay } from '../model/life-stages.js';
import { headerText, headerValue } from '../parse/document.js';
import type { Compilation } from '../pipeline.js';
import { statusPretty } from '../render/status.js';
import { planDigestNow } from './authorizations.js';
import { compileCorpus } from './corpus.js';
import { unprovedInCorpus } from './proved-reports.js';
import { unsignedDocuments } from './signatures.js';
import type { Environment } from './terminal.js';

export interface StatusOptions {
  readonly format: 'pretty' | 'json';
  /** Revision whose policy of signatures is taken, in place of the work tree's. */
  readonly policyFrom?: string;
}

/** `probatum status [CHANGE]`: where each change stands, what is missing and whose turn it is. @returns exit code */
export async function status(
  environment: Environment,
  change: string | undefined,
  { format, policyFrom }: StatusOptions,
): Promise<number> {
  const { compilation } = await compileCorpus(environment, [], policyFrom);
  const now = environment.now();
  const unsigned = await unsignedDocuments(compilation, now);
  const authorizationRequired = compilation.config.signatures?.required?.authorization !== undefined;
  const planOf = (path: string) => planDigestNow(compilation, path);
  const unproved = await unprovedInCorpus(environment, compilation);
  const { root } = compilation.config;
  const runInTheWay = (pack: Entry, target: string) => {
    const runs = runsOn(changeFolder(root, headerText(pack.document, 'change') ?? ''), target);
    return unresolvedRun(runs) ?? unfiledRun(environment, compilation, runs, pack.document.path);
  };
  const circumstances = { now, unsigned, unproved, authorizationRequired, planOf, runInTheWay };
  const all = lifeCycles(compilation.model, circumstances);
  const changes = all.filter((one) => change === undefined || one.change === change);
  if (change !== undefined && changes.length === 0) {
    const known = [...new Set(all.map((one) => one.change))].join(', ');
    throw new UsageError('bad-argument', `no change ${change}`, `changes here: ${known || 'none'}`);
  }
  const { terminal } = environment;
  if (format === 'json') terminal.out(`${canonicalJson({ changes })}\n`);
  else if (changes.length === 0) terminal.err('no change: no ddl document and no package is here\n');
  else terminal.out(statusPretty(changes, change !== undefined, terminal.colors));
  return 0;
}

/** Runs of a change that were on a target, or may have been. */
function runsOn(of: string, targetName: string): KnownRun[] {
  return runsIn(of).filter(
    ({ stored }) => !stored || (stored.record.mode === 'run' && stored.record.target.name === targetName),
  );
}

/** The first run that `run` would not begin beside, or that a person has to settle, and how. */
function unresolvedRun(runs: readonly KnownRun[]): RunInTheWay | null {
  const status = 'refused';
  for (const run of runs) {
    const { name, problem } = run;
    if (problem !== null)
      return { status, missing: `run ${name} cannot be read: put its files back from a copy (${problem})` };
    if (isUnsettled(run)) return { status, missing: `run ${name} is not settled: probatum resume ${name}` };
  }
  return null;
}

/** The last run of a package whose migration stands, and which no document tells of yet; also one that is not over. */
function unfiledRun(
  { cwd }: Environment,
  { model, config }: Compilation,
  runs: readonly KnownRun[],
  packagePath: string,
): RunInTheWay | null {
  const reports = [...model.entries.values()].filter(({ kind }) => kind === 'execution-report');
  const filed = new Set(reports.map(({ document }) => headerValue(document, 'record.sha256')?.value));
  for (const { name, folder, stored } of [...runs].reverse()) {
    if (!stored || stored.record.plan.package.path !== packagePath || filed.has(stored.sha256)) continue;
    const { migration, rollback, status, plan } = stored.record;
    if (migration?.outcome !== 'committed' || rollback?.outcome === 'committed') continue;
    if (isAtWork(folder)) return { status: 'open', missing: `run ${name} is at work: wait until it ends` };
    const force = existsSync(join(config.root, plan.reports.execution.path)) ? ' --force' : '';
    const command = `probatum report ${relative(cwd, folder)} --publish${force}`;
    const ended = status === 'succeeded' ? 'is committed' : `is committed and ended ${status}`;
    return {
      status: status === 'succeeded' ? 'open' : 'refused',
      missing: `run ${name} ${ended}, and its report waits to be filed: ${command}`,
    };
  }
  return null;
}

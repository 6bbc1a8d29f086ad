import { canonicalJson } from '../base/canonical-json.js';
import { UsageError } from '../base/usage-error.js';
import { changeFolder, isUnsettled, runsIn } from '../execute/run-folder.js';
import { lifeCycles } from '../model/life-cycle.js';
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
  const runInTheWay = (of: string, target: string) => unresolvedRun(changeFolder(root, of), target);
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

/** The first run of a change that `run` would not begin beside, or that a person has to settle, and how. */
function unresolvedRun(of: string, targetName: string): string | null {
  for (const run of runsIn(of)) {
    const { name, stored, problem } = run;
    if (stored && (stored.record.mode === 'rehearsal' || stored.record.target.name !== targetName)) continue;
    if (problem !== null) return `run ${name} cannot be read: put its files back from a copy (${problem})`;
    if (isUnsettled(run)) return `run ${name} is not settled: probatum resume ${name}`;
  }
  return null;
}

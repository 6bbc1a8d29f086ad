import { join } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import type { Config } from '../load/config.js';
import { earlierChanges } from '../model/earlier-changes.js';
import type { Entry } from '../model/entry.js';
import { missingLinks } from '../model/life-cycle.js';
import { type DocumentIndex, headerText, headerValue } from '../parse/document.js';
import { type Compilation, type PreparedPlan, preparePlan } from '../pipeline.js';
import { readRecord, recordProblem } from '../record/store.js';
import type { Environment } from './terminal.js';
import { nothingCompared, verifyReport } from './verify-report.js';

/**
 * What of the chain stands in the way of a run of a plan, in the words of `status`: the rehearsal has to be of exactly
 * this plan, and its report what its record renders to.
 * @param unsigned why documents count for nothing but a fail, by path
 */
export async function missingChain(
  environment: Environment,
  compilation: Compilation,
  { plan, planSha256 }: PreparedPlan,
  unsigned: ReadonlyMap<string, string>,
): Promise<string[]> {
  const { model } = compilation;
  const now = environment.now();
  const pack = model.entries.get(plan.package.path);
  const ddl = model.entries.get(plan.ddl.path);
  const earlier = ddl ? earlierChanges(model, ddl, true).flatMap(({ reports }) => reports) : [];
  const unproved = new Map([
    ...(await unprovedRehearsals(environment, compilation, plan.package.path, planSha256)),
    ...unprovedRuns(compilation.config, earlier),
  ]);
  return missingLinks({ model, pack, ddl, now, unsigned, unproved });
}

/**
 * Why reports count for nothing, by path: those of runs, and those of rehearsals as long as their package was not executed;
 * after that they are history.
 */
export async function unprovedInCorpus(
  environment: Environment,
  compilation: Compilation,
): Promise<Map<string, string>> {
  const entries = [...compilation.model.entries.values()];
  const runs = entries.filter(({ kind }) => kind === 'execution-report');
  const found = new Map(unprovedRuns(compilation.config, runs));
  for (const { kind, document } of entries) {
    if (kind !== 'command-package' || wasExecuted(compilation, document.path, found)) continue;
    const planSha256 = planDigestOf(compilation, document.path);
    for (const [path, why] of await unprovedRehearsals(environment, compilation, document.path, planSha256))
      found.set(path, why);
  }
  return found;
}

/** Null where a package has no plan that a rehearsal could be compared with; why not is said by `lint` and `plan`. */
function planDigestOf(compilation: Compilation, pack: string): string | null {
  try {
    const prepared = preparePlan(compilation, pack);
    return 'planSha256' in prepared ? prepared.planSha256 : null;
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}

function wasExecuted(compilation: Compilation, pack: string, unproved: ReadonlyMap<string, string>): boolean {
  return succeeded(compilation, pack, 'execution-report').some(
    ({ document }) => !unproved.has(document.path),
  );
}

function succeeded({ model }: Compilation, pack: string, kind: Entry['kind']): Entry[] {
  return model
    .pinning('package', pack)
    .map((path) => model.entries.get(path)!)
    .filter((entry) => entry.kind === kind && headerText(entry.document, 'execution_status') === 'succeeded');
}

/**
 * Of reports of runs that say `succeeded` those whose record does not bear it out. They may be of an older version of the
 * tool, with other templates, and of keys that have ended since: what else they say is for `verify`.
 */
function unprovedRuns({ root }: Config, reports: readonly Entry[]): [path: string, why: string][] {
  return reports.flatMap(({ document }): [string, string][] => {
    if (headerText(document, 'execution_status') !== 'succeeded') return [];
    const why = whyNotRecorded(root, document);
    return why === null ? [] : [[document.path, why]];
  });
}

function whyNotRecorded(root: string, document: DocumentIndex): string | null {
  const named = headerValue(document, 'record.path')?.value;
  if (named === undefined) return 'it names no record';
  const file = join(root, named);
  try {
    const stored = readRecord(file);
    if (stored.sha256 !== headerValue(document, 'record.sha256')?.value)
      return 'its record has another digest';
    const { mode, status, plan } = stored.record;
    if (mode !== 'run' || status !== 'succeeded')
      return `its record is that of a ${mode} that ended ${status}`;
    // What happened to one change says nothing of another.
    for (const key of ['package', 'ddl'] as const) {
      const { path, sha256 } = plan[key];
      const isPinned =
        headerValue(document, `${key}.document`)?.value === path &&
        headerValue(document, `${key}.sha256`)?.value === sha256;
      if (!isPinned) return `its record is of another ${key}, ${path}`;
    }
    const problem = recordProblem(file, stored);
    return problem === null ? null : `of its record, ${problem}`;
  } catch (error) {
    if (error instanceof UsageError) return error.message.replace(file, named);
    throw error;
  }
}

async function unprovedRehearsals(
  environment: Environment,
  compilation: Compilation,
  pack: string,
  planSha256: string | null,
): Promise<[path: string, why: string][]> {
  const found: [string, string][] = [];
  for (const entry of succeeded(compilation, pack, 'dry-run-report')) {
    const why = await whyUnproved(environment, compilation, entry, planSha256);
    if (why !== null) found.push([entry.document.path, why]);
  }
  return found;
}

async function whyUnproved(
  environment: Environment,
  compilation: Compilation,
  entry: Entry,
  planSha256: string | null,
): Promise<string | null> {
  const rehearsed = headerText(entry.document, 'plan_sha256') ?? '';
  if (planSha256 !== null && rehearsed !== planSha256)
    return `it is of plan ${rehearsed}, and the plan is ${planSha256} now`;
  const [first] = await verifyReport(environment, compilation, entry, nothingCompared());
  return first ? first.message : null;
}

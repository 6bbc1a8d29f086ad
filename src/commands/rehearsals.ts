import { UsageError } from '../base/usage-error.js';
import type { Entry } from '../model/entry.js';
import { missingLinks } from '../model/life-cycle.js';
import { headerText } from '../parse/document.js';
import { type Compilation, type PreparedPlan, preparePlan } from '../pipeline.js';
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
  const unproved = new Map(await unprovedRehearsals(environment, compilation, plan.package.path, planSha256));
  return missingLinks({ model, pack, ddl, now, unsigned, unproved });
}

/** Why dry-run reports count for nothing, by path; those of packages that were executed are history. */
export async function unprovedInCorpus(
  environment: Environment,
  compilation: Compilation,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { kind, document } of compilation.model.entries.values()) {
    if (kind !== 'command-package' || wasExecuted(compilation, document.path)) continue;
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

function wasExecuted(compilation: Compilation, pack: string): boolean {
  return succeeded(compilation, pack, 'execution-report').length > 0;
}

function succeeded({ model }: Compilation, pack: string, kind: Entry['kind']): Entry[] {
  return model
    .pinning('package', pack)
    .map((path) => model.entries.get(path)!)
    .filter((entry) => entry.kind === kind && headerText(entry.document, 'execution_status') === 'succeeded');
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

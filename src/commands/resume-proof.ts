import { PACKAGE_ROOT } from '../base/package-root.js';
import { UsageError } from '../base/usage-error.js';
import { type Config, defaultConfig } from '../load/config.js';
import { type Compilation, compile, preparePlan, reviewErrors } from '../pipeline.js';
import { planDigest } from '../plan/build-plan.js';
import type { RunRecord } from '../record/record.js';
import { compileWhole } from './corpus.js';
import { ENROLMENT_PACKAGE } from './enroll.js';
import { missingChain } from './proved-reports.js';
import { unsignedDocuments } from './signatures.js';
import type { Environment } from './terminal.js';

/**
 * Why what is left of a run may not be sent: its plan is not what the documents give now, or their chain of reviews does
 * not stand any more. The journal says itself what was planned, and it is a file that anybody may have written.
 * @returns null where it may be sent
 */
export async function whyUnproved(
  environment: Environment,
  config: Config,
  { plan, planSha256, corpus }: RunRecord,
): Promise<string | null> {
  const ours = plan.package.path === ENROLMENT_PACKAGE;
  let compilation: Compilation;
  let prepared: ReturnType<typeof preparePlan>;
  try {
    compilation = await (ours ? compile(defaultConfig(PACKAGE_ROOT)) : compileWhole(environment, config));
    prepared = preparePlan(compilation, plan.package.path);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  if (!('plan' in prepared) || prepared.errors.length > 0) return `${plan.package.path} gives no plan now`;
  // The package of the enrolment means whichever database answered.
  const now = ours ? planDigest({ ...prepared.plan, target: plan.target }) : prepared.planSha256;
  if (now !== planSha256) {
    const then = corpus.commit === null ? 'what they were' : `commit ${corpus.commit.slice(0, 12)}`;
    return `the documents give plan ${now}, and the run is of ${planSha256}; bring them back to ${then}`;
  }
  if (ours) return null;
  if (reviewErrors(compilation, prepared.plan).length > 0) return 'the reviews of its documents have errors';
  const unsigned = await unsignedDocuments(compilation, environment.now());
  const [missing] = await missingChain(environment, compilation, prepared, unsigned);
  return missing ?? null;
}

import { hashFile } from '../../base/hash-file.js';
import type { Gate } from './gate.js';

/** The staged file still has the digest of the plan. */
export const ddlStaged: Gate = async ({ plan, state }) => {
  if (!state.staged) return { pass: false, expected: plan.migration.sha256, observed: 'nothing is staged' };
  const observed = await hashFile(state.staged.migration);
  return { pass: observed === plan.migration.sha256, expected: plan.migration.sha256, observed };
};

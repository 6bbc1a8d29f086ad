import type { PlanCheck } from '../plan/plan.js';
import { expectedRows, type Observation, observeReadOnly, sameRows } from './checks.js';
import type { RunContext } from './context.js';

/**
 * Looks, for a check that does not have its baseline's value inside our transaction, at the value that everybody else
 * sees. Where that is not the baseline either, others changed it: the check still fails, as nothing tells their part from
 * ours, but it says so.
 */
export async function withForeignMove(
  context: RunContext,
  check: PlanCheck,
  sql: string,
  seen: Observation,
): Promise<Observation> {
  const baseline = context.state.baselines.get(check.id);
  const expected = expectedRows(check, context.state.baselines);
  if (check.expected.kind !== 'baseline' || !baseline || !expected || !('rows' in seen)) return seen;
  // With one session there are no others.
  if (sameRows(expected, seen.rows) || !context.target.exportsSnapshots) return seen;
  const session = await context.target.open();
  try {
    const outside = await observeReadOnly(context, session, sql, null, context.plan.limits.lockTimeoutMs);
    if (!('rows' in outside) || sameRows(outside.rows, baseline)) return seen;
    const note = `other sessions changed it since the baseline: outside this transaction it is ${outside.rows.join(' / ')}`;
    return { rows: seen.rows, note };
  } finally {
    await session.close();
  }
}

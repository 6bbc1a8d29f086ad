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

/** What our own COMMIT moves: statistics that are sent then, locks, the row in the ledger. */
const MOVED_BY_COMMIT = /\bpg_stat|\bpg_locks\b|\bprobatum\b/i;

/**
 * Tells, for a check that had its baseline's value inside our transaction and has another one after COMMIT, whether only
 * others can have changed it: our transaction is over, and nothing of it was left to be done at COMMIT, as deferred
 * triggers had fired before (deferred.ts).
 */
export function withLaterMove(
  { state, target }: RunContext,
  check: PlanCheck,
  sql: string,
  seen: Observation,
): Observation {
  const { counted } = state;
  if (!('rows' in seen) || check.expected.kind !== 'baseline' || !state.passedInside.has(check.id))
    return seen;
  const expected = expectedRows(check, state.baselines);
  if (!expected || sameRows(expected, seen.rows) || MOVED_BY_COMMIT.test(sql)) return seen;
  // With one session there are no others.
  if (!target.exportsSnapshots || !counted) return seen;
  const note = `before COMMIT it was ${expected.join(' / ')}, as expected; other sessions changed it since`;
  return { rows: seen.rows, note, moved: true };
}

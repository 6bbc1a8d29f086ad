import type { PlanCheck } from '../plan/plan.js';
import type { CheckMoment, Verdict } from '../record/events.js';
import { DatabaseError, type ResultSize, type Session } from '../target/engine.js';
import type { RunContext } from './context.js';
import { OWN } from './statements.js';

/** Rows as psql prints them unaligned: columns joined by `|`, NULL empty. */
export function rowTexts(rows: readonly (readonly (string | null)[])[]): string[] {
  return rows.map((row) => row.map((value) => value ?? '').join('|'));
}

/** What was observed: rows, or why there are none. */
export type Observation =
  | {
      readonly rows: readonly string[];
      readonly note?: string;
      /** Whether only others can have changed it since it passed. */
      readonly moved?: true;
    }
  | { readonly reason: string; readonly ran: boolean };

/** The rows that a check must give, where they are known. */
export function expectedRows(
  check: PlanCheck,
  baselines: ReadonlyMap<string, readonly string[]>,
): readonly string[] | null {
  const { expected } = check;
  if (expected.kind === 'rows') return expected.rows;
  const rows = baselines.get(check.id);
  if (!rows || expected.offset === null) return rows ?? null;
  const value = rows.length === 1 && /^-?\d{1,15}$/.test(rows[0]!) ? Number(rows[0]) : null;
  return value === null ? null : [String(value + expected.offset)];
}

/** Records one check. Fails closed: without expected and observed rows there is no PASS. */
export function recordCheck(
  context: RunContext,
  check: PlanCheck,
  moment: CheckMoment,
  observation: Observation,
): Verdict {
  const expected = expectedRows(check, context.state.baselines);
  const observed = 'rows' in observation ? observation.rows : null;
  const verdict = judge(expected, observation);
  if (verdict === 'PASS' && moment === 'in-transaction') context.state.passedInside.add(check.id);
  if (verdict === 'MOVED') context.state.moved.add(check.id);
  const reason =
    'reason' in observation
      ? observation.reason
      : expected === null
        ? 'the value before the migration is not a number or was not read'
        : (observation.note ?? null);
  context.emit({
    type: 'check-evaluated',
    id: check.id,
    title: check.title,
    moment,
    expected: expected ?? [expectationText(check)],
    observed,
    verdict,
    statementSha256: check.statement?.sha256 ?? null,
    evidence: check.evidence,
    reason,
  });
  return verdict;
}

function judge(expected: readonly string[] | null, observation: Observation): Verdict {
  if (!('rows' in observation)) return observation.ran ? 'FAIL' : 'NOT RUN';
  if (expected !== null && sameRows(expected, observation.rows)) return 'PASS';
  return observation.moved ? 'MOVED' : 'FAIL';
}

/** Same rows in the same order. */
export function sameRows(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((row, index) => row === b[index]);
}

function expectationText({ expected }: PlanCheck): string {
  if (expected.kind === 'rows') return expected.rows.join(' / ');
  if (expected.offset === null) return 'baseline';
  return `baseline ${expected.offset < 0 ? '-' : '+'} ${Math.abs(expected.offset)}`;
}

/**
 * Sends a check's reviewed bytes inside the migration's transaction, after a savepoint was set. Behind it nothing
 * can be written, and going back to it undoes an error, so that one check does not decide for the others.
 */
export async function observeInside(session: Session, sql: string): Promise<Observation> {
  await session.run(OWN.readOnly);
  const seen = await observe(session, sql);
  await session.run(OWN.backToSavepoint);
  return seen;
}

/** A check compares few values: more would be a dump of rows in record and report. */
const MOST: ResultSize = { rows: 1000, characters: 64 * 1024 };

/** How a query begins. Whatever a plan calls a check: COMMIT, COPY or SET are none, and no read-only transaction stops them. */
const QUERY = /^(?:(?:SELECT|WITH|VALUES|TABLE)\b|\()/i;

async function observe(session: Session, sql: string): Promise<Observation> {
  if (!QUERY.test(sql)) return { reason: 'not sent: a check is one query', ran: true };
  try {
    const result = await session.run(sql, [], MOST);
    const rows = rowTexts(result.rows);
    const size = result.excess ?? {
      rows: rows.length,
      characters: rows.reduce((sum, row) => sum + row.length, 0),
    };
    if (size.rows <= MOST.rows && size.characters <= MOST.characters) return { rows };
    const found = `${size.rows} ${size.rows === 1 ? 'row' : 'rows'} of ${size.characters} characters`;
    return { reason: `${found} are more than a check compares`, ran: true };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return { reason: error.message, ran: true };
  }
}

/**
 * Sends a check's bytes in a read-only transaction of its own, which is rolled back whatever happens.
 * @param snapshot statement that imports a snapshot, or null
 * @param lockTimeoutMs how long to wait for a lock; 0 waits for ever
 */
export async function observeReadOnly(
  context: RunContext,
  session: Session,
  sql: string,
  snapshot: string | null = null,
  lockTimeoutMs = 0,
): Promise<Observation> {
  await session.run(OWN.beginReading);
  try {
    if (snapshot) await session.run(snapshot);
    await session.run(OWN.dummy);
    await session.run(OWN.limitLock, [String(lockTimeoutMs)]);
    await session.run(OWN.limitStatement, [String(context.plan.limits.statementTimeoutMs)]);
    return await observe(session, sql);
  } finally {
    await session.run(OWN.rollback);
  }
}

/** Text of a check's statement: its reviewed bytes. */
export function checkSql(context: RunContext, check: PlanCheck): string {
  const unit = check.phase === 'preflight' ? context.bytes.preflight : context.bytes.verify;
  return unit.bytes.subarray(check.statement!.start, check.statement!.end).toString('utf8');
}

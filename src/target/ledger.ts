import { DatabaseError, type Session } from './engine.js';

/*
 * The tables of an enrolled target: `probatum.target` holds its mark, `probatum.run` one row for each transaction of
 * reviewed SQL. The row is written in that transaction, so it is there exactly if the transaction committed
 * (RUN, "Outcomes").
 */

/** The tool's own statements on the tables of an enrolled target. */
export const LEDGER = {
  // A role that may not read the mark is answered as if there were none.
  enrolled: `SELECT COALESCE(pg_catalog.has_table_privilege(pg_catalog.to_regclass('probatum.target'), 'SELECT')
  AND pg_catalog.to_regclass('probatum.run') IS NOT NULL, false)`,
  marker: 'SELECT marker FROM probatum.target',
  commit: `INSERT INTO probatum.run (run_id, unit, outcome, plan_sha256) VALUES ($1::pg_catalog.uuid, $2, 'committed', $3)`,
  fence: `INSERT INTO probatum.run (run_id, unit, outcome, plan_sha256) VALUES ($1::pg_catalog.uuid, $2, 'fenced', $3) ON CONFLICT (run_id, unit) DO NOTHING`,
  others:
    'SELECT run_id, unit, outcome, recorded_at FROM probatum.run WHERE plan_sha256 = $1 AND run_id <> $2::pg_catalog.uuid ORDER BY recorded_at, run_id, unit',
  outcome: 'SELECT outcome FROM probatum.run WHERE run_id = $1::pg_catalog.uuid AND unit = $2',
} as const;

/** Names one transaction of reviewed SQL in the ledger. */
export interface LedgerKey {
  readonly runId: string;
  /** `migration`, `rollback`, or for a later attempt `rollback-2`. */
  readonly unit: string;
  readonly planSha256: string;
}

/** The mark of an enrolled target; null where the database is not enrolled. @throws DatabaseError */
export async function readMarker(session: Session): Promise<string | null> {
  if ((await session.run(LEDGER.enrolled)).rows[0]?.[0] !== 't') return null;
  const { rows } = await session.run(LEDGER.marker);
  return rows.length === 1 ? (rows[0]![0] ?? null) : null;
}

/** Writes the row of the transaction that is open. @throws DatabaseError, 23505 where a recovery was faster */
export async function writeLedgerRow(session: Session, key: LedgerKey): Promise<void> {
  await session.run(LEDGER.commit, [key.runId, key.unit, key.planSha256]);
}

/**
 * Settles what became of a transaction: takes its place in the ledger, or finds that it is taken. Once this answers
 * `not-committed`, the transaction cannot commit any more, wherever it may still be under way.
 * @returns null where the transaction is still open and holds its place
 * @throws DatabaseError
 */
export async function settle(
  session: Session,
  key: LedgerKey,
): Promise<'committed' | 'not-committed' | null> {
  try {
    await session.run(LEDGER.fence, [key.runId, key.unit, key.planSha256]);
  } catch (error) {
    if (error instanceof DatabaseError && error.sqlstate === LOCK_NOT_AVAILABLE) return null;
    throw error;
  }
  const outcome = (await session.run(LEDGER.outcome, [key.runId, key.unit])).rows[0]?.[0];
  if (outcome === 'committed') return 'committed';
  return outcome === 'fenced' ? 'not-committed' : null;
}

/** A row of another run in the ledger. */
export interface LedgerRow {
  readonly runId: string;
  readonly unit: string;
  readonly outcome: string;
  readonly recordedAt: string;
}

/** What other runs of the same plan have left in the ledger, oldest first. @throws DatabaseError */
export async function otherRuns(
  session: Session,
  { runId, planSha256 }: Pick<LedgerKey, 'runId' | 'planSha256'>,
): Promise<LedgerRow[]> {
  const { rows } = await session.run(LEDGER.others, [planSha256, runId]);
  return rows.map(([run, unit, outcome, recordedAt]) => ({
    runId: run ?? '',
    unit: unit ?? '',
    outcome: outcome ?? '',
    recordedAt: recordedAt ?? '',
  }));
}

const LOCK_NOT_AVAILABLE = '55P03';

import { DatabaseError, type Session } from './engine.js';

/*
 * The tables of an enrolled target: `probatum.target` holds its mark, `probatum.run` one row for each transaction of
 * reviewed SQL. The row is written in that transaction, so it is there exactly if the transaction committed
 * (RUN, "Outcomes").
 */

/** Holds a row of each transaction of reviewed SQL. */
export const LEDGER_TABLE = 'probatum.run';

/** The tool's own statements on the tables of an enrolled target. */
export const LEDGER = {
  // By the catalogue: a role without USAGE on the schema may not even ask for a name in it.
  standing: `SELECT CASE WHEN pg_catalog.count(*) < 2 THEN 'none'
  WHEN NOT pg_catalog.bool_and(pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    AND pg_catalog.has_table_privilege(c.oid, 'SELECT')) THEN 'not readable'
  WHEN NOT pg_catalog.bool_or(c.relname = 'run' AND pg_catalog.has_table_privilege(c.oid, 'INSERT')) THEN 'not writable'
  ELSE 'usable' END
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'probatum' AND c.relname IN ('target', 'run') AND c.relkind = 'r'`,
  marker: 'SELECT marker FROM probatum.target',
  // Its constraint decides over a nonce: where that is gone, the server refuses the statement.
  commit: `INSERT INTO probatum.run (run_id, unit, outcome, plan_sha256, nonce) VALUES ($1::pg_catalog.uuid, $2, 'committed', $3, $4) ON CONFLICT (nonce) DO NOTHING`,
  fence: `INSERT INTO probatum.run (run_id, unit, outcome, plan_sha256) VALUES ($1::pg_catalog.uuid, $2, 'fenced', $3) ON CONFLICT (run_id, unit) DO NOTHING`,
  others:
    'SELECT run_id, unit, outcome, recorded_at FROM probatum.run WHERE plan_sha256 = $1 AND run_id <> $2::pg_catalog.uuid ORDER BY recorded_at, run_id, unit',
  used: 'SELECT run_id, unit, outcome, recorded_at FROM probatum.run WHERE nonce = $1',
  outcome: 'SELECT outcome FROM probatum.run WHERE run_id = $1::pg_catalog.uuid AND unit = $2',
} as const;

/** Names one transaction of reviewed SQL in the ledger. */
export interface LedgerKey {
  readonly runId: string;
  /** `migration`, `rollback`, or for a later attempt `rollback-2`. */
  readonly unit: string;
  readonly planSha256: string;
}

/** Whether a database is enrolled, and what this role may do with the ledger. */
export type LedgerStanding = 'none' | 'not readable' | 'not writable' | 'usable';

/** The ledger as this role sees it, and the mark; empty where there is none or it may not be read. @throws DatabaseError */
export async function readEnrolment(
  session: Session,
): Promise<{ readonly ledger: LedgerStanding; readonly marker: string }> {
  const ledger = (await session.run(LEDGER.standing)).rows[0]?.[0] as LedgerStanding;
  if (ledger === 'none' || ledger === 'not readable') return { ledger, marker: '' };
  const { rows } = await session.run(LEDGER.marker);
  return { ledger, marker: (rows.length === 1 ? rows[0]![0] : null) ?? '' };
}

/**
 * Writes the row of the transaction that is open. Where another one that has the nonce is open, it waits for its end.
 * @param nonce of the authorization; null where the transaction uses none up
 * @returns whether the row is there: false where the nonce is in the ledger already
 * @throws DatabaseError, 23505 where a recovery was faster
 */
export async function writeLedgerRow(
  session: Session,
  key: LedgerKey,
  nonce: string | null,
): Promise<boolean> {
  const { tag } = await session.run(LEDGER.commit, [key.runId, key.unit, key.planSha256, nonce]);
  return tag === 'INSERT 0 1';
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
  return rows.map(ledgerRow);
}

/** The row that has used a nonce up, whatever plan it is of; null where there is none. @throws DatabaseError */
export async function rowOfNonce(session: Session, nonce: string): Promise<LedgerRow | null> {
  const [row] = (await session.run(LEDGER.used, [nonce])).rows;
  return row ? ledgerRow(row) : null;
}

function ledgerRow([run, unit, outcome, recordedAt]: readonly (string | null)[]): LedgerRow {
  return { runId: run ?? '', unit: unit ?? '', outcome: outcome ?? '', recordedAt: recordedAt ?? '' };
}

const LOCK_NOT_AVAILABLE = '55P03';

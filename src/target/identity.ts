import type { Session } from './engine.js';
import { type LedgerStanding, readEnrolment } from './ledger.js';

/** What proves that a session is connected to the database that was meant; all values as the server's text. */
export interface Identity {
  /** Made by initdb; shared by standbys, promoted clones and copied directories. */
  readonly system_identifier: string;
  readonly database: string;
  readonly database_oid: string;
  /** `t` on a standby. */
  readonly in_recovery: string;
  /** Grows by one with each promotion, which tells a promoted clone from its origin. */
  readonly timeline: string;
  readonly role: string;
  readonly server_version: string;
  readonly server_version_num: string;
  readonly postmaster_start_time: string;
  /** The mark of an enrolled target; empty where the database is not enrolled. */
  readonly marker: string;
  /** Whether it is, and what the role may do with the ledger. */
  readonly ledger: LedgerStanding;
}

/** The current timeline is read from the WAL: the control file lags behind a promotion until a checkpoint. */
export const IDENTITY = `
SELECT
  (SELECT system_identifier FROM pg_catalog.pg_control_system()) AS system_identifier,
  d.datname AS database,
  d.oid AS database_oid,
  pg_catalog.pg_is_in_recovery() AS in_recovery,
  CASE WHEN pg_catalog.pg_is_in_recovery()
    THEN (SELECT timeline_id FROM pg_catalog.pg_control_checkpoint())
    ELSE CAST(CAST('x' || pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8)
      AS bit(32)) AS integer)
  END AS timeline,
  current_user AS role,
  pg_catalog.current_setting('server_version') AS server_version,
  pg_catalog.current_setting('server_version_num') AS server_version_num,
  pg_catalog.pg_postmaster_start_time() AS postmaster_start_time
FROM pg_catalog.pg_database AS d
WHERE d.datname = pg_catalog.current_database()`;

/** Reads the identity on this very session. @throws DatabaseError */
export async function readIdentity(session: Session): Promise<Identity> {
  const { columns, rows } = await session.run(IDENTITY);
  const row = rows[0] ?? [];
  const said = Object.fromEntries(columns.map((column, index) => [column, row[index] ?? '']));
  return { ...(said as unknown as Omit<Identity, 'marker' | 'ledger'>), ...(await readEnrolment(session)) };
}

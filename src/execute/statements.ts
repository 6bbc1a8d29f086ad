import { durably, TRANSACTION_ID } from '../target/session-settings.js';

/**
 * The statements of the tool's own that a run sends besides those of the catalogue, identity and counters
 * (src/target). Everything else that reaches the server is a byte range of a reviewed fence.
 */
export const OWN = {
  begin: 'BEGIN',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  beginReading: 'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY',
  dummy: 'SELECT 1',
  savepoint: 'SAVEPOINT probatum_checks',
  readOnly: 'SET LOCAL transaction_read_only = on',
  backToSavepoint: 'ROLLBACK TO SAVEPOINT probatum_checks',
  release: 'RELEASE SAVEPOINT probatum_checks',
  fireDeferred: 'SET CONSTRAINTS ALL IMMEDIATE',
  exportSnapshot: 'SELECT pg_catalog.pg_export_snapshot()',
  // Rows of the catalogue are read in the snapshot, names are looked up in the newest catalogue.
  tableGone:
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND pg_catalog.to_regclass(pg_catalog.format('%I.%I', n.nspname, c.relname))::oid IS DISTINCT FROM c.oid)",
  serverClock: 'SELECT pg_catalog.clock_timestamp()::text',
  serverAge: 'SELECT extract(epoch FROM pg_catalog.clock_timestamp() - $1::timestamptz)::text',
  inWindow:
    'SELECT clock.at::text, clock.at >= $1::timestamptz AND clock.at < $2::timestamptz FROM pg_catalog.clock_timestamp() AS clock (at)',
  roles:
    "SELECT r.oid = 10, r.rolname, pg_catalog.format('CREATE ROLE %I', r.rolname) FROM pg_catalog.pg_roles AS r WHERE r.rolname !~ '^pg_' ORDER BY r.oid",
  tryLock: 'SELECT pg_catalog.pg_try_advisory_lock($1::int8)',
  transactionId: TRANSACTION_ID,
  transactionStatus: 'SELECT pg_catalog.pg_xact_status($1::xid8)',
  // A crash from which the postmaster recovers by itself leaves its start time; the statistics start anew each time.
  serverLife:
    "SELECT pg_catalog.concat_ws(' / ', pg_catalog.pg_postmaster_start_time(), pg_catalog.pg_stat_get_bgwriter_stat_reset_time())",
  backend:
    'SELECT a.pid, a.backend_start FROM pg_catalog.pg_stat_activity AS a WHERE a.pid = pg_catalog.pg_backend_pid()',
  endBackend:
    'SELECT pg_catalog.pg_terminate_backend(a.pid) FROM pg_catalog.pg_stat_activity AS a WHERE a.pid = $1::int4 AND a.backend_start = $2::timestamptz AND a.pid <> pg_catalog.pg_backend_pid()',
  // A function that was called could have turned it off for the rest of the transaction.
  durable: durably(true),
  limitFence: "SELECT pg_catalog.set_config('lock_timeout', $1, false)",
  limitLock: "SELECT pg_catalog.set_config('lock_timeout', $1, true)",
  limitStatement: "SELECT pg_catalog.set_config('statement_timeout', $1, true)",
} as const;

/** Imports another session's snapshot; the id comes from the server and is quoted as a literal. */
export function useSnapshot(id: string): string {
  return `SET TRANSACTION SNAPSHOT '${id.replaceAll("'", "''")}'`;
}

/** What `useSnapshot` gives for the ids that servers export. */
export const USE_SNAPSHOT = /^SET TRANSACTION SNAPSHOT '[0-9A-F-]+'$/;

/** Key of the advisory lock that two runs against one database compete for. */
export const LOCK_KEY = '8101098497116117109';

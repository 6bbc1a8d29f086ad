import { UsageError } from '../base/usage-error.js';
import type { Session } from './engine.js';

/** Rows that the current transaction wrote in one table, as the server's text; includes rolled back savepoints. */
export interface RowChange {
  readonly table: string;
  readonly inserted: string;
  readonly updated: string;
  readonly deleted: string;
}

/** The statements of this file, for the list of all (docs/statements.md). */
export const ROW_CHANGE_STATEMENTS = {
  settings:
    "SELECT pg_catalog.current_setting('track_counts'), pg_catalog.current_setting('server_version_num')",
  flush: 'SELECT pg_catalog.pg_stat_force_next_flush()',
  // Before 15 nothing forces it, but a session that ends a statement half a second after the last report reports.
  wait: 'SELECT pg_catalog.pg_sleep(0.6)',
  changes: `
SELECT pg_catalog.format('%I.%I', schemaname, relname), n_tup_ins, n_tup_upd, n_tup_del
FROM pg_catalog.pg_stat_xact_user_tables
WHERE n_tup_ins > 0 OR n_tup_upd > 0 OR n_tup_del > 0`,
} as const;

/**
 * Sends away the counts of earlier transactions, which would show up as this one's. Call before BEGIN.
 * @throws UsageError where the server counts nothing; DatabaseError
 */
export async function prepareRowChanges(session: Session): Promise<void> {
  const { rows } = await session.run(ROW_CHANGE_STATEMENTS.settings);
  const [trackCounts, version] = rows[0] ?? [];
  if (trackCounts !== 'on')
    throw new UsageError('bad-configuration', 'track_counts is off, so written rows cannot be counted');
  const { flush, wait } = ROW_CHANGE_STATEMENTS;
  await session.run(Number(version) >= 150_000 ? flush : wait);
}

/** Tables whose rows the current transaction wrote, sorted; blind to TRUNCATE, rewrites and dropped tables. */
export async function readRowChanges(session: Session): Promise<readonly RowChange[]> {
  const { rows } = await session.run(ROW_CHANGE_STATEMENTS.changes);
  return rows
    .map(([table, inserted, updated, deleted]) => ({
      table: table ?? '',
      inserted: inserted ?? '',
      updated: updated ?? '',
      deleted: deleted ?? '',
    }))
    .sort((a, b) => (a.table < b.table ? -1 : 1));
}

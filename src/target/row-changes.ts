import { UsageError } from '../base/usage-error.js';
import type { Session } from './engine.js';

/** Rows that the current transaction wrote in one table, as the server's text; includes rolled back savepoints. */
export interface RowChange {
  /** Qualified name, or `system catalogue pg_authid`, which is no name that a scope could hold. */
  readonly table: string;
  readonly inserted: string;
  readonly updated: string;
  readonly deleted: string;
}

/**
 * System catalogues in which the statements that a migration may hold write rows, for what they make and drop: what stands
 * there is compared as objects. No statement of a plan explains a row in any other, such as one of a role.
 */
const OF_DDL =
  `pg_attrdef pg_attribute pg_cast pg_class pg_constraint pg_default_acl pg_depend pg_description pg_enum pg_index
  pg_inherits pg_namespace pg_partitioned_table pg_policy pg_proc pg_publication_namespace pg_publication_rel pg_range
  pg_rewrite pg_seclabel pg_sequence pg_shdepend pg_statistic pg_statistic_ext pg_statistic_ext_data pg_subscription_rel
  pg_trigger pg_type`
    .split(/\s+/)
    .map((name) => `'${name}'`)
    .join(', ');

/** Rows of those that the server shares between databases, and large objects, are made by no extension's script. */
const NEVER_OF_EXTENSIONS = "c.relisshared OR c.relname IN ('pg_largeobject', 'pg_largeobject_metadata')";

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
WHERE (n_tup_ins > 0 OR n_tup_upd > 0 OR n_tup_del > 0)
  AND NOT pg_catalog.starts_with(schemaname, 'pg_temp_')
UNION ALL
SELECT pg_catalog.concat('system catalogue ', s.relname), s.n_tup_ins, s.n_tup_upd, s.n_tup_del
FROM pg_catalog.pg_stat_xact_sys_tables AS s JOIN pg_catalog.pg_class AS c ON c.oid = s.relid
WHERE (s.n_tup_ins > 0 OR s.n_tup_upd > 0 OR s.n_tup_del > 0)
  AND s.schemaname IN ('pg_catalog', 'information_schema') AND s.relname NOT IN (${OF_DDL})
  AND (${NEVER_OF_EXTENSIONS} OR NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_xact_sys_tables AS e
    WHERE e.relid = CAST('pg_catalog.pg_extension' AS pg_catalog.regclass) AND (e.n_tup_ins > 0 OR e.n_tup_del > 0)))`,
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

/**
 * Tables whose rows the current transaction wrote, sorted, and system catalogues that no statement of a plan explains;
 * blind to TRUNCATE, rewrites and dropped tables. Rows of temporary tables, as a trigger may use them, end with the session.
 */
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

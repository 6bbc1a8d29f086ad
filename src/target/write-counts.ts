import type { Session } from './engine.js';

/** The tool's own statement: counts of all rows that the open transaction wrote, by table, temporary ones and catalogues too. */
export const WRITE_COUNTS = `
SELECT pg_catalog.format('%I.%I', schemaname, relname),
  pg_catalog.concat_ws(' ', relid, n_tup_ins, n_tup_upd, n_tup_del)
FROM pg_catalog.pg_stat_xact_all_tables
WHERE n_tup_ins > 0 OR n_tup_upd > 0 OR n_tup_del > 0`;

/** Counts that only ever grow in a transaction, by table, so that two readings show whether something wrote in between. */
export type WriteCounts = ReadonlyMap<string, string>;

/** @throws DatabaseError */
export async function readWriteCounts(session: Session): Promise<WriteCounts> {
  const { rows } = await session.run(WRITE_COUNTS);
  return new Map(rows.map(([table, counts]) => [table ?? '', counts ?? '']));
}

/** Tables in which rows were written between two readings. */
export function writtenBetween(before: WriteCounts, after: WriteCounts): readonly string[] {
  return [...after].filter(([table, counts]) => before.get(table) !== counts).map(([table]) => table);
}

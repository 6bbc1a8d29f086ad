import { UsageError } from '../base/usage-error.js';
import { USER_SCHEMAS } from './catalogue-sql.js';
import { DatabaseError, type Session } from './engine.js';

/** Exact number of rows of one table, as the server's text. */
export interface RowCount {
  readonly table: string;
  readonly rows: string;
}

/** Tables in one statement; 250 is 2.5 times as fast as one by one. */
const BATCH = 250;

/** The server writes each count itself, so that no name is ever quoted here. Partitioned parents hold no rows. */
export const COUNT_STATEMENTS = `
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
  pg_catalog.format('SELECT %L AS name, count(*) AS rows FROM ONLY %I.%I',
    pg_catalog.format('%I.%I', n.nspname, c.relname), n.nspname, c.relname) AS statement,
  pg_catalog.row_security_active(c.oid) AS filtered
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND (c.relkind = 'r' OR c.relispopulated) AND ${USER_SCHEMAS}`;

/** A name as the server quotes it, as part of a pattern. */
export const IDENTIFIER = '(?:[a-z_][a-z0-9_]*|"(?:[^"]|"")+")';
/** A literal as the server writes it, likewise. */
export const LITERAL = "E?'(?:[^']|'')*'";
const ONE_COUNT = `SELECT ${LITERAL} AS name, count\\(\\*\\) AS rows FROM ONLY ${IDENTIFIER}\\.${IDENTIFIER}`;

/** What the server's statements look like when they are sent back to it, joined: counts of tables and nothing else. */
export const COUNTS = new RegExp(`^${ONE_COUNT}(?:\\nUNION ALL\\n${ONE_COUNT})*$`);

/**
 * Counts the rows of all user tables, partitions and materialised views, sorted by name.
 * @param options whether a transaction is open, whose snapshot may be older than a DROP by somebody else: what is gone
 * cannot be counted, and says so
 * @throws UsageError where row security would hide rows from this role; DatabaseError
 */
export async function readRowCounts(
  session: Session,
  { inTransaction = false } = {},
): Promise<readonly RowCount[]> {
  const { rows: tables } = await session.run(COUNT_STATEMENTS);
  const filtered = tables.find((table) => table[2] === 't');
  if (filtered !== undefined)
    throw new UsageError(
      'bad-configuration',
      `this role cannot count the rows of ${filtered[0]}: row security applies to it`,
      'Use the owner of the table, or a role with BYPASSRLS.',
    );
  const counts: RowCount[] = [];
  for (let start = 0; start < tables.length; start += BATCH) {
    const batch = tables.slice(start, start + BATCH).map(([table, sql]) => ({ table: table!, sql: sql! }));
    counts.push(...(await (inTransaction ? countBehindSavepoint(session, batch) : count(session, batch))));
  }
  return counts.sort((a, b) => (a.table < b.table ? -1 : 1));
}

interface Counting {
  readonly table: string;
  readonly sql: string;
}

async function count(session: Session, batch: readonly Counting[]): Promise<RowCount[]> {
  if (batch.length === 0) return [];
  const { rows } = await session.run(batch.map(({ sql }) => sql).join('\nUNION ALL\n'));
  return rows.map(([table, number]) => ({ table: table ?? '', rows: number ?? '' }));
}

/** The tool's own statements around a count in an older snapshot. */
export const COUNTING = {
  savepoint: 'SAVEPOINT probatum_counts',
  back: 'ROLLBACK TO SAVEPOINT probatum_counts',
  release: 'RELEASE SAVEPOINT probatum_counts',
  // Names are looked up in the newest catalogue, also where rows are read in an older snapshot.
  stillThere: `
SELECT t FROM pg_catalog.unnest(CAST($1 AS pg_catalog.text[])) AS t WHERE pg_catalog.to_regclass(t) IS NOT NULL`,
} as const;

/** Back to the savepoint in any case: nobody is to wait for the locks of what was counted. */
async function countBehindSavepoint(session: Session, batch: readonly Counting[]): Promise<RowCount[]> {
  await session.run(COUNTING.savepoint);
  try {
    const counts = await count(session, batch);
    for (const statement of [COUNTING.back, COUNTING.release]) await session.run(statement);
    return counts;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sqlstate !== '42P01') throw error;
    await session.run(COUNTING.back);
    const names = batch.map(({ table }) => `"${table.replace(/["\\]/g, '\\$&')}"`);
    const { rows } = await session.run(COUNTING.stillThere, [`{${names.join(',')}}`]);
    const there = new Set(rows.map(([table]) => table));
    const left = batch.filter(({ table }) => there.has(table));
    if (left.length === batch.length) throw error;
    const gone = batch.filter(({ table }) => !there.has(table));
    return [
      ...gone.map(({ table }) => ({ table, rows: 'dropped by another session' })),
      ...(await countBehindSavepoint(session, left)),
    ];
  }
}

/** The counts as a file: one `["table","rows"]` line of JSON each, as a name may hold anything. */
export function rowCountsText(counts: readonly RowCount[]): string {
  return counts.map(({ table, rows }) => `${JSON.stringify([table, rows])}\n`).join('');
}

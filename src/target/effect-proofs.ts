import { placeOf } from './attribution.js';
import type { CatalogueSnapshot } from './catalogue.js';
import { USER_SCHEMAS } from './catalogue-sql.js';
import { DatabaseError, type Session } from './engine.js';
import { readInPassing } from './passing-read.js';
import type { RowChange } from './row-changes.js';
import { IDENTIFIER, LITERAL } from './row-counts.js';

/** One way of seeing what a transaction wrote: whether it was there, what it can see, and what it saw. */
export interface Proof {
  readonly name:
    | 'row counters'
    | 'data files'
    | 'sequences'
    | 'sequences after ROLLBACK'
    | 'unlogged tables'
    | 'write-ahead log'
    | 'settings put back'
    | 'row counters of the rollback'
    | 'data files of the rollback'
    | 'sequences of the rollback';
  readonly covers: string;
  /** Null where it was not available; then `reason` says why. */
  readonly observed: readonly string[] | null;
  readonly reason: string | null;
}

/** What a read of state gave, or why there is none. */
export type Reading = ReadonlyMap<string, string> | { readonly unavailable: string };

/** Selected as a table is: the functions that tell the value keep a lock until the end of the transaction. */
const SEQUENCES = `
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname),
  CASE WHEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT') THEN pg_catalog.format(
    'SELECT %L, pg_catalog.concat_ws('' '', last_value, is_called) FROM %I.%I',
    pg_catalog.format('%I.%I', n.nspname, c.relname), n.nspname, c.relname) END
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND ${USER_SCHEMAS}`;

const BATCH = 250;

/** Bytes of the largest unlogged table whose contents are read. */
const LARGEST = 16 * 1024 * 1024;

const UNLOGGED_TABLES = `
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname),
  CASE WHEN pg_catalog.pg_relation_size(c.oid) <= ${LARGEST} THEN pg_catalog.format(
    'SELECT md5(string_agg(h, '''' ORDER BY h)) FROM (SELECT md5(CAST(ROW(t.*) AS text)) AS h FROM ONLY %I.%I AS t) AS x',
    n.nspname, c.relname) END
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence = 'u' AND ${USER_SCHEMAS}`;

/**
 * nextval and setval lock a sequence until the transaction is over, also where a savepoint is rolled back; who only reads its
 * row takes a weaker lock.
 */
const DRAWN = `
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
FROM pg_catalog.pg_locks AS l JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.granted AND c.relkind = 'S'
  AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
  AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')`;

/** The tool's own statements of these readings. */
export const EFFECTS = {
  sequences: SEQUENCES,
  drawn: DRAWN,
  unloggedTables: UNLOGGED_TABLES,
} as const;

const ONE_VALUE = `SELECT ${LITERAL}, pg_catalog.concat_ws\\(' ', last_value, is_called\\) FROM ${IDENTIFIER}\\.${IDENTIFIER}`;

/** What the server's statements look like when they are sent back to it: values of sequences and nothing else. */
export const SEQUENCE_VALUES = new RegExp(`^${ONE_VALUE}(?:\\nUNION ALL\\n${ONE_VALUE})*$`);

/** The same for the digest of a table's contents. */
export const CONTENTS = new RegExp(
  `^SELECT md5\\(string_agg\\(h, '' ORDER BY h\\)\\) FROM \\(SELECT md5\\(CAST\\(ROW\\(t\\.\\*\\) AS text\\)\\) AS h FROM ONLY ${IDENTIFIER}\\.${IDENTIFIER} AS t\\) AS x$`,
);

/** Values of all sequences; one that this role may not read makes the reading unavailable. */
export function readSequences(session: Session): Promise<Reading> {
  return readIfPossible(session, async () => {
    const { rows } = await session.run(SEQUENCES);
    const hidden = rows.find(([, sql]) => sql === null);
    if (hidden) return { unavailable: `this role may not read ${hidden[0]}` };
    const values = new Map<string, string>();
    for (let start = 0; start < rows.length; start += BATCH) {
      const sql = rows.slice(start, start + BATCH).map((row) => row[1]);
      for (const [name, value] of (await session.run(sql.join('\nUNION ALL\n'))).rows)
        values.set(name ?? '', value ?? '');
    }
    return values;
  });
}

/** Sequences from which the transaction that is open has drawn, or which it has set. @throws DatabaseError */
export async function readDrawn(session: Session): Promise<ReadonlySet<string>> {
  return new Set((await session.run(DRAWN)).rows.map(([name]) => name ?? ''));
}

/** Digests of the contents of unlogged tables, which the write-ahead log does not hold; large ones are passed over. */
export function readUnloggedTables(session: Session): Promise<Reading> {
  return readIfPossible(session, async () => {
    const { rows } = await session.run(UNLOGGED_TABLES);
    const digests = new Map<string, string>();
    for (const [name, sql] of rows) {
      const digest = sql ? ((await session.run(sql)).rows[0]?.[0] ?? 'empty') : TOO_LARGE;
      digests.set(name ?? '', digest);
    }
    return digests;
  });
}

const TOO_LARGE = `not read: more than ${LARGEST} bytes`;

/** What cannot be read says why; only a connection that is gone ends the run. */
async function readIfPossible(session: Session, read: () => Promise<Reading>): Promise<Reading> {
  try {
    return await readInPassing(session, read);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.connectionLost) throw error;
    return { unavailable: error.message };
  }
}

/** Tables whose rows the transaction wrote, as the server counted them. */
export function rowCounterProof(rows: readonly RowChange[]): Proof {
  return {
    name: 'row counters',
    covers:
      'rows that this transaction inserted, updated and deleted in user tables, by triggers and cascades too, and in system catalogues that DDL of a migration does not write (roles, settings, large objects and the like); not rows of the other system catalogues, TRUNCATE, rewrites, dropped tables and sequences',
    observed: rows.map(countLine),
    reason: null,
  };
}

/** The same of the rollback's transaction. */
export function rollbackRowsProof(rows: readonly RowChange[]): Proof {
  return {
    name: 'row counters of the rollback',
    covers:
      'rows that the transaction of the rollback inserted, updated and deleted, as the row counters have them; not TRUNCATE, rewrites, dropped tables, sequences',
    observed: rows.map(countLine),
    reason: null,
  };
}

function countLine({ table, inserted, updated, deleted }: RowChange): string {
  return `${table}: ${inserted} inserted, ${updated} updated, ${deleted} deleted`;
}

/** The table of a line of that proof. */
export function countedTable(line: string): string {
  return line.slice(0, line.lastIndexOf(': '));
}

/** Relations that existed before, perhaps under another name, and have another data file. */
export function dataFileProof(before: CatalogueSnapshot, own: CatalogueSnapshot): Proof {
  const files = new Map(
    before.objects.map(({ kind, name, definition }) => [`${kind} ${name}`, definition.filenode ?? null]),
  );
  const places = new Map(before.objects.map((object) => [placeOf(object), object.definition.filenode]));
  const moved = own.objects
    .map((object) => ({ label: `${object.kind} ${object.name}`, object, file: object.definition.filenode }))
    .filter(({ label, object, file }) => {
      const was = files.get(label) ?? places.get(placeOf(object));
      return file && was && was !== file;
    });
  return {
    name: 'data files',
    covers:
      'TRUNCATE and rewrites of tables, indexes and sequences of users that existed before; not rows written in place',
    observed: moved.map(({ label }) => label),
    reason: null,
  };
}

/** The same of the rollback. @param before the catalogue as it found it, and as it left it, without what others changed */
export function rollbackFilesProof(before: CatalogueSnapshot, own: CatalogueSnapshot): Proof {
  return {
    ...dataFileProof(before, own),
    name: 'data files of the rollback',
    covers:
      'TRUNCATE and rewrites by the rollback of tables, indexes and sequences that it found and left there; not rows written in place, dropped tables',
  };
}

/** What changed between BEGIN and COMMIT, by whoever: what did not was not changed by us either. */
export function unloggedProof(before: Reading, after: Reading): Proof {
  const covers =
    'unlogged tables whose contents did not change since BEGIN; those that did may have been changed by others';
  return { name: 'unlogged tables', covers, ...movedBetween(before, after) };
}

/** The same of sequences; of those that moved, the lock of whoever draws tells whether this transaction did. */
export function sequenceProof(before: Reading, after: Reading, drawn: ReadonlySet<string>): Proof {
  const { observed, reason } = movedBetween(before, after);
  const said = (name: string) => (drawn.has(name) ? name : `${name} (by others)`);
  return {
    name: 'sequences',
    covers:
      'sequences whose value did not move since BEGIN, and whether this transaction has drawn from those that did; not how much of it was its part where others drew, too',
    observed: observed?.map(said) ?? null,
    reason,
  };
}

/** The same of the rollback, since it began. */
export function rollbackSequencesProof(before: Reading, after: Reading, drawn: ReadonlySet<string>): Proof {
  return { ...sequenceProof(before, after, drawn), name: 'sequences of the rollback' };
}

/** What moved between BEGIN and the end of a transaction that was rolled back: sequences are not taken back. */
export function sequencesAfterRollback(before: Reading, after: Reading): Proof {
  const covers =
    'sequences that stand where they stood at BEGIN; the others were moved by this transaction, which no ROLLBACK takes back, or by others';
  return { name: 'sequences after ROLLBACK', covers, ...movedBetween(before, after) };
}

function movedBetween(before: Reading, after: Reading): Pick<Proof, 'observed' | 'reason'> {
  for (const reading of [before, after])
    if ('unavailable' in reading) return { observed: null, reason: String(reading.unavailable) };
  const [was, is] = [before as ReadonlyMap<string, string>, after as ReadonlyMap<string, string>];
  const moved = [...is].filter(([key, value]) => was.has(key) && was.get(key) !== value).map(([key]) => key);
  const skipped = [...is].filter(([, value]) => value === TOO_LARGE).map(([key]) => `${key} ${TOO_LARGE}`);
  return { observed: [...moved, ...skipped], reason: null };
}

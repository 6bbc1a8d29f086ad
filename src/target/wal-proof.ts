import type { Proof } from './effect-proofs.js';
import { DatabaseError, type Session } from './engine.js';
import { IDENTIFIER } from './row-counts.js';

/** The tool's own statements on the write-ahead log that name no schema. */
export const WAL = {
  position: 'SELECT pg_catalog.pg_current_wal_insert_lsn()',
  flushed: 'SELECT pg_catalog.pg_current_wal_flush_lsn()',
  // Somebody else installs the extension, and its functions are in a schema of their choice.
  inspector: `
SELECT pg_catalog.quote_ident(n.nspname), pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_depend AS d ON d.refclassid = CAST('pg_catalog.pg_extension' AS pg_catalog.regclass)
  AND d.refobjid = e.oid AND d.classid = CAST('pg_catalog.pg_proc' AS pg_catalog.regclass)
JOIN pg_catalog.pg_proc AS p ON p.oid = d.objid AND p.proname = 'pg_get_wal_records_info'
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE e.extname = 'pg_walinspect'`,
} as const;

const records = (schema: string) =>
  `${schema}.pg_get_wal_records_info(CAST($1 AS pg_catalog.pg_lsn), CAST($2 AS pg_catalog.pg_lsn))`;

/** The record of a COMMIT names the subtransactions. */
const commitRecord = (schema: string) => `
SELECT r.description FROM ${records(schema)} AS r
WHERE r.resource_manager = 'Transaction' AND r.record_type LIKE 'COMMIT%' AND r.xid = CAST($3 AS pg_catalog.xid)`;

/** Rows that were written, not locks, pruning and hints, which reading leaves behind too. A TOAST table is its table's. */
const writtenFiles = (schema: string) => `
SELECT DISTINCT COALESCE(
    (SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
      FROM pg_catalog.pg_class AS f
      JOIN pg_catalog.pg_class AS c ON c.oid = f.oid OR c.reltoastrelid = f.oid AND f.relkind = 't'
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE f.oid >= 16384 AND f.relkind IN ('r', 'm', 't') AND c.relkind IN ('r', 'm')
        AND pg_catalog.pg_relation_filenode(f.oid) = CAST(m[2] AS pg_catalog.oid)),
    'data file ' || m[2]) AS written
FROM ${records(schema)} AS r,
  LATERAL pg_catalog.regexp_matches(r.block_ref, 'rel \\d+/(\\d+)/(\\d+)', 'g') AS m
WHERE CAST(r.xid AS pg_catalog.text) = ANY (CAST($3 AS pg_catalog.text[]))
  AND r.resource_manager IN ('Heap', 'Heap2')
  AND r.record_type ~ '^(INSERT|UPDATE|HOT_UPDATE|DELETE|MULTI_INSERT)'
  AND m[1] = (SELECT CAST(d.oid AS pg_catalog.text) FROM pg_catalog.pg_database AS d
    WHERE d.datname = pg_catalog.current_database())
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_class AS k
    WHERE k.oid < 16384 AND pg_catalog.pg_relation_filenode(k.oid) = CAST(m[2] AS pg_catalog.oid))
ORDER BY 1`;

/** All texts of a statement that calls the extension, by the name of its schema. */
function inAnySchema(statement: (schema: string) => string): RegExp {
  const [head = '', ...rest] = statement('\0')
    .split('\0')
    .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${[head, ...rest].join(IDENTIFIER)}$`);
}

/** The statements that call the extension, for any schema. */
export const WAL_PATTERNS = {
  commit: inAnySchema(commitRecord),
  written: inAnySchema(writtenFiles),
} as const;

/** Position in the write-ahead log; null on an engine or standby that has none. */
export async function walPosition(session: Session): Promise<string | null> {
  try {
    return (await session.run(WAL.position)).rows[0]?.[0] ?? null;
  } catch (error) {
    if (error instanceof DatabaseError && !error.connectionLost) return null;
    throw error;
  }
}

const COVERS =
  'rows that this transaction and its subtransactions wrote in logged user tables, by whatever means; not TRUNCATE, unlogged tables and system catalogues';

/** The proof where it is not available. */
export function noWalProof(reason: string): Proof {
  return { name: 'write-ahead log', covers: COVERS, observed: null, reason };
}

/**
 * Tables that the write-ahead log says were written by a committed transaction.
 * @param from position before its BEGIN @param xid its id (64 bits)
 */
export async function walProof(session: Session, from: string | null, xid: string): Promise<Proof> {
  if (from === null) return noWalProof('the position before BEGIN is not known');
  try {
    const [schema, may] = (await session.run(WAL.inspector)).rows[0] ?? [];
    if (!schema) return noWalProof('the extension pg_walinspect is not installed in this database');
    if (may !== 't') return noWalProof('this role may not use pg_walinspect');
    const to = (await session.run(WAL.flushed)).rows[0]?.[0] ?? '';
    const top = String(BigInt(xid) % 2n ** 32n);
    const commit = (await session.run(commitRecord(schema), [from, to, top])).rows[0]?.[0];
    if (commit === undefined) return noWalProof('the log between the two positions does not hold the COMMIT');
    const subs =
      /subxacts: ([\d ]+)/
        .exec(commit ?? '')?.[1]
        ?.trim()
        .split(' ') ?? [];
    const { rows } = await session.run(writtenFiles(schema), [from, to, `{${[top, ...subs].join(',')}}`]);
    return {
      name: 'write-ahead log',
      covers: COVERS,
      observed: rows.map(([table]) => table ?? ''),
      reason: null,
    };
  } catch (error) {
    if (error instanceof DatabaseError && !error.connectionLost) return noWalProof(error.message);
    throw error;
  }
}

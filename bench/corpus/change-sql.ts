import type { Page } from './page.js';

/** Columns of a table: name, type, whether a value is required. The first one is the primary key. */
export type Columns = readonly (readonly [name: string, type: string, required: boolean])[];

/** The SQL that makes a schema with one table, and takes both back. */
export function tableSql(schema: string, table: string, columns: Columns) {
  const lines = columns.map(
    ([name, type, required]) => `    ${name.padEnd(16)} ${type}${required ? ' NOT NULL' : ''},`,
  );
  const key = `    CONSTRAINT ${table.split('.')[1]}_pkey PRIMARY KEY (${columns[0]![0]})`;
  return {
    migration: [
      'BEGIN;',
      '',
      `CREATE SCHEMA ${schema};`,
      '',
      `CREATE TABLE ${table} (`,
      ...lines,
      key,
      ');',
      '',
      'COMMIT;',
    ],
    rollback: [`DROP TABLE ${table};`, '', `DROP SCHEMA ${schema};`],
  };
}

interface Checked {
  readonly schema: string;
  readonly table: string;
  readonly columns: Columns;
  readonly migrationDigest: string;
}

/** The preflight and verification sections of a command package. */
export function packageChecks(page: Page, { schema, table, columns, migrationDigest }: Checked): void {
  const name = table.split('.')[1];
  page.add('', '## §3 — Preflight', '', '```sql preflight');
  page.add('-- PF-1: production identity', '-- evidence: identity.system_identifier');
  page.add('-- expect: 7711050984828161110', '');
  page.add(
    '-- PF-2: DDL digest',
    '-- evidence: provenance.migration_sha256',
    `-- expect: ${migrationDigest}`,
    '',
  );
  page.add(`-- PF-3: schema ${schema} absent`, '-- expect: 0', 'SELECT count(*)');
  page.add('FROM pg_catalog.pg_namespace AS n', `WHERE n.nspname = '${schema}';`, '```');
  page.add('', '## §4 — Verification', '', '```sql verify');
  page.add('-- V-01: the table exists', `-- expect: ${table}`, `SELECT to_regclass('${table}')::text;`, '');
  page.add(`-- V-02: ${name} column count`, `-- expect: ${columns.length}`, 'SELECT count(*)');
  page.add('FROM pg_catalog.pg_attribute AS a', `WHERE a.attrelid = to_regclass('${table}')`);
  page.add('  AND a.attnum > 0 AND NOT a.attisdropped;', '');
  const title = `-- V-03: ${name} rows`;
  page.add(page.slot('check-format', title, `${title}, not checked`));
  if (page.defect?.rule !== 'check-format') page.add('-- expect: 0');
  page.add(`SELECT count(*) FROM ${table};`, '');
  page.add('-- V-04: catalogue delta', '-- evidence: catalogue.delta', `-- expect: + schema ${schema}`);
  page.add(`-- expect: + table ${table}`, '```');
}

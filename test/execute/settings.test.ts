import { describe, expect, test } from 'vitest';
import { openPostgresTarget } from '../../src/target/postgres.js';
import type { ChangeParts } from '../support/change.js';
import { expectRun } from '../support/expect-run.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { afterStep, onceAt, psql, runHere, runQuick } from '../support/run-probatum.js';

const SUCCEEDED = { code: 0, status: 'succeeded', outcome: 'committed' } as const;
const REFUSED = { code: 1, status: 'aborted', outcome: 'none' } as const;

describe.skipIf(requirePostgres() === null)('what role and database have set', () => {
  const lane = postgresLane();

  async function changeWith(settings: readonly string[], parts: ChangeParts = {}, prepare = '') {
    const change = await lane.make(parts, prepare);
    const { database } = change.identity;
    await change.query(settings.map((what) => `ALTER DATABASE ${database} SET ${what};`).join('\n'));
    return change;
  }

  test('does not switch off foreign keys', async () => {
    const change = await changeWith(
      ["session_replication_role = 'replica'"],
      {
        migration: 'INSERT INTO app.child (base_id) VALUES (999);\n',
        rollback: 'DELETE FROM app.child;\n',
        scope: { creates: [], writesRows: ['app.child'] },
        preflight: `-- PF-1: migration digest\n-- evidence: provenance.migration_sha256\n-- expect: ${'0'.repeat(64)}\n`,
        verify: '-- V-3: rows of app.log\n-- expect: baseline\nSELECT count(*) FROM app.log;\n',
      },
      'CREATE TABLE app.child (base_id integer REFERENCES app.base (id));',
    );
    const printed = await runQuick(change.root, change.url);
    const { record } = await expectRun(change.root, printed, {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
    });
    expect(record.reason).toMatch(/SQLSTATE 23503 \(foreign_key_violation\)$/);
  });

  test('is overridden, so that one statement gives one result', async () => {
    const otherwise: Readonly<Record<string, string>> = {
      array_nulls: 'off',
      backslash_quote: 'on',
      default_transaction_deferrable: 'on',
      default_transaction_read_only: 'on',
      gin_fuzzy_search_limit: '5',
      lo_compat_privileges: 'on',
      quote_all_identifiers: 'on',
      row_security: 'off',
      session_replication_role: 'replica',
      transform_null_equals: 'on',
      xmlbinary: 'hex',
      xmloption: 'document',
      allow_system_table_mods: 'on',
    };
    const change = await changeWith(
      Object.entries(otherwise).map(([name, value]) => `${name} = '${value}'`),
      {
        verify:
          '-- V-1: no row is NULL\n-- expect: 0\nSELECT count(*) FROM app.base AS b WHERE b.label = NULL;\n\n-- V-3: rows of app.log\n-- expect: baseline\nSELECT count(*) FROM app.log;\n',
      },
      'INSERT INTO app.base (id) VALUES (7); DELETE FROM app.base WHERE id = 1;',
    );
    const { record } = await expectRun(change.root, await runQuick(change.root, change.url), SUCCEEDED);
    expect(record.identity.before?.parts).toContainEqual({
      part: 'settings of role and database',
      expected: 'none that may change what SQL means',
      observed: 'none',
      verdict: 'PASS',
    });
    const target = openPostgresTarget(
      't',
      { engine: 'postgres', connection: { env: 'URL' } },
      { URL: change.url },
    );
    const session = await target.open();
    for (const [name, value] of Object.entries(otherwise))
      expect([name, (await session.run(`SHOW ${name}`)).rows[0]?.[0]]).not.toEqual([name, value]);
    await target.close();
  });

  test.each<[string, string]>([
    ["default_text_search_config = 'pg_catalog.german'", 'default_text_search_config is "pg_catalog.german"'],
    ["plpgsql.variable_conflict = 'use_column'", 'plpgsql.variable_conflict'],
    ["default_text_search_config = 'pg_catalog.simple'", ''],
    ["dynamic_library_path = '/tmp'", 'dynamic_library_path is "/tmp"'],
  ])('%s, which cannot be overridden, is refused at GUARD unless it is as built in', async (what, named) => {
    const change = await changeWith([what]);
    const printed = await runQuick(change.root, change.url);
    const { record, report } = await expectRun(change.root, printed, named === '' ? SUCCEEDED : REFUSED);
    if (named === '') return;
    expect(record.reason).toBe(
      `GUARD: settings of role and database is ${named} (database), expected none that may change what SQL means`,
    );
    expect(record.steps.map(({ id }) => id)).toEqual(['C-00', 'GUARD']);
    expect(report).toContain('settings of role and database');
  });

  test('is refused where only a superuser could override it and the role is none', async () => {
    const change = await changeWith(["session_replication_role = 'replica'"], {
      identity: { role: 'plain_settings' },
    });
    await change.query("CREATE ROLE plain_settings LOGIN PASSWORD 'plain'");
    const url = change.url.replace(/\/\/[^@]+@/, '//plain_settings:plain@');
    const { record } = await expectRun(change.root, await runQuick(change.root, url), REFUSED);
    expect(record.reason).toContain('session_replication_role is "replica" (database)');
  });

  test('is recorded by name where it is harmless, and never by its value', async () => {
    const change = await changeWith(["work_mem = '64MB'", "app.secret = 'hunter2'"]);
    const printed = await runQuick(change.root, change.url);
    const { record, report } = await expectRun(change.root, printed, SUCCEEDED);
    expect(JSON.stringify(record) + report + printed.out + printed.err).not.toContain('hunter2');
    const part = record.identity.before?.parts.find(({ part }) => part.startsWith('settings'));
    expect(part?.observed).toBe('only app.secret (database), work_mem (database)');
    expect(report).toContain('only app.secret (database), work_mem (database)');
  });

  test('is judged again after COMMIT: under other settings nothing is verified', async () => {
    const change = await lane.make();
    const printed = await runHere(change.root, change.url, {
      onEvent: onceAt(afterStep('C-06'), () =>
        psql(
          change.url,
          `ALTER DATABASE ${change.identity.database} SET default_text_search_config = 'pg_catalog.german'`,
        ),
      ),
    });
    const { record } = await expectRun(change.root, printed, {
      code: 4,
      status: 'failed',
      outcome: 'committed',
    });
    expect(record.reason).toBe(
      'C-07: the new session has settings of role and database default_text_search_config is "pg_catalog.german" (database)',
    );
  });
});

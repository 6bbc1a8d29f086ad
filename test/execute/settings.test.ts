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

describe.skipIf(requirePostgres() === null)(
  'what triggers of the database set while reviewed SQL runs',
  () => {
    const lane = postgresLane();

    const HIJACK = `CREATE SCHEMA evil;
    CREATE FUNCTION evil.lower(text) RETURNS text LANGUAGE sql AS $$ SELECT 'HIJACKED'::text $$;
    CREATE FUNCTION evil.same(text, text) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;
    CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.same);
    CREATE TABLE app.child (base_id integer REFERENCES app.base (id));`;
    const trigger = (body: string, timing = 'TRIGGER sets BEFORE UPDATE') => `${HIJACK}
    CREATE FUNCTION app.sets() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} RETURN NEW; END $$;
    CREATE ${timing} ON app.base ${timing.includes('CONSTRAINT') ? 'DEFERRABLE INITIALLY DEFERRED' : ''}
      FOR EACH ROW EXECUTE FUNCTION app.sets();`;
    const into = (sql: string) => /^INSERT INTO (\S+)/.exec(sql)?.[1] ?? '';
    /** @param then reviewed SQL after the statement that fires the trigger */
    const change = (prepare: string, then: string, parts: ChangeParts = {}) =>
      lane.make(
        {
          migration: `UPDATE app.base SET label = 'ONE';\n\n${then}\n`,
          rollback: `UPDATE app.base SET label = 'one';\n\nDELETE FROM ${into(then)};\n`,
          scope: { creates: [], writesRows: ['app.base', into(then)] },
          preflight: `-- PF-1: migration digest\n-- evidence: provenance.migration_sha256\n-- expect: ${'0'.repeat(64)}\n`,
          verify: '-- V-3: the label\n-- expect: one\nSELECT lower(b.label) FROM app.base AS b;\n',
          ...parts,
        },
        prepare,
      );

    const LOG = (value: string) => `INSERT INTO app.log (note) SELECT ${value};`;

    test.each<[string, string, string, string, string]>([
      [
        'search_path',
        "PERFORM set_config('search_path', 'evil, pg_catalog', false);",
        '',
        LOG("lower('ABC')"),
        'abc',
      ],
      ['search_path', 'SET LOCAL search_path = evil, pg_catalog;', '', LOG("lower('ABC')"), 'abc'],
      [
        'search_path',
        'SET LOCAL search_path = evil, pg_catalog;',
        'CONSTRAINT TRIGGER sets AFTER UPDATE',
        LOG("'deferred'"),
        'deferred',
      ],
      [
        'DateStyle, lock_timeout, standard_conforming_strings, statement_timeout',
        "SET LOCAL lock_timeout = 0; SET statement_timeout = 0; SET DateStyle = 'SQL, DMY'; SET standard_conforming_strings = off;",
        '',
        LOG(
          "concat_ws(' ', current_setting('lock_timeout'), current_setting('statement_timeout'), '2026-02-01'::date, 'a\\')",
        ),
        '5s 1min 2026-02-01 a\\',
      ],
      ['search_path', 'RESET search_path;', '', LOG("current_setting('search_path')"), ''],
    ])('is put back: %s by %s %s', async (names, body, timing, then, note) => {
      const made = await change(trigger(body, timing || undefined), then);
      const printed = await runQuick(made.root, made.url);
      const { record, report } = await expectRun(made.root, printed, SUCCEEDED);
      expect(await made.query('SELECT note FROM app.log')).toEqual([{ note }]);
      expect(await made.query('SELECT label FROM app.base')).toEqual([{ label: 'ONE' }]);
      expect(record.proofs.find(({ name }) => name === 'settings put back')?.observed).toEqual(
        names.split(', '),
      );
      expect(report).toContain('| settings put back | yes |');
      expect(record.concurrent).toEqual([]);
    });

    test('does not answer checks, nor come back with the rollback', async () => {
      const made = await change(
        trigger("PERFORM set_config('search_path', 'evil, pg_catalog', false); SET LOCAL search_path = '';"),
        LOG("lower('ABC')"),
        {
          rollback: "DELETE FROM app.log;\n\nUPDATE app.base SET label = lower('BACK');\n",
          verify: `-- V-3: inside only
-- expect: one t
SELECT concat_ws(' ', lower(b.label), (SELECT count(*) > 0 FROM pg_catalog.pg_locks AS l WHERE l.locktype = 'transactionid')) FROM app.base AS b;
`,
        },
      );
      await expectRun(made.root, await runQuick(made.root, made.url), {
        code: 3,
        status: 'rolled-back',
        outcome: 'committed',
      });
      expect(await made.query('SELECT label FROM app.base')).toEqual([{ label: 'back' }]);
    });

    test.each([
      ['session_replication_role', "PERFORM set_config('session_replication_role', 'replica', false);"],
      ['role', 'SET ROLE pg_monitor;'],
      ['session_authorization', 'SET SESSION AUTHORIZATION pg_monitor;'],
    ])('ends the run before the next statement where it is %s', async (name, body) => {
      const made = await change(trigger(body), 'INSERT INTO app.child (base_id) VALUES (999);');
      const { record } = await expectRun(made.root, await runQuick(made.root, made.url), {
        code: 1,
        status: 'aborted',
        outcome: 'not-committed',
      });
      expect(record.reason).toMatch(
        /^C-06: knowledge\/item\.sql\.md:\d+: a trigger or function of the database has set /,
      );
      expect(record.reason).toContain(name);
      expect(record.migration?.statements).toHaveLength(1);
      expect(await made.query('SELECT label FROM app.base')).toEqual([{ label: 'one' }]);
    });

    test('is no matter where a function has it for itself only, or where it is an application’s own', async () => {
      const made = await change(
        `${trigger("PERFORM app.own(); SET LOCAL app.tenant = 'seven'; SET LOCAL work_mem = '8MB';")}
       CREATE FUNCTION app.own() RETURNS void LANGUAGE plpgsql SET session_replication_role = 'replica'
         SET search_path = 'evil' AS $$ BEGIN SET LOCAL search_path = 'app'; END $$;`,
        LOG("current_setting('app.tenant') || ' ' || current_setting('work_mem')"),
      );
      const { record } = await expectRun(made.root, await runQuick(made.root, made.url), SUCCEEDED);
      expect(record.proofs.some(({ name }) => name === 'settings put back')).toBe(false);
      expect(await made.query('SELECT note FROM app.log')).toEqual([{ note: 'seven 8MB' }]);
    });
  },
);

import { describe, expect, test } from 'vitest';
import { withoutFilenodes } from '../../src/target/catalogue.js';
import { type ChangeParts, ONLY_INSIDE } from '../support/change.js';
import { expectRun } from '../support/expect-run.js';
import type { PostgresChange } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { readReport, rowsUnder } from '../support/report-tables.js';
import { onceAt, psql, runCli, runHere, runQuick } from '../support/run-probatum.js';

const committed = (unit: string) => (line: { type: string; unit?: string; tag?: string }) =>
  line.type === 'transaction-ended' && line.unit === unit && line.tag === 'COMMIT';

describe.skipIf(requirePostgres() === null)('a migration that fails its verification after COMMIT', () => {
  const lane = postgresLane();

  const rows = (change: PostgresChange) => change.query('SELECT id FROM app.base ORDER BY id');
  const item = async (change: PostgresChange) =>
    (await change.query("SELECT to_regclass('app.item') IS NOT NULL AS there"))[0]?.there;

  test('is rolled back, and the catalogue is what it was', async () => {
    const change = await lane.make({ verify: ONLY_INSIDE });
    const before = await change.catalogue();
    const printed = await runCli(change.root, change.url);
    const { record, report } = await expectRun(change.root, printed, {
      code: 3,
      status: 'rolled-back',
      outcome: 'committed',
      secret: lane.server.password,
    });
    expect(await change.catalogue()).toEqual(before);
    expect(await rows(change)).toEqual([{ id: 1 }]);
    expect(record.reason).toBe('C-07: 14 of 15 PASS, 1 FAIL');
    expect(record.rollback).toMatchObject({ tag: 'COMMIT', outcome: 'committed' });
    expect(record.checks.filter(({ moment }) => moment === 'after-rollback')).toMatchObject([
      { id: 'D-ROLLBACK-TX', observed: [], verdict: 'PASS' },
      { id: 'D-ROLLBACK-ROWS', observed: [], verdict: 'PASS' },
      { id: 'D-ROLLBACK', observed: [], verdict: 'PASS' },
    ]);
    expect(report).toContain('The run committed the migration, found it wrong, and rolled it back.');
    expect(report).toContain('| V-9 | app&#x2E;item is locked | t | f | FAIL | SQL |'.replace('&#x2E;', '.'));
    expect(report).toContain('(16 of 16 PASS)');
    expect(report).toContain('14 of 15 PASS after COMMIT, 1 FAIL)');
    expect(report).toContain('- rollback_triggered: true');
    expect(report).toContain('- server_answers: DELETE 1 / DROP TABLE / COMMIT');
    expect(report).toMatch(
      /^- data_mutation: before the rollback: no row of any user table but app\.base was inserted, updated or deleted, by the server's row counters \(D-\d+ PASS\); no table was emptied/m,
    );
    expect(report).toMatch(
      /^- data_mutation: .*; by the rollback: rows were written \(app\.base: 0 inserted, 0 updated, 1 deleted\), by the server's row counters; no table was emptied or rewritten, by the data files of the rollback; no sequence moved in the rollback$/m,
    );
    expect(report).toMatch(/^- data_mutation_not_covered: .*; rows of tables that the rollback dropped$/m);
    expect(printed.out).toMatch(/^rolled-back: C-07/);
  });

  const EMPTIES = `CREATE TABLE app.other (i integer); INSERT INTO app.other VALUES (1), (2);
    CREATE FUNCTION app.empty() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN DELETE FROM app.other; RETURN OLD; END $$;`;
  const AT_ONCE = `${EMPTIES} CREATE TRIGGER empty BEFORE DELETE ON app.base
    FOR EACH ROW EXECUTE FUNCTION app.empty();`;

  test.each([
    ['at once', AT_ONCE],
    [
      'at COMMIT',
      `${EMPTIES} CREATE CONSTRAINT TRIGGER empty AFTER DELETE ON app.base DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION app.empty();`,
    ],
  ])('stands where a trigger would delete rows of others with the rollback, %s', async (_, prepare) => {
    const change = await lane.make({ verify: ONLY_INSIDE }, prepare);
    const printed = await runQuick(change.root, change.url);
    const { record } = await expectRun(change.root, printed, {
      code: 4,
      status: 'failed',
      outcome: 'committed',
    });
    expect(record.steps.at(-1)).toMatchObject({
      status: 'failed',
      detail: 'the rollback writes what the scope does not name: app.other',
    });
    expect(record.checks.at(-1)).toMatchObject({
      id: 'D-ROLLBACK-ROWS',
      observed: ['app.other'],
      verdict: 'FAIL',
    });
    expect(await change.query('SELECT i FROM app.other ORDER BY i')).toEqual([{ i: 1 }, { i: 2 }]);
    expect(await rows(change)).toEqual([{ id: 1 }, { id: 2 }]);
  });

  const EMPTIED = `CREATE TABLE app.other (i integer); INSERT INTO app.other VALUES (1), (2);
    CREATE SEQUENCE app.s;`;
  const BESIDE = (statement: string) => `${EMPTIED} CREATE FUNCTION app.beside() RETURNS trigger
      LANGUAGE plpgsql AS $$ BEGIN ${statement}; RETURN OLD; END $$;
    CREATE TRIGGER beside BEFORE DELETE ON app.base FOR EACH ROW EXECUTE FUNCTION app.beside();`;

  test.each([
    ['empty a table', 'TRUNCATE app.other', 'data file of table app.other'],
    ['draw from a sequence', "PERFORM nextval('app.s')", 'sequence app.s'],
  ])('stands where a trigger would %s of others with the rollback', async (_, statement, line) => {
    const change = await lane.make({ verify: ONLY_INSIDE }, BESIDE(statement));
    const printed = await runQuick(change.root, change.url);
    const { record } = await expectRun(change.root, printed, {
      code: 4,
      status: 'failed',
      outcome: 'committed',
    });
    expect(record.checks.at(-1)).toMatchObject({ id: 'D-ROLLBACK-ROWS', observed: [line], verdict: 'FAIL' });
    expect(record.steps.at(-1)?.detail).toBe(`the rollback writes what the scope does not name: ${line}`);
    expect(await change.query('SELECT i FROM app.other ORDER BY i')).toEqual([{ i: 1 }, { i: 2 }]);
    expect(await rows(change)).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test('is rolled back where it rewrites what its statements name, with what belongs to that', async () => {
    const change = await lane.make(
      {
        verify:
          "-- V-3: inside\n-- expect: t\nSELECT count(*) > 0 FROM pg_catalog.pg_locks AS l WHERE l.relation = to_regclass('app.base')::oid AND l.mode = 'AccessExclusiveLock';\n",
        migration: 'ALTER TABLE app.base ALTER COLUMN id TYPE bigint;\n',
        rollback: 'ALTER TABLE app.base ALTER COLUMN id TYPE integer;\n',
        scope: { creates: [], alters: ['app.base'], writesRows: [] },
      },
      `ALTER TABLE app.base ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
        CREATE TABLE app.kid (x integer) INHERITS (app.base);`,
    );
    const { record, report } = await expectRun(change.root, await runQuick(change.root, change.url), {
      code: 3,
      status: 'rolled-back',
      outcome: 'committed',
    });
    const files = record.proofs.find(({ name }) => name === 'data files of the rollback');
    expect(files?.observed).toEqual(expect.arrayContaining(['table app.base', 'table app.kid']));
    expect(report).toMatch(/; emptied or rewritten, by the data files of the rollback: .*table app\.kid/);
  });

  test('is rolled back where the scope declares what its triggers write, and the report says what it was', async () => {
    const scope = { writesRows: ['app.base'], writesRowsIndirectly: ['app.other'] };
    const change = await lane.make({ verify: ONLY_INSIDE, scope }, AT_ONCE);
    const { report } = await expectRun(change.root, await runQuick(change.root, change.url), {
      code: 3,
      status: 'rolled-back',
      outcome: 'committed',
    });
    expect(report).toContain('app.other: 0 inserted, 0 updated, 2 deleted');
  });

  test('is rolled back under the name that a table gets back', async () => {
    const change = await lane.make({
      verify:
        "-- V-3: inside\n-- expect: t\nSELECT count(*) > 0 FROM pg_catalog.pg_locks AS l WHERE l.relation = to_regclass('app.kept')::oid AND l.mode = 'AccessExclusiveLock';\n",
      migration:
        "ALTER TABLE app.base RENAME TO kept;\n\nINSERT INTO app.kept (id, label) VALUES (2, 'two');\n",
      rollback: 'DELETE FROM app.kept WHERE id = 2;\n\nALTER TABLE app.kept RENAME TO base;\n',
      scope: { creates: ['app.kept'], alters: ['app.base'], writesRows: ['app.kept'] },
    });
    const { record } = await expectRun(change.root, await runQuick(change.root, change.url), {
      code: 3,
      status: 'rolled-back',
      outcome: 'committed',
    });
    expect(record.checks.find(({ id }) => id === 'D-ROLLBACK-ROWS')?.verdict).toBe('PASS');
  });

  test('because another session wrote in between what was to be empty', async () => {
    const change = await lane.make();
    const before = await change.catalogue();
    const printed = await runHere(change.root, change.url, {
      onEvent: onceAt(committed('migration'), () =>
        psql(change.url, "INSERT INTO app.log VALUES ('other'); INSERT INTO app.item (id) VALUES (7)"),
      ),
    });
    const { record } = await expectRun(change.root, printed, {
      code: 3,
      status: 'rolled-back',
      outcome: 'committed',
    });
    const last = (id: string) => record.checks.filter((check) => check.id === id).at(-1);
    expect(last('V-1')).toMatchObject({
      moment: 'after-commit',
      expected: ['0'],
      observed: ['1'],
      verdict: 'FAIL',
    });
    expect(withoutFilenodes(await change.catalogue())).toEqual(withoutFilenodes(before));
    // What others wrote is theirs.
    expect(await change.query('SELECT note FROM app.log')).toEqual([{ note: 'other' }]);
  });

  test('is left as it is where the package wants a person for it', async () => {
    const change = await lane.make({ verify: ONLY_INSIDE, policy: 'by-hand' });
    const printed = await runQuick(change.root, change.url);
    const { record, report } = await expectRun(change.root, printed, {
      code: 4,
      status: 'failed',
      outcome: 'committed',
    });
    expect(await rows(change)).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await item(change)).toBe(true);
    expect(record.rollback).toBeNull();
    expect(record.steps.at(-1)).toMatchObject({ id: 'C-08', status: 'skipped' });
    expect(report).toContain('A person is needed');
    expect(report).toContain('- rollback_triggered: false');
    expect(report).toContain('- created_tables: 1');
  });

  // What the linter does not find by itself: what is made again, a default, a column of a new table.
  test.each<[string, ChangeParts, RegExp, string]>([
    [
      'does not restore the catalogue',
      {
        rollback:
          'DELETE FROM app.base WHERE id = 2;\n\nDROP TABLE app.item;\n\nCREATE TABLE app.item (other text);\n',
      },
      /^the rollback does not restore the catalogue: \+ table app\.item$/,
      'DELETE 1 / DROP TABLE / CREATE TABLE / ROLLBACK',
    ],
    [
      'changes too much',
      {
        rollback:
          "DELETE FROM app.base WHERE id = 2;\n\nDO $do$\nBEGIN\n  EXECUTE 'ALTER TABLE app.base ALTER COLUMN label SET DEFAULT ''x''';\nEND\n$do$;\n\nDROP TABLE app.item;\n",
        allows: '[dynamic-sql]',
      },
      /^the rollback does not restore the catalogue: ~ column app\.base\.label$/,
      'DELETE 1 / DO / DROP TABLE / ROLLBACK',
    ],
    [
      'is refused by the server',
      {
        rollback:
          'DELETE FROM app.base WHERE id = 2;\n\nALTER TABLE app.item DROP COLUMN itme;\n\nDROP TABLE app.item;\n',
      },
      /^knowledge\/item\.sql\.md:\d+:1: SQLSTATE 42703: column "itme" of relation "item" does not exist$/,
      'DELETE 1 / ROLLBACK',
    ],
  ])('stands where the rollback %s', async (_, parts, detail, answers) => {
    const change = await lane.make({ verify: ONLY_INSIDE, ...parts });
    const printed = await runQuick(change.root, change.url);
    const { record, report } = await expectRun(change.root, printed, {
      code: 4,
      status: 'failed',
      outcome: 'committed',
    });
    expect(record.steps.at(-1)).toMatchObject({
      id: 'C-08',
      status: 'failed',
      detail: expect.stringMatching(detail),
    });
    expect(record.rollback).toMatchObject({ tag: 'ROLLBACK', outcome: 'not-committed' });
    expect(await rows(change)).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await item(change)).toBe(true);
    expect(report).toContain('changed the database and could not put it right: a person is needed.');
    expect(report).toContain(`- server_answers: ${answers}`);
    expect(report).toContain('- rollback_triggered: true');
    expect(report).toContain('- created_tables: 1');
    expect(report).toMatch(
      /^- data_mutation: no row of any user table but app\.base was inserted, updated or deleted, by the server's row counters \(D-\d+ PASS\); no table was emptied/m,
    );
  });

  test('is not confused by what another session changes in the catalogue meanwhile', async () => {
    const change = await lane.make({ verify: ONLY_INSIDE });
    const printed = await runHere(change.root, change.url, {
      onEvent: onceAt(committed('rollback'), () => psql(change.url, 'CREATE TABLE app.stray (n int)')),
    });
    const { record, report } = await expectRun(change.root, printed, {
      code: 3,
      status: 'rolled-back',
      outcome: 'committed',
    });
    expect(record.concurrent).toEqual([
      { moment: 'rollback', count: 1, lines: ['+ table app.stray'], touching: [] },
    ]);
    const { tables } = readReport(report);
    const after = rowsUnder(
      tables.filter(({ section }) => section.startsWith('§10')),
      'ID',
      'Check',
    );
    expect(after.map(([id, , , observed, result]) => [id, observed, result])).toEqual([
      ['D-ROLLBACK-TX', '(no rows)', 'PASS'],
      ['D-ROLLBACK-ROWS', '(no rows)', 'PASS'],
      ['D-ROLLBACK', '(no rows)', 'PASS'],
    ]);
    expect(await item(change)).toBe(false);
  });

  test('and whose migrating session is gone by then, needs a person', async () => {
    const change = await lane.make({ verify: ONLY_INSIDE });
    const printed = await runHere(change.root, change.url, {
      onEvent: onceAt(committed('migration'), () =>
        psql(
          change.url,
          `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
           WHERE datname = current_database() AND application_name = 'probatum'`,
        ),
      ),
    });
    const { record } = await expectRun(change.root, printed, {
      code: 4,
      status: 'failed',
      outcome: 'committed',
    });
    expect(record.steps.at(-1)).toMatchObject({ id: 'C-08', status: 'failed' });
    expect(await item(change)).toBe(true);
  });

  test('which could not be done at all, takes nothing back and needs a person', async () => {
    const change = await lane.make({});
    const database = new URL(change.url).pathname.slice(1);
    const elsewhere = new URL(change.url);
    elsewhere.pathname = '/postgres';
    const allow = (yes: boolean) =>
      psql(elsewhere.href, `ALTER DATABASE "${database}" WITH ALLOW_CONNECTIONS ${yes}`);
    const printed = await runHere(change.root, change.url, {
      onEvent: onceAt(committed('migration'), () => allow(false)),
    });
    allow(true);
    const { record, report } = await expectRun(change.root, printed, {
      code: 4,
      status: 'failed',
      outcome: 'committed',
    });
    expect(record.steps.slice(-2)).toMatchObject([
      { id: 'C-07', status: 'failed' },
      { id: 'C-08', status: 'skipped', detail: 'verification could not be done; a person decides' },
    ]);
    expect(report).toContain('A person is needed');
    expect(await item(change)).toBe(true);
  });

  test('on a session that is connected elsewhere, takes nothing back either', async () => {
    const change = await lane.make({});
    const role = new URL(change.url).username;
    const printed = await runHere(change.root, change.url, {
      onEvent: onceAt(committed('migration'), () =>
        psql(change.url, `ALTER ROLE "${role}" SET role TO pg_monitor`),
      ),
    });
    psql(change.url, `SET ROLE NONE; ALTER ROLE "${role}" RESET role`);
    const { record } = await expectRun(change.root, printed, {
      code: 4,
      status: 'failed',
      outcome: 'committed',
    });
    expect(record.steps.slice(-2)).toMatchObject([
      { id: 'C-07', status: 'failed', detail: expect.stringContaining('role pg_monitor') },
      { id: 'C-08', status: 'skipped' },
    ]);
    expect(await item(change)).toBe(true);
  });
});

import { describe, expect, test } from 'vitest';
import type { ChangeParts } from '../support/change.js';
import { expectRun } from '../support/expect-run.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { readReport, rowsUnder } from '../support/report-tables.js';
import { runQuick } from '../support/run-probatum.js';

const PREFLIGHT = '-- P-1: one\n-- expect: 1\nSELECT 1;\n';
/** The answer of every package: what it proves is not the matter here. */
const VERIFY = '-- V-3: one\n-- expect: 1\nSELECT 1;\n';
const TITLE = 'objects outside of the scope that were added, dropped or changed';

/** What runs as a statement that says nothing of it, as a function of the site does. */
const hidden = (sql: string) => `DO $do$\nBEGIN\n  EXECUTE '${sql}';\nEND\n$do$;\n`;

describe.skipIf(requirePostgres() === null)('the scope, inside the transaction', () => {
  const lane = postgresLane();

  async function make(parts: ChangeParts, prepare: string) {
    return lane.make(
      {
        preflight: PREFLIGHT,
        verify: VERIFY,
        rollback: "SET LOCAL work_mem = '8MB';\n",
        ...parts,
        scope: { creates: [], writesRows: [], ...parts.scope },
      },
      prepare,
    );
  }

  /** Nothing is changed, and the report says what lay outside. */
  async function expectOutside(
    parts: ChangeParts,
    prepare: string,
    outside: readonly string[],
    others: readonly string[] = [],
  ) {
    const change = await make(parts, prepare);
    const before = await change.catalogue();
    const { record, report } = await expectRun(change.root, await runQuick(change.root, change.url), {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
    });
    expect(await change.catalogue()).toEqual(before);
    const check = record.checks.find(({ title }) => title === TITLE);
    expect(check).toMatchObject({
      moment: 'in-transaction',
      expected: [],
      observed: outside,
      verdict: 'FAIL',
    });
    const failed = record.checks.filter(({ verdict }) => verdict === 'FAIL').map(({ title }) => title);
    expect(failed).toEqual([TITLE, ...others]);
    const shown = rowsUnder(readReport(report).tables, 'ID', 'Check', 'Expected', 'Observed', 'Result');
    expect(shown.map((row) => row.slice(0, 5))).toContainEqual([
      check!.id,
      TITLE,
      '(no rows)',
      outside.join(' ⏎ '),
      'FAIL',
    ]);
  }

  async function expectInside(parts: ChangeParts, prepare: string) {
    const change = await make(parts, prepare);
    const { record, report } = await expectRun(change.root, await runQuick(change.root, change.url), {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    const checks = record.checks.filter(({ title }) => title === TITLE);
    expect(checks.map(({ moment, observed }) => [moment, observed])).toEqual([
      ['in-transaction', []],
      ['after-commit', []],
    ]);
    return { change, report };
  }

  const LOG_VIEW = 'CREATE VIEW app.notes AS SELECT note FROM app.log;';
  /** What of the table as it was before a rollback makes again. */
  const LOG = 'CREATE TABLE app.log (note text NOT NULL);\n';
  const LOG_INDEX = 'CREATE INDEX log_note ON app.log (note);\n';

  describe('of a change that renames', () => {
    const RENAME = 'ALTER TABLE app.log RENAME COLUMN note TO text;\n';
    const RENAME_BACK = 'ALTER TABLE app.log RENAME COLUMN text TO note;\n';
    const LOG_BACK = 'ALTER TABLE app.history RENAME TO log;\n';

    test('stops a table that gets a name outside', () =>
      expectOutside(
        {
          migration: `${RENAME}${hidden('ALTER TABLE app.log RENAME TO history')}`,
          rollback: RENAME_BACK,
          scope: { alters: ['app.log'] },
          allows: '[dynamic-sql]',
        },
        LOG_VIEW,
        ['+ table app.history'],
      ));

    test('lets it have the name that is declared, with all that reads differently then', async () => {
      const { change } = await expectInside(
        {
          migration: `${RENAME}ALTER TABLE app.log RENAME TO history;\n`,
          rollback: `${LOG_BACK}${RENAME_BACK}`,
          scope: { alters: ['app.log'], creates: ['app.history'] },
        },
        `${LOG_VIEW} ALTER TABLE app.log ADD PRIMARY KEY (note);
         CREATE TABLE app.other (note text REFERENCES app.log);`,
      );
      expect(await change.query('SELECT text AS note FROM app.history')).toEqual([]);
    });

    test('lets a table take the place of another one', () =>
      expectInside(
        {
          migration: `CREATE TABLE app.fresh (note text);
CREATE INDEX fresh_note ON app.fresh (note);
DROP TABLE app.log;
ALTER TABLE app.fresh RENAME TO log;
ALTER INDEX app.fresh_note RENAME TO log_note;
`,
          rollback: `DROP TABLE app.log;\n${LOG}`,
          scope: {
            creates: ['app.fresh', 'app.log', 'app.log_note'],
            drops: ['app.log'],
            alters: ['app.fresh_note'],
          },
        },
        '',
      ));

    test('lets a schema be renamed with what is in it', () =>
      expectInside(
        {
          migration: 'ALTER SCHEMA old RENAME TO new;\n',
          rollback: 'ALTER SCHEMA new RENAME TO old;\n',
          scope: { alters: ['schema old'], creates: ['schema new'] },
        },
        `CREATE SCHEMA old; CREATE TABLE old.a (id serial PRIMARY KEY, b text DEFAULT 'x');
         CREATE FUNCTION old.f(old.a) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW app.v AS SELECT id FROM old.a;`,
      ));

    test('stops a change of another table whose definition reads differently as well', () =>
      expectOutside(
        {
          migration: `ALTER TABLE app.log RENAME TO history;\n${hidden('ALTER TABLE app.base DISABLE TRIGGER ALL')}`,
          rollback: LOG_BACK,
          scope: { alters: ['app.log'], creates: ['app.history'] },
          allows: '[dynamic-sql]',
        },
        'CREATE TABLE app.child (id integer REFERENCES app.base);',
        ['~ table app.base'],
        ['parts, privileges and comments that no statement of the migration gives'],
      ));
  });

  describe('of a change that drops', () => {
    const DROP = 'DROP INDEX app.log_note;\nDROP TABLE app.log;\n';
    const PREPARE = `${LOG_VIEW} CREATE INDEX log_note ON app.log (note);`;

    test('stops at what goes along', () =>
      expectOutside(
        {
          migration: `${hidden('DROP VIEW app.notes')}${DROP}`,
          rollback: `${LOG}${LOG_INDEX}`,
          scope: { drops: ['app.log', 'app.log_note'] },
          allows: '[dynamic-sql]',
        },
        PREPARE,
        ['- view app.notes'],
      ));

    test('stops it at a constraint of a table that stays', () =>
      expectOutside(
        {
          migration: `${hidden('ALTER TABLE app.child DROP CONSTRAINT child_note')}${DROP}`,
          rollback: `${LOG}${LOG_INDEX}`,
          scope: { drops: ['app.log', 'app.log_note'] },
          allows: '[dynamic-sql]',
        },
        `CREATE INDEX log_note ON app.log (note); ALTER TABLE app.log ADD CONSTRAINT log_key UNIQUE (note);
         CREATE TABLE app.child (note text CONSTRAINT child_note REFERENCES app.log (note));`,
        ['- constraint app.child.child_note'],
        ['parts, privileges and comments that no statement of the migration gives'],
      ));

    test('lets go what is declared, with what belongs to it', () =>
      expectInside(
        {
          migration: `DROP VIEW app.notes;\n${DROP}`,
          rollback: `${LOG}${LOG_INDEX}${LOG_VIEW}`,
          scope: { drops: ['app.log', 'app.log_note', 'app.notes'] },
        },
        `${PREPARE} ALTER TABLE app.log ADD COLUMN id serial, ADD CONSTRAINT long CHECK (note <> '');
         CREATE TRIGGER tr BEFORE INSERT ON app.log FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();`,
      ));

    test('lets partitions go with their table', () =>
      expectInside(
        {
          migration: 'DROP INDEX app.log_note;\nDROP TABLE app.parted;\n',
          rollback: `${LOG_INDEX}CREATE TABLE app.parted (n int) PARTITION BY LIST (n);\n`,
          scope: { drops: ['app.log_note', 'app.parted'] },
        },
        `${PREPARE} CREATE TABLE app.parted (n int) PARTITION BY LIST (n);
         CREATE TABLE app.parted_1 PARTITION OF app.parted FOR VALUES IN (1); CREATE INDEX ON app.parted (n);`,
      ));
  });

  describe('of a change that drops and makes again', () => {
    const AGAIN = 'CREATE TABLE app.log (\n    note text NOT NULL,\n    at timestamptz\n);\n';

    test('stops what goes along', () =>
      expectOutside(
        {
          migration: `${hidden('DROP VIEW app.notes')}DROP TABLE app.log;\n${AGAIN}`,
          allows: '[dynamic-sql]',
          rollback: `DROP TABLE app.log;\n${LOG}`,
          scope: { drops: ['app.log'], creates: ['app.log'] },
        },
        LOG_VIEW,
        ['- view app.notes'],
      ));

    test('lets be what is declared', () =>
      expectInside(
        {
          migration: `DROP VIEW app.notes;\nDROP TABLE app.log;\n${AGAIN}CREATE VIEW app.notes AS SELECT at FROM app.log;\n`,
          rollback: `DROP VIEW app.notes;\nDROP TABLE app.log;\n${LOG}${LOG_VIEW}`,
          scope: { drops: ['app.log', 'app.notes'], creates: ['app.log', 'app.notes'] },
        },
        LOG_VIEW,
      ));
  });

  describe('of a change that makes an extension', () => {
    const parts: ChangeParts = {
      migration: 'CREATE EXTENSION citext SCHEMA app;\n',
      rollback: 'DROP EXTENSION citext;\n',
      scope: { creates: ['extension citext'] },
      allows: '[extension citext]',
    };

    test('stops what comes with it and is no member of it', () =>
      expectOutside(
        parts,
        `CREATE FUNCTION app.also() RETURNS event_trigger LANGUAGE plpgsql AS $$
         BEGIN CREATE TABLE app.also (); END $$;
         CREATE EVENT TRIGGER also ON ddl_command_end WHEN TAG IN ('CREATE EXTENSION') EXECUTE FUNCTION app.also();`,
        ['+ table app.also'],
      ));

    test('lets its members be', async () => {
      const { change } = await expectInside(parts, '');
      expect(await change.query("SELECT 'A'::app.citext OPERATOR(app.=) 'a'::app.citext AS same")).toEqual([
        { same: true },
      ]);
    });

    test('lets them go with it', () =>
      expectInside(
        {
          migration: 'DROP EXTENSION citext;\n',
          rollback: 'CREATE EXTENSION citext SCHEMA app;\n',
          scope: { drops: ['extension citext'] },
          allows: '[extension citext]',
        },
        'CREATE EXTENSION citext SCHEMA app;',
      ));
  });

  describe('of a change that writes rows', () => {
    const TRUNCATE = 'TRUNCATE app.log;\nDROP INDEX app.log_note;\n';
    const PREPARE = "CREATE INDEX log_note ON app.log (note); INSERT INTO app.log VALUES ('x');";

    test('stops a table that is emptied along', () =>
      expectOutside(
        {
          migration: `${TRUNCATE}${hidden('TRUNCATE app.base')}`,
          rollback: LOG_INDEX,
          scope: { writesRows: ['app.log'], drops: ['app.log_note'] },
          allows: '[dynamic-sql]',
        },
        PREPARE,
        ['~ index app.base_pkey on app.base', '~ table app.base'],
      ));

    test('lets one be emptied whose rows are declared', () =>
      expectInside(
        {
          migration: TRUNCATE,
          rollback: LOG_INDEX,
          scope: { writesRows: ['app.log'], drops: ['app.log_note'] },
        },
        PREPARE,
      ));
  });

  test('lets what is done to a table be done to what inherits from it', () =>
    expectInside(
      {
        migration:
          'ALTER TABLE app.parted RENAME COLUMN n TO number;\nALTER TABLE app.parted ADD COLUMN note text;\nCREATE INDEX parted_note ON app.parted (note);\n',
        rollback:
          'DROP INDEX app.parted_note;\nALTER TABLE app.parted DROP COLUMN note;\nALTER TABLE app.parted RENAME COLUMN number TO n;\n',
        scope: { alters: ['app.parted'] },
      },
      `CREATE TABLE app.parted (n int) PARTITION BY LIST (n);
       CREATE TABLE app.parted_1 PARTITION OF app.parted FOR VALUES IN (1);`,
    ));

  test('takes rows of a partition as those of its table, RESTART as the identity’s, and temporary tables as nobody’s', async () => {
    const { change, report } = await expectInside(
      {
        migration:
          'ALTER TABLE app.parted ADD COLUMN note text;\nUPDATE app.parted SET n = n;\nALTER TABLE app.counted ALTER COLUMN id RESTART WITH 1000;\n',
        rollback: 'ALTER TABLE app.parted DROP COLUMN note;\n',
        scope: { alters: ['app.parted', 'app.counted'], writesRows: ['app.parted'] },
      },
      `CREATE TABLE app.parted (n int) PARTITION BY LIST (n);
       CREATE TABLE app.parted_1 PARTITION OF app.parted FOR VALUES IN (1);
       INSERT INTO app.parted VALUES (1);
       CREATE FUNCTION app.t() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         CREATE TEMP TABLE IF NOT EXISTS seen (n int) ON COMMIT DROP; INSERT INTO seen VALUES (NEW.n); RETURN NEW; END $$;
       CREATE TRIGGER t BEFORE UPDATE ON app.parted FOR EACH ROW EXECUTE FUNCTION app.t();
       CREATE TABLE app.counted (id int GENERATED BY DEFAULT AS IDENTITY);`,
    );
    expect(report).toContain(
      'no row of any user table but app.parted, app.parted_1 was inserted, updated or deleted',
    );
    expect(await change.query('INSERT INTO app.counted DEFAULT VALUES RETURNING id')).toEqual([{ id: 1000 }]);
  });

  test('lets the index of a key be renamed, and the key with it', () =>
    expectInside(
      {
        migration: 'ALTER INDEX app.base_pkey RENAME TO pk_base;\n',
        rollback: 'ALTER INDEX app.pk_base RENAME TO base_pkey;\n',
        scope: { alters: ['app.base_pkey'], creates: ['app.pk_base'] },
      },
      '',
    ));

  test('says of a table that is there why IF NOT EXISTS is not enough', async () => {
    const change = await make(
      { migration: 'CREATE TABLE IF NOT EXISTS app.log (note text);\n', scope: { creates: ['app.log'] } },
      '',
    );
    const { record, report } = await expectRun(change.root, await runQuick(change.root, change.url), {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
    });
    const reason = 'there before, and IF NOT EXISTS counts as made: table app.log';
    expect(record.checks.map((check) => check.reason)).toContain(reason);
    expect(report).toContain(reason);
  });
});

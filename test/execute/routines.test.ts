import { describe, expect, test } from 'vitest';
import { type ChangeParts, CREATE_ITEM } from '../support/change.js';
import { expectRun } from '../support/expect-run.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { runQuick } from '../support/run-probatum.js';

const PREFLIGHT = '-- P-1: rows\n-- expect: 1\nSELECT count(*) FROM app.base;\n';
const VERIFY = '-- V-3: rows\n-- expect: baseline\nSELECT count(*) FROM app.log;\n';

const FUNCTION = `CREATE FUNCTION app.mark() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
  NEW.label := pg_catalog.upper(NEW.label);
  RETURN NEW;
END
$$;
`;

describe.skipIf(requirePostgres() === null)('functions, triggers and blocks', () => {
  const lane = postgresLane();
  const run = async (parts: ChangeParts) => {
    const change = await lane.make({ preflight: PREFLIGHT, verify: VERIFY, ...parts });
    return { change, printed: await runQuick(change.root, change.url) };
  };

  test('are predicted as the catalogue has them', async () => {
    const { change, printed } = await run({
      migration: `${CREATE_ITEM}${FUNCTION}
CREATE FUNCTION app.total(numeric(9, 2)[], "char", at timestamptz(3), OUT sum numeric, VARIADIC rest app.base[])
LANGUAGE sql AS $$ SELECT 1::numeric $$;
CREATE FUNCTION app.rows_of(x char(3), y interval) RETURNS TABLE (id integer) LANGUAGE sql
BEGIN ATOMIC SELECT b.id FROM app.base AS b; END;
CREATE PROCEDURE app.clean(INOUT x integer) LANGUAGE sql AS $$ SELECT x $$;
CREATE TRIGGER mark BEFORE INSERT ON app.item FOR EACH ROW EXECUTE FUNCTION app.mark();
CREATE TRIGGER mark BEFORE INSERT OR UPDATE OF label ON app.base FOR EACH ROW EXECUTE FUNCTION app.mark();
COMMENT ON FUNCTION app.mark() IS 'marks';
REVOKE EXECUTE ON FUNCTION app.rows_of(char(3), interval) FROM PUBLIC;
LOCK TABLE app.base IN SHARE MODE;
SET LOCAL work_mem = '8MB';
DO $$
BEGIN
  IF (SELECT count(*) = 1 FROM app.base) THEN
    INSERT INTO app.base (id, label) VALUES (2, 'two');
  ELSE
    DELETE FROM app.log;
  END IF;
END
$$;
`,
      rollback: `DELETE FROM app.base WHERE id = 2;
DROP TRIGGER mark ON app.base;
DROP PROCEDURE app.clean(integer);
DROP FUNCTION app.rows_of(char(3), interval);
DROP FUNCTION app.total(numeric[], "char", timestamptz, app.base[]);
DROP TABLE app.item;
DROP FUNCTION app.mark();
`,
      scope: {
        creates: [
          'app.item',
          'app.mark()',
          '"app.total(numeric[], \\"char\\", timestamp with time zone, app.base[])"',
          '"app.rows_of(character, interval)"',
          'app.clean(integer)',
        ],
        alters: ['app.base'],
        writesRows: ['app.base', 'app.log'],
      },
      // BEGIN ATOMIC came with 14.
      serverMajor: '{ min: 14, max: 18 }',
    });
    const { record } = await expectRun(change.root, printed, {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    const expected = (wanted: string) =>
      record.plan.derived.find(({ subject }) => subject === wanted)?.expected;
    expect(expected('catalogue-delta')).toEqual([
      '+ function app.mark()',
      '+ function app.rows_of(character, interval)',
      '+ function app.total(numeric[], "char", timestamp with time zone, app.base[])',
      '+ procedure app.clean(integer)',
      '+ table app.item',
      '~ app.base',
    ]);
    expect(expected('triggers')).toEqual(['1']);
    expect(record.checks.filter(({ verdict }) => verdict !== 'PASS')).toEqual([]);
    expect(await change.query('SELECT label FROM app.base WHERE id = 2')).toEqual([{ label: 'TWO' }]);
  });

  test('that write more than the statements say are found before COMMIT', async () => {
    const { change, printed } = await run({
      migration: `CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO app.log (note) VALUES ('written by a trigger');
  RETURN NEW;
END
$$;
CREATE TRIGGER note AFTER INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.note();
INSERT INTO app.base (id, label) VALUES (2, 'two');
`,
      rollback: 'DROP TRIGGER note ON app.base;\nDROP FUNCTION app.note();\n',
      scope: { creates: ['app.note()'], alters: ['app.base'], writesRows: ['app.base'] },
    });
    const { record } = await expectRun(change.root, printed, {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
    });
    expect(record.checks.filter(({ verdict }) => verdict === 'FAIL')).toMatchObject([
      { id: 'V-3', expected: ['0'], observed: ['1'] },
      { title: 'rows written in tables other than app.base', expected: [], observed: ['app.log'] },
    ]);
    expect(await change.query('SELECT count(*)::int FROM app.base')).toEqual([{ count: 1 }]);
  });

  test.each([
    ['declared as they are', ['app.log'], 0, 'succeeded', 'committed', [] as string[]],
    ['declared of another table', ['app.other'], 1, 'aborted', 'not-committed', ['app.log']],
  ] as const)('that write rows %s', async (_, writesRowsIndirectly, code, status, outcome, observed) => {
    const change = await lane.make(
      {
        preflight: PREFLIGHT,
        verify: '-- V-3: rows\n-- expect: baseline + 1\nSELECT count(*) FROM app.log;\n',
        migration: "INSERT INTO app.base (id, label) VALUES (2, 'two');\n",
        rollback: 'DELETE FROM app.base WHERE id = 2;\n',
        scope: { creates: [], writesRows: ['app.base'], writesRowsIndirectly: [...writesRowsIndirectly] },
      },
      `CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN INSERT INTO app.log (note) VALUES ('by a trigger'); RETURN NEW; END $$;
       CREATE TRIGGER note AFTER INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.note();`,
    );
    const { record, report } = await expectRun(change.root, await runQuick(change.root, change.url), {
      code,
      status,
      outcome,
    });
    const but = ['app.base', ...writesRowsIndirectly].join(', ');
    const title = `rows written in tables other than ${but}`;
    expect(record.checks.find((check) => check.title === title)).toMatchObject({ expected: [], observed });
    if (code === 0) expect(report).toContain(`no row of any user table but ${but} was inserted`);
    expect(await change.query('SELECT count(*)::int FROM app.log')).toEqual([{ count: code === 0 ? 1 : 0 }]);
  });

  test('are taken back by the reviewed rollback', async () => {
    const { change, printed } = await run({
      migration: `${FUNCTION}CREATE TRIGGER mark BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.mark();\n`,
      rollback: 'DROP TRIGGER mark ON app.base;\nDROP FUNCTION app.mark();\n',
      scope: { creates: ['app.mark()'], alters: ['app.base'], writesRows: [] },
      verify: `-- V-3: inside only
-- expect: t
SELECT count(*) > 0 FROM pg_catalog.pg_locks AS l
WHERE l.relation = to_regclass('app.base')::oid AND l.mode = 'ShareRowExclusiveLock';
`,
    });
    await expectRun(change.root, printed, { code: 3, status: 'rolled-back', outcome: 'committed' });
    expect(await change.query("SELECT 1 FROM pg_proc WHERE proname = 'mark'")).toEqual([]);
  });
});

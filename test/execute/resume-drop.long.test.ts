import { describe, expect, test } from 'vitest';
import { resume } from '../../src/commands/resume.js';
import { type ChangeParts, CREATE_ITEM, URL_VARIABLE } from '../support/change.js';
import { enrolledChange } from '../support/enrolled-change.js';
import { type Ending, expectRun } from '../support/expect-run.js';
import { killedRun } from '../support/killed-run.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { environmentOf, newestRun } from '../support/run-probatum.js';

const SUCCEEDED: Ending = { code: 0, status: 'succeeded', outcome: 'committed' };
const OLD = 'CREATE TABLE app.old (id integer PRIMARY KEY, note text);';
const VERIFY = '-- V-3: one\n-- expect: 1\nSELECT 1;\n';
/** Holds while the transaction has the new table locked, and never after it. */
const ONLY_INSIDE = `${VERIFY}
-- V-9: app.item is locked
-- expect: t
SELECT count(*) > 0
FROM pg_catalog.pg_locks AS l
WHERE l.relation = to_regclass('app.item')::oid AND l.mode = 'AccessExclusiveLock';
`;

/** A process that takes a run up holds no lock of the one that died: what that one dropped is told by its journal. */
describe.skipIf(requirePostgres() === null)('a resumed run that has dropped something', () => {
  const lane = postgresLane();

  async function resumed(parts: ChangeParts, died: string, ending: Ending, meanwhile = '', prepare = OLD) {
    const change = await enrolledChange(lane, {
      prepare,
      preflight: '-- P-1: one\n-- expect: 1\nSELECT 1;\n',
      verify: VERIFY,
      ...parts,
      scope: { creates: [], ...parts.scope },
    });
    await killedRun(change.root, change.url, died);
    if (meanwhile !== '') await change.query(meanwhile);
    const { environment, printed } = environmentOf(change.root, { [URL_VARIABLE]: change.url });
    const code = await resume(environment, newestRun(change.root)!, { format: 'pretty' });
    return { change, ...(await expectRun(change.root, { code, ...printed }, ending)) };
  }

  const DROP: ChangeParts = {
    migration: 'DROP TABLE app.old;\n',
    rollback: 'CREATE TABLE app.old (\n    id   integer PRIMARY KEY,\n    note text\n);\n',
    scope: { drops: ['app.old'] },
  };
  const PARTS: ChangeParts = {
    migration: 'ALTER TABLE app.old DROP COLUMN note;\n',
    rollback: 'ALTER TABLE app.old ADD COLUMN note text;\n',
    scope: { alters: ['app.old'] },
  };

  test.each([
    ['a table', DROP],
    ['a column', PARTS],
  ])('%s: the verification finds it dropped by us', async (_, parts) => {
    const { record } = await resumed(parts, 'transaction-ended', SUCCEEDED);
    expect(record.concurrent).toEqual([]);
  });

  test.each([
    [
      'a table, while another one was dropped by somebody else',
      DROP,
      'DROP TABLE app.others',
      '- table app.others',
    ],
    [
      'a column, while an index of the table was dropped by somebody else',
      PARTS,
      'DROP INDEX app.old_id',
      '- index app.old_id on app.old',
    ],
  ])('%s: only its own is its effect', async (_, parts, meanwhile, line) => {
    const prepare = `${OLD} CREATE TABLE app.others (n integer); CREATE INDEX old_id ON app.old (id);`;
    const { record } = await resumed(parts, 'transaction-ended', SUCCEEDED, meanwhile, prepare);
    expect(record.concurrent.flatMap(({ lines }) => lines)).toEqual([line]);
  });

  const BOTH: ChangeParts = {
    migration: `${CREATE_ITEM}\nDROP TABLE app.old;\n`,
    verify: ONLY_INSIDE,
    scope: { creates: ['app.item'], drops: ['app.old'] },
  };

  test.each(['step-finished:C-07', 'statement-executed:rollback'])(
    'is rolled back where the rollback makes it again (died at %s)',
    async (died) => {
      const rollback = `DROP TABLE app.item;\n\n${DROP.rollback}`;
      const { change } = await resumed({ ...BOTH, rollback }, died, {
        code: 3,
        status: 'rolled-back',
        outcome: 'committed',
      });
      expect(
        await change.query("SELECT to_regclass('app.old')::text AS old, to_regclass('app.item') AS item"),
      ).toEqual([{ old: 'app.old', item: null }]);
    },
  );

  test('is not said to be rolled back where the rollback leaves it dropped', async () => {
    const { record, report } = await resumed(
      {
        ...BOTH,
        // What a statement hides, only the catalogue shows.
        rollback: `DROP TABLE app.item;\n\n${DROP.rollback}\nDO $do$\nBEGIN\n  EXECUTE 'DROP TABLE app.old';\nEND\n$do$;\n`,
        allows: '[dynamic-sql]',
      },
      'step-finished:C-07',
      {
        code: 4,
        status: 'failed',
        outcome: 'committed',
      },
    );
    expect(record.checks.find(({ id }) => id === 'D-ROLLBACK-TX')).toMatchObject({
      verdict: 'FAIL',
      observed: ['- table app.old'],
    });
    expect(report).toMatch(/does not restore the catalogue: .*table app\.old/);
  });

  test('is confirmed after the rollback of a run that died behind its COMMIT', async () => {
    const rollback = `DROP TABLE app.item;\n\n${DROP.rollback}`;
    await resumed({ ...BOTH, rollback }, 'transaction-ended:rollback', {
      code: 3,
      status: 'rolled-back',
      outcome: 'committed',
    });
  });
});

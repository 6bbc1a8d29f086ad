import { describe, expect, test } from 'vitest';
import type { JournalLine } from '../../src/record/events.js';
import { othersAtWork } from '../support/busy-database.js';
import { type ChangeParts, ONLY_INSIDE } from '../support/change.js';
import { expectRun } from '../support/expect-run.js';
import type { PostgresChange } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { afterStep, onceAt, psql, runHere } from '../support/run-probatum.js';

describe.skipIf(requirePostgres() === null)('a run on a database where others work', () => {
  const lane = postgresLane();

  /** Runs a change while pgbench writes rows and another session changes the catalogue. */
  async function runAmongOthers(parts: ChangeParts = {}) {
    const change = await lane.make(parts);
    let dumped = false;
    const others = await othersAtWork(change.url, () => dumped);
    try {
      const onEvent = (line: JournalLine) => {
        dumped ||= afterStep('C-02')(line);
      };
      const printed = await runHere(change.root, change.url, { onEvent });
      const objects = async () =>
        (
          await change.query(
            "SELECT relname AS name FROM pg_class WHERE relnamespace = 'noise'::regnamespace",
          )
        ).map(({ name }) => String(name));
      const theirs = { objects: await objects(), rows: await written(change) };
      return { change, printed, changes: others.changes(), theirs, objects };
    } finally {
      await others.stop();
    }
  }

  /** Rows that pgbench has written, one for each of its transactions. */
  async function written({ query }: PostgresChange): Promise<number> {
    return Number((await query('SELECT count(*)::int AS rows FROM public.pgbench_history'))[0]!.rows);
  }

  const item = ({ query }: PostgresChange) => query("SELECT to_regclass('app.item') IS NOT NULL AS there");

  test.each([1, 2, 3, 4])('succeeds, and claims nothing of what they did (run %i)', async () => {
    const { change, printed, changes, theirs } = await runAmongOthers();
    const { record, report } = await expectRun(change.root, printed, {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    expect(changes).toBeGreaterThan(10);
    expect(theirs.rows).toBeGreaterThan(0);
    expect(await written(change)).toBeGreaterThanOrEqual(theirs.rows);
    expect(record.checks.every(({ verdict }) => verdict === 'PASS')).toBe(true);
    const delta = record.checks.filter(({ title }) => title.startsWith('objects added'));
    expect(delta.map(({ observed }) => observed)).toEqual([['+ table app.item'], ['+ table app.item']]);
    const seen = record.concurrent.flatMap(({ lines }) => lines);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every((line) => line.includes('noise.'))).toBe(true);
    expect(record.concurrent.every(({ touching }) => touching.length === 0)).toBe(true);
    expect(report).toContain('Other sessions changed this meanwhile');
    expect(await item(change)).toEqual([{ there: true }]);
  });

  test('is rolled back where it is wrong, and leaves what they did', async () => {
    const { change, printed, changes, theirs, objects } = await runAmongOthers({ verify: ONLY_INSIDE });
    const { record } = await expectRun(change.root, printed, {
      code: 3,
      status: 'rolled-back',
      outcome: 'committed',
    });
    expect(
      record.checks.filter(({ id }) => id.startsWith('D-ROLLBACK')).map(({ verdict }) => verdict),
    ).toEqual(['PASS', 'PASS', 'PASS']);
    expect(await item(change)).toEqual([{ there: false }]);
    expect(changes).toBeGreaterThan(10);
    // Their last round went on for a moment: what it drops is of its own number, and no other's.
    expect(theirs.rows).toBeGreaterThan(0);
    expect(await written(change)).toBeGreaterThanOrEqual(theirs.rows);
    const left = await objects();
    expect(left).toContain('t1');
    const gone = theirs.objects.filter((name) => !left.includes(name));
    expect(new Set(gone.map((name) => /\d+/.exec(name)![0])).size).toBeLessThanOrEqual(1);
  });

  test('goes on where an object that it does not name is made between snapshot and BEGIN', async () => {
    const change = await lane.make();
    const printed = await runHere(change.root, change.url, {
      onEvent: onceAt(afterStep('C-03'), () => psql(change.url, 'CREATE TABLE app.drift (n int)')),
    });
    const { record } = await expectRun(change.root, printed, {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    expect(record.concurrent).toEqual([
      { moment: 'before-migration', count: 1, lines: ['+ table app.drift'], touching: [] },
    ]);
  });

  test('goes on where somebody renames what another object names, and leaves that to them', async () => {
    const change = await lane.make(
      {},
      `CREATE SCHEMA far; CREATE TABLE far.distant (n int PRIMARY KEY); CREATE VIEW far.glance AS SELECT n FROM far.distant;
       CREATE TABLE far.child (n int REFERENCES far.distant); CREATE FUNCTION far.reach(far.distant) RETURNS int LANGUAGE sql AS 'SELECT 1';`,
    );
    const printed = await runHere(change.root, change.url, {
      onEvent: onceAt(
        ({ type }) => type === 'statement-executed',
        () =>
          psql(
            change.url,
            'ALTER TABLE far.distant RENAME TO nearby; ALTER TABLE far.nearby RENAME COLUMN n TO other_number',
          ),
      ),
    });
    const { record } = await expectRun(change.root, printed, {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    const lines = record.concurrent.flatMap(({ lines }) => lines);
    expect(lines).toEqual(
      expect.arrayContaining([
        '- table far.distant',
        '+ table far.nearby',
        '~ view far.glance',
        '- function far.reach(far.distant)',
      ]),
    );
  });

  test.each([
    ['an index on its table', 'CREATE INDEX drift ON app.base (label)', '+ index app.drift on app.base'],
    [
      'a trigger on its table',
      'CREATE TRIGGER tr BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
      '+ trigger app.base.tr',
    ],
    [
      'a foreign key to its table',
      'CREATE TABLE app.far (b int REFERENCES app.base)',
      '+ constraint app.far.far_b_fkey',
    ],
    [
      'a cast, which works without being named',
      'CREATE CAST (int AS point) WITH INOUT',
      '+ cast (integer AS point)',
    ],
    ['a privilege on its schema', 'GRANT USAGE ON SCHEMA app TO PUBLIC', '~ schema app'],
  ])('is denied where somebody makes %s between snapshot and BEGIN', async (_, sql, line) => {
    const change = await lane.make();
    const printed = await runHere(change.root, change.url, {
      onEvent: onceAt(afterStep('C-05'), () => psql(change.url, sql)),
    });
    const { record } = await expectRun(change.root, printed, {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
    });
    expect(record.reason).toBe(`C-06: the catalogue changed since the snapshot: ${line}`);
  });

  test('is denied where somebody alters a table of the plan inside its transaction', async () => {
    const change = await lane.make(
      {},
      'CREATE TABLE app.item_notes (n int); CREATE VIEW app.log_view AS SELECT 1 AS one;',
    );
    const printed = await runHere(change.root, change.url, {
      onEvent: onceAt(
        ({ type }) => type === 'statement-executed',
        () =>
          psql(
            change.url,
            'ALTER TABLE app.log ADD COLUMN drift int; DROP VIEW app.log_view; DROP TABLE app.item_notes',
          ),
      ),
    });
    const { record } = await expectRun(change.root, printed, {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
    });
    expect(record.concurrent).toEqual([
      {
        moment: 'in-transaction',
        count: 3,
        lines: ['+ column app.log.drift', '- table app.item_notes', '- view app.log_view'],
        touching: ['+ column app.log.drift'],
      },
    ]);
    expect(record.reason).toBe(
      'C-06: another session changed what the plan refers to: + column app.log.drift',
    );
  });

  test('says of a baseline that somebody else moved that it was somebody else', async () => {
    const change = await lane.make();
    const printed = await runHere(change.root, change.url, {
      onEvent: onceAt(afterStep('C-05'), () => psql(change.url, "INSERT INTO app.log VALUES ('theirs')")),
    });
    const { record, report } = await expectRun(change.root, printed, {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
    });
    const reason = 'other sessions changed it since the baseline: outside this transaction it is 1';
    expect(record.checks.find(({ id }) => id === 'V-3')).toMatchObject({
      verdict: 'FAIL',
      observed: ['1'],
      reason,
    });
    expect(report).toContain('other sessions changed it since the baseline');
  });
});

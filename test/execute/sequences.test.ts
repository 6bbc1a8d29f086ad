import { describe, expect, test } from 'vitest';
import type { ChangeParts } from '../support/change.js';
import { type Ending, expectRun } from '../support/expect-run.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { onceAt, psql, runHere } from '../support/run-probatum.js';

const SUCCEEDED: Ending = { code: 0, status: 'succeeded', outcome: 'committed' };
const STOPPED: Ending = { code: 1, status: 'aborted', outcome: 'not-committed' };
/** What a trigger that nobody reviewed does when the migration writes its row. */
const drawing = (sql: string) => `CREATE SEQUENCE app."Moved" START 5000; CREATE SEQUENCE app.busy;
  CREATE FUNCTION app.next() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${sql}; RETURN NEW; END $$;
  CREATE TRIGGER tr BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.next();`;
const NEXT = `PERFORM pg_catalog.nextval('app."Moved"')`;

/** Everybody draws from sequences; whoever does holds a lock until the end, so it can be told whose a move is. */
describe.skipIf(requirePostgres() === null)('a sequence that moved during the transaction', () => {
  const lane = postgresLane();

  /** @param others what another session does between two statements of the migration */
  async function run(prepare: string, ending: Ending, parts: ChangeParts = {}, others = '') {
    const change = await lane.make(parts, prepare);
    const printed = await runHere(change.root, change.url, {
      onEvent: onceAt(
        (line) => line.type === 'statement-executed',
        () => others !== '' && psql(change.url, others),
      ),
    });
    const { record, report } = await expectRun(change.root, printed, ending);
    const rows = record.checks.find(({ evidence }) => evidence === 'row counters of the transaction');
    return { report, rows, moved: record.proofs.find(({ name }) => name === 'sequences')?.observed };
  }

  test.each([
    ['by nextval', NEXT],
    ['by setval', `PERFORM pg_catalog.setval('app."Moved"', 9)`],
    ['behind a savepoint', `BEGIN ${NEXT}; RAISE EXCEPTION 'x'; EXCEPTION WHEN others THEN NULL; END`],
  ])('by a function that nobody reviewed, %s, denies', async (_, sql) => {
    const { rows, moved, report } = await run(drawing(sql), STOPPED);
    expect(rows).toMatchObject({ verdict: 'FAIL', observed: ['sequence app."Moved"'] });
    expect(moved).toEqual(['app."Moved"']);
    expect(report).toContain('sequence app.');
  });

  test('denies where the migration only has a longer name in it', async () => {
    const { rows } = await run(drawing(NEXT).replaceAll('"Moved"', 'ite'), STOPPED);
    expect(rows?.observed).toEqual(['sequence app.ite']);
  });

  test('by others only denies nothing, and the report says that it was others', async () => {
    const { rows, moved, report } = await run(
      drawing('NULL'),
      SUCCEEDED,
      {},
      `SELECT nextval('app."Moved"')`,
    );
    expect(rows).toMatchObject({ verdict: 'PASS', observed: [] });
    expect(moved).toEqual(['app."Moved" (by others)']);
    expect(report).toContain('by others');
  });

  test('by both denies: it was ours as well', async () => {
    const { rows, moved } = await run(drawing(NEXT), STOPPED, {}, `SELECT nextval('app.busy')`);
    expect(rows?.observed).toEqual(['sequence app."Moved"']);
    expect(moved).toEqual(expect.arrayContaining(['app."Moved"', 'app.busy (by others)']));
  });

  test.each<[string, string, ChangeParts]>([
    [
      'the scope',
      drawing(NEXT),
      { scope: { writesRows: ['app.base'], writesRowsIndirectly: ['app."Moved"'] } },
    ],
    [
      'a default of a table that was written',
      `CREATE SEQUENCE app.moved; ALTER TABLE app.base ADD COLUMN n bigint DEFAULT nextval('app.moved');`,
      {},
    ],
    ['an identity of one', 'ALTER TABLE app.base ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY;', {}],
  ])('is explained by %s', async (_, prepare, parts) => {
    const { rows, moved } = await run(prepare, SUCCEEDED, parts);
    expect(rows).toMatchObject({ verdict: 'PASS', observed: [] });
    expect(moved).toHaveLength(1);
    expect(moved![0]).not.toContain('others');
  });
});

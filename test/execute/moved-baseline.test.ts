import { describe, expect, test } from 'vitest';
import { resume } from '../../src/commands/resume.js';
import type { JournalLine } from '../../src/record/events.js';
import { ONLY_INSIDE, URL_VARIABLE, VERIFY } from '../support/change.js';
import { enrolledChange } from '../support/enrolled-change.js';
import { expectRun } from '../support/expect-run.js';
import { killedRun } from '../support/killed-run.js';
import type { PostgresChange } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { readReport, rowsUnder } from '../support/report-tables.js';
import { environmentOf, newestRun, onceAt, psql, runHere } from '../support/run-probatum.js';

const committed = (line: JournalLine) => line.type === 'transaction-ended' && line.outcome === 'committed';
const SUCCEEDED = { code: 0, status: 'succeeded', outcome: 'committed' } as const;
const ROLLED_BACK = { code: 3, status: 'rolled-back', outcome: 'committed' } as const;
const THEIRS = "INSERT INTO app.log VALUES ('theirs')";

describe.skipIf(requirePostgres() === null)('a baseline that others move right after COMMIT', () => {
  const lane = postgresLane();
  const runAndThen = (change: PostgresChange, sql: string) =>
    runHere(change.root, change.url, { onEvent: onceAt(committed, () => psql(change.url, sql)) });
  const item = async ({ query }: PostgresChange) =>
    (await query("SELECT to_regclass('app.item') IS NOT NULL AS there"))[0]?.there;

  test('takes nothing back, and claims nothing', async () => {
    const change = await lane.make();
    const { record, report } = await expectRun(change.root, await runAndThen(change, THEIRS), SUCCEEDED);
    expect(record.checks.filter(({ id }) => id === 'V-3')).toMatchObject([
      { moment: 'in-transaction', observed: ['0'], verdict: 'PASS' },
      {
        moment: 'after-commit',
        expected: ['0'],
        observed: ['1'],
        verdict: 'MOVED',
        reason: 'before COMMIT it was 0, as expected; other sessions changed it since',
      },
    ]);
    expect(record.reason).toBe(
      'every step was done and no check failed; other sessions moved V-3 after COMMIT',
    );
    expect(report).toContain('(13 of 14 PASS after COMMIT, 1 MOVED)');
    expect(report).toContain(
      'The run committed the migration, and no check failed; other sessions moved V-3 after COMMIT.',
    );
    expect(rowsUnder(readReport(report).tables, 'Statement', 'Result', 'By')[0]).toEqual([
      'No row was written to app.log',
      'NOT PROVED',
      'V-3 MOVED by other sessions after COMMIT, PASS in the transaction',
    ]);
    expect(await item(change)).toBe(true);
  });

  test('takes nothing back where the run was interrupted at COMMIT and resumed', async () => {
    const change = await enrolledChange(lane);
    await killedRun(change.root, change.url, 'transaction-ended');
    psql(change.url, THEIRS);
    const { environment, printed } = environmentOf(change.root, { [URL_VARIABLE]: change.url });
    const code = await resume(environment, newestRun(change.root)!, { format: 'pretty' });
    const { record } = await expectRun(change.root, { code, ...printed }, SUCCEEDED);
    expect(record.checks.find(({ verdict }) => verdict === 'MOVED')).toMatchObject({ id: 'V-3' });
    expect(record.reason).toContain('other sessions moved V-3 after COMMIT');
  });

  test('does not excuse a check that fails besides', async () => {
    const change = await lane.make({ verify: ONLY_INSIDE });
    const { record } = await expectRun(change.root, await runAndThen(change, THEIRS), ROLLED_BACK);
    expect(record.reason).toBe('C-07: 13 of 15 PASS, 1 FAIL, 1 MOVED by others');
    expect(await item(change)).toBe(false);
  });

  test('is not thought of where a promise of the migration fails', async () => {
    const change = await lane.make();
    const printed = await runAndThen(change, 'INSERT INTO app.item (id) VALUES (7)');
    const { record } = await expectRun(change.root, printed, ROLLED_BACK);
    expect(record.checks.findLast(({ id }) => id === 'V-1')).toMatchObject({
      observed: ['1'],
      verdict: 'FAIL',
    });
  });

  const LATE = `CREATE CONSTRAINT TRIGGER late AFTER INSERT OR UPDATE ON app.base DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION app.late();`;

  test('is theirs where a deferred trigger of ours had done its work before COMMIT', async () => {
    const change = await lane.make(
      {},
      `CREATE FUNCTION app.late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$; ${LATE}`,
    );
    const { record } = await expectRun(change.root, await runAndThen(change, THEIRS), SUCCEEDED);
    expect(record.checks.findLast(({ id }) => id === 'V-3')?.verdict).toBe('MOVED');
  });

  test('is ours, and seen before COMMIT, where a trigger defers itself anew', async () => {
    const change = await lane.make(
      {},
      `CREATE FUNCTION app.late() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF pg_catalog.current_setting('app.late', true) = 'yes' THEN INSERT INTO app.log VALUES ('late');
         ELSE
           PERFORM pg_catalog.set_config('app.late', 'yes', true);
           SET CONSTRAINTS ALL DEFERRED;
           UPDATE app.base SET label = label WHERE id = NEW.id;
         END IF;
         RETURN NULL;
       END $$;
       ${LATE}`,
    );
    const { record } = await expectRun(change.root, await runHere(change.root, change.url, {}), {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
    });
    expect(record.checks.findLast(({ id }) => id === 'V-3')).toMatchObject({
      moment: 'in-transaction',
      observed: ['1'],
      verdict: 'FAIL',
    });
  });

  test('is ours where COMMIT itself moves what is looked at', async () => {
    // Its row in the ledger is written after the checks.
    const verify = VERIFY.replace('FROM app.log', 'FROM probatum.run');
    const change = await enrolledChange(lane, { verify });
    const { record } = await expectRun(change.root, await runHere(change.root, change.url, {}), ROLLED_BACK);
    expect(record.checks.findLast(({ id }) => id === 'V-3')?.verdict).toBe('FAIL');
  });
});

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { enroll } from '../../src/commands/enroll.js';
import { report } from '../../src/commands/report.js';
import { TARGET, URL_VARIABLE } from '../support/change.js';
import { enrolledChange } from '../support/enrolled-change.js';
import { expectRun } from '../support/expect-run.js';
import { AFTER, BEFORE, itemState } from '../support/item-state.js';
import { type PostgresChange, queryOnce } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { environmentOf, newestRun, runQuick } from '../support/run-probatum.js';

/** A migration that could be committed many times. */
const AGAIN = {
  migration: "INSERT INTO app.log (note) VALUES ('again');\n",
  rollback: "DELETE FROM app.log WHERE note = 'again';\n",
  scope: { creates: [], writesRows: ['app.log'] },
  preflight: '-- PF-1: the log is there\n-- expect: t\nSELECT count(*) >= 0 FROM app.log;\n',
  verify: '-- V-3: rows of app.log\n-- expect: baseline + 1\nSELECT count(*) FROM app.log;\n',
};
const SUCCEEDED = { code: 0, status: 'succeeded', outcome: 'committed' } as const;
const REFUSED = { code: 1, status: 'aborted', outcome: 'none' } as const;

describe.skipIf(requirePostgres() === null)('a plan whose migration is committed', () => {
  const lane = postgresLane();

  const rows = async ({ query }: PostgresChange) =>
    (await query('SELECT count(*)::int AS rows FROM app.log'))[0]?.rows;

  test('is refused by the ledger, in a checkout that knows nothing of the run', async () => {
    const change = await enrolledChange(lane);
    const first = await expectRun(change.root, await runQuick(change.root, change.url), SUCCEEDED);
    await change.query('DELETE FROM app.base WHERE id = 2; DROP TABLE app.item');
    rmSync(join(change.root, '.probatum'), { recursive: true });
    const { record } = await expectRun(change.root, await runQuick(change.root, change.url), REFUSED);
    expect(record.reason).toMatch(
      new RegExp(`^LOCK: the ledger has this plan as committed by run ${first.record.ledgerId} at 2`),
    );
    expect(record.artefacts.map(({ step }) => step)).not.toContain('backup');
    expect(await itemState(change)).toEqual(BEFORE);
  });

  test('runs again after a run that rolled it back', async () => {
    const change = await enrolledChange(lane, { onlyInside: true });
    const rolledBack = { code: 3, status: 'rolled-back', outcome: 'committed' } as const;
    await expectRun(change.root, await runQuick(change.root, change.url), rolledBack);
    await expectRun(change.root, await runQuick(change.root, change.url), rolledBack);
    expect(await itemState(change)).toEqual(BEFORE);
  });

  test('is refused by the records of this folder where there is no ledger', async () => {
    const change = await lane.make(AGAIN);
    await expectRun(change.root, await runQuick(change.root, change.url), SUCCEEDED);
    const { record } = await expectRun(change.root, await runQuick(change.root, change.url), REFUSED);
    expect(record.reason).toMatch(/^LOCK: run \d+T\d+Z has committed this plan on this database: /);
    expect(await rows(change)).toBe(1);
  });

  test('is refused by a published record where there is no ledger', async () => {
    const change = await lane.make(AGAIN);
    await runQuick(change.root, change.url);
    const { environment } = environmentOf(change.root);
    await report(environment, newestRun(change.root)!, { publish: true, force: false });
    rmSync(join(change.root, '.probatum'), { recursive: true });
    const again = await runQuick(change.root, change.url);
    expect(again).toMatchObject({ code: 1, out: expect.stringContaining('whose record is published') });
    expect(await rows(change)).toBe(1);
  });

  test('runs on a database of the same name that was made since', async () => {
    const change = await lane.make();
    await expectRun(change.root, await runQuick(change.root, change.url), SUCCEEDED);
    const name = change.identity.database;
    await change.query('DELETE FROM app.base WHERE id = 2; DROP TABLE app.item');
    const admin = lane.server.url('postgres');

    await queryOnce(admin, `CREATE DATABASE copied TEMPLATE ${name}`);
    await queryOnce(admin, `DROP DATABASE ${name} WITH (FORCE)`);
    await queryOnce(admin, `ALTER DATABASE copied RENAME TO ${name}`);
    await expectRun(change.root, await runQuick(change.root, change.url), SUCCEEDED);
    expect(await itemState(change)).toEqual(AFTER);
  });

  test('does not keep a database from being enrolled again', async () => {
    const change = await lane.make();
    const { environment } = environmentOf(change.root, { [URL_VARIABLE]: change.url });
    expect(await enroll(environment, TARGET, { write: true, format: 'pretty' })).toBe(0);
    await change.query('DROP SCHEMA probatum CASCADE');
    expect(await enroll(environment, TARGET, { write: true, format: 'pretty' })).toBe(0);
  });
});

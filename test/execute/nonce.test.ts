import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { resume } from '../../src/commands/resume.js';
import { authorize, fromNow, HOUR } from '../support/authorize.js';
import { removeChange, URL_VARIABLE, writeChange } from '../support/change.js';
import { enrolledChange } from '../support/enrolled-change.js';
import { expectRun } from '../support/expect-run.js';
import { AFTER, BEFORE, itemState } from '../support/item-state.js';
import { killedRun } from '../support/killed-run.js';
import { type PostgresChange, queryOnce } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { type PostgresServer, requirePostgres, startCopy } from '../support/postgres-server.js';
import {
  afterStep,
  environmentOf,
  newestRun,
  onceAt,
  psql,
  runHere,
  runQuick,
} from '../support/run-probatum.js';

/* An authorization commits at most once: its nonce is in the ledger, in the row of the migration. */

const SUCCEEDED = { code: 0, status: 'succeeded', outcome: 'committed' } as const;
const ROLLED_BACK = { code: 3, status: 'rolled-back', outcome: 'committed' } as const;
const STOPPED = { code: 1, status: 'aborted', outcome: 'none' } as const;
const ENDED = { code: 1, status: 'aborted', outcome: 'not-committed' } as const;
const TAKE_BACK = 'DELETE FROM app.base WHERE id = 2; DROP TABLE app.item';

describe.skipIf(requirePostgres() === null)('the nonce of an authorization', () => {
  const lane = postgresLane();

  const ledger = ({ query }: Pick<PostgresChange, 'query'>) =>
    query('SELECT unit, outcome, nonce FROM probatum.run ORDER BY recorded_at, unit');

  /** Another checkout: nothing is known of runs that were before. */
  const forget = (root: string) => rmSync(join(root, '.probatum'), { recursive: true });

  /** Refused by what is known here: no connection was opened. */
  async function expectRefused({ root, url }: Pick<PostgresChange, 'root' | 'url'>, path: string) {
    const before = newestRun(root);
    const { code, err } = await runQuick(root, url);
    expect(err).toMatch(
      new RegExp(`refused: ${path} was used by run \\d+T\\d+Z(-\\d+)?: an authorization is good for`),
    );
    expect(err).toContain('refused: nothing was sent to the database\n');
    expect([code, newestRun(root)]).toEqual([1, before]);
  }

  /** Refused by the ledger, before anything but the identity was read. */
  async function expectInLedger({ root, url }: Pick<PostgresChange, 'root' | 'url'>, run: string) {
    const { record } = await expectRun(root, await runQuick(root, url), STOPPED);
    expect(record.reason).toMatch(
      new RegExp(`^LOCK: the ledger has authorization knowledge/\\w+\\.md as used by run ${run} at 2`),
    );
    expect(record.artefacts.map(({ step }) => step)).not.toContain('backup');
    return record;
  }

  test('is used up by a run, even one that was rolled back, and nothing else of the ledger has it', async () => {
    const change = await enrolledChange(lane, { onlyInside: true });
    const { path, nonce } = await authorize(change.root, { name: 'a' });
    const first = await expectRun(change.root, await runQuick(change.root, change.url), ROLLED_BACK);
    expect(await ledger(change)).toEqual([
      { unit: 'migration', outcome: 'committed', nonce },
      { unit: 'rollback', outcome: 'committed', nonce: null },
    ]);
    await expectRefused(change, path);

    // Another one allows it again, though the used one comes first by its path.
    const other = await authorize(change.root, { name: 'b' });
    const { record } = await expectRun(change.root, await runQuick(change.root, change.url), ROLLED_BACK);
    expect(record.authorization).toMatchObject(other);

    // In another checkout only the ledger knows.
    forget(change.root);
    await expectInLedger(change, first.record.ledgerId);
    expect(await itemState(change)).toEqual(BEFORE);
  });

  test('is used up for another package as well', async () => {
    const change = await enrolledChange(lane);
    const { nonce } = await authorize(change.root);
    const { record } = await expectRun(change.root, await runQuick(change.root, change.url), SUCCEEDED);
    await change.query(TAKE_BACK);
    const [row] = await change.query('SELECT marker::text AS marker FROM probatum.target');
    const root = await writeChange(change.identity, { marker: String(row!.marker), policy: 'by-hand' });
    lane.atEnd(() => removeChange(root));
    await authorize(root, { nonce });
    await expectInLedger({ ...change, root }, record.ledgerId);
    expect(await itemState(change)).toEqual(BEFORE);
  });

  test('may stand in one document only', async () => {
    const change = await enrolledChange(lane);
    const { nonce } = await authorize(change.root);
    await authorize(change.root, { name: 'twin', nonce });
    const { code, err } = await runQuick(change.root, change.url);
    expect([code, newestRun(change.root)]).toEqual([1, undefined]);
    expect(err).toContain('"knowledge/twin.md" has the same nonce');
  });

  test('commits once where two run at the same time', async () => {
    const change = await enrolledChange(lane);
    const { nonce } = await authorize(change.root);
    const root = `${change.root}-other`;
    cpSync(change.root, root, { recursive: true });
    lane.atEnd(() => removeChange(root));
    const codes = (await Promise.all([change.root, root].map((one) => runQuick(one, change.url)))).map(
      ({ code }) => code,
    );
    expect(codes.sort()).toEqual([0, expect.toBeOneOf([1, 5])]);
    expect(await ledger(change)).toEqual([{ unit: 'migration', outcome: 'committed', nonce }]);
    expect(await itemState(change)).toEqual(AFTER);
  });

  const USE = (nonce: string) =>
    `INSERT INTO probatum.run (run_id, unit, outcome, plan_sha256, nonce) VALUES (gen_random_uuid(), 'migration', 'committed', 'another', '${nonce}')`;

  test('that somebody uses meanwhile is refused in the transaction, which leaves nothing', async () => {
    const change = await enrolledChange(lane);
    const { path, nonce } = await authorize(change.root);
    const onEvent = onceAt(afterStep('C-05'), () => psql(change.url, USE(nonce)));
    const printed = await runHere(change.root, change.url, { onEvent });
    const { record } = await expectRun(change.root, printed, ENDED);
    expect(record.reason).toBe(`C-06: another run has used the authorization ${path} up meanwhile`);
    expect(record.steps.at(-1)).toMatchObject({ id: 'C-06', status: 'denied' });
    expect(await itemState(change)).toEqual(BEFORE);
    expect(await ledger(change)).toHaveLength(1);
  });

  test('that somebody may be about to use is waited for, and not used up by waiting', async () => {
    const change = await enrolledChange(lane);
    const { nonce } = await authorize(change.root);
    const other = new pg.Client({ connectionString: change.url });
    await other.connect();
    try {
      await other.query(`BEGIN; ${USE(nonce)}`);
      const printed = await runQuick(change.root, change.url);
      const { record } = await expectRun(change.root, printed, ENDED);
      expect(record.reason).toMatch(/^C-06: the row in the ledger: SQLSTATE 55P03/);
      await other.query('ROLLBACK');
    } finally {
      await other.end();
    }
    await expectRun(change.root, await runQuick(change.root, change.url), SUCCEEDED);
    expect(await ledger(change)).toEqual([{ unit: 'migration', outcome: 'committed', nonce }]);
  });

  test('commits nothing where the ledger would not refuse it a second time', async () => {
    const change = await enrolledChange(lane);
    await authorize(change.root);
    await change.query('ALTER TABLE probatum.run DROP CONSTRAINT run_nonce_key');
    const { record } = await expectRun(change.root, await runQuick(change.root, change.url), ENDED);
    expect(record.reason).toMatch(/^C-06: the row in the ledger: SQLSTATE 42P10/);
    expect(await itemState(change)).toEqual(BEFORE);
  });

  describe('of a run that was killed', () => {
    /** Long after the window, on the same database. */
    async function resumeLate(change: PostgresChange) {
      const { environment, printed } = environmentOf(change.root, { [URL_VARIABLE]: change.url }, () =>
        fromNow(9 * HOUR),
      );
      const code = await resume(environment, newestRun(change.root)!, { format: 'pretty' });
      return { code, ...printed };
    }

    test('before COMMIT is free again, once the run is settled', async () => {
      const change = await enrolledChange(lane);
      const { path, nonce } = await authorize(change.root);
      await killedRun(change.root, change.url, 'commit-sent:migration');
      const killed = newestRun(change.root);
      await expectRun(change.root, await resumeLate(change), ENDED, killed);
      expect(await ledger(change)).toEqual([{ unit: 'migration', outcome: 'fenced', nonce: null }]);
      const { record } = await expectRun(change.root, await runQuick(change.root, change.url), SUCCEEDED);
      expect(record.authorization).toMatchObject({ path, nonce });
      expect((await ledger(change)).at(-1)).toEqual({ unit: 'migration', outcome: 'committed', nonce });
    });

    test('after COMMIT is used up, and its window does not keep it from being settled', async () => {
      const change = await enrolledChange(lane);
      const { path, nonce } = await authorize(change.root);
      await killedRun(change.root, change.url, 'transaction-ended:migration');
      const { record } = await expectRun(change.root, await resumeLate(change), SUCCEEDED);
      expect(record.authorization).toMatchObject({ path, nonce });
      expect(await ledger(change)).toEqual([{ unit: 'migration', outcome: 'committed', nonce }]);
      await expectRefused(change, path);
    });
  });

  describe('without a ledger', () => {
    test('is kept by the records of this folder, of whatever database, and the report says that this is less', async () => {
      const change = await lane.make();
      const { path } = await authorize(change.root);
      const { report } = await expectRun(change.root, await runQuick(change.root, change.url), SUCCEEDED);
      expect(report).toContain('without a ledger only records that are kept, here or published, keep it');
      expect(report).toContain('that the authorization was not used before rests on the records');
      await change.query(TAKE_BACK);
      await expectRefused(change, path);
    });
  });

  describe('on a copy', () => {
    /** An enrolled target under a name that its package means, and another database in its place. */
    async function inPlaceOf({ identity }: PostgresChange, copy: string) {
      const admin = lane.server.url('postgres');
      await queryOnce(admin, `DROP DATABASE ${identity.database} WITH (FORCE)`);
      await queryOnce(admin, `ALTER DATABASE ${copy} RENAME TO ${identity.database}`);
    }
    const copyOf = ({ identity }: PostgresChange, copy: string) =>
      queryOnce(lane.server.url('postgres'), `CREATE DATABASE ${copy} TEMPLATE ${identity.database}`);

    test('of the database that was made after its use is refused by the ledger that came with it', async () => {
      const change = await enrolledChange(lane, { onlyInside: true });
      await authorize(change.root);
      const { record } = await expectRun(change.root, await runQuick(change.root, change.url), ROLLED_BACK);
      await copyOf(change, 'copied_after');
      await inPlaceOf(change, 'copied_after');
      forget(change.root);
      await expectInLedger(change, record.ledgerId);
    });

    test('of the database that was made before its use is refused where the records are, or its oid is named', async () => {
      const change = await enrolledChange(lane);
      const { path, nonce } = await authorize(change.root);
      await copyOf(change, 'copied_before');
      await expectRun(change.root, await runQuick(change.root, change.url), SUCCEEDED);
      await inPlaceOf(change, 'copied_before');
      await expectRefused(change, path);

      const [row] = await change.query('SELECT marker::text AS marker FROM probatum.target');
      const named = {
        marker: String(row!.marker),
        targetLines: `  database_oid: ${change.identity.database_oid}\n`,
      };
      const root = await writeChange(change.identity, named);
      lane.atEnd(() => removeChange(root));
      await authorize(root, { nonce });
      const { record } = await expectRun(root, await runQuick(root, change.url), STOPPED);
      expect(record.reason).toMatch(/^GUARD: database oid is /);

      // What the package does not name, and nobody here remembers, nothing tells apart.
      forget(change.root);
      await expectRun(change.root, await runQuick(change.root, change.url), SUCCEEDED);
    });

    async function onCopyOfServer<T>(test: (server: PostgresServer) => Promise<T>): Promise<T> {
      const copy = await startCopy(lane.server);
      try {
        return await test(copy);
      } finally {
        await copy.stop();
      }
    }

    test('of the whole server that was made after its use is refused by its ledger', async () => {
      const change = await enrolledChange(lane, { onlyInside: true });
      await authorize(change.root);
      const { record } = await expectRun(change.root, await runQuick(change.root, change.url), ROLLED_BACK);
      await onCopyOfServer(async (copy) => {
        const there = { root: change.root, url: copy.url(change.identity.database) };
        forget(change.root);
        await expectInLedger(there, record.ledgerId);
      });
    });

    test('of the whole server that was made before its use is refused where the records are, and only there', async () => {
      const change = await enrolledChange(lane);
      const { path } = await authorize(change.root);
      await onCopyOfServer(async (copy) => {
        const there = { root: change.root, url: copy.url(change.identity.database) };
        await expectRun(change.root, await runQuick(change.root, change.url), SUCCEEDED);
        await expectRefused(there, path);
        // Every part of the identity is the same on it.
        forget(change.root);
        await expectRun(there.root, await runQuick(there.root, there.url), SUCCEEDED);
      });
    });
  });
});

import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repinExample } from '../../src/demo/repin.js';
import { authorize, fromNow, HOUR, planSha256Of } from '../support/authorize.js';
import { DOCUMENTS } from '../support/change.js';
import { enrolledChange } from '../support/enrolled-change.js';
import { expectRun } from '../support/expect-run.js';
import { AFTER, BEFORE, itemState } from '../support/item-state.js';
import type { PostgresChange } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { afterStep, newestRun, onceAt, runHere, runQuick } from '../support/run-probatum.js';

/* What an authorization allows: one plan, one target, one window, by both clocks. */

const SUCCEEDED = { code: 0, status: 'succeeded', outcome: 'committed' } as const;
const STOPPED = { code: 1, status: 'aborted', outcome: 'none' } as const;
const ENDED = { code: 1, status: 'aborted', outcome: 'not-committed' } as const;
const DAY = 24 * HOUR;

describe.skipIf(requirePostgres() === null)('an authorization', () => {
  const lane = postgresLane();

  const nonces = async ({ query }: PostgresChange) =>
    (await query('SELECT nonce FROM probatum.run ORDER BY recorded_at')).map(({ nonce }) => nonce);

  /** A clock that stands still after a while, when the age of the backup has been judged by it. */
  const slowed = (start: Date) => new Date(Math.min(Date.now(), start.getTime() + 15_000));

  /** It is refused before a connection is opened: there is not even a folder of a run. */
  async function expectRefused(change: PostgresChange, why: string | RegExp, now?: () => Date) {
    const { code, err } = await runQuick(change.root, change.url, now);
    expect(err).toMatch(why);
    expect(err).toContain('refused: nothing was sent to the database\n');
    expect(code).toBe(1);
    expect(newestRun(change.root)).toBeUndefined();
    expect(await itemState(change)).toEqual(BEFORE);
  }

  test('is named in record, report and ledger, with what both clocks said', async () => {
    const change = await enrolledChange(lane);
    const { path, nonce } = await authorize(change.root);
    const printed = await runQuick(change.root, change.url);
    expect(printed.err).toContain(`authorized by ${path}\n`);
    const { record, report } = await expectRun(change.root, printed, SUCCEEDED);
    expect(record.authorization).toMatchObject({ path, nonce });
    expect(record.authorizationChecks.map(({ moment, verdict }) => [moment, verdict])).toEqual([
      ['identity', 'PASS'],
      ['commit', 'PASS'],
    ]);
    expect(await nonces(change)).toEqual([nonce]);
    expect(report).toContain(`- authorization: ${path}, sha256 \`${record.authorization!.sha256}\``);
    expect(report).toMatch(
      /- authorization_window_commit: open; it was 2\S+Z by this machine's clock, 2.* by the/,
    );
    expect(report).toContain(
      `- authorization_nonce: \`${nonce}\`, used up: the ledger of the target has it once`,
    );
  });

  test('is not asked for where none speaks of the package, and none is required', async () => {
    const change = await enrolledChange(lane);
    const { record, report } = await expectRun(
      change.root,
      await runQuick(change.root, change.url),
      SUCCEEDED,
    );
    expect([record.authorization, record.authorizationChecks]).toEqual([null, []]);
    expect(await nonces(change)).toEqual([null]);
    expect(report).toContain('- authorization: none; ');
  });

  test('of another plan is refused: the package changed since, and its pin was renewed', async () => {
    const change = await enrolledChange(lane);
    const before = await planSha256Of(change.root);
    const { path } = await authorize(change.root, { planSha256: before });
    appendFileSync(join(change.root, DOCUMENTS.package), '\nOne more word.\n');
    await repinExample(change.root);
    expect(readFileSync(join(change.root, path), 'utf8')).toContain(before);
    const now = await planSha256Of(change.root);
    await expectRefused(change, `refused: ${path} is for plan ${before}, this one is ${now}\n`);
  });

  test('that is dated behind its window is a draft, whoever wrote it, and lets nothing run', async () => {
    const change = await enrolledChange(lane);
    await authorize(change.root, {
      date: fromNow(30 * DAY)
        .toISOString()
        .slice(0, 10),
    });
    await expectRefused(change, / is a draft: its window ends before its own date/);
  });

  test('of another target is refused', async () => {
    const change = await enrolledChange(lane);
    await authorize(change.root, { target: 'staging' });
    await expectRefused(change, 'authorization-valid');
  });

  test.each([
    ['before its window', HOUR, 2 * HOUR, / counts from 2/],
    ['after its window', -2 * HOUR, -HOUR, / expired at 2/],
    ['right after it', -HOUR, -1, / expired at 2/],
  ])('is refused %s', async (_, from, until, why) => {
    const change = await enrolledChange(lane);
    await authorize(change.root, { notBefore: fromNow(from), expires: fromNow(until) });
    await expectRefused(change, why);
  });

  test.each([
    ['early', DAY],
    ['late', -DAY],
  ])(
    'does not count on a machine whose clock is a day wrong, though it is %s by the server',
    async (_, by) => {
      const change = await enrolledChange(lane);
      await authorize(change.root, { notBefore: fromNow(by - HOUR), expires: fromNow(by + HOUR) });
      const printed = await runQuick(change.root, change.url, () => fromNow(by));
      const { record } = await expectRun(change.root, printed, STOPPED);
      expect(record.reason).toMatch(
        /^GUARD: authorization knowledge\/go\.md counts from .*; it is .* by the server's$/,
      );
      expect(record.steps.map(({ id }) => id)).toEqual(['C-00', 'GUARD']);
      expect(record.authorizationChecks).toMatchObject([{ moment: 'identity', verdict: 'FAIL' }]);
      expect(await itemState(change)).toEqual(BEFORE);
      expect(await nonces(change)).toEqual([]);
    },
  );

  test.each([
    ['ahead', DAY, / expired at 2/],
    ['behind', -DAY, / counts from 2/],
  ])(
    'does not count on a machine whose clock is a day %s, though the server has the time',
    async (_, by, why) => {
      const change = await enrolledChange(lane);
      await authorize(change.root);
      await expectRefused(change, why, () => fromNow(by));
    },
  );

  test('that expires by our clock during the run commits nothing', async () => {
    const change = await enrolledChange(lane);
    const { nonce } = await authorize(change.root);
    let by = 0;
    const onEvent = onceAt(
      ({ type }) => type === 'statement-executed',
      () => {
        by = 2 * HOUR;
      },
    );
    const printed = await runHere(change.root, change.url, { onEvent, now: () => fromNow(by) });
    const { record, report } = await expectRun(change.root, printed, ENDED);
    expect(record.reason).toMatch(/^C-06: authorization knowledge\/go\.md counts from /);
    expect(record.authorizationChecks.map(({ verdict }) => verdict)).toEqual(['PASS', 'FAIL']);
    expect(report).toContain(`- authorization_nonce: \`${nonce}\`, not used: nothing was committed with it`);
    expect(await itemState(change)).toEqual(BEFORE);
    expect(await nonces(change)).toEqual([]);
  });

  test("that expires by the server's clock during the run commits nothing, whatever ours says", async () => {
    const change = await enrolledChange(lane);
    const start = new Date();
    const expires = fromNow(20_000);
    await authorize(change.root, { expires });
    const onEvent = onceAt(
      ({ type }) => type === 'statement-executed',
      () => {
        const rest = expires.getTime() - Date.now() + 100;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, rest);
      },
    );
    const printed = await runHere(change.root, change.url, { onEvent, now: () => slowed(start) });
    const { record } = await expectRun(change.root, printed, ENDED);
    expect(record.reason).toMatch(/^C-06: authorization /);
    expect(new Date(record.authorizationChecks.at(-1)!.here).getTime()).toBeLessThan(expires.getTime());
    expect(await itemState(change)).toEqual(BEFORE);
  }, 60_000);

  test('is the first of several that counts, by path', async () => {
    const change = await enrolledChange(lane);
    await authorize(change.root, { name: 'a', expires: fromNow(-1) });
    const { path, nonce } = await authorize(change.root, { name: 'b' });
    await authorize(change.root, { name: 'c' });
    const { record } = await expectRun(change.root, await runQuick(change.root, change.url), SUCCEEDED);
    expect(record.authorization).toMatchObject({ path, nonce });
    expect(await nonces(change)).toEqual([nonce]);
  });

  test('is no matter any more once the migration is committed', async () => {
    const change = await enrolledChange(lane);
    await authorize(change.root);
    let by = 0;
    const onEvent = onceAt(afterStep('C-06'), () => {
      by = 2 * HOUR;
    });
    const printed = await runHere(change.root, change.url, { onEvent, now: () => fromNow(by) });
    await expectRun(change.root, printed, SUCCEEDED);
    expect(await itemState(change)).toEqual(AFTER);
  });
});

import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { enroll } from '../../src/commands/enroll.js';
import { resume } from '../../src/commands/resume.js';
import { runs } from '../../src/commands/runs.js';
import type { JournalLine } from '../../src/record/events.js';
import { readRun } from '../../src/record/store.js';
import { DOCUMENTS, TARGET, URL_VARIABLE } from '../support/change.js';
import { enrolledChange } from '../support/enrolled-change.js';
import { expectRun } from '../support/expect-run.js';
import { AFTER, BEFORE, itemState } from '../support/item-state.js';
import { killedRun } from '../support/killed-run.js';
import { type PostgresChange, queryOnce } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import {
  environmentOf,
  newestRun,
  onceAt,
  type Printed,
  runFolders,
  runHere,
  runQuick,
} from '../support/run-probatum.js';
import { startProxy, type TcpProxy } from '../support/tcp-proxy.js';

const ledger = ({ url }: PostgresChange) =>
  queryOnce(url, 'SELECT run_id::text AS run, unit, outcome FROM probatum.run ORDER BY recorded_at, unit');

async function resumeHere(change: PostgresChange, url = change.url): Promise<Printed> {
  const { environment, printed } = environmentOf(change.root, { [URL_VARIABLE]: url });
  const code = await resume(environment, newestRun(change.root)!, { format: 'pretty' });
  return { code, ...printed };
}

const killedAt = ({ root }: PostgresChange, url: string, fits: string, folder = '') =>
  killedRun(root, url, fits, folder);

describe.skipIf(requirePostgres() === null)('an enrolled target', () => {
  const lane = postgresLane();
  let proxy: TcpProxy;
  beforeEach(async () => {
    proxy = await startProxy(lane.server.port);
  });
  afterEach(() => proxy.close());

  test('is shown first, enrolled by --write, and only once', async () => {
    const change = await lane.make();
    const { environment, printed } = environmentOf(change.root, { [URL_VARIABLE]: change.url });
    expect(await enroll(environment, TARGET, { write: false, format: 'pretty' })).toBe(1);
    expect(printed.out).toContain(`system ${change.identity.system_identifier}`);
    expect(printed.out).toContain('CREATE TABLE probatum.run');
    expect(await change.query("SELECT to_regnamespace('probatum') AS found")).toEqual([{ found: null }]);
    expect(await enroll(environment, TARGET, { write: true, format: 'pretty' })).toBe(0);
    const [{ marker }] = (await change.query('SELECT marker::text FROM probatum.target')) as [
      { marker: string },
    ];
    expect(printed.out).toContain(`  marker: ${marker}\n`);
    const again = environmentOf(change.root, { [URL_VARIABLE]: change.url });
    expect(await enroll(again.environment, TARGET, { write: true, format: 'json' })).toBe(0);
    expect(JSON.parse(again.printed.out)).toMatchObject({ enrolled: true, marker });
  });

  test('gets one row for each transaction, in that transaction', async () => {
    const change = await enrolledChange(lane);
    const { record } = await expectRun(change.root, await runQuick(change.root, change.url), {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    expect(record.migration?.ledger).toBe(true);
    expect(await ledger(change)).toEqual([{ run: record.ledgerId, unit: 'migration', outcome: 'committed' }]);
  });

  test.each([
    ['with another mark', '11111111-1111-4111-8111-111111111111', 'marker'],
    ['that is not enrolled, though the package means one that is', null, 'ledger'],
  ])('%s is refused', async (_, marker, part) => {
    const change =
      marker === null ? await lane.make({ ledger: 'required' }) : await enrolledChange(lane, { marker });
    const { record } = await expectRun(change.root, await runQuick(change.root, change.url), {
      code: 1,
      status: 'aborted',
      outcome: 'none',
    });
    expect(record.reason).toMatch(new RegExp(`^GUARD: .*${part} is `));
  });

  test.each([
    ['before it takes effect', false, BEFORE, 'not-committed', 1, 'aborted'],
    ['after it took effect', true, AFTER, 'committed', 0, 'succeeded'],
  ] as const)(
    'whose connection is lost at COMMIT, %s: the ledger decides',
    async (_, forwards, left, outcome, code, status) => {
      const change = await enrolledChange(lane);
      proxy.atCommit = async (forward) => {
        if (forwards) await forward();
      };
      const { record } = await expectRun(change.root, await runQuick(change.root, proxy.url(change.url)), {
        code,
        status,
        outcome,
      });
      expect(record.migration?.decidedBy).toContain('the ledger');
      expect(await itemState(change)).toEqual(left);
    },
  );

  describe('on which a run died', () => {
    // Event, and what it leaves: before the transaction, in it, when COMMIT is to be sent, after it.
    test.each([
      ['run-started', BEFORE, 'aborted', 1],
      ['step-finished:C-00', BEFORE, 'aborted', 1],
      ['step-started:C-01', BEFORE, 'aborted', 1],
      ['step-finished:C-05', BEFORE, 'aborted', 1],
      ['transaction-started', BEFORE, 'aborted', 1],
      ['statement-executed', BEFORE, 'aborted', 1],
      ['check-evaluated:V-3', BEFORE, 'aborted', 1],
      ['commit-sent', BEFORE, 'aborted', 1],
      ['transaction-ended', AFTER, 'succeeded', 0],
      ['step-finished:C-06', AFTER, 'succeeded', 0],
      ['step-started:C-07', AFTER, 'succeeded', 0],
      ['step-finished:C-07', AFTER, 'succeeded', 0],
      ['step-started:C-08', AFTER, 'succeeded', 0],
    ] as const)('at %s: resume settles it', async (event, left, status, code) => {
      const change = await enrolledChange(lane);
      await killedAt(change, change.url, event);
      const folder = newestRun(change.root)!;
      const listed = environmentOf(change.root);
      runs(listed.environment, undefined, { format: 'json' });
      expect(JSON.parse(listed.printed.out).runs.at(-1)).toMatchObject({ status: 'indeterminate' });
      const outcome =
        status === 'succeeded'
          ? 'committed'
          : event === 'run-started' || event.startsWith('step')
            ? 'none'
            : 'not-committed';
      const { record } = await expectRun(
        change.root,
        await resumeHere(change),
        { code, status, outcome },
        folder,
      );
      expect(record.resumed).toHaveLength(1);
      expect(await itemState(change)).toEqual(left);
      expect(runFolders(change.root)).toHaveLength(1);
      // Again: there is nothing left to do.
      const bytes = readFileSync(join(folder, 'journal.jsonl'), 'utf8');
      expect((await resumeHere(change)).code).toBe(code);
      expect(readFileSync(join(folder, 'journal.jsonl'), 'utf8')).toBe(bytes);
    });

    test('between COMMIT and its answer: the row says that it is committed', async () => {
      const change = await enrolledChange(lane);
      proxy.atCommit = async (forward) => {
        await forward();
        process.kill(
          Number(readFileSync(join(newestRun(change.root)!, 'run.lock'), 'utf8').split(' ')[0]),
          'SIGKILL',
        );
      };
      await killedAt(change, proxy.url(change.url), 'never');
      const { record } = await expectRun(change.root, await resumeHere(change), {
        code: 0,
        status: 'succeeded',
        outcome: 'committed',
      });
      expect(record.migration?.decidedBy).toContain('is in the ledger');
      expect(await itemState(change)).toEqual(AFTER);
    });

    test('with half a line in its journal: it is cut off, and the record says so', async () => {
      const change = await enrolledChange(lane);
      await killedAt(change, change.url, 'statement-executed');
      const journal = join(newestRun(change.root)!, 'journal.jsonl');
      appendFileSync(journal, '{"at":"2026-');
      const { record } = await expectRun(change.root, await resumeHere(change), {
        code: 1,
        status: 'aborted',
        outcome: 'not-committed',
      });
      expect(record.resumed[0]?.torn).toMatchObject({ size: '12' });
    });

    test('a new run is refused until it is settled', async () => {
      const change = await enrolledChange(lane);
      await killedAt(change, change.url, 'commit-sent');
      const refused = await runQuick(change.root, change.url);
      expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('probatum resume') });
      expect((await resumeHere(change)).code).toBe(1);
      const { record } = await expectRun(change.root, await runQuick(change.root, change.url), {
        code: 0,
        status: 'succeeded',
        outcome: 'committed',
      });
      expect(record.earlier.at(-1)).toMatchObject({
        status: 'aborted',
        reason: expect.stringContaining('C-06'),
      });
    });

    test('with a changed artefact: it is not taken up, and nothing is written', async () => {
      const change = await enrolledChange(lane);
      await killedAt(change, change.url, 'transaction-ended');
      const folder = newestRun(change.root)!;
      const bytes = readFileSync(join(folder, 'journal.jsonl'));
      writeFileSync(join(folder, 'artefacts', 'verify.sql'), 'SELECT 1;\n');
      await expect(resumeHere(change)).rejects.toThrow('verify.sql does not have the digest');
      expect(readFileSync(join(folder, 'journal.jsonl'))).toEqual(bytes);
    });
  });

  test('whose session still holds transaction and lock: it is ended, and its COMMIT comes too late', async () => {
    const change = await enrolledChange(lane);
    proxy.keepsServer = true;
    let late: Promise<void> | undefined;
    let release = () => {};
    proxy.atCommit = async (forward) => {
      const [pid] = readFileSync(join(newestRun(change.root)!, 'run.lock'), 'utf8').split(' ');
      process.kill(Number(pid), 'SIGKILL');
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      late = forward();
    };
    await killedAt(change, proxy.url(change.url), 'never');
    const holding = await change.query(
      "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );
    expect(holding).toHaveLength(1);
    const { record } = await expectRun(change.root, await resumeHere(change), {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
    });
    expect(record.migration?.decidedBy).toContain('cannot commit any more');
    release();
    await Promise.race([late, sleep(500)]);
    expect(await itemState(change)).toEqual(BEFORE);
  });

  test('on which a run died, and the one that took it up died as well', async () => {
    const change = await enrolledChange(lane, { onlyInside: true });
    await killedAt(change, change.url, 'commit-sent:rollback');
    const folder = newestRun(change.root)!;
    for (const event of ['run-resumed', 'step-finished:LOCK', 'transaction-started:rollback'])
      await killedAt(change, change.url, event, folder);
    const { record } = await expectRun(change.root, await resumeHere(change), {
      code: 3,
      status: 'rolled-back',
      outcome: 'committed',
    });
    expect(record.resumed).toHaveLength(4);
    expect(record.steps.filter(({ status }) => status === 'running')).toEqual([]);
    expect(await itemState(change)).toEqual(BEFORE);
  });

  test('whose verification failed after COMMIT, and the run died before the rollback: it is rolled back', async () => {
    const change = await enrolledChange(lane, { onlyInside: true });
    await killedAt(change, change.url, 'step-finished:C-07');
    const { record } = await expectRun(change.root, await resumeHere(change), {
      code: 3,
      status: 'rolled-back',
      outcome: 'committed',
    });
    expect(record.rollback?.outcome).toBe('committed');
    expect(await itemState(change)).toEqual(BEFORE);
    expect((await ledger(change)).map(({ unit, outcome }) => [unit, outcome])).toEqual([
      ['migration', 'committed'],
      ['rollback', 'committed'],
    ]);
  });

  test.each([
    ['the review of the package is gone', DOCUMENTS.packageReview, null, /package reviewed/],
    [
      'a review is of other bytes',
      DOCUMENTS.ddlReview,
      ['verdict: pass', 'verdict: conditional'],
      /ddl reviewed/,
    ],
    [
      'the package is another one',
      DOCUMENTS.package,
      ['revision: r1', 'revision: r2'],
      /give no|gives no|and the run is of/,
    ],
  ] as const)(
    'of which %s: a journal alone decides over nothing that is sent',
    async (_, path, edit, why) => {
      const change = await enrolledChange(lane, { onlyInside: true });
      await killedAt(change, change.url, 'step-finished:C-06');
      const file = join(change.root, path);
      if (edit === null) rmSync(file);
      else writeFileSync(file, readFileSync(file, 'utf8').replace(edit[0], edit[1]));
      // The documents have findings now, and so would what is published.
      expect(await resumeHere(change)).toMatchObject({ code: 4 });
      const { record } = readRun(newestRun(change.root)!);
      expect(record).toMatchObject({ status: 'failed', migration: { outcome: 'committed' } });
      expect(record.reason).toMatch(/a person decides/);
      expect(record.reason).toMatch(why);
      expect(record.rollback).toBeNull();
      expect(await itemState(change)).toEqual(AFTER);
    },
  );

  test.each([
    ['statement-executed:rollback', 2],
    ['commit-sent:rollback', 2],
    ['transaction-ended:rollback', 1],
  ] as const)('which died in its rollback, at %s', async (event, attempts) => {
    const change = await enrolledChange(lane, { onlyInside: true });
    await killedAt(change, change.url, event);
    const { record } = await expectRun(change.root, await resumeHere(change), {
      code: 3,
      status: 'rolled-back',
      outcome: 'committed',
    });
    expect(record.rollback).toMatchObject({ outcome: 'committed' });
    expect(await itemState(change)).toEqual(BEFORE);
    expect((await ledger(change)).filter(({ unit }) => String(unit).startsWith('rollback'))).toHaveLength(
      attempts,
    );
  });

  test('whose verification could not be done: resume does it, and the report says that it was repeated', async () => {
    const change = await enrolledChange(lane);
    await runHere(change.root, proxy.url(change.url), {
      onEvent: onceAt(
        (line) => line.type === 'transaction-ended',
        () => {
          proxy.closed = true;
        },
      ),
    });
    const { report, folder } = await expectRun(change.root, await resumeHere(change), {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    // The seal of the first end stays beside that of the new one, as record and report do.
    const earlier = readdirSync(folder).filter((name) => name.startsWith('after-'));
    expect(earlier.map((name) => name.replace(/^after-\d+-events-/, '')).sort()).toEqual([
      'record.json',
      'report.md',
      'seal.json',
    ]);
    expect(report).toMatch(/\| C-07 \| verification \| repeated \| failed: /);
    expect(report).toMatch(/\| C-07 \| verification \| done \|/);
    expect(await itemState(change)).toEqual(AFTER);
  });

  test('which died between two checks after COMMIT: the report counts each of them once', async () => {
    const change = await enrolledChange(lane);
    await killedAt(change, change.url, 'check-evaluated:after-commit');
    const { record } = await expectRun(change.root, await resumeHere(change), {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    const after = record.checks.filter(({ moment }) => moment === 'after-commit').map(({ id }) => id);
    expect(new Set(after).size).toBe(after.length);
  });

  test('is not taken up while its process is at work', async () => {
    const change = await enrolledChange(lane);
    let refused: unknown;
    const waits: Promise<unknown>[] = [];
    const atWork = (line: JournalLine) => line.type === 'step-finished' && line.id === 'C-05';
    await runHere(change.root, change.url, {
      onEvent: onceAt(atWork, () => {
        waits.push(
          resumeHere(change).catch((error: unknown) => {
            refused = error;
          }),
        );
      }),
    });
    await Promise.all(waits);
    expect(refused).toMatchObject({ code: 'locked' });
    expect(existsSync(join(newestRun(change.root)!, 'run.lock'))).toBe(false);
  });
});

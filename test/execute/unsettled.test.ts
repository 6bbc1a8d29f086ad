import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resume } from '../../src/commands/resume.js';
import { runs } from '../../src/commands/runs.js';
import { status } from '../../src/commands/status.js';
import type { LifeCycle } from '../../src/model/life-cycle.js';
import { CHANGE, DOCUMENTS, TARGET, URL_VARIABLE } from '../support/change.js';
import { enrolledChange } from '../support/enrolled-change.js';
import { expectRun } from '../support/expect-run.js';
import { BEFORE, itemState } from '../support/item-state.js';
import { killedRun } from '../support/killed-run.js';
import type { PostgresChange } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { environmentOf, newestRun, runQuick } from '../support/run-probatum.js';

const ABORTED = { code: 1, status: 'aborted', outcome: 'not-committed' } as const;

/** What `probatum runs` says, and how it ends. */
function listed(root: string) {
  const { environment, printed } = environmentOf(root);
  const code = runs(environment, undefined, { format: 'json' });
  const { runs: all } = JSON.parse(printed.out) as {
    runs: { change: string; status: string; reason: string }[];
  };
  return { code, err: printed.err, runs: all.filter(({ change }) => change === CHANGE) };
}

/** What `probatum status` says of the run of the change. */
async function executedOf(root: string) {
  const { environment, printed } = environmentOf(root);
  expect(await status(environment, CHANGE, { format: 'json' })).toBe(0);
  const { changes } = JSON.parse(printed.out) as { changes: LifeCycle[] };
  const cycle = changes.find(({ package: path }) => path === DOCUMENTS.package)!;
  expect(cycle.next).toBe('executed');
  return cycle.stages.find(({ stage }) => stage === 'executed')!;
}

async function resumed({ root, url }: PostgresChange) {
  const { environment, printed } = environmentOf(root, { [URL_VARIABLE]: url });
  const code = await resume(environment, newestRun(root)!, { format: 'pretty' });
  return { code, ...printed };
}

describe.skipIf(requirePostgres() === null)('a run that died with COMMIT to be sent', () => {
  const lane = postgresLane();

  async function killed() {
    const change = await enrolledChange(lane);
    await killedRun(change.root, change.url, 'commit-sent');
    const folder = newestRun(change.root)!;
    return { change, folder, lock: join(folder, 'run.lock'), journal: join(folder, 'journal.jsonl') };
  }

  test('and whose journal was changed: nothing begins, and runs, status and resume say so', async () => {
    const { change, folder, journal } = await killed();
    const text = readFileSync(journal, 'utf8');
    writeFileSync(journal, text.replace('"id":"C-00"', '"id":"C-0x"'));
    const refused = await runQuick(change.root, change.url);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('cannot be read') });
    expect(refused.err).toContain(folder);
    expect(await itemState(change)).toEqual(BEFORE);
    expect(listed(change.root)).toMatchObject({
      code: 1,
      err: expect.stringContaining('cannot be read'),
      runs: [{ status: 'unreadable', reason: expect.stringContaining('journal.jsonl') }],
    });
    expect(await executedOf(change.root)).toMatchObject({
      status: 'refused',
      missing: expect.stringContaining('cannot be read'),
    });
    // Put back, it is settled as ever.
    writeFileSync(journal, text);
    expect(await executedOf(change.root)).toMatchObject({
      status: 'refused',
      missing: `run ${basename(folder)} is not settled: probatum resume ${basename(folder)}`,
    });
    await expectRun(change.root, await resumed(change), ABORTED);
    expect(await executedOf(change.root)).toMatchObject({
      status: 'open',
      missing: expect.stringContaining('probatum run'),
    });
    // Damaged beside a record that is as it was written.
    expect(listed(change.root)).toMatchObject({ code: 0 });
    const settled = readFileSync(journal, 'utf8');
    const damaged = [
      () => writeFileSync(journal, settled.replace('"id":"C-00"', '"id":"C-0x"')),
      () => writeFileSync(journal, settled.slice(0, settled.lastIndexOf('\n', settled.length - 2) + 1)),
      () => writeFileSync(journal, ''),
      () => rmSync(journal),
    ];
    for (const damage of damaged) {
      damage();
      expect(listed(change.root)).toMatchObject({
        code: 1,
        err: expect.stringContaining('put its files back from a copy'),
        runs: [{ status: 'unreadable', mode: 'run', target: TARGET, outcome: 'not-committed' }],
      });
      expect((await runQuick(change.root, change.url)).err).toContain('cannot be read');
      await expect(resumed(change)).rejects.toMatchObject({
        code: 'bad-record',
        message: expect.stringContaining('journal.jsonl'),
        help: expect.stringContaining('put its files back from a copy'),
      });
    }
    writeFileSync(journal, settled);
    expect(listed(change.root)).toMatchObject({ code: 0, runs: [{ status: 'aborted' }] });
  });

  test('on another host, as its lock says: it counts as unsettled, and whoever resumes it is told the file', async () => {
    const { change, lock } = await killed();
    writeFileSync(lock, `${process.pid} elsewhere.example.org\n`);
    expect(listed(change.root)).toMatchObject({
      code: 1,
      runs: [{ status: 'indeterminate', reason: expect.stringContaining('on elsewhere.example.org') }],
    });
    const refused = await runQuick(change.root, change.url);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('probatum resume') });
    await expect(resumed(change)).rejects.toMatchObject({
      code: 'locked',
      help: expect.stringContaining(`remove ${lock}`),
    });
  });

  test.skipIf(process.platform !== 'linux').each<[string, (lock: string[]) => string[]]>([
    [
      'another process has its id by now',
      ([, host, boot, space]) => [String(process.pid), host!, boot!, space!, '1'],
    ],
    [
      'the machine was started anew',
      ([, host, , space, start]) => [String(process.pid), host!, 'before', space!, start!],
    ],
  ])('and %s: it is taken up', async (_, altered) => {
    const { change, lock } = await killed();
    writeFileSync(lock, `${altered(readFileSync(lock, 'utf8').trim().split(' ')).join(' ')}\n`);
    expect(listed(change.root)).toMatchObject({ code: 1, runs: [{ status: 'indeterminate' }] });
    expect((await runQuick(change.root, change.url)).code).toBe(2);
    await expectRun(change.root, await resumed(change), ABORTED);
  });

  test.skipIf(process.platform !== 'linux')(
    'in a container of this name: it cannot be asked about',
    async () => {
      const { change, lock } = await killed();
      const [, , boot, , start] = readFileSync(lock, 'utf8').trim().split(' ');
      writeFileSync(lock, `1 ${hostname()} ${boot} 1 ${start}\n`);
      expect((await runQuick(change.root, change.url)).code).toBe(2);
      await expect(resumed(change)).rejects.toMatchObject({
        help: expect.stringContaining(`remove ${lock}`),
      });
    },
  );

  test('leaves room for another run where it died before its first event; a stray file is passed over', async () => {
    const change = await lane.make();
    const all = join(change.root, '.probatum', 'runs');
    mkdirSync(join(all, CHANGE, '20260101T000000Z'), { recursive: true });
    writeFileSync(join(all, CHANGE, '20260101T000000Z', 'journal.jsonl'), '{"at":');
    writeFileSync(join(all, '.DS_Store'), '');
    expect(listed(change.root)).toMatchObject({ code: 0, runs: [{ status: 'not-begun' }] });
    expect((await runQuick(change.root, change.url)).code).toBe(0);
  });
});

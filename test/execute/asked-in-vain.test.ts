import { describe, expect, test } from 'vitest';
import { enroll } from '../../src/commands/enroll.js';
import { resumeRun } from '../../src/execute/resume-run.js';
import { loadConfig } from '../../src/load/config.js';
import type { JournalLine } from '../../src/record/events.js';
import { openTarget } from '../../src/target/open-target.js';
import { TARGET, URL_VARIABLE } from '../support/change.js';
import { enrolledChange } from '../support/enrolled-change.js';
import { expectRun } from '../support/expect-run.js';
import { BEFORE, itemState } from '../support/item-state.js';
import { killedRun } from '../support/killed-run.js';
import type { PostgresChange } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { environmentOf, newestRun, psql, runQuick } from '../support/run-probatum.js';

const ENDED = `SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
  WHERE application_name = 'probatum' AND datname = current_database()`;

describe.skipIf(requirePostgres() === null)('a database that does not answer', () => {
  const lane = postgresLane();

  /** Takes the newest run up; its sessions are ended at the first event that fits. */
  async function resumeCutAt({ root, url }: PostgresChange, fits: (line: JournalLine) => boolean) {
    const variables = { ...process.env, [URL_VARIABLE]: url };
    const target = await openTarget(TARGET, loadConfig(root).targets, root, variables, true);
    let cut = false;
    try {
      return await resumeRun({
        folder: newestRun(root)!,
        target,
        now: () => new Date(),
        whyUnproved: async () => null,
        onEvent: (line) => {
          if (cut || !fits(line)) return;
          cut = true;
          psql(url, ENDED);
        },
      });
    } finally {
      await target.close();
    }
  }

  test('whether a committed rollback has put everything back: the run is failed, and can be taken up again', async () => {
    const change = await enrolledChange(lane, { onlyInside: true });
    await killedRun(change.root, change.url, 'transaction-ended:rollback');
    const first = await resumeCutAt(change, (line) => line.type === 'step-started' && line.id === 'C-08');
    expect(first).toMatchObject({ status: 'failed', exitCode: 4 });
    const { record } = first.stored;
    expect(record.rollback?.outcome).toBe('committed');
    expect(record.steps.at(-1)).toMatchObject({ id: 'C-08', status: 'failed' });
    const again = await resumeCutAt(change, () => false);
    expect(again).toMatchObject({ status: 'rolled-back', exitCode: 3 });
    expect(await itemState(change)).toEqual(BEFORE);
  });

  test('while a run is taken up: nothing is claimed, and it can be done again', async () => {
    const change = await enrolledChange(lane);
    await killedRun(change.root, change.url, 'statement-executed');
    const lost = resumeCutAt(change, (line) => line.type === 'step-finished' && line.id === 'GUARD');
    await expect(lost).rejects.toMatchObject({
      code: 'unresolved',
      message: expect.stringMatching(/^the database could not be asked any further: (57P01|connection lost)/),
    });
    const again = await resumeCutAt(change, () => false);
    expect(again).toMatchObject({ status: 'aborted', exitCode: 1 });
  });

  test('whether it is enrolled, as the role may not use the schema', async () => {
    const change = await enrolledChange(lane);
    psql(change.url, "DROP ROLE IF EXISTS weak; CREATE ROLE weak LOGIN PASSWORD 'weak'");
    const url = change.url.replace(/\/\/[^@]*@/, '//weak:weak@');
    const { environment } = environmentOf(change.root, { [URL_VARIABLE]: url });
    await expect(enroll(environment, TARGET, { write: true, format: 'pretty' })).rejects.toMatchObject({
      code: 'bad-configuration',
      message: expect.stringContaining('is enrolled'),
      help: expect.stringContaining('schema probatum'),
    });
  });
});

describe.skipIf(requirePostgres() === null)('a program that is missing', () => {
  const lane = postgresLane();

  test('ends the step with what to do about it', async () => {
    const target = `    engine: postgres\n    connection:\n      env: ${URL_VARIABLE}\n    tools:\n      directory: /nowhere\n`;
    const change = await lane.make({ target });
    const { record } = await expectRun(change.root, await runQuick(change.root, change.url), {
      code: 1,
      status: 'aborted',
      outcome: 'none',
    });
    expect(record.reason).toMatch(/^C-01: pg_dump was not found\. Install .*tools\.directory/);
  });
});

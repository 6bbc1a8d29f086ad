import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { resume } from '../../src/commands/resume.js';
import { CLI } from '../cli/probatum.js';
import { DOCUMENTS, TARGET, URL_VARIABLE } from '../support/change.js';
import { enrolledChange } from '../support/enrolled-change.js';
import { expectRun } from '../support/expect-run.js';
import { BEFORE, itemState } from '../support/item-state.js';
import { type PostgresChange, queryOnce } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { environmentOf, newestRun } from '../support/run-probatum.js';

const DIRECTORY = `    engine: postgres
    connection:
      env: ${URL_VARIABLE}
    backup:
      provider: directory
`;

/** Starts the built tool on a change, in a process of its own. */
function started({ root, url }: PostgresChange) {
  const command = ['run', DOCUMENTS.package, '--target', TARGET, '--format', 'json'];
  const child = spawn(process.execPath, [CLI, ...command], {
    cwd: root,
    env: { ...process.env, [URL_VARIABLE]: url },
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, out, err })),
  );
  return { child, ended };
}

/** Waits until sessions of a program wait for a lock, or until there are none of it any more. */
async function until(url: string, condition: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const [row] = await queryOnce(
      url,
      `SELECT (${condition}) AS holds FROM pg_stat_activity WHERE datname = current_database()`,
    );
    if (row?.holds === true) return;
    await sleep(100);
  }
  throw new Error(`it never came to ${condition}`);
}
const waiting = (program: string) =>
  `count(*) FILTER (WHERE application_name = '${program}' AND wait_event_type = 'Lock') > 0`;
const NONE = "count(*) FILTER (WHERE application_name IN ('pg_dump', 'probatum')) = 0";

async function settled({ root, url }: PostgresChange) {
  const { environment, printed } = environmentOf(root, { [URL_VARIABLE]: url });
  const code = await resume(environment, basename(newestRun(root)!), { format: 'pretty' });
  return { code, ...printed };
}

describe.skipIf(requirePostgres() === null)('a run that a signal ends', () => {
  const lane = postgresLane();

  test.each([
    ['SIGINT', undefined],
    ['SIGTERM', DIRECTORY],
    ['SIGHUP', DIRECTORY],
  ] as const)('by %s in C-01 leaves no pg_dump behind, and is taken up', async (signal, target) => {
    const change = await enrolledChange(lane, target === undefined ? {} : { target });
    const other = new pg.Client({ connectionString: change.url });
    await other.connect();
    try {
      await other.query('BEGIN; LOCK TABLE app.base IN ACCESS EXCLUSIVE MODE');
      const { child, ended } = started(change);
      await until(change.url, waiting('pg_dump'));
      child.kill(signal);
      const { code, out, err } = await ended;
      const id = basename(newestRun(change.root)!);
      expect({ code, last: err.trim().split('\n').at(-1) }).toEqual({
        code: 1,
        last: `interrupted; settle it with: probatum resume ${id}`,
      });
      expect(JSON.parse(out)).toMatchObject({ runId: id, status: 'interrupted', outcome: 'not-started' });
      // Nobody but a program that outlived it could still be there.
      await until(change.url, NONE);
    } finally {
      await other.end();
    }
    const folder = newestRun(change.root)!;
    expect(existsSync(join(folder, 'run.lock'))).toBe(false);
    await expectRun(change.root, await settled(change), { code: 1, status: 'aborted', outcome: 'none' });
    const left = [folder, join(folder, 'artefacts')].flatMap((one) => readdirSync(one));
    expect(left.filter((name) => name.endsWith('.partial'))).toEqual([]);
    expect(await itemState(change)).toEqual(BEFORE);
  });

  test('by SIGTERM in C-06 says that a person is needed, and is settled', async () => {
    const change = await enrolledChange(lane);
    const other = new pg.Client({ connectionString: change.url });
    await other.connect();
    try {
      await other.query('BEGIN; LOCK TABLE app.base IN SHARE MODE');
      const { child, ended } = started(change);
      await until(change.url, waiting('probatum'));
      child.kill('SIGTERM');
      expect(await ended).toMatchObject({
        code: 4,
        out: expect.stringContaining('"outcome":"unknown"'),
        err: expect.stringContaining('interrupted; settle it with: probatum resume '),
      });
    } finally {
      await other.end();
    }
    const { record } = await expectRun(change.root, await settled(change), {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
    });
    expect(record.reason).toContain('the run was interrupted');
    expect(await itemState(change)).toEqual(BEFORE);
  });
});

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DatabaseError } from '../../src/target/engine.js';
import { openPostgresTarget } from '../../src/target/postgres.js';
import { URL_VARIABLE } from '../support/change.js';
import { expectRun } from '../support/expect-run.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { processesBelow, relayTo } from '../support/relay.js';
import { afterStep, onceAt, runHere, runQuick } from '../support/run-probatum.js';

/** No such host: only the transport leads to the server. */
const NOWHERE = 'database.invalid';

describe.skipIf(requirePostgres() === null)('a target behind a transport', () => {
  const lane = postgresLane();
  let relay: readonly string[];
  beforeAll(() => {
    relay = relayTo(lane.server.port);
  });

  const hidden = (url: string) => {
    const there = new URL(url);
    there.host = `${NOWHERE}:5432`;
    there.search = 'sslmode=disable';
    return there.href;
  };
  const open = (transport: readonly string[]) =>
    openPostgresTarget(
      't',
      { engine: 'postgres', connection: { env: 'DB' }, transport, tools: { prefix: ['env'] } },
      { ...process.env, DB: hidden(lane.server.url('postgres')) },
    );
  const failure = (promise: Promise<unknown>): Promise<DatabaseError> =>
    promise.then(
      () => Promise.reject(new Error('expected a failure')),
      (error) => error as DatabaseError,
    );
  const relays = () => processesBelow().filter(({ args }) => args.startsWith(relay[0]!));

  test('is changed through it, and no password is in a list of processes', async () => {
    const log = mkdtempSync(join(tmpdir(), 'processes-'));
    lane.atEnd(() => rmSync(log, { recursive: true }));
    // The programs' prefix says where the server is, as docker exec would; and it looks around.
    const prefix = join(log, 'prefix');
    writeFileSync(
      prefix,
      `#!/bin/sh\nexec 3<&0\n"$@" <&3 &\nps -e -o args= | grep -e "$1" -e '${relay[0]}' >> ${log}/seen\nwait $!\n`,
    );
    chmodSync(prefix, 0o755);
    const where = [`PGHOST=127.0.0.1`, `PGPORT=${lane.server.port}`];
    const entry = { transport: relay, tools: { prefix: ['env', ...where, prefix] } };
    const change = await lane.make({
      target: `    engine: postgres\n    connection:\n      env: ${URL_VARIABLE}\n    transport: ${JSON.stringify(entry.transport)}\n    tools: ${JSON.stringify(entry.tools)}\n`,
    });
    const seen: string[] = [];
    const printed = await runHere(change.root, hidden(change.url), {
      onEvent: () => void seen.push(...processesBelow().map(({ args }) => args)),
    });
    const { record } = await expectRun(change.root, printed, {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
      secret: lane.server.password,
    });
    expect(record.target.host).toBe(NOWHERE);
    seen.push(...readFileSync(join(log, 'seen'), 'utf8').split('\n'));
    expect(seen.some((line) => line.includes('pg_dump'))).toBe(true);
    expect(seen.some((line) => line.startsWith(relay[0]!))).toBe(true);
    for (const secret of [lane.server.password, encodeURIComponent(lane.server.password)])
      expect(seen.filter((line) => line.includes(secret))).toEqual([]);
    await expectNoProcess();
  });

  /** Programs end with their sessions, if not at once. */
  async function expectNoProcess() {
    for (let waited = 0; waited < 5_000 && relays().length > 0; waited += 50) await sleep(50);
    expect(relays()).toEqual([]);
  }

  test('carries much in both directions', async () => {
    const target = open(relay);
    const session = await target.open();
    const text = 'ä'.repeat(5_000_000);
    const { rows } = await session.run('SELECT $1::text, repeat($1::text, 3)', [text]);
    expect(rows[0]?.[0] === text).toBe(true);
    expect(rows[0]?.[1]?.length).toBe(15_000_000);
    await target.close();
    await expectNoProcess();
  });

  test('whose session the server ends is a lost connection, and stays one', async () => {
    const target = open(relay);
    const session = await target.open();
    const other = openPostgresTarget(
      't',
      { engine: 'postgres', connection: { env: 'DB' } },
      { DB: lane.server.url('postgres') },
    );
    const [pid] = (await session.run('SELECT pg_backend_pid()')).rows[0]!;
    const waiting = failure(session.run('SELECT pg_sleep(60)'));
    await (await other.open()).run('SELECT pg_terminate_backend($1::int)', [pid ?? '']);
    expect(await waiting).toMatchObject({ connectionLost: true });
    const after = await failure(session.run('SELECT 1'));
    expect(after).toMatchObject({ connectionLost: true });
    await target.close();
    await other.close();
  });

  test.each<[string, string[], string]>([
    [
      'cannot be started',
      ['/nonexistent/program'],
      'the transport did not start: spawn /nonexistent/program ENOENT',
    ],
    [
      'refuses',
      ['sh', '-c', 'echo first >&2; echo no such container >&2; exit 1'],
      'the transport ended: no such container',
    ],
    ['ends without a word', ['sh', '-c', 'exit 7'], 'the transport ended: exit code 7'],
    ['leads to no server', ['sh', '-c', 'head -c 1 >/dev/null; exit 3'], 'the transport ended: exit code 3'],
  ])('that %s: the run cannot start, and it is said why', async (_, transport, why) => {
    const change = await lane.make({
      target: `    engine: postgres\n    connection:\n      env: ${URL_VARIABLE}\n    transport: ${JSON.stringify(transport)}\n    tools:\n      prefix: [env]\n`,
    });
    const { code, err } = await runQuick(change.root, hidden(change.url));
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(why) });
    expect(err).not.toContain(lane.server.password);
    expect(existsSync(join(change.root, '.probatum'))).toBe(false);
  });

  test('that is cut in the middle of a run: nothing is changed, and it is known', async () => {
    const where = [`PGHOST=127.0.0.1`, `PGPORT=${lane.server.port}`];
    const change = await lane.make({
      target: `    engine: postgres\n    connection:\n      env: ${URL_VARIABLE}\n    transport: ${JSON.stringify(relay)}\n    tools:\n      prefix: ${JSON.stringify(['env', ...where])}\n`,
    });
    const printed = await runHere(change.root, hidden(change.url), {
      onEvent: onceAt(afterStep('C-04'), () => {
        for (const { pid } of relays()) process.kill(pid, 'SIGKILL');
      }),
    });
    const { record } = await expectRun(change.root, printed, {
      code: 1,
      status: 'aborted',
      outcome: 'none',
    });
    expect(record.reason).toContain('connection lost: the transport ended: ');
    expect(await change.query('SELECT id FROM app.base')).toEqual([{ id: 1 }]);
  });

  test('without a prefix for pg_dump is refused: it could reach another server', async () => {
    const change = await lane.make({
      target: `    engine: postgres\n    connection:\n      env: ${URL_VARIABLE}\n    transport: ${JSON.stringify(relay)}\n`,
    });
    const { code, err } = await runQuick(change.root, hidden(change.url));
    expect(code).toBe(2);
    expect(err).toContain('pg_dump would not go through transport, and could reach another server');
  });
});

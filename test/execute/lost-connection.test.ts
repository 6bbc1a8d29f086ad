import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resume } from '../../src/commands/resume.js';
import { URL_VARIABLE } from '../support/change.js';
import { expectRun } from '../support/expect-run.js';
import { AFTER, BEFORE, itemState } from '../support/item-state.js';
import { type PostgresChange, postgresChange, queryOnce } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { type PostgresServer, requirePostgres, startPostgresServer } from '../support/postgres-server.js';
import { environmentOf, newestRun, onceAt, psql, runHere, runQuick } from '../support/run-probatum.js';
import { startProxy, type TcpProxy } from '../support/tcp-proxy.js';

const MIGRATING = `FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'probatum'
  AND backend_xid IS NOT NULL`;

describe.skipIf(requirePostgres() === null)('a connection that is lost', () => {
  const lane = postgresLane();
  let proxy: TcpProxy;
  beforeEach(async () => {
    proxy = await startProxy(lane.server.port);
  });
  afterEach(() => proxy.close());

  test.each([
    ['between two statements', (type: string) => type === 'statement-executed'],
    ['after the checks', (type: string) => type === 'check-evaluated'],
  ])('%s of the migration: nothing is committed', async (_, fits) => {
    const change = await lane.make();
    const kill = () => psql(change.url, `SELECT pg_terminate_backend(pid, 5000) ${MIGRATING}`);
    const inside = (line: { type: string; moment?: string }) =>
      fits(line.type) && (line.moment ?? 'in-transaction') === 'in-transaction';
    const printed = await runHere(change.root, change.url, { onEvent: onceAt(inside, kill) });
    const { record, report } = await expectRun(change.root, printed, {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
    });
    expect(record.migration).toMatchObject({
      tag: '',
      decidedBy: expect.stringMatching(/; COMMIT was not sent$|; pg_xact_status\(\d+\) .*: aborted$/),
    });
    expect(report).toContain('/ (no answer)\n');
    expect(await itemState(change)).toEqual(BEFORE);
  });

  test('while a statement runs: nothing is committed', async () => {
    const change = await lane.make(
      {},
      `CREATE FUNCTION app.slow() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN PERFORM pg_catalog.pg_sleep(60); RETURN NEW; END $$;
       CREATE TRIGGER slow BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.slow();`,
    );
    const running = runQuick(change.root, change.url);
    let killed: unknown[] = [];
    for (let attempt = 0; attempt < 300 && killed.length === 0; attempt++) {
      await sleep(50);
      killed = await change.query(
        `SELECT pg_terminate_backend(pid, 5000) ${MIGRATING} AND query LIKE 'INSERT%'`,
      );
    }
    const { record } = await expectRun(change.root, await running, {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
    });
    expect(record.migration?.refused).toMatchObject({ number: 2, message: expect.stringContaining('57P01') });
    expect(await itemState(change)).toEqual(BEFORE);
  });

  test('before COMMIT reached the server: the server says that it was aborted', async () => {
    const change = await lane.make();
    proxy.atCommit = async () => {};
    const { record, report } = await expectRun(
      change.root,
      await runQuick(change.root, proxy.url(change.url)),
      {
        code: 1,
        status: 'aborted',
        outcome: 'not-committed',
      },
    );
    expect(record.migration).toMatchObject({
      tag: '',
      decidedBy: expect.stringMatching(/; pg_xact_status\(\d+\) .*: aborted$/),
    });
    expect(report).toContain('/ (no answer)\n');
    expect(await itemState(change)).toEqual(BEFORE);
  });

  test('after COMMIT, before its answer: the server says that it was committed, and verification goes on', async () => {
    const change = await lane.make();
    proxy.atCommit = (forward) => forward();
    const { record, report } = await expectRun(
      change.root,
      await runQuick(change.root, proxy.url(change.url)),
      {
        code: 0,
        status: 'succeeded',
        outcome: 'committed',
      },
    );
    expect(record.migration).toMatchObject({ tag: '', decidedBy: expect.stringMatching(/: committed$/) });
    expect(report).toContain('/ (no answer)\n');
    expect(await itemState(change)).toEqual(AFTER);
  });

  test('for good: the outcome stays unknown, and the run ends', async () => {
    const change = await lane.make();
    proxy.atCommit = async (forward) => {
      await forward();
      proxy.closed = true;
    };
    const started = Date.now();
    const { record, report } = await expectRun(
      change.root,
      await runQuick(change.root, proxy.url(change.url)),
      {
        code: 4,
        status: 'indeterminate',
        outcome: 'unknown',
      },
    );
    expect(Date.now() - started).toBeLessThan(40_000);
    expect(record.steps.at(-1)).toMatchObject({ id: 'C-06', status: 'failed' });
    expect(record.reason).toContain('it is not known whether COMMIT took effect');
    expect(report).toContain('it is not known whether the migration took effect.');
    expect(report).toContain('- data_mutation: not known\n');
    expect(report).toContain('A person is needed');
    expect(await itemState(change)).toEqual(AFTER);
    // Once the server can be asked again, the report says of the step what became of it.
    const { environment, printed } = environmentOf(change.root, { [URL_VARIABLE]: change.url });
    const code = await resume(environment, newestRun(change.root)!, { format: 'pretty' });
    const settled = await expectRun(
      change.root,
      { code, ...printed },
      { code: 0, status: 'succeeded', outcome: 'committed' },
    );
    expect(settled.record.steps.find(({ id }) => id === 'C-06')).toMatchObject({ status: 'done' });
  });
});

describe.skipIf(requirePostgres() === null)('a server that crashes at COMMIT', () => {
  let server: PostgresServer;
  let proxy: TcpProxy;
  let change: PostgresChange;
  beforeEach(async () => {
    // What is not flushed is lost: the background writer must not flush it in time by chance.
    server = await startPostgresServer({
      wal_writer_delay: '10s',
      wal_level: 'minimal',
      max_wal_senders: '0',
    });
    proxy = await startProxy(server.port);
    change = await postgresChange(server);
  });
  afterEach(async () => {
    await proxy?.close();
    await server?.stop();
    change?.remove();
  });

  const expectUnknown = async () => {
    const { record } = await expectRun(change.root, await runQuick(change.root, proxy.url(change.url)), {
      code: 4,
      status: 'indeterminate',
      outcome: 'unknown',
    });
    expect(record.migration?.decidedBy).toMatch(
      /^COMMIT was not answered \(.*\); the server was restarted or recovered from a crash since$/,
    );
    return record;
  };

  test.each([
    ['before it takes effect', false, BEFORE],
    ['after it took effect', true, AFTER],
  ])('%s: the outcome is unknown', async (_, forwards, left) => {
    proxy.atCommit = async (forward) => {
      if (forwards) await forward();
      await server.crash();
      await server.start();
    };
    await expectUnknown();
    expect(await itemState(change)).toEqual(left);
  });

  test('and recovers without a restart, with the transaction id given to somebody else: unknown', async () => {
    let others: { reused: string; status: string } | undefined;
    proxy.atCommit = async () => {
      const [backend] = await change.query(`SELECT pid, backend_xid::text AS xid ${MIGRATING}`);
      const { pid, xid } = backend as { pid: number; xid: string };
      // The postmaster ends all sessions, throws shared memory away and recovers; it goes on itself.
      process.kill(pid, 'SIGKILL');
      await untilReady(change.url, pid);
      await change.query('CREATE TABLE app.others (xid xid8)');
      for (let n = 0; n < 20; n++) await change.query('INSERT INTO app.others VALUES (pg_current_xact_id())');
      const [status] = await change.query(`SELECT pg_xact_status('${xid}') AS status`);
      others = { reused: xid, status: String(status?.status) };
    };
    await expectUnknown();
    // The server has an answer, mostly "committed", and it is not about the migration.
    expect(others?.status).toMatch(/^(committed|aborted)$/);
    expect(await itemState(change)).toEqual(BEFORE);
  });
});

async function untilReady(url: string, pid: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    await sleep(50);
    const left = await queryOnce(url, `SELECT 1 FROM pg_stat_activity WHERE pid = ${pid}`).catch(() => null);
    if (left?.length === 0) return;
  }
  throw new Error('the server did not recover');
}

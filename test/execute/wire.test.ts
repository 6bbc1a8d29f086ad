import pg from 'pg';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OWN } from '../../src/execute/statements.js';
import type { RunRecord } from '../../src/record/record.js';
import { loadGrammar } from '../../src/sql/grammar.js';
import { type ChangeParts, ONLY_INSIDE, VERIFY } from '../support/change.js';
import { type Ending, expectRun } from '../support/expect-run.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.js';
import { runQuick } from '../support/run-probatum.js';
import {
  applicationOf,
  reviewedOf,
  type SentStatement,
  sessionsOf,
  statementsOf,
  strangers,
  timesExpected,
  timesSent,
} from '../support/wire-record.js';

/*
 * Nothing outside the reviewed bytes: what the tool really said to a server, read from the wire, is either a byte range
 * of the reviewed fences, as often as it must be, or on the list of docs/statements.md.
 */
describe.skipIf(requirePostgres() === null)('on the wire to a server', () => {
  const lane = postgresLane();
  let proxy: RecordingProxy;
  beforeAll(loadGrammar);
  beforeEach(async () => {
    proxy = await startRecordingProxy(lane.server.port);
  });
  afterEach(() => proxy.close());

  /** Runs a change, and reads what each connection said. */
  async function record(parts: ChangeParts, ending: Ending) {
    const change = await lane.make(parts);
    const printed = await runQuick(change.root, proxy.url(change.url));
    const { record } = await expectRun(change.root, printed, ending);
    const connections = proxy.connections();
    const sessions = sessionsOf(connections);
    const dumps = connections.filter((one) => applicationOf(one) === 'pg_dump').length;
    return { record, reviewed: reviewedOf(change.root, record.plan), sessions, sent: sessions.flat(), dumps };
  }

  /** The session that migrates, from BEGIN on. */
  const migrating = (sessions: readonly SentStatement[][]) => {
    const session = sessions.find((one) => one.some(({ sql }) => sql === OWN.begin)) ?? [];
    return session.slice(session.findIndex(({ sql }) => sql === OWN.begin)).map(({ sql }) => sql);
  };
  const tags = ({ migration, rollback }: RunRecord) => [migration?.tag ?? null, rollback?.tag ?? null];

  test('a change that is committed', async () => {
    const run = await record({}, { code: 0, status: 'succeeded', outcome: 'committed' });
    const { migration, rollback, preflight, verify, baselines } = run.reviewed;
    const all = [migration, rollback, preflight, verify].flat();
    expect(strangers(run.sent, all)).toEqual([]);
    expect([migration.length, rollback.length, preflight.length, verify.length, baselines.length]).toEqual([
      2, 2, 2, 3, 2,
    ]);
    // Once: migration and preflight. In the transaction and after it: the grid; before both, its baselines.
    expect(timesSent(run.sent, all)).toEqual({
      ...zero(rollback),
      ...timesExpected(migration, preflight, verify, verify, baselines),
    });
    expect(run.dumps).toBe(1);
    // In this order, by one session, and COMMIT is its last word.
    const order = migrating(run.sessions);
    const places = [
      OWN.begin,
      ...migration,
      OWN.fireDeferred,
      OWN.savepoint,
      ...verify,
      OWN.release,
      OWN.commit,
    ];
    expect(places.map((sql) => order.indexOf(sql))).toEqual(
      places.map((sql) => order.indexOf(sql)).sort((a, b) => a - b),
    );
    expect(order.filter((sql) => sql === OWN.commit)).toHaveLength(1);
    expect(order.at(-1)).toBe(OWN.commit);
    expect(tags(run.record)).toEqual(['COMMIT', null]);
  });

  test('a change that the checks in the transaction stop: no COMMIT at all', async () => {
    const run = await record(
      { verify: VERIFY.replace('-- expect: 0', '-- expect: 3') },
      { code: 1, status: 'aborted', outcome: 'not-committed' },
    );
    const { migration, rollback, preflight, verify, baselines } = run.reviewed;
    expect(strangers(run.sent, [migration, preflight, verify].flat())).toEqual([]);
    expect(timesSent(run.sent, [migration, preflight, verify, rollback].flat())).toEqual({
      ...timesExpected(migration, preflight, verify, baselines),
      ...zero(rollback),
    });
    expect(timesSent(run.sent, [OWN.commit])).toEqual({ [OWN.commit]: 0 });
    expect(migrating(run.sessions).at(-1)).toBe(OWN.rollback);
  });

  test('a change that the preflight stops: no statement of it, and no transaction that could write', async () => {
    const run = await record(
      { preflight: '-- PF-1: rows of app.base\n-- expect: 7\nSELECT count(*) FROM app.base;\n' },
      { code: 1, status: 'aborted', outcome: 'none' },
    );
    const { migration, rollback, preflight, verify, baselines } = run.reviewed;
    expect(strangers(run.sent, [preflight, baselines].flat())).toEqual([]);
    expect(timesSent(run.sent, [migration, rollback, preflight, verify, baselines].flat())).toEqual({
      ...zero([migration, rollback, verify].flat()),
      ...timesExpected(preflight, baselines),
    });
    expect(timesSent(run.sent, [OWN.begin, OWN.commit])).toEqual(zero([OWN.begin, OWN.commit]));
  });

  test('a change that is found wrong after COMMIT, and taken back', async () => {
    const run = await record(
      { verify: ONLY_INSIDE },
      { code: 3, status: 'rolled-back', outcome: 'committed' },
    );
    const { migration, rollback, preflight, verify, baselines } = run.reviewed;
    const all = [migration, rollback, preflight, verify].flat();
    expect(strangers(run.sent, all)).toEqual([]);
    expect(timesSent(run.sent, all)).toEqual(
      timesExpected(migration, rollback, preflight, verify, verify, baselines),
    );
    expect(timesSent(run.sent, [OWN.begin, OWN.commit])).toEqual({ [OWN.begin]: 2, [OWN.commit]: 2 });
  });

  test('shows what would be wrong: a simple Query, a prepared statement, a text that nobody reviewed', async () => {
    const change = await lane.make();
    const client = new pg.Client({ connectionString: proxy.url(change.url), application_name: 'other' });
    await client.connect();
    await client.query('SELECT 1; SELECT 2');
    await client.query({ text: 'SELECT $1::text', values: ['é'] });
    await client.query({ name: 'kept', text: 'SELECT 3' });
    await client.end();
    const [connection = []] = proxy.connections();
    expect(applicationOf(connection)).toBe('other');
    expect(connection.filter(({ kind }) => ['Query', 'Parse', 'Bind'].includes(kind))).toMatchObject([
      { kind: 'Query', sql: 'SELECT 1; SELECT 2' },
      { kind: 'Parse', statement: '', sql: 'SELECT $1::text' },
      { kind: 'Bind', values: ['é'] },
      { kind: 'Parse', statement: 'kept', sql: 'SELECT 3' },
      { kind: 'Bind', statement: 'kept', values: [] },
    ]);
    expect(() => statementsOf(connection)).toThrow(/Query/);
    const afterQuery = connection.filter(({ kind }) => kind !== 'Query');
    expect(() => statementsOf(afterQuery)).toThrow(/kept/);
    const fit = statementsOf(afterQuery.slice(0, -6));
    expect(fit).toEqual([{ sql: 'SELECT $1::text', values: ['é'] }]);
    expect(strangers(fit, ['SELECT 4'])).toEqual(fit);
    expect(strangers(fit, [fit[0]!.sql])).toEqual(fit);
  });
});

const zero = (texts: readonly string[]) => Object.fromEntries(texts.map((text) => [text, 0]));

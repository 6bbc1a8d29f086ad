import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { resume } from '../../src/commands/resume.js';
import { OWN } from '../../src/execute/statements.js';
import type { JournalLine } from '../../src/record/events.js';
import { loadGrammar } from '../../src/sql/grammar.js';
import { LEDGER } from '../../src/target/ledger.js';
import { URL_VARIABLE } from '../support/change.js';
import { enrolledChange } from '../support/enrolled-change.js';
import { type Ending, expectRun } from '../support/expect-run.js';
import { AFTER, BEFORE, itemState } from '../support/item-state.js';
import { killedRun } from '../support/killed-run.js';
import type { PostgresChange } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.js';
import { environmentOf, newestRun, runQuick } from '../support/run-probatum.js';
import { startProxy, type TcpProxy } from '../support/tcp-proxy.js';
import {
  commitsOf,
  type Reviewed,
  reviewedOf,
  type SentStatement,
  sessionsOf,
  strangers,
  timesExpected,
  timesSent,
} from '../support/wire-record.js';

const SUCCEEDED: Ending = { code: 0, status: 'succeeded', outcome: 'committed' };
const NOTHING_SENT: Ending = { code: 1, status: 'aborted', outcome: 'none' };
const NOT_COMMITTED: Ending = { code: 1, status: 'aborted', outcome: 'not-committed' };
const ROLLED_BACK: Ending = { code: 3, status: 'rolled-back', outcome: 'committed' };

/*
 * What a run that died, and the one that takes it up, say to the server: every text is reviewed or on the list, the
 * migration is never sent by the second, and over both it is committed once, or not at all.
 */
describe.skipIf(requirePostgres() === null)('on the wire, where a COMMIT has no answer', () => {
  const lane = postgresLane();
  let cut: TcpProxy;
  let proxy: RecordingProxy;
  beforeAll(loadGrammar);
  beforeEach(async () => {
    cut = await startProxy(lane.server.port);
    proxy = await startRecordingProxy(Number(new URL(cut.url(lane.server.url('postgres'))).port));
  });
  afterEach(() => Promise.all([proxy.close(), cut.close()]));

  const kill = ({ root }: PostgresChange) => {
    const [pid] = readFileSync(join(newestRun(root)!, 'run.lock'), 'utf8').split(' ');
    process.kill(Number(pid), 'SIGKILL');
  };

  /** Process and start of the session that migrated, as the journal has them. */
  const backendOf = ({ root }: PostgresChange) => {
    const lines = readFileSync(join(newestRun(root)!, 'journal.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    const started = lines
      .map((line) => JSON.parse(line) as JournalLine)
      .find((line) => line.type === 'transaction-started');
    if (started?.type !== 'transaction-started') throw new Error('no transaction was begun');
    return [started.backend.pid, started.backend.startedAt];
  };

  /** Takes the newest run up, and reads what each of the two processes said. */
  async function takeUp(change: PostgresChange, ending: Ending) {
    const died = proxy.connections().length;
    const { environment, printed } = environmentOf(change.root, { [URL_VARIABLE]: proxy.url(change.url) });
    const code = await resume(environment, newestRun(change.root)!, { format: 'pretty' });
    const { record } = await expectRun(change.root, { code, ...printed }, ending);
    const connections = proxy.connections();
    const reviewed = reviewedOf(change.root, record.plan);
    const first = sessionsOf(connections.slice(0, died));
    const second = sessionsOf(connections.slice(died), []);
    const { migration, rollback, preflight, verify } = reviewed;
    expect(strangers(first.flat(), [migration, rollback, preflight, verify].flat())).toEqual([]);
    // Nothing but what was not done before COMMIT can be left to do.
    expect(strangers(second.flat(), [rollback, verify].flat())).toEqual([]);
    return { record, reviewed, first, second, again: second.flat() };
  }

  const commits = (sessions: readonly SentStatement[][], texts: readonly string[]) =>
    sessions.reduce((sum, session) => sum + commitsOf(session, texts), 0);
  const nothingOf = ({ migration, rollback, preflight, verify }: Reviewed) =>
    Object.fromEntries([migration, rollback, preflight, verify].flat().map((sql) => [sql, 0]));
  const everything = ({ migration, rollback, preflight, verify }: Reviewed) =>
    [migration, rollback, preflight, verify].flat();

  test.each<[string, string, Ending, boolean, number]>([
    ['before BEGIN', 'step-finished:C-05', NOTHING_SENT, true, 0],
    ['behind BEGIN', 'transaction-started', NOT_COMMITTED, true, 1],
    ['between two statements', 'statement-executed', NOT_COMMITTED, true, 1],
    ['at the checks in the transaction', 'check-evaluated:V-3', NOT_COMMITTED, true, 1],
    ['when COMMIT was to be sent', 'commit-sent', NOT_COMMITTED, true, 1],
    ['when COMMIT was to be sent, without a ledger', 'commit-sent', NOT_COMMITTED, false, 0],
  ])(
    'resume of a run that died %s asks, and sends nothing that was reviewed',
    async (_, event, ending, enrolled, fences) => {
      const change = await (enrolled ? enrolledChange(lane) : lane.make());
      await killedRun(change.root, proxy.url(change.url), event);
      const { reviewed, first, again } = await takeUp(change, ending);
      expect(timesSent(again, everything(reviewed))).toEqual(nothingOf(reviewed));
      expect(timesSent(again, [OWN.begin, OWN.commit, LEDGER.fence, LEDGER.commit])).toEqual({
        [OWN.begin]: 0,
        [OWN.commit]: 0,
        [LEDGER.fence]: fences,
        [LEDGER.commit]: 0,
      });
      expect(timesSent(again, [OWN.transactionStatus])).toEqual({
        [OWN.transactionStatus]: enrolled ? 0 : 1,
      });
      expect(commits(first, reviewed.migration)).toBe(0);
      expect(await itemState(change)).toEqual(BEFORE);
    },
  );

  test.each<[string, string]>([
    ['after COMMIT, before the verification', 'transaction-ended'],
    ['between two checks after COMMIT', 'check-evaluated:after-commit'],
  ])(
    'resume of a run that died %s sends the verification, and no transaction that could write',
    async (_, event) => {
      const change = await enrolledChange(lane);
      await killedRun(change.root, proxy.url(change.url), event);
      const { reviewed, first, again } = await takeUp(change, SUCCEEDED);
      expect(timesSent(again, everything(reviewed))).toEqual({
        ...nothingOf(reviewed),
        ...timesExpected(reviewed.verify),
      });
      expect(timesSent(again, [OWN.begin, OWN.commit])).toEqual({ [OWN.begin]: 0, [OWN.commit]: 0 });
      expect(commits(first, reviewed.migration)).toBe(1);
      expect(await itemState(change)).toEqual(AFTER);
    },
  );

  test('resume of a run that died between COMMIT and its answer asks the ledger, then verifies', async () => {
    const change = await enrolledChange(lane);
    cut.atCommit = async (forward) => {
      await forward();
      kill(change);
    };
    await killedRun(change.root, proxy.url(change.url), 'never');
    cut.atCommit = null;
    const { record, reviewed, again } = await takeUp(change, SUCCEEDED);
    expect(record.migration?.decidedBy).toContain('is in the ledger');
    expect(timesSent(again, [LEDGER.fence, LEDGER.outcome, OWN.begin, OWN.commit])).toEqual({
      [LEDGER.fence]: 1,
      [LEDGER.outcome]: 1,
      [OWN.begin]: 0,
      [OWN.commit]: 0,
    });
    expect(timesSent(again, everything(reviewed))).toEqual({
      ...nothingOf(reviewed),
      ...timesExpected(reviewed.verify),
    });
  });

  test.each<[string, string, number]>([
    ['before the rollback', 'step-finished:C-07', 1],
    ['in the rollback', 'statement-executed:rollback', 1],
    ['when the COMMIT of the rollback was to be sent', 'commit-sent:rollback', 1],
    ['after the COMMIT of the rollback', 'transaction-ended:rollback', 0],
  ])(
    'resume of a run that died %s sends the rollback only if it is not committed',
    async (_, event, sends) => {
      const change = await enrolledChange(lane, { onlyInside: true });
      await killedRun(change.root, proxy.url(change.url), event);
      const { reviewed, first, second, again } = await takeUp(change, ROLLED_BACK);
      const rollback = sends === 1 ? timesExpected(reviewed.rollback) : {};
      expect(timesSent(again, everything(reviewed))).toEqual({ ...nothingOf(reviewed), ...rollback });
      expect(timesSent(again, [OWN.begin, OWN.commit])).toEqual({ [OWN.begin]: sends, [OWN.commit]: sends });
      expect(commits(first, reviewed.migration)).toBe(1);
      expect(commits([...first, ...second], reviewed.rollback)).toBe(1);
      expect(await itemState(change)).toEqual(BEFORE);
    },
  );

  test('resume of a run whose session still holds the transaction ends that one, by its start, and takes its place', async () => {
    const change = await enrolledChange(lane);
    cut.keepsServer = true;
    let [reached, release] = [() => {}, () => {}];
    const held = new Promise<void>((resolve) => {
      reached = resolve;
    });
    cut.atCommit = () => {
      kill(change);
      reached();
      return new Promise((resolve) => {
        release = resolve;
      });
    };
    await killedRun(change.root, proxy.url(change.url), 'never');
    await held;
    const { reviewed, again } = await takeUp(change, NOT_COMMITTED);
    release();
    const ended = again.filter(({ sql }) => sql === OWN.endBackend);
    expect(ended.length).toBeGreaterThan(0);
    for (const { values } of ended) expect(values).toEqual(backendOf(change));
    expect(timesSent(again, everything(reviewed))).toEqual(nothingOf(reviewed));
    expect(timesSent(again, [LEDGER.fence])).toEqual({ [LEDGER.fence]: 1 });
    expect(await itemState(change)).toEqual(BEFORE);
  });

  test('a run whose own COMMIT is not answered and still open ends its session, and never says COMMIT again', async () => {
    const target = `    engine: postgres\n    connection:\n      env: ${URL_VARIABLE}\n    query_timeout: 3s\n`;
    const change = await enrolledChange(lane, { target, statementTimeout: '2s' });
    cut.keepsServer = true;
    let release = () => {};
    cut.atCommit = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    const printed = await runQuick(change.root, proxy.url(change.url));
    release();
    const { record } = await expectRun(change.root, printed, NOT_COMMITTED);
    const sessions = sessionsOf(proxy.connections());
    const sent = sessions.flat();
    const reviewed = reviewedOf(change.root, record.plan);
    expect(strangers(sent, everything(reviewed))).toEqual([]);
    const ended = sent.filter(({ sql }) => sql === OWN.endBackend);
    expect(ended.length).toBeGreaterThan(0);
    for (const { values } of ended) expect(values).toEqual(backendOf(change));
    expect(timesSent(sent, [OWN.commit, ...reviewed.migration])).toEqual(
      timesExpected([OWN.commit], reviewed.migration),
    );
    expect(timesSent(sent, [LEDGER.fence])[LEDGER.fence]).toBeGreaterThan(1);
    expect(await itemState(change)).toEqual(BEFORE);
  });
});

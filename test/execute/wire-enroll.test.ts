import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { PACKAGE_ROOT } from '../../src/base/package-root.js';
import { enroll } from '../../src/commands/enroll.js';
import { OWN } from '../../src/execute/statements.js';
import { RECORD_FILE, readRecord } from '../../src/record/store.js';
import { loadGrammar } from '../../src/sql/grammar.js';
import { LEDGER } from '../../src/target/ledger.js';
import { TARGET, URL_VARIABLE } from '../support/change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { startRecordingProxy } from '../support/recording-proxy.js';
import { environmentOf, newestRun } from '../support/run-probatum.js';
import {
  commitsOf,
  reviewedOf,
  sessionsOf,
  strangers,
  timesExpected,
  timesSent,
} from '../support/wire-record.js';

describe.skipIf(requirePostgres() === null)('on the wire, enroll', () => {
  const lane = postgresLane();
  beforeAll(loadGrammar);

  /** Enrolls the database of a change, and reads what was said meanwhile. */
  async function enrolling(change: { readonly root: string; readonly url: string }, write: boolean) {
    const proxy = await startRecordingProxy(lane.server.port);
    try {
      const { environment } = environmentOf(change.root, { [URL_VARIABLE]: proxy.url(change.url) });
      const code = await enroll(environment, TARGET, { write, format: 'pretty' });
      const sessions = sessionsOf(proxy.connections());
      return { code, sessions, sent: sessions.flat() };
    } finally {
      await proxy.close();
    }
  }

  test('shows without a transaction, writes its own reviewed change once, and afterwards only looks', async () => {
    const change = await lane.make();
    const looked = await enrolling(change, false);
    expect(looked.code).toBe(1);
    expect(strangers(looked.sent, [])).toEqual([]);
    expect(timesSent(looked.sent, [OWN.begin, OWN.beginReading, OWN.commit, LEDGER.standing])).toEqual({
      [OWN.begin]: 0,
      [OWN.beginReading]: 0,
      [OWN.commit]: 0,
      [LEDGER.standing]: 1,
    });

    const written = await enrolling(change, true);
    expect(written.code).toBe(0);
    const { record } = readRecord(join(newestRun(change.root, 'probatum-enrolment')!, RECORD_FILE));
    // Its documents come with the tool.
    const { migration, rollback, preflight, verify, baselines } = reviewedOf(PACKAGE_ROOT, record.plan);
    expect(migration.length).toBeGreaterThan(2);
    const all = [migration, preflight, verify].flat();
    expect(strangers(written.sent, all)).toEqual([]);
    expect(timesSent(written.sent, [...all, ...rollback])).toEqual({
      ...Object.fromEntries(rollback.map((sql) => [sql, 0])),
      ...timesExpected(migration, preflight, verify, verify, baselines),
    });
    expect(written.sessions.map((session) => commitsOf(session, migration)).filter((n) => n > 0)).toEqual([
      1,
    ]);

    const again = await enrolling(change, true);
    expect(again.code).toBe(0);
    expect(strangers(again.sent, [])).toEqual([]);
    expect(timesSent(again.sent, [OWN.begin, OWN.commit, LEDGER.marker])).toEqual({
      [OWN.begin]: 0,
      [OWN.commit]: 0,
      [LEDGER.marker]: 1,
    });
  });
});

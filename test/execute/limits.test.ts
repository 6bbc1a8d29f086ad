import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { openPostgresTarget } from '../../src/target/postgres.js';
import type { ChangeParts } from '../support/change.js';
import { enrolledChange } from '../support/enrolled-change.js';
import { expectRun } from '../support/expect-run.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { runHere, runQuick } from '../support/run-probatum.js';

describe.skipIf(requirePostgres() === null)('limits of a run', () => {
  const lane = postgresLane();

  /** Tells listeners, at COMMIT, what was set when the row in the ledger was written. */
  const LOOK = `CREATE FUNCTION public.look() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN PERFORM pg_notify('seen', current_setting('synchronous_commit')); RETURN NEW; END$$;
      CREATE TRIGGER look AFTER INSERT ON probatum.run FOR EACH ROW EXECUTE FUNCTION public.look();`;

  async function seenIn(url: string, run: () => Promise<void>): Promise<string[]> {
    const listener = new pg.Client({ connectionString: url });
    const seen: string[] = [];
    listener.on('notification', ({ payload }) => seen.push(payload ?? ''));
    await listener.connect();
    try {
      await listener.query('LISTEN seen');
      await run();
      await listener.query('SELECT 1');
      return seen;
    } finally {
      await listener.end();
    }
  }

  test('COMMIT waits for the disk, whatever role, database and triggers set', async () => {
    const change = await enrolledChange(lane);
    const { database } = change.identity;
    await change.query(`
      ALTER DATABASE ${database} SET synchronous_commit = off;
      ALTER ROLE ${lane.server.user} IN DATABASE ${database} SET synchronous_commit = off;
      CREATE FUNCTION public.hurry() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN PERFORM set_config('synchronous_commit', 'off', false); RETURN NEW; END$$;
      CREATE TRIGGER hurry BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION public.hurry();
      ${LOOK}
    `);
    const seen = await seenIn(change.url, async () => {
      const printed = await runQuick(change.root, change.url);
      await expectRun(change.root, printed, { code: 0, status: 'succeeded', outcome: 'committed' });
    });
    expect(seen).toEqual(['on']);
  });

  test.each([
    ['remote_apply', 'remote_apply'],
    ['remote_write', 'on'],
  ])(
    'a server that is configured for %s commits with %s, also where a trigger sets less',
    async (said, kept) => {
      const change = await enrolledChange(lane);
      await change.query(`
      ALTER DATABASE ${change.identity.database} SET synchronous_commit = ${said};
      CREATE FUNCTION public.hurry() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN PERFORM set_config('synchronous_commit', 'local', true); RETURN NEW; END$$;
      CREATE TRIGGER hurry BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION public.hurry();
      ${LOOK}
    `);
      const target = openPostgresTarget(
        't',
        { engine: 'postgres', connection: { env: 'URL' } },
        { URL: change.url },
      );
      const session = await target.open();
      const { rows } = await session
        .run("SELECT current_setting('synchronous_commit')")
        .finally(() => target.close());
      expect(rows).toEqual([[kept]]);
      const seen = await seenIn(change.url, async () => {
        const printed = await runQuick(change.root, change.url);
        await expectRun(change.root, printed, { code: 0, status: 'succeeded', outcome: 'committed' });
      });
      expect(seen).toEqual([kept]);
    },
  );

  test.each<[string, string, ChangeParts, RegExp]>([
    [
      'as long as',
      '    query_timeout: 60s\n',
      {},
      /^ {2}probatum\.config\.yaml:8:5 targets\.production\.query_timeout: 60s is not longer than the package's statement_timeout of 60000ms$/m,
    ],
    [
      'shorter, by default, than',
      '',
      { statementTimeout: '120min' },
      /^ {2}probatum\.config\.yaml:4:3 targets\.production\.query_timeout: 3600000ms, as nothing is said, is not longer than the package's statement_timeout of 7200000ms$/m,
    ],
  ])('a query_timeout %s the statement_timeout is refused at its line', async (_, line, parts, message) => {
    const target = `    engine: postgres\n    connection:\n      env: TEST_TARGET_URL\n${line}`;
    const change = await lane.make({ ...parts, target });
    const printed = await runQuick(change.root, change.url);
    expect(printed.code).toBe(2);
    expect(printed.err).toMatch(message);
    expect(existsSync(join(change.root, '.probatum', 'runs'))).toBe(false);
  });

  test('time limits that role and database set do not end a run half way', async () => {
    const change = await lane.make();
    const { database } = change.identity;
    await change.query(`
      ALTER DATABASE ${database} SET statement_timeout = '1ms';
      ALTER DATABASE ${database} SET lock_timeout = '1ms';
      ALTER DATABASE ${database} SET idle_session_timeout = '50ms';
      ALTER DATABASE ${database} SET idle_in_transaction_session_timeout = '50ms';
    `);
    const printed = await runQuick(change.root, change.url);
    await expectRun(change.root, printed, { code: 0, status: 'succeeded', outcome: 'committed' });
  });

  test('a statement without an answer within query_timeout is given up, and nothing is changed', async () => {
    const change = await lane.make({
      target: '    engine: postgres\n    connection:\n      env: TEST_TARGET_URL\n    query_timeout: 2s\n',
    });
    // Nothing that the server's own limits see: it is not waiting for a lock, and the statement is within its time.
    await change.query(`
      CREATE FUNCTION public.dawdle() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN PERFORM pg_sleep(20); RETURN NEW; END$$;
      CREATE TRIGGER dawdle BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION public.dawdle();
    `);
    // The package gives the server longer than that, which the command would refuse.
    const printed = await runHere(change.root, change.url, {});
    const { record } = await expectRun(change.root, printed, {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
    });
    expect(record.reason).toContain('connection lost: no answer within 2000 ms');
    expect(await change.query('SELECT id FROM app.base')).toEqual([{ id: 1 }]);
  });
});

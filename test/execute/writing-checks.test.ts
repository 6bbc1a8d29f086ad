import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Observation, observeInside, observeReadOnly } from '../../src/execute/checks.js';
import type { RunContext } from '../../src/execute/context.js';
import { OWN } from '../../src/execute/statements.js';
import { loadGrammar } from '../../src/sql/grammar.js';
import type { Session, Target } from '../../src/target/engine.js';
import { openPostgresTarget } from '../../src/target/postgres.js';
import { readFence } from '../sql/read.js';
import { type PostgresChange, postgresChange } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';

const FILE = '/check-wrote-this';
const PREPARE = `
CREATE SEQUENCE app.numbers;
CREATE FUNCTION app.writes() RETURNS integer LANGUAGE plpgsql VOLATILE AS
  $$BEGIN INSERT INTO app.log VALUES ('written'); RETURN 1; END$$;
CREATE FUNCTION app.unlocks() RETURNS integer LANGUAGE plpgsql VOLATILE AS
  $$BEGIN PERFORM set_config('transaction_read_only', 'off', true); INSERT INTO app.log VALUES ('written'); RETURN 1; END$$;
CREATE VIEW app.quiet AS SELECT app.writes() AS n;
CREATE EXTENSION dblink;
SELECT lo_from_bytea(990, 'x');
`;

/** What is asked before and after, by another session; none of it may differ. */
const EFFECTS = `SELECT
  (SELECT count(*) FROM app.log) AS rows,
  (SELECT concat(last_value, is_called) FROM app.numbers) AS sequence,
  (SELECT count(*) FROM pg_largeobject_metadata) AS large_objects,
  (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') AS locks,
  (SELECT count(*) FROM pg_class WHERE relname LIKE 'made%') AS tables,
  pg_conf_load_time()::text AS configuration`;

const NOT_SENT = /^not sent: a check is one query$/;

/** Those that the session itself does not let go through, or takes back. */
const STOPPED: readonly (readonly [string, string, RegExp | null])[] = [
  ['a row', "INSERT INTO app.log VALUES ('written')", NOT_SENT],
  [
    'a row in a CTE',
    "WITH x AS (INSERT INTO app.log VALUES ('written') RETURNING 1) SELECT 1 FROM x",
    /25006/,
  ],
  ['a volatile function', 'SELECT app.writes()', /25006/],
  ['a volatile function behind a view', 'SELECT n FROM app.quiet', /25006/],
  ['a function that takes read-only away', 'SELECT app.unlocks()', /25001/],
  [
    'SQL in a text',
    "SELECT query_to_xml('INSERT INTO app.log VALUES (''written'') RETURNING 1', true, true, '')",
    /0A000|25006/,
  ],
  ['EXPLAIN ANALYZE', "EXPLAIN ANALYZE INSERT INTO app.log VALUES ('written')", NOT_SENT],
  ['a new table', 'SELECT 1 AS n INTO app.made', /25006/],
  ['a table that goes away', 'CREATE TEMPORARY TABLE made (n integer)', NOT_SENT],
  ['SET TRANSACTION READ WRITE', 'SET TRANSACTION READ WRITE', NOT_SENT],
  ['the same by set_config', "SELECT set_config('transaction_read_only', 'off', false)", /25001/],
  ['nextval', "SELECT nextval('app.numbers')", /25006/],
  ['setval', "SELECT setval('app.numbers', 7)", /25006/],
  ['a row lock', 'SELECT 1 FROM app.base FOR UPDATE', /25006/],
  // Servers from 16 on refuse it; those before undo it.
  ['a large object', 'SELECT lo_create(0)', null],
  ['a setting', "SELECT set_config('search_path', 'app', false)", null],
  ['a role', "SELECT set_config('role', 'pg_read_all_data', false)", null],
  ['a notification', "SELECT pg_notify('checks', 'written')", null],
  ['COMMIT', 'COMMIT', NOT_SENT],
  ['COPY', `COPY (SELECT 1) TO PROGRAM 'cat > /tmp${FILE}'`, NOT_SENT],
  ['NOTIFY', "NOTIFY checks, 'written'", NOT_SENT],
  ['a lock of the transaction', 'SELECT pg_advisory_xact_lock(7)', null],
  // Held until the session ends.
  ['a lock of the session', 'SELECT pg_advisory_lock(7)', null],
];

/** Those that nothing but the plan stops: docs/threat-model.md says so. */
const PLAN_ONLY: readonly (readonly [string, (url: URL, folder: string) => string, string])[] = [
  [
    'a second connection',
    (url) =>
      `SELECT public.dblink_exec('host=127.0.0.1 port=${url.port} dbname=${url.pathname.slice(1)} user=${url.username} password=''${decodeURIComponent(url.password)}''', 'INSERT INTO app.log VALUES (''written'')')`,
    'rows',
  ],
  ['a file of the server', (_, folder) => `SELECT lo_export(990, '${folder}${FILE}')`, 'file'],
  ['the configuration', () => 'SELECT pg_reload_conf()', 'configuration'],
];

describe.skipIf(requirePostgres() === null)('a check that tries to write', () => {
  const lane = postgresLane({ fsync: 'off' });
  let change: PostgresChange;
  let target: Target;
  let listener: pg.Client;
  const heard: string[] = [];
  beforeAll(async () => {
    await loadGrammar();
    change = await postgresChange(lane.server, {}, PREPARE);
    target = openPostgresTarget('t', { engine: 'postgres', connection: { env: 'URL' } }, { URL: change.url });
    listener = new pg.Client({ connectionString: change.url });
    listener.on('notification', ({ payload }) => heard.push(payload ?? ''));
    await listener.connect();
    await listener.query('LISTEN checks');
  });
  afterAll(async () => {
    await listener?.end();
    await target?.close();
    change?.remove();
  });

  const context = { plan: { limits: { statementTimeoutMs: 10_000 } } } as RunContext;
  /** The two ways in which a run sends a check, without the plan that would have refused it. */
  const ways: Readonly<Record<string, (session: Session, sql: string) => Promise<Observation>>> = {
    'before and after the migration': (session, sql) => observeReadOnly(context, session, sql),
    'in the transaction of the migration': async (session, sql) => {
      await session.run(OWN.begin);
      await session.run(OWN.savepoint);
      const seen = await observeInside(session, sql);
      await session.run(OWN.release);
      expect((await session.run(OWN.commit)).tag).toBe('COMMIT');
      return seen;
    },
  };
  const file = () => join(lane.server.folder, FILE);

  async function sendCheck(way: string, sql: string) {
    const effects = async () => ({ ...(await change.query(EFFECTS))[0], file: existsSync(file()) });
    const before = await effects();
    const session = await target.open();
    const settings =
      "SELECT current_setting('search_path'), current_user, current_setting('transaction_read_only')";
    const then = (await session.run(settings)).rows;
    const seen = await ways[way]!(session, sql).finally(async () => {
      expect((await session.run(settings)).rows).toEqual(then);
      await session.close();
    });
    // What was notified would be there before the answer to this.
    await listener.query('SELECT 1');
    return { seen, before, after: await effects() };
  }

  const refusedByPlan = (sql: string) =>
    readFence('verify', `-- V-1: x\n-- expect: 1\n${sql};`).problems.length;
  const both = Object.keys(ways).flatMap((way) =>
    STOPPED.map(([name, sql, state]) => [way, name, sql, state] as const),
  );

  test.each(both)('%s: %s is stopped by the session', async (way, _, sql, state) => {
    const { seen, before, after } = await sendCheck(way, sql);
    if (state !== null) expect(seen).toEqual({ reason: expect.stringMatching(state), ran: true });
    expect(after).toEqual(before);
    expect(heard).toEqual([]);
  });

  test.each(STOPPED.filter(([name]) => !name.endsWith('behind a view')))(
    '%s: the plan has refused it before',
    (_, sql) => {
      expect(refusedByPlan(sql)).toBeGreaterThan(0);
    },
  );

  const only = Object.keys(ways).flatMap((way) =>
    PLAN_ONLY.map(([name, sql, effect]) => [way, name, sql, effect] as const),
  );
  test.each(only)('%s: %s is stopped by the plan, and only by it', async (way, _, sql, effect) => {
    const text = sql(new URL(change.url), lane.server.folder);
    expect(refusedByPlan(text)).toBeGreaterThan(0);
    const { before, after } = await sendCheck(way, text);
    const differing = Object.keys(before).filter((key) => before[key as never] !== after[key as never]);
    expect(differing).toEqual([effect]);
    rmSync(file(), { force: true });
  });
});

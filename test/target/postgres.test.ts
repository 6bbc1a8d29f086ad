import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/base/digest.js';
import { UsageError } from '../../src/base/usage-error.js';
import { DatabaseError, type Session, type Target } from '../../src/target/engine.js';
import { readIdentity } from '../../src/target/identity.js';
import { openPostgresTarget } from '../../src/target/postgres.js';
import { type PostgresServer, requirePostgres, startPostgresServer } from '../support/postgres-server.js';

describe.skipIf(requirePostgres() === null)('a PostgreSQL server', () => {
  let server: PostgresServer;
  let target: Target;
  let session: Session;
  let folder: string;

  beforeAll(async () => {
    server = await startPostgresServer();
    folder = mkdtempSync(join(tmpdir(), 'probatum-backup-'));
    target = at(await server.createDatabase('main'));
    session = await target.open();
  });
  afterAll(async () => {
    await target?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const at = (url: string, tools = {}, more = {}) =>
    openPostgresTarget(
      't',
      { engine: 'postgres', connection: { env: 'DB' }, tools, ...more },
      { ...process.env, DB: url },
    );

  const failure = (promise: Promise<unknown>): Promise<DatabaseError> =>
    promise.then(
      () => Promise.reject(new Error('expected a failure')),
      (error) => error as DatabaseError,
    );

  describe('a session', () => {
    test('gives the whole tag, columns, rows as text and notices', async () => {
      const found = await session.run('SELECT $1::int8 + 1 AS big, NULL AS nothing, 0.1::float8 AS tenth', [
        '9007199254740993',
      ]);
      expect(found).toEqual({
        tag: 'SELECT 1',
        columns: ['big', 'nothing', 'tenth'],
        rows: [['9007199254740994', null, '0.1']],
        notices: [],
      });
      await session.run('CREATE SCHEMA s');
      await session.run('CREATE TABLE s.t (id int PRIMARY KEY)');
      expect((await session.run('INSERT INTO s.t SELECT generate_series(1, 3)')).tag).toBe('INSERT 0 3');
      const again = await session.run('CREATE TABLE IF NOT EXISTS s.t ()');
      expect(again.notices).toEqual([
        { severity: 'NOTICE', sqlstate: '42P07', message: 'relation "t" already exists, skipping' },
      ]);
      expect((await session.run('SELECT 1')).notices).toEqual([]);
    });

    test('has the fixed settings, whatever the environment says', async () => {
      const own = openPostgresTarget(
        't',
        { engine: 'postgres', connection: { env: 'DB' } },
        { DB: server.url('main') },
      );
      process.env.PGOPTIONS = '-c search_path=pg_catalog -c application_name=other';
      const other = await own.open().finally(() => {
        delete process.env.PGOPTIONS;
      });
      const names = ['search_path', 'TimeZone', 'application_name', 'synchronous_commit', 'DateStyle'];
      const { rows } = await other.run(`SELECT ${names.map((n) => `current_setting('${n}')`).join(', ')}`);
      expect(rows[0]).toEqual(['', 'UTC', 'probatum', 'on', 'ISO, YMD']);
      await own.close();
    });

    test('tells a commit that was turned into a rollback', async () => {
      await session.run('BEGIN');
      await failure(session.run('SELECT 1/0'));
      expect((await session.run('COMMIT')).tag).toBe('ROLLBACK');
    });

    test('refuses several statements, COPY data and NUL, and stays usable', async () => {
      expect((await failure(session.run('SELECT 1; SELECT 2'))).sqlstate).toBe('42601');
      expect((await failure(session.run('COPY s.t FROM STDIN'))).sqlstate).toBe('57014');
      expect((await failure(session.run("SELECT 'a\0'; DROP TABLE s.t"))).sqlstate).toBe('22021');
      expect((await session.run('')).tag).toBe('');
      expect((await session.run('SELECT count(*) FROM s.t')).rows).toEqual([['3']]);
    });

    test('runs statements one after another', async () => {
      const results = await Promise.all([1, 2, 3].map((n) => session.run(`SELECT ${n}`)));
      expect(results.map(({ rows }) => rows[0]?.[0])).toEqual(['1', '2', '3']);
    });
  });

  describe('an error', () => {
    test('has SQLSTATE and position in code points', async () => {
      const error = await failure(session.run("SELECT '😀é', nothing FROM s.t"));
      expect(error).toBeInstanceOf(DatabaseError);
      expect(error).toMatchObject({ sqlstate: '42703', position: 14, connectionLost: false });
      expect(error.message).toBe('SQLSTATE 42703: column "nothing" does not exist');
    });

    test('does not repeat row data', async () => {
      const error = await failure(session.run('INSERT INTO s.t VALUES (2)'));
      expect(error.message).toBe('SQLSTATE 23505 (unique_violation)');
      const cast = await failure(session.run("SELECT 'secret'::int"));
      expect(JSON.stringify(cast) + cast.message).not.toContain('secret');
    });

    test('of the connection names no password', async () => {
      const wrong = server.url('main').replace(/:[^:@/]+@/, ':wrong-secret@');
      const error = await failure(at(wrong).open());
      expect(error).toBeInstanceOf(UsageError);
      expect(error).toMatchObject({ code: 'cannot-connect' });
      expect(error.message).toContain('password authentication failed');
      expect(error.message).not.toContain('secret');
      expect(error.message).not.toContain(server.password);
      const none = await failure(at(server.url('main').replace(/:[^:@/]+@/, '@')).open());
      expect(none.message).toContain('none is configured');
      const closed = await failure(at('postgres://u:secret@127.0.0.1:1/d').open());
      expect(closed.message).toMatch(/^cannot connect to 127\.0\.0\.1:1 as u: .*ECONNREFUSED/);
      expect((await failure(at(server.url('nowhere')).open())).message).toContain('3D000');
    });

    test('says when the connection was ended during a statement', async () => {
      const victim = await target.open();
      const { rows } = await victim.run('SELECT pg_backend_pid()');
      const waiting = failure(victim.run('SELECT pg_sleep(60)'));
      await session.run('SELECT pg_terminate_backend($1::int, 5000)', [rows[0]?.[0] ?? '']);
      expect(await waiting).toMatchObject({ sqlstate: '57P01', connectionLost: true });
      expect(await failure(victim.run('SELECT 1'))).toMatchObject({ connectionLost: true });
      await victim.close();
    });

    test('says when the connection was ended between statements', async () => {
      const victim = await target.open();
      const { rows } = await victim.run('SELECT pg_backend_pid()');
      await session.run('SELECT pg_terminate_backend($1::int, 5000)', [rows[0]?.[0] ?? '']);
      expect(await failure(victim.run('SELECT 1'))).toMatchObject({ connectionLost: true });
      await victim.close();
    });

    test('says when no answer came in time, and ends the connection', async () => {
      const impatient = at(server.url('main'), {}, { query_timeout: '500ms' });
      const slow = await impatient.open();
      const error = await failure(slow.run('SELECT pg_sleep(60)'));
      expect(error).toMatchObject({ sqlstate: null, connectionLost: true });
      expect(await failure(slow.run('SELECT 1'))).toMatchObject({ connectionLost: true });
      await impatient.close();
    });

    test('refuses a time that no timer can keep', () => {
      expect(() => at(server.url('main'), {}, { query_timeout: '40000min' })).toThrow(
        'target t: query_timeout "40000min" is no time that can be kept',
      );
    });
  });

  test('a session over the unix socket works', async () => {
    const passfile = join(folder, 'pass');
    writeFileSync(passfile, `*:*:*:${server.user}:${server.password.replace(':', '\\:')}\n`, { mode: 0o600 });
    const connection = {
      host: server.socketDirectory,
      port: String(server.port),
      database: 'main',
      user: server.user,
      passfile,
    };
    const other = openPostgresTarget('t', { engine: 'postgres', connection }, {});
    const identity = await readIdentity(await other.open());
    expect(identity).toEqual(await readIdentity(session));
    expect(identity).toMatchObject({ database: 'main', in_recovery: 'f', timeline: '1', role: server.user });
    expect(identity.system_identifier).toMatch(/^\d{19}$/);
    await other.close();
  });

  describe('a backup', () => {
    let file: string;
    beforeAll(async () => {
      await session.run(
        'CREATE TABLE s.big AS SELECT n, md5(n::text) AS m FROM generate_series(1, 40000) AS n',
      );
      file = join(folder, 'main.dump');
    });

    test('is written whole, with the digest of its bytes', async () => {
      const backup = await target.backup(file, null);
      const bytes = readFileSync(file);
      expect(backup).toMatchObject({ size: bytes.length, sha256: sha256(bytes) });
      expect(backup.producer).toMatch(/^pg_dump custom \(pg_dump \(PostgreSQL\) \d/);
      expect(existsSync(`${file}.partial`)).toBe(false);
      const reading = await target.readBackup(file);
      // Schema, two tables, the rows of each, one primary key.
      expect(reading.entries).toBe(6);
      expect(reading.method).toContain('pg_restore');
    });

    test('is refused when it is cut off anywhere', async () => {
      const { length } = readFileSync(file);
      const copy = join(folder, 'cut.dump');
      for (const size of [
        0,
        3,
        40,
        2000,
        Math.floor(length / 3),
        Math.floor(length / 2),
        length - 20_000,
        length - 100,
        length - 1,
      ]) {
        copyFileSync(file, copy);
        truncateSync(copy, size);
        await expect(target.readBackup(copy), `cut to ${size} of ${length}`).rejects.toThrow(
          /pg_restore failed/,
        );
      }
    });

    test('of an exported snapshot does not see later rows', async () => {
      const exporter = await target.open();
      await exporter.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const { rows } = await exporter.run('SELECT pg_export_snapshot()');
      await session.run("CREATE TABLE s.later AS SELECT 'later' AS word");
      const dump = join(folder, 'snapshot.dump');
      await target.backup(dump, rows[0]?.[0] ?? '');
      await exporter.close();
      const after = join(folder, 'after.dump');
      await target.backup(after, null);
      const [seen, all] = [await target.readBackup(dump), await target.readBackup(after)];
      expect(all.entries).toBe(seen.entries + 2);
    });

    test('that fails leaves no file and does not name the password', async () => {
      const dump = join(folder, 'failed.dump');
      const error = await failure(target.backup(dump, '00000003-FFFFFFFF-1'));
      expect(error.message).toMatch(/pg_dump failed: .*snapshot/);
      expect(error.message).not.toContain(server.password);
      expect(existsSync(dump) || existsSync(`${dump}.partial`)).toBe(false);
    });

    test('never overwrites one', async () => {
      const error = await failure(target.backup(file, null));
      expect(error).toMatchObject({ code: 'cannot-write' });
    });

    test('without a suitable pg_dump is refused', async () => {
      const missing = await failure(
        at(server.url('main'), { directory: folder }).backup(join(folder, 'x'), null),
      );
      expect(missing).toMatchObject({ code: 'missing-tool' });
      const old = join(folder, 'pg_dump');
      writeFileSync(old, '#!/bin/sh\necho "pg_dump (PostgreSQL) 9.6.24"\n');
      chmodSync(old, 0o755);
      const tooOld = await failure(
        at(server.url('main'), { directory: folder }).backup(join(folder, 'x'), null),
      );
      expect(tooOld).toMatchObject({ code: 'missing-tool' });
      expect(tooOld.message).toContain('older than the server');
    });

    test('can be made by a program behind a prefix', async () => {
      const dump = join(folder, 'prefix.dump');
      const prefixed = at(server.url('main'), { prefix: ['env', 'PGAPPNAME=prefixed'] });
      await prefixed.backup(dump, null);
      expect((await prefixed.readBackup(dump)).entries).toBeGreaterThan(0);
    });
  });

  test('a crash of the server is a lost connection, and the identity changes its start time', async () => {
    const before = await readIdentity(session);
    const waiting = failure(session.run('SELECT pg_sleep(60)'));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await server.crash();
    expect(await waiting).toMatchObject({ connectionLost: true });
    await server.start();
    session = await target.open();
    const after = await readIdentity(session);
    expect(after.postmaster_start_time).not.toBe(before.postmaster_start_time);
    expect({ ...after, postmaster_start_time: '' }).toEqual({ ...before, postmaster_start_time: '' });
  });
});

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/base/digest.js';
import { catalogueDelta, deltaLines, readCatalogue } from '../../src/target/catalogue.js';
import type { DatabaseError, Session, Target } from '../../src/target/engine.js';
import { readIdentity } from '../../src/target/identity.js';
import { openPgliteTarget } from '../../src/target/pglite.js';
import { createPgliteCluster, type EmptyCluster, openEmptyCluster } from '../../src/target/pglite-cluster.js';
import { prepareRowChanges, readRowChanges } from '../../src/target/row-changes.js';
import { readRowCounts } from '../../src/target/row-counts.js';

const failure = (promise: Promise<unknown>): Promise<DatabaseError> =>
  promise.then(
    () => Promise.reject(new Error('expected a failure')),
    (error) => error as DatabaseError,
  );

describe('PGlite', () => {
  let folder: string;
  let cluster: EmptyCluster;
  let target: Target;
  let session: Session;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'probatum-pglite-'));
    cluster = await openEmptyCluster(join(folder, 'cache'));
    target = await openPgliteTarget('t', cluster.directory);
    session = await target.open();
    await session.run('CREATE SCHEMA s');
    await session.run('CREATE TABLE s.t (id int PRIMARY KEY)');
  });
  afterAll(async () => {
    await target?.close();
    await cluster?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test('gives the whole tag, columns, rows as text and notices', async () => {
    const found = await session.run('SELECT $1::int8 + 1 AS big, NULL AS nothing', ['9007199254740993']);
    expect(found).toEqual({
      tag: 'SELECT 1',
      columns: ['big', 'nothing'],
      rows: [['9007199254740994', null]],
      notices: [],
    });
    expect((await session.run('INSERT INTO s.t SELECT generate_series(1, 3)')).tag).toBe('INSERT 0 3');
    const again = await session.run('CREATE TABLE IF NOT EXISTS s.t ()');
    expect(again.notices[0]).toMatchObject({ severity: 'NOTICE', sqlstate: '42P07' });
    const { rows } = await session.run("SELECT current_setting('search_path'), current_setting('TimeZone')");
    expect(rows[0]).toEqual(['', 'UTC']);
  });

  test('gives errors with SQLSTATE and position, without row data', async () => {
    const error = await failure(session.run("SELECT '😀é', nothing FROM s.t"));
    expect(error).toMatchObject({ sqlstate: '42703', position: 14, connectionLost: false });
    const duplicate = await failure(session.run('INSERT INTO s.t VALUES (2)'));
    expect(duplicate.message).toBe('SQLSTATE 23505 (unique_violation)');
  });

  test('survives COPY FROM STDIN, several statements and NUL', async () => {
    expect((await failure(session.run('COPY s.t FROM STDIN'))).sqlstate).toBe('57014');
    expect((await failure(session.run('SELECT 1; SELECT 2'))).sqlstate).toBe('42601');
    expect((await failure(session.run("SELECT 'a\0'"))).sqlstate).toBe('22021');
    expect((await session.run('SELECT count(*) FROM s.t')).rows).toEqual([['3']]);
  });

  test('keeps the transaction of one session from another, and closing rolls it back', async () => {
    const other = await target.open();
    await other.run('BEGIN');
    await other.run('DELETE FROM s.t');
    expect((await failure(session.run('SELECT 1'))).sqlstate).toBe('25001');
    expect((await failure(target.open())).sqlstate).toBe('25001');
    await other.close();
    expect((await session.run('SELECT count(*) FROM s.t')).rows).toEqual([['3']]);
    expect(await failure(other.run('SELECT 1'))).toMatchObject({ connectionLost: true });
  });

  test('tells a commit that was turned into a rollback', async () => {
    await session.run('BEGIN');
    await failure(session.run('SELECT 1/0'));
    expect((await session.run('COMMIT')).tag).toBe('ROLLBACK');
  });

  test('has an identity, a catalogue, row counts and row changes', async () => {
    const identity = await readIdentity(session);
    expect(identity).toMatchObject({ database: 'postgres', in_recovery: 'f', timeline: '1' });
    expect(identity.system_identifier).toMatch(/^\d{19}$/);
    expect(await readRowCounts(session)).toEqual([{ table: 's.t', rows: '3' }]);
    const before = await readCatalogue(session);
    await prepareRowChanges(session);
    await session.run('BEGIN');
    await session.run('UPDATE s.t SET id = id + 10 WHERE id > 1');
    await session.run('ALTER TABLE s.t ADD COLUMN note text NOT NULL DEFAULT now()');
    expect(await readRowChanges(session)).toEqual([
      { table: 's.t', inserted: '0', updated: '2', deleted: '0' },
    ]);
    const lines = deltaLines(catalogueDelta(before, await readCatalogue(session)));
    expect(lines).toContain('+ column s.t.note');
    await session.run('ROLLBACK');
    expect(await readCatalogue(session)).toEqual(before);
  });

  test('lets one process open a directory, once', async () => {
    const second = await failure(openPgliteTarget('t', `${cluster.directory}/`));
    expect(second).toMatchObject({ code: 'locked' });
    expect(second.message).toContain(`this process (${process.pid})`);
  });

  test('says when the process that holds the lock is gone', async () => {
    const copy = await openEmptyCluster(join(folder, 'cache'));
    const pid = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }).trim();
    const own = readFileSync(`${cluster.directory}.lock`, 'utf8');
    writeFileSync(`${copy.directory}.lock`, own.replace(/^\d+/, pid));
    const stale = await failure(openPgliteTarget('t', copy.directory));
    expect(stale).toMatchObject({ code: 'locked' });
    expect(`${stale.message} ${(stale as unknown as { help: string }).help}`).toMatch(
      new RegExp(`process ${pid}.*no longer runs: remove .*cluster\\.lock`),
    );
    await copy.remove();
  });

  test('opens only what is a cluster, and leaves no lock behind', async () => {
    expect(await failure(openPgliteTarget('t', folder))).toMatchObject({ code: 'cannot-connect' });
    const broken = await openEmptyCluster(join(folder, 'cache'));
    writeFileSync(join(broken.directory, 'PG_VERSION'), '17\n');
    expect(await failure(openPgliteTarget('t', broken.directory))).toMatchObject({ code: 'cannot-connect' });
    expect(existsSync(`${broken.directory}.lock`)).toBe(false);
    await broken.remove();
    expect(await failure(createPgliteCluster(cluster.directory))).toMatchObject({ code: 'cannot-write' });
  });

  test('keeps one empty cluster a version, whole', async () => {
    const copies = await Promise.all([1, 2].map(() => openEmptyCluster(join(folder, 'cache'))));
    expect(readdirSync(join(folder, 'cache'))).toEqual([expect.stringMatching(/^pglite-\d+\.\d+\.\d+$/)]);
    expect(new Set(copies.map(({ directory }) => directory)).size).toBe(2);
    await Promise.all(copies.map((copy) => copy.remove()));
  });

  describe('a backup', () => {
    let file: string;
    beforeAll(() => {
      file = join(folder, 'backup.tar.gz');
    });

    test('is written whole, read in full, and has the rows', async () => {
      const backup = await target.backup(file, null);
      const bytes = readFileSync(file);
      expect(backup).toMatchObject({ size: bytes.length, sha256: sha256(bytes) });
      expect(backup.producer).toMatch(/PGlite \d+\.\d+\.\d+/);
      expect((await target.readBackup(file)).entries).toBeGreaterThan(900);
      const { PGlite } = await import('@electric-sql/pglite');
      const restored = await PGlite.create({ loadDataDir: new Blob([new Uint8Array(bytes)]) });
      expect((await restored.query('SELECT count(*)::int AS n FROM s.t')).rows).toEqual([{ n: 3 }]);
      await restored.close();
    });

    test('is refused when it is cut off anywhere', async () => {
      const bytes = readFileSync(file);
      const cut = join(folder, 'cut.tar.gz');
      for (const size of [
        0,
        5,
        100,
        5000,
        Math.floor(bytes.length / 2),
        bytes.length - 9,
        bytes.length - 1,
      ]) {
        writeFileSync(cut, bytes.subarray(0, size));
        await expect(target.readBackup(cut), `cut to ${size}`).rejects.toThrow();
      }
      const tar = gunzipSync(bytes);
      for (const size of [512, 5000, 51_200, tar.length - 1024, tar.length - 1]) {
        writeFileSync(cut, gzipSync(tar.subarray(0, size)));
        await expect(target.readBackup(cut), `tar cut to ${size}`).rejects.toThrow();
      }
    });

    test('is refused when a header is damaged or the control file is missing', async () => {
      const damaged = join(folder, 'damaged.tar.gz');
      const tar = gunzipSync(readFileSync(file));
      const control = tar.indexOf('/global/pg_control');
      const header = Buffer.from(tar);
      header[control + 124] = 0x31;
      writeFileSync(damaged, gzipSync(header));
      await expect(target.readBackup(damaged)).rejects.toThrow('damaged');
      const lacking = Buffer.concat([tar.subarray(0, control), tar.subarray(control + 512 + 8192)]);
      writeFileSync(damaged, gzipSync(lacking));
      await expect(target.readBackup(damaged)).rejects.toThrow('global/pg_control');
    });
  });

  test('is unlocked when it is closed, and has what was committed', async () => {
    await target.close();
    expect(existsSync(`${cluster.directory}.lock`)).toBe(false);
    target = await openPgliteTarget('t', cluster.directory);
    session = await target.open();
    expect((await session.run('SELECT count(*) FROM s.t')).rows).toEqual([['3']]);
  });
});

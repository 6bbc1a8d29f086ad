import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../src/base/digest.js';
import { URL_VARIABLE } from '../support/change.js';
import { expectRun } from '../support/expect-run.js';
import { findServerBinaries } from '../support/postgres-binaries.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { runQuick } from '../support/run-probatum.js';

const SUCCESS = { code: 0, status: 'succeeded', outcome: 'committed' } as const;
const STOPPED = { code: 1, status: 'aborted', outcome: 'none' } as const;

/** More than fits into the buffer of a pipe, so that whoever stops reading is noticed. */
const BULK = `CREATE TABLE app.bulk AS SELECT md5(random()::text) AS hash FROM generate_series(1, 100000) AS g;`;

/** What a program in the place of another has done with more than the question for its version. */
const PASS = 'exec "$real" "$@"';

describe.skipIf(requirePostgres() === null)('programs that write and read a backup', () => {
  const lane = postgresLane();

  function folderHere(): string {
    const folder = mkdtempSync(join(tmpdir(), 'backup-programs-'));
    lane.atEnd(() => rmSync(folder, { recursive: true }));
    return folder;
  }

  /** A configuration whose programs are shell scripts; each can go on as the real one. */
  function targetWith(scripts: { pg_dump?: string; pg_restore?: string }, timeout = '60s'): string {
    const folder = folderHere();
    for (const name of ['pg_dump', 'pg_restore'] as const) {
      const real = join(findServerBinaries()!, name);
      const version = `if [ "$1" = --version ]; then ${PASS}; fi`;
      writeFileSync(
        join(folder, name),
        `#!/bin/sh\nhere=${folder}\nreal=${real}\n${version}\n${scripts[name] ?? PASS}\n`,
      );
      chmodSync(join(folder, name), 0o755);
    }
    return `    engine: postgres\n    connection:\n      env: ${URL_VARIABLE}\n    tools:\n      directory: ${folder}\n    backup:\n      provider: custom\n      timeout: ${timeout}\n`;
  }

  const folderOf = (target: string) => /directory: (.*)/.exec(target)![1]!;

  /** Only the reading of the whole archive is another's; its list is asked of the real program. */
  const reading = (script: string) => `if [ "$1" = --list ]; then ${PASS}; fi\n${script}`;

  const backupFiles = (folder: string) =>
    readdirSync(join(folder, 'artefacts')).filter((name) => name.startsWith('backup'));

  test('the archive is read in full as it is written, and the stored file has the digest of what was read', async () => {
    const pg_restore = reading('tee "$here/read" | "$real" "$@"');
    const target = targetWith({ pg_restore });
    const change = await lane.make({ target }, BULK);
    const printed = await runQuick(change.root, change.url);
    const { record } = await expectRun(change.root, printed, SUCCESS);
    expect(record.backup?.sha256).toBe(sha256(readFileSync(join(folderOf(target), 'read'))));
    expect(record.backup?.method).toMatch(
      /^read in full by pg_restore \(PostgreSQL\) .* as it was written, stored with the same digest$/,
    );
  });

  test.each([
    [
      'that fails',
      'cat >/dev/null; echo "pg_restore: error: could not uncompress data" >&2; exit 1',
      /^C-02: pg_restore failed: pg_restore: error: could not uncompress data$/,
    ],
    ['that fails at once', 'exit 3', /^C-02: pg_restore failed: exit code 3$/],
    [
      'that ends well before the archive does',
      'head -c 100 >/dev/null',
      /^C-02: pg_restore ended after \d+ of the \d+ bytes of the archive$/,
    ],
    ['that reads nothing', 'exec sleep 60', /^C-02: pg_restore was ended: it took longer than .*, 4000 ms$/],
  ])('a reader %s fails C-02, and the backup is there whole', async (_, script, why) => {
    const target = targetWith({ pg_restore: reading(script) }, '4s');
    const change = await lane.make({ target }, BULK);
    const printed = await runQuick(change.root, change.url);
    const { record, folder } = await expectRun(change.root, printed, STOPPED);
    expect(record.reason).toMatch(why);
    expect(record.backup).toBeNull();
    expect(record.steps.find(({ id }) => id === 'C-01')?.status).toBe('done');
    expect(backupFiles(folder)).toEqual(['backup.dump']);
    const sizes = record.artefacts.filter(({ step }) => step === 'backup').map(({ size }) => Number(size));
    expect(sizes).toEqual([expect.toSatisfy((size: number) => size > 1_000_000)]);
  });

  test.each([
    ['cut off', 'head -c 200000'],
    ['damaged', "sed 's/PGDMP/PGDMQ/'"],
    ['damaged in its middle', 'perl -0777 -pe \'substr($_, 150000, 8) = "\\0" x 8\''],
  ])('an archive that was %s on its way is refused at C-02', async (_, harm) => {
    const change = await lane.make({ target: targetWith({ pg_dump: `"$real" "$@" | ${harm}` }) }, BULK);
    const printed = await runQuick(change.root, change.url);
    const { record } = await expectRun(change.root, printed, STOPPED);
    expect(record.reason).toMatch(/^C-02: pg_restore /);
    expect(record.backup).toBeNull();
  });

  test('a backup that takes longer than backup.timeout is ended, and nothing is left of it', async () => {
    const change = await lane.make({ target: targetWith({}, '2s') });
    const other = new pg.Client({ connectionString: change.url });
    await other.connect();
    await other.query('BEGIN');
    // pg_dump waits for it a minute by itself.
    await other.query('LOCK TABLE app.log IN ACCESS EXCLUSIVE MODE');
    const printed = await runQuick(change.root, change.url).finally(() => other.end());
    const { record, folder } = await expectRun(change.root, printed, STOPPED);
    expect(record.reason).toBe('C-01: pg_dump was ended: it took longer than backup.timeout, 2000 ms');
    expect(backupFiles(folder)).toEqual([]);
    expect(await change.query('SELECT id FROM app.base')).toEqual([{ id: 1 }]);
    const dumps = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'pg_dump'";
    await expect.poll(() => change.query(dumps), { timeout: 10_000 }).toEqual([]);
  });

  /** Drops a table between the snapshot and the locks of `pg_dump`, as often as there is one. */
  const DROPPING = `name=$(psql -X -A -t -q -c "SELECT min(relname) FROM pg_class WHERE relname LIKE 'passing%'")
if [ -n "$name" ]; then psql -X -q -c "DROP TABLE app.$name"; fi
${PASS}`;
  const passing = (count: number) =>
    Array.from({ length: count }, (__, at) => `CREATE TABLE app.passing${at} (x integer);`).join('\n');

  test('a table that goes away between snapshot and locks: another snapshot is taken', async () => {
    const target = targetWith({ pg_dump: DROPPING });
    const change = await lane.make({ target }, passing(2));
    const printed = await runQuick(change.root, change.url);
    const { record, folder } = await expectRun(change.root, printed, SUCCESS);
    expect(record.steps.find(({ id }) => id === 'C-01')?.detail).toMatch(
      /, in snapshot 3: before, a table went away$/,
    );
    expect(record.concurrent).toEqual([]);
    expect(backupFiles(folder)).toEqual(['backup.dump']);
  });

  test('and again, and again: the run ends', async () => {
    const target = targetWith({ pg_dump: DROPPING });
    const change = await lane.make({ target }, passing(4));
    const printed = await runQuick(change.root, change.url);
    const { record, folder } = await expectRun(change.root, printed, STOPPED);
    expect(record.reason).toMatch(/^C-01: pg_dump failed: .*"app\.passing2" does not exist/);
    expect(await change.query("SELECT to_regclass('app.passing3') IS NULL AS gone")).toEqual([
      { gone: false },
    ]);
    expect(backupFiles(folder)).toEqual([]);
  });

  test('another failure is not tried again', async () => {
    const count = 'echo x >>"$here/begun"';
    const target = targetWith({ pg_dump: `${count}\necho "pg_dump: error: no space" >&2\nexit 1` });
    const change = await lane.make({ target });
    const printed = await runQuick(change.root, change.url);
    const { record } = await expectRun(change.root, printed, STOPPED);
    expect(record.reason).toBe('C-01: pg_dump failed: pg_dump: error: no space');
    expect(readFileSync(join(folderOf(target), 'begun'), 'utf8')).toBe('x\n');
  });
});

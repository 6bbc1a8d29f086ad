import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { DOCUMENTS, TARGET, URL_VARIABLE } from '../support/change.js';
import { expectRun } from '../support/expect-run.js';
import { findServerBinaries } from '../support/postgres-binaries.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { probatum, runHere, runQuick } from '../support/run-probatum.js';

/** Objects of many kinds, with owners and grants. */
const RICH = `
DO $$BEGIN CREATE ROLE "proof Owner"; EXCEPTION WHEN duplicate_object THEN NULL; END$$;
CREATE TYPE app.mood AS ENUM ('sad', 'ok');
CREATE DOMAIN app.positive AS integer CHECK (VALUE > 0);
CREATE SEQUENCE app.counter START 7;
CREATE TABLE app.rich (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  gone text,
  mood app.mood DEFAULT 'ok',
  amount app.positive,
  twice integer GENERATED ALWAYS AS (amount * 2) STORED,
  note text COLLATE "C"
);
ALTER TABLE app.rich DROP COLUMN gone;
INSERT INTO app.rich (amount) SELECT g FROM generate_series(1, 1000) AS g;
CREATE INDEX rich_note ON app.rich (lower(note)) WHERE note IS NOT NULL;
CREATE TABLE app.part (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE app.part_2026 PARTITION OF app.part FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO app.part VALUES ('2026-05-16');
CREATE VIEW app.seen AS SELECT r.id, b.label FROM app.rich AS r JOIN app.base AS b USING (id);
CREATE MATERIALIZED VIEW app.kept AS SELECT count(*) AS n FROM app.rich;
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE TRIGGER touch BEFORE UPDATE ON app.rich FOR EACH ROW EXECUTE FUNCTION app.touch();
ALTER TABLE app.log ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON app.log TO "proof Owner" USING (note <> '');
ALTER TABLE app.part OWNER TO "proof Owner";
GRANT SELECT ON app.rich TO "proof Owner";
REVOKE ALL ON FUNCTION app.touch() FROM PUBLIC;
COMMENT ON TABLE app.rich IS 'rich';
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO "proof Owner";
`;

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');

/** Process id of the server whose cluster is in a folder below this one; null before it has started. */
function postmasterIn(folder: string): number | null {
  for (const name of readdirSync(folder)) {
    try {
      const [pid, , , , , , , status] = readFileSync(
        join(folder, name, 'data', 'postmaster.pid'),
        'utf8',
      ).split('\n');
      if (status?.startsWith('ready')) return Number(pid);
    } catch {
      // Not yet.
    }
  }
  return null;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until<T>(ask: () => T): Promise<NonNullable<T>> {
  for (let waited = 0; waited < 60_000; waited += 5) {
    const answer = ask();
    if (answer) return answer;
    await sleep(5);
  }
  throw new Error('it did not come to be');
}

describe.skipIf(requirePostgres() === null)('--prove-backup', () => {
  const lane = postgresLane();

  test.each([
    ['custom', 'provider: custom'],
    ['directory', "provider: directory\n      jobs: '3'"],
  ])('restores the backup into a server of its own and compares it: %s', async (_, backup) => {
    const target = `    engine: postgres\n    connection:\n      env: ${URL_VARIABLE}\n    backup:\n      ${backup}\n`;
    const change = await lane.make({ target }, RICH);
    const folder = mkdtempSync(join(tmpdir(), 'scratch-'));
    // The server runs as another user where this is root.
    chmodSync(folder, 0o755);
    vi.stubEnv('TMPDIR', folder);
    lane.atEnd(() => {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true });
    });
    const printed = await runHere(change.root, change.url, { proveBackup: true });
    const { record, report } = await expectRun(change.root, printed, {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
      secret: lane.server.password,
    });
    expect(record.backupRestored).toMatchObject({ tables: '5', differences: [] });
    expect(report).toMatch(
      /- backup_restored: restored and compared \(\d+ objects, rows of 5 tables; PostgreSQL \d+\.\d+.*, started for it\)/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test('restores into a server that the configuration names, and leaves nothing there', async () => {
    const connection = `connection:\n      env: ${URL_VARIABLE}\n`;
    const target = `    engine: postgres\n    ${connection}    scratch:\n      env: ${URL_VARIABLE}\n`;
    const change = await lane.make({ target });
    const databases = () => change.query('SELECT datname FROM pg_database ORDER BY 1');
    const before = await databases();
    const printed = await runHere(change.root, change.url, { proveBackup: true });
    const { report } = await expectRun(change.root, printed, {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    expect(report).toContain(` at 127.0.0.1:${lane.server.port})\n`);
    expect(await databases()).toEqual(before);
  });

  test('leaves no server and no folder behind when it is killed', async () => {
    const change = await lane.make();
    const folder = mkdtempSync(join(tmpdir(), 'scratch-'));
    chmodSync(folder, 0o755);
    lane.atEnd(() => rmSync(folder, { recursive: true, force: true }));
    const child = spawn(
      process.execPath,
      [CLI, 'run', DOCUMENTS.package, '--target', TARGET, '--prove-backup'],
      {
        cwd: change.root,
        env: { ...process.env, [URL_VARIABLE]: change.url, TMPDIR: folder },
        stdio: 'ignore',
      },
    );
    const ended = once(child, 'close');
    const pid = await until(() => postmasterIn(folder));
    expect(isRunning(pid)).toBe(true);
    child.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
    await until(() => !isRunning(pid) && readdirSync(folder).length === 0);
  });

  test('without it, the report says so', async () => {
    const change = await lane.make();
    const printed = await runQuick(change.root, change.url);
    const { report } = await expectRun(change.root, printed, {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    expect(report).toContain('- backup_restored: not restored\n');
  });

  test.each([
    ['rows', '--exclude-table-data=app.base', 'app.base has 0 rows, in the snapshot 1'],
    ['a table', '--exclude-table=app.log', '- table app.log'],
    ['privileges', '--no-privileges', '~ schema app'],
  ])('a dump that can be read in full and lacks %s denies before BEGIN', async (_, option, difference) => {
    const tools = mkdtempSync(join(tmpdir(), 'dump-tools-'));
    lane.atEnd(() => rmSync(tools, { recursive: true }));
    const binaries = findServerBinaries();
    script(join(tools, 'pg_dump'), `exec ${binaries}/pg_dump "$@" ${option}`);
    script(join(tools, 'pg_restore'), `exec ${binaries}/pg_restore "$@"`);
    const connection = `connection:\n      env: ${URL_VARIABLE}\n`;
    const target = `    engine: postgres\n    ${connection}    tools:\n      directory: ${tools}\n`;
    const change = await lane.make({ target }, 'GRANT USAGE ON SCHEMA app TO PUBLIC;');
    const printed = await runHere(change.root, change.url, { proveBackup: true });
    const { record, report } = await expectRun(change.root, printed, {
      code: 1,
      status: 'aborted',
      outcome: 'none',
    });
    expect(record.reason).toMatch(/^PROOF: the restored backup differs: /);
    expect(record.backupRestored?.differences).toContain(difference);
    expect(report).toContain('- backup_restored: restored, and it differs');
    expect(await change.query('SELECT id FROM app.base')).toEqual([{ id: 1 }]);
  });

  test('a rehearsal restores its data directory', async () => {
    const change = await lane.make();
    const printed = await probatum(change.root, ['rehearse', DOCUMENTS.package, '--prove-backup']);
    const { report } = await expectRun(change.root, printed, {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    expect(report).toMatch(
      /- backup_restored: restored and compared \(.*; PGlite [\d.]+, in a temporary folder\)/,
    );
  });

  test('is an option of run', async () => {
    const change = await lane.make();
    const printed = await probatum(
      change.root,
      ['run', DOCUMENTS.package, '--target', TARGET, '--prove-backup'],
      { [URL_VARIABLE]: change.url },
    );
    const { record } = await expectRun(change.root, printed, {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    expect(record.steps.map(({ id }) => id)).toContain('PROOF');
  });
});

function script(file: string, line: string): void {
  writeFileSync(file, `#!/bin/sh\n${line}\n`);
  chmodSync(file, 0o755);
}

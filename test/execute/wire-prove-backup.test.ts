import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { isOwnStatement, SCRATCH_SERVER } from '../../src/execute/own-statements.js';
import { OWN } from '../../src/execute/statements.js';
import { loadGrammar } from '../../src/sql/grammar.js';
import { URL_VARIABLE } from '../support/change.js';
import { type Ending, expectRun } from '../support/expect-run.js';
import { findServerBinaries } from '../support/postgres-binaries.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { startRecordingProxy } from '../support/recording-proxy.js';
import { runHere } from '../support/run-probatum.js';
import { applicationOf, reviewedOf, sessionsOf, strangers, timesSent } from '../support/wire-record.js';

const SUCCEEDED: Ending = { code: 0, status: 'succeeded', outcome: 'committed' };
const ON_SCRATCH = SCRATCH_SERVER.statements.map(({ pattern }) => pattern!);
const isScratch = (sql: string) => ON_SCRATCH.some((pattern) => pattern.test(sql));

describe.skipIf(requirePostgres() === null)('on the wire, --prove-backup', () => {
  const lane = postgresLane();
  beforeAll(loadGrammar);

  test('asks the target for its roles, and a named server for a database, its contents and its end', async () => {
    const [there, scratch] = await Promise.all([
      startRecordingProxy(lane.server.port),
      startRecordingProxy(lane.server.port),
    ]);
    lane.atEnd(() => {
      vi.unstubAllEnvs();
      void Promise.all([there.close(), scratch.close()]);
    });
    const change = await lane.make({
      target: `    engine: postgres\n    connection:\n      env: ${URL_VARIABLE}\n    scratch:\n      env: SCRATCH_URL\n`,
    });
    vi.stubEnv('SCRATCH_URL', scratch.url(change.url));
    const printed = await runHere(change.root, there.url(change.url), { proveBackup: true });
    const { record } = await expectRun(change.root, printed, SUCCEEDED);
    const { migration, preflight, verify } = reviewedOf(change.root, record.plan);
    const sent = sessionsOf(there.connections()).flat();
    expect(strangers(sent, [migration, preflight, verify].flat())).toEqual([]);
    expect(timesSent(sent, [OWN.roles])).toEqual({ [OWN.roles]: 1 });
    expect(sent.filter(({ sql }) => isScratch(sql))).toEqual([]);

    const connections = scratch.connections();
    expect(connections.filter((one) => applicationOf(one) === 'pg_restore')).not.toEqual([]);
    const away = sessionsOf(connections, ['pg_restore']).flat();
    const own = away.filter(({ sql }) => isScratch(sql));
    expect(own.map(({ sql }) => sql.replace(/probatum_proof_\w+/, '…'))).toEqual([
      'CREATE DATABASE … TEMPLATE template0',
      'SHOW server_version',
      'DROP DATABASE IF EXISTS …',
    ]);
    // The same name thrice; the rest is on the list for a target.
    expect(new Set(own.flatMap(({ sql }) => /probatum_proof_\w+/.exec(sql) ?? [])).size).toBe(1);
    expect(
      away.filter(({ sql }) => !isScratch(sql)).filter((one) => strangers([one], []).length > 0),
    ).toEqual([]);
  });

  test('sends the same to a server that is started for it, and makes the roles there', async () => {
    const [tools, log] = loggingServer();
    lane.atEnd(() => rmSync(tools, { recursive: true }));
    const change = await lane.make(
      {
        target: `    engine: postgres\n    connection:\n      env: ${URL_VARIABLE}\n    tools:\n      directory: ${tools}\n`,
      },
      `DO $$BEGIN CREATE ROLE "wire ""Owner"; EXCEPTION WHEN duplicate_object THEN NULL; END$$;`,
    );
    const printed = await runHere(change.root, change.url, { proveBackup: true });
    await expectRun(change.root, printed, SUCCEEDED);
    const entries = entriesOf(readFileSync(log, 'utf8'));
    expect(new Set(entries.map(({ application }) => application))).toEqual(
      new Set(['probatum', 'pg_restore']),
    );
    const ours = entries.filter(({ application }) => application === 'probatum');
    // By the extended protocol, unnamed: a simple Query is logged as `statement: …`.
    expect(ours.map(({ message }) => message).filter((text) => !text.startsWith(EXECUTE))).toEqual([]);
    const texts = ours.map(({ message }) => message.slice(EXECUTE.length));
    expect(texts).toContain('CREATE ROLE "wire ""Owner"');
    expect(texts.filter((sql) => !isScratch(sql) && !isOwnStatement(sql))).toEqual([]);
    expect(texts.filter((sql) => sql.startsWith('CREATE DATABASE'))).toHaveLength(1);
  });
});

const EXECUTE = 'execute <unnamed>: ';
const PREFIX = '\u0001';

/** The server's programs, of which `postgres` writes down every statement in a file beside them. */
function loggingServer(): [folder: string, log: string] {
  const folder = mkdtempSync(join(tmpdir(), 'logging-server-'));
  const log = join(folder, 'log');
  const real = findServerBinaries();
  writeFileSync(log, '');
  // The server runs as another user where this is root.
  chmodSync(folder, 0o777);
  chmodSync(log, 0o666);
  const script = (name: string, rest = '') => {
    writeFileSync(join(folder, name), `#!/bin/bash\nexec ${real}/${name} "$@" ${rest}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  for (const name of ['pg_dump', 'pg_restore', 'initdb']) script(name);
  script('postgres', `-c log_statement=all -c log_line_prefix=$'\\x01%a\\x01' 2> >(tee -a ${log} >&2)`);
  return [folder, log];
}

/** Statements of a log; a line end within one is followed by a tab. */
function entriesOf(log: string): { readonly application: string; readonly message: string }[] {
  return log
    .replaceAll('\n\t', '\n')
    .split(new RegExp(`^${PREFIX}`, 'm'))
    .map((entry) =>
      new RegExp(`^([^${PREFIX}]*)${PREFIX}LOG:  ((?:execute|statement)[\\s\\S]*)\\n$`).exec(entry),
    )
    .filter((found) => found !== null)
    .map(([, application = '', message = '']) => ({ application, message }));
}

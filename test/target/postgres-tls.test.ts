import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConnectionConfig } from '../../src/load/config-types.js';
import { openPostgresTarget } from '../../src/target/postgres.js';
import { type PostgresServer, requirePostgres, startPostgresServer } from '../support/postgres-server.js';

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A certificate of its own for `localhost` only, so that 127.0.0.1 is the wrong name. */
function makeCertificate(folder: string): { certificate: string; key: string } {
  const [certificate, key] = [join(folder, 'server.crt'), join(folder, 'server.key')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      certificate,
      ...subject,
    ],
    { stdio: 'ignore' },
  );
  const { uid, gid } = statSync(folder);
  if (process.getuid?.() === 0) for (const file of [certificate, key]) chownSync(file, uid, gid);
  chmodSync(key, 0o600);
  return { certificate, key };
}

describe.skipIf(requirePostgres() === null || !hasOpenssl())('TLS, in pg and in pg_dump alike', () => {
  let server: PostgresServer;
  let roots: string;

  beforeAll(async () => {
    server = await startPostgresServer();
    const { certificate, key } = makeCertificate(server.folder);
    roots = certificate;
    const target = at('127.0.0.1', 'disable');
    const session = await target.open();
    await session.run(`ALTER SYSTEM SET ssl_cert_file = '${certificate}'`);
    await session.run(`ALTER SYSTEM SET ssl_key_file = '${key}'`);
    await session.run("ALTER SYSTEM SET ssl = 'on'");
    await session.run('SELECT pg_reload_conf()');
    await target.close();
    await sleep(300);
  });
  afterAll(() => server?.stop());

  const at = (host: string, sslmode: string, sslrootcert?: string) => {
    const { user, port } = server;
    const place = { host, port: String(port), database: 'postgres', user, sslmode };
    const connection: ConnectionConfig = sslrootcert === undefined ? place : { ...place, sslrootcert };
    return openPostgresTarget(
      't',
      { engine: 'postgres', connection },
      { PATH: process.env.PATH, PGPASSWORD: server.password },
    );
  };

  test.each([
    ['127.0.0.1', 'disable', false, true],
    ['127.0.0.1', 'require', false, true],
    ['127.0.0.1', 'require', true, true],
    ['127.0.0.1', 'verify-ca', true, true],
    ['127.0.0.1', 'verify-full', true, false],
    ['localhost', 'verify-full', true, true],
    ['localhost', 'verify-full', false, false],
  ])('%s with sslmode=%s and roots %s: accepted %s', async (host, sslmode, withRoots, accepted) => {
    const target = at(host, sslmode, withRoots ? roots : undefined);
    const opened = await target.open().then(
      async (session) => {
        const { rows } = await session.run(
          'SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()',
        );
        return rows[0]?.[0] ?? '';
      },
      (error) => error.code as string,
    );
    expect(opened).toBe(accepted ? (sslmode === 'disable' ? 'f' : 't') : 'cannot-connect');
    const file = join(server.folder, 'tls.dump');
    const dumped = await at(host, sslmode, withRoots ? roots : undefined)
      .backup(file, null)
      .then(
        () => true,
        () => false,
      );
    expect(dumped).toBe(accepted);
    rmSync(file, { force: true });
    await target.close();
  });
});

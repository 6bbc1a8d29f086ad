import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UsageError } from '../../src/base/usage-error.js';
import { resolveConnection, toolEnvironment } from '../../src/target/connection.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'probatum-connection-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fromUrl = (url: string, env: Record<string, string> = {}) =>
  resolveConnection('t', { env: 'DB' }, { DB: url, ...env });

function refusal(action: () => unknown): UsageError {
  try {
    action();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('a URL in the environment', () => {
  test('is resolved into explicit values', () => {
    expect(fromUrl('postgres://ann:p%40ss%3A@db.example.org:6432/my%20db')).toEqual({
      host: 'db.example.org',
      port: '6432',
      database: 'my db',
      user: 'ann',
      password: 'p@ss:',
      sslmode: 'verify-full',
      sslrootcert: 'system',
    });
  });

  test('may name a socket folder as host or as parameter', () => {
    const expected = { host: '/run/pg', port: '5432', sslmode: 'disable', sslrootcert: null, user: 'u' };
    expect(fromUrl('postgresql://u@%2Frun%2Fpg/d')).toMatchObject(expected);
    expect(fromUrl('postgresql://u@/d?host=/run/pg')).toMatchObject(expected);
    expect(fromUrl('postgres:///d?host=/run/pg&user=u&sslmode=verify-full')).toMatchObject(expected);
  });

  test.each(['localhost', '127.0.0.1', '[::1]'])('is not encrypted to %s unless it says so', (host) => {
    expect(fromUrl(`postgres://u@${host}/d`).sslmode).toBe('disable');
    expect(fromUrl(`postgres://u@${host}/d`, { PGSSLMODE: 'verify-full' }).sslmode).toBe('verify-full');
    expect(fromUrl(`postgres://u@${host}/d?sslmode=require`).sslmode).toBe('require');
  });

  test.each(['prefer', 'allow'])('with sslmode=%s is refused with what to write', (mode) => {
    const error = refusal(() => fromUrl(`postgres://u:secret@h/d?sslmode=${mode}`));
    expect(error.code).toBe('bad-configuration');
    expect(error.help).toContain('sslmode=verify-full');
  });

  test.each([
    'postgres://u:secret@a,b/d',
    'postgres://u:secret@a:1,b:2/d',
    'postgres://u:secret@h/d?host=a,b',
    'postgres://u:secret@h/d?options=-c%20x',
    'postgres://u:secret@h/d?constructor=1',
    'postgres://u:secret@h/d?sslmode',
    'postgres://u:secret@h:99999/d',
    'postgres://u:se%cret@h/d',
    'postgres://:secret@h/d',
    'postgres://u:secret@h/',
    'postgres://u:secret@/d',
    'mysql://u:secret@h/d',
    'host=h password=secret',
  ])('%s is refused without its password', (url) => {
    const error = refusal(() => fromUrl(url));
    expect(error.code).toBe('bad-configuration');
    expect(`${error.message} ${error.help}`).not.toContain('secret');
  });

  test('several hosts are named as the reason', () => {
    expect(refusal(() => fromUrl('postgres://u@a:1,b:2/d')).message).toContain('several hosts');
  });

  test('that is not set is refused', () => {
    expect(refusal(() => resolveConnection('t', { env: 'DB' }, {})).message).toContain('DB');
  });

  test('verify-ca needs a file of roots', () => {
    expect(refusal(() => fromUrl('postgres://u@h/d?sslmode=verify-ca')).message).toContain('sslrootcert');
    expect(fromUrl('postgres://u@h/d?sslmode=verify-ca&sslrootcert=/r.crt').sslrootcert).toBe('/r.crt');
    expect(fromUrl('postgres://u@h/d', { PGSSLROOTCERT: '/r.crt' }).sslrootcert).toBe('/r.crt');
  });
});

describe('a service', () => {
  test('is read from PGSERVICEFILE, else from the home folder, else from PGSYSCONFDIR', () => {
    const text =
      '# ours\n[other]\nhost=no\n\n[prod]\nhost=127.0.0.1\nport=5433\ndbname=d\nuser=u\npassword=x=y\n';
    const path = file('.pg_service.conf', text);
    file('pg_service.conf', text.replace('5433', '5434'));
    const ports = [{ PGSERVICEFILE: path }, { HOME: folder }, { PGSYSCONFDIR: folder }].map(
      (env) => resolveConnection('t', { service: 'prod' }, env).port,
    );
    expect(ports).toEqual(['5433', '5433', '5434']);
    const found = resolveConnection('t', { service: 'prod' }, { HOME: folder });
    expect(found).toMatchObject({ host: '127.0.0.1', database: 'd', user: 'u', password: 'x=y' });
  });

  test('that is not defined, or uses what is not supported, is refused', () => {
    const path = file('services', '[a]\nhost=h\ntarget_session_attrs=any\n');
    const env = { PGSERVICEFILE: path };
    expect(refusal(() => resolveConnection('t', { service: 'prod' }, env)).message).toContain('not defined');
    expect(refusal(() => resolveConnection('t', { service: 'a' }, env)).message).toContain(
      'target_session_attrs',
    );
  });
});

describe('a password', () => {
  const config = { host: 'h', database: 'd', user: 'u', port: '1', sslmode: 'disable' };

  test('comes from the passfile, with wildcards and escapes, first match first', () => {
    const passfile = file('pass', '# c\nh:2:d:u:no\nh:1:d:u\\:x:no\n*:1:d:u:a\\:b\\\\c:d\nh:1:d:u:late\n');
    expect(resolveConnection('t', { ...config, passfile }, { PGPASSWORD: 'env' }).password).toBe('a:b\\c:d');
  });

  test('comes from PGPASSWORD before the usual file, and may be absent', () => {
    const pgpass = file('.pgpass', '*:*:*:*:from-file\n');
    expect(resolveConnection('t', config, { PGPASSWORD: 'env', HOME: folder }).password).toBe('env');
    expect(resolveConnection('t', config, { HOME: folder }).password).toBe('from-file');
    expect(resolveConnection('t', config, { PGPASSFILE: pgpass }).password).toBe('from-file');
    expect(resolveConnection('t', config, {}).password).toBeNull();
  });

  test('is not read from a file that others may read', () => {
    const passfile = file('open', '*:*:*:*:secret\n', 0o640);
    const error = refusal(() => resolveConnection('t', { ...config, passfile }, {}));
    expect(error.help).toContain('chmod 600');
    expect(error.message).not.toContain('secret');
  });
});

test('the environment of pg_dump has the resolved values and no other PG variable', () => {
  const env = { PATH: '/bin', PGOPTIONS: '-c x=y', PGSERVICE: 's', PGHOST: 'elsewhere', pgpassfile: 'f' };
  const connection = fromUrl('postgres://u:secret@h:1/d?sslmode=require', {});
  expect(toolEnvironment(connection, env)).toEqual({
    PATH: '/bin',
    PGHOST: 'h',
    PGPORT: '1',
    PGDATABASE: 'd',
    PGUSER: 'u',
    PGPASSWORD: 'secret',
    PGSSLMODE: 'require',
    PGCONNECT_TIMEOUT: '15',
  });
});

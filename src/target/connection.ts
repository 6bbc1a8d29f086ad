import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import type { ConnectionConfig } from '../load/config-types.js';
import { type ConnectionSettings, settingsFromUrl } from './connection-url.js';
import { type Environment, homeFolder, withoutPostgresVariables } from './environment.js';
import { passwordFromFile } from './password-file.js';
import { settingsFromService } from './service-file.js';

export type SslMode = 'disable' | 'require' | 'verify-ca' | 'verify-full';

/** A connection with every value said, so that `pg` and `pg_dump` cannot read the same words differently. */
export interface ResolvedConnection {
  /** Host name, address, or the folder of a unix socket. */
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly user: string;
  readonly password: string | null;
  readonly sslmode: SslMode;
  /** File of trusted roots; `system` for the roots that the client trusts anyway; null where none is checked. */
  readonly sslrootcert: string | null;
}

/** Seconds until an attempt to connect is given up. */
export const CONNECT_TIMEOUT_SECONDS = 15;

/**
 * Resolves how a target is reached, with libpq's order of precedence: the configuration, then PGPASSWORD,
 * PGSSLMODE and PGSSLROOTCERT, then the password file.
 * @throws UsageError bad-configuration; its message never holds a password or a URL
 */
export function resolveConnection(
  target: string,
  config: ConnectionConfig,
  env: Environment,
): ResolvedConnection {
  const { settings, source } = readSettings(target, config, env);
  const host = required(settings.host, 'host', source);
  if (host.includes(',')) throw bad(`${source} names several hosts`, 'Name the one host to migrate.');
  const port = checkedPort(settings.port ?? '5432', source);
  const database = required(settings.database, 'database', source);
  const user = required(settings.user, 'user', source);
  const sslmode = resolveSslMode(settings.sslmode ?? env.PGSSLMODE, host, source);
  return {
    host,
    port,
    database,
    user,
    password: resolvePassword(settings, { host, port, database, user }, env),
    sslmode,
    sslrootcert: resolveRoots(settings.sslrootcert ?? env.PGSSLROOTCERT, sslmode, env, source),
  };
}

/** The operator's environment for `pg_dump` and `pg_restore`: every PG* variable replaced by resolved values. */
export function toolEnvironment(connection: ResolvedConnection, env: Environment): Record<string, string> {
  return {
    ...withoutPostgresVariables(env),
    PGHOST: connection.host,
    PGPORT: connection.port,
    PGDATABASE: connection.database,
    PGUSER: connection.user,
    ...(connection.password === null ? {} : { PGPASSWORD: connection.password }),
    PGSSLMODE: connection.sslmode,
    ...(connection.sslrootcert === null ? {} : { PGSSLROOTCERT: connection.sslrootcert }),
    PGCONNECT_TIMEOUT: String(CONNECT_TIMEOUT_SECONDS),
  };
}

function readSettings(
  target: string,
  config: ConnectionConfig,
  env: Environment,
): { settings: ConnectionSettings; source: string } {
  if ('env' in config) {
    const url = env[config.env];
    const source = `target ${target}: the URL in ${config.env}`;
    if (!url)
      throw bad(
        `target ${target}: the environment variable ${config.env} is not set`,
        'Set it to a postgres:// URL.',
      );
    return { settings: settingsFromUrl(url, source), source };
  }
  if ('service' in config) {
    const source = `target ${target}: the service ${config.service}`;
    return { settings: settingsFromService(config.service, env, source), source };
  }
  return { settings: config, source: `target ${target}: the connection` };
}

function required(value: string | undefined, what: string, source: string): string {
  if (!value)
    throw bad(`${source} names no ${what}`, `Write the ${what} out; nothing is taken from defaults.`);
  return value;
}

function checkedPort(port: string, source: string): string {
  const number = Number(port);
  if (!/^\d{1,5}$/.test(port) || number < 1 || number > 65535) throw bad(`${source} has no valid port`);
  return port;
}

const SSL_MODES: readonly string[] = ['disable', 'require', 'verify-ca', 'verify-full'];

function resolveSslMode(given: string | undefined, host: string, source: string): SslMode {
  if (given && !SSL_MODES.includes(given)) {
    const help =
      given === 'prefer' || given === 'allow'
        ? `"${given}" falls back to plain text without a word. Write sslmode=verify-full, or disable for a trusted network.`
        : `Write one of ${SSL_MODES.join(', ')}.`;
    throw bad(`${source} asks for an sslmode that is not accepted`, help);
  }
  // libpq ignores sslmode on a unix socket; `pg` would ask the server for TLS there.
  if (host.startsWith('/')) return 'disable';
  if (given) return given as SslMode;
  return isLoopback(host) ? 'disable' : 'verify-full';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function resolveRoots(
  given: string | undefined,
  sslmode: SslMode,
  env: Environment,
  source: string,
): string | null {
  if (sslmode === 'disable') return null;
  if (given) return given;
  const home = homeFolder(env);
  const usual = home === null ? null : join(home, '.postgresql', 'root.crt');
  if (usual !== null && existsSync(usual)) return usual;
  if (sslmode === 'verify-full') return 'system';
  if (sslmode === 'verify-ca')
    throw bad(
      `${source} asks for verify-ca without sslrootcert`,
      'Name the file of roots, or use verify-full.',
    );
  return null;
}

function resolvePassword(
  settings: ConnectionSettings,
  where: { host: string; port: string; database: string; user: string },
  env: Environment,
): string | null {
  if (settings.password !== undefined) return settings.password;
  if (settings.passfile !== undefined) return passwordFromFile(settings.passfile, where);
  if (env.PGPASSWORD) return env.PGPASSWORD;
  const home = homeFolder(env);
  const file = env.PGPASSFILE || (home === null ? null : join(home, '.pgpass'));
  return file !== null && existsSync(file) ? passwordFromFile(file, where) : null;
}

function bad(message: string, help?: string): UsageError {
  return new UsageError('bad-configuration', message, help);
}

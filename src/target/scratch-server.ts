import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { UsageError } from '../base/usage-error.js';
import type { ResolvedConnection } from './connection.js';
import { type Environment, withoutPostgresVariables } from './environment.js';
import { findServer, type ToolsConfig } from './tools.js';

/** A server for one restore: its own cluster in a temporary folder, reached through a socket in that folder only. */
export interface ScratchServer {
  readonly connection: ResolvedConnection;
  readonly version: string;
  stop(): Promise<void>;
}

/** Seconds until a server that does not answer is given up. */
const START_SECONDS = 60;

const run = promisify(execFile);

/**
 * Makes a cluster with the programs of the same major version as the source and starts it.
 * @param superuser name of the cluster's owner: that of the source, so that what it owns is owned by the same name
 * @throws UsageError missing-tool; Error where the server does not start
 */
export async function startScratchServer(
  tools: ToolsConfig,
  env: Environment,
  major: number,
  superuser: string,
): Promise<ScratchServer> {
  const initdb = await findServer(tools, env, major);
  const folder = await mkdtemp(join(tmpdir(), 'probatum-'));
  const options = { ...(await unprivileged()), cwd: folder, env: withoutPostgresVariables(env) };
  let server: ChildProcess | null = null;
  const killAtExit = () => server?.kill('SIGQUIT');
  process.once('exit', killAtExit);
  const stop = async () => {
    process.off('exit', killAtExit);
    if (server !== null) await ended(server);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    if (options.uid !== undefined) await chown(folder, options.uid, options.gid ?? options.uid);
    const data = join(folder, 'data');
    // Nobody but the owner of the folder can reach the socket in it.
    const cluster = ['--auth=trust', `--username=${superuser}`, '--encoding=UTF8', '--locale=C', '--no-sync'];
    await run(initdb.path, [`--pgdata=${data}`, ...cluster], options);
    const settings = ['-c', 'listen_addresses=', '-c', 'fsync=off', '-c', 'full_page_writes=off'];
    server = spawn(join(dirname(initdb.path), 'postgres'), ['-D', data, '-k', folder, ...settings], {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await ready(server);
    return { connection: socket(folder, superuser), version: initdb.version, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function socket(host: string, user: string): ResolvedConnection {
  const where = { host, port: '5432', database: 'postgres', user };
  return { ...where, password: null, sslmode: 'disable', sslrootcert: null };
}

/** The server refuses to run as root; then it runs as the user that PostgreSQL is installed for. */
async function unprivileged(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  for (const user of ['postgres', 'nobody']) {
    try {
      const id = async (option: string) => Number((await run('id', [option, user])).stdout);
      return { uid: await id('-u'), gid: await id('-g') };
    } catch {
      // There is no such user; the next one.
    }
  }
  throw new UsageError(
    'missing-tool',
    'a PostgreSQL server cannot run as root, and there is no user postgres',
  );
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(new Error(`the scratch server did not start: ${why}`));
    };
    const timer = setTimeout(() => fail(`no answer within ${START_SECONDS} s`), START_SECONDS * 1_000);
    server.once('error', (error) => fail(error.message));
    server.once('exit', () => fail(log.trim().split('\n').at(-1) ?? ''));
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-8_192);
      if (!log.includes('ready to accept connections')) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

/** What is in it is thrown away, so it need not be written: an immediate stop. */
async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return;
  const exit = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGQUIT');
  await exit;
}

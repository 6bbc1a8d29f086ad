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
  let server: ChildProcess | null = null;
  const stop = async () => {
    if (server !== null) await ended(server);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const owner = await unprivileged(env);
    if (owner.uid !== undefined) await chown(folder, owner.uid, owner.gid ?? owner.uid);
    const data = join(folder, 'data');
    // Nobody but the owner of the folder can reach the socket in it.
    const cluster = ['--auth=trust', `--username=${superuser}`, '--encoding=UTF8', '--locale=C', '--no-sync'];
    const settings = ['-c', 'listen_addresses=', '-c', 'fsync=off', '-c', 'full_page_writes=off'];
    const commands = [
      [initdb.path, `--pgdata=${data}`, ...cluster],
      [join(dirname(initdb.path), 'postgres'), '-D', data, '-k', folder, ...settings],
    ];
    server = spawn(process.execPath, ['-e', KEEPER, JSON.stringify({ folder, owner, commands })], {
      cwd: folder,
      env: withoutPostgresVariables(env),
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    await ready(server);
    return { connection: socket(folder, superuser), version: initdb.version, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Runs `initdb` and the server, and ends them when its standard input ends: that happens whichever way this process ends,
 * so that no server is left behind by one that was killed. It throws away what it ended; signals of the terminal are for us.
 */
const KEEPER = `
const { spawn } = require('node:child_process');
const { rmSync } = require('node:fs');
const { folder, owner, commands } = JSON.parse(process.argv[1]);
let child = null;
let over = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
const end = (code) => {
  if (over) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exitCode = code;
  process.stdin.destroy();
};
const next = () => {
  const [program, ...words] = commands.shift();
  // A group of its own, which no signal of the terminal reaches.
  child = spawn(program, words, { ...owner, cwd: folder, detached: true, stdio: ['ignore', 'ignore', 'inherit'] });
  child.once('error', (error) => { console.error(error.message); end(1); });
  child.once('exit', (code) => (over || code !== 0 || commands.length === 0 ? end(code ?? 1) : next()));
};
process.stdin.once('end', () => { over = true; child.kill('SIGQUIT'); }).resume();
next();
`;

function socket(host: string, user: string): ResolvedConnection {
  const where = { host, port: '5432', database: 'postgres', user };
  return { ...where, password: null, sslmode: 'disable', sslrootcert: null };
}

/** The server refuses to run as root; then it runs as the user that PostgreSQL is installed for. */
async function unprivileged(env: Environment): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  for (const user of ['postgres', 'nobody']) {
    try {
      const id = async (option: string) =>
        Number((await run('id', [option, user], { env: withoutPostgresVariables(env) })).stdout);
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
  server.stdin?.on('error', () => {});
  server.stdin?.end();
  await exit;
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findServerBinaries } from './postgres-binaries.js';

export { requirePostgres } from './postgres-binaries.js';

/** A real server with a cluster of its own, in a temporary folder. */
export interface PostgresServer {
  readonly port: number;
  readonly socketDirectory: string;
  readonly user: string;
  readonly password: string;
  /** Temporary folder of the server; files of a test may be put here. */
  readonly folder: string;
  /** URL of a database over loopback TCP, with the password. */
  url(database: string): string;
  /** Makes a database and returns its URL. */
  createDatabase(name: string): Promise<string>;
  /** Ends all server processes without a checkpoint, as a crash does. */
  crash(): Promise<void>;
  /** Ends it in order, and leaves its folder. */
  halt(): Promise<void>;
  /** Starts it again on the same port, after `crash()` or `halt()`. */
  start(): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

const USER = 'probatum_test';
const PASSWORD = 'pa:ss/w@rd-of-the-tests';

/** Settings of the server that a test changes, such as `ssl`. */
export type ServerSettings = Readonly<Record<string, string>>;

/** Starts a server (1 to 2 s). @throws Error where no binaries are found; see `requirePostgres()` */
export async function startPostgresServer(settings: ServerSettings = {}): Promise<PostgresServer> {
  const binaries = findServerBinaries();
  if (binaries === null) throw new Error('no PostgreSQL server binaries');
  const owner = unprivilegedUser();
  const folder = mkdtempSync(join(tmpdir(), 'probatum-pg-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  if (owner.uid !== undefined) for (const path of [folder, data]) chownSync(path, owner.uid, owner.gid ?? 0);
  initialise(binaries, folder, data, owner);
  const server = new Server(binaries, folder, data, owner, await freePort(), settings);
  await server.start();
  return server;
}

/** Copies the data directory of a server as `pg_basebackup` does, and starts the copy on a port of its own. */
export async function startCopy(of: PostgresServer): Promise<PostgresServer> {
  const binaries = findServerBinaries()!;
  const owner = unprivilegedUser();
  const folder = mkdtempSync(join(tmpdir(), 'probatum-pg-'));
  const data = join(folder, 'data');
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid ?? 0);
  const from = ['-h', '127.0.0.1', '-p', String(of.port), '-U', of.user];
  const program = join(binaries, 'pg_basebackup');
  execFileSync(program, ['-D', data, ...from, '--checkpoint=fast', '--no-sync'], {
    ...owner,
    cwd: folder,
    env: { ...ENVIRONMENT, PGPASSWORD: of.password },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const server = new Server(binaries, folder, data, owner, await freePort(), {});
  await server.start();
  return server;
}

interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

/** The server refuses to run as root. */
function unprivilegedUser(): Owner {
  if (process.getuid?.() !== 0) return {};
  const id = (option: string) => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

const ENVIRONMENT = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };

function initialise(binaries: string, folder: string, data: string, owner: Owner): void {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o644 });
  const options = ['--auth=scram-sha-256', `--username=${USER}`, `--pwfile=${passwordFile}`];
  execFileSync(
    join(binaries, 'initdb'),
    ['-D', data, ...options, '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...owner, cwd: folder, env: ENVIRONMENT, stdio: ['ignore', 'ignore', 'pipe'] },
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

class Server implements PostgresServer {
  readonly socketDirectory: string;
  readonly user = USER;
  readonly password = PASSWORD;
  #process: ChildProcess | null = null;
  #log = '';
  readonly #killAtExit = () => this.#process?.kill('SIGQUIT');

  constructor(
    private readonly binaries: string,
    readonly folder: string,
    private readonly data: string,
    private readonly owner: Owner,
    readonly port: number,
    private readonly settings: ServerSettings,
  ) {
    this.socketDirectory = folder;
  }

  url(database: string): string {
    return `postgres://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${this.port}/${encodeURIComponent(database)}`;
  }

  async createDatabase(name: string): Promise<string> {
    const client = new pg.Client({ connectionString: this.url('postgres') });
    await client.connect();
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`).finally(() => client.end());
    return this.url(name);
  }

  async start(): Promise<void> {
    // A process that ends loses nothing of what the kernel was given: no machine goes down here.
    const settings = { shared_buffers: '16MB', max_connections: '40', fsync: 'off', ...this.settings };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const address = ['-k', this.socketDirectory, '-h', '127.0.0.1', '-p', String(this.port)];
    const child = spawn(join(this.binaries, 'postgres'), ['-D', this.data, ...address, ...options], {
      ...this.owner,
      cwd: this.folder,
      env: ENVIRONMENT,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#log = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#log = (this.#log + text).slice(-20_000);
    });
    this.#process = child;
    process.once('exit', this.#killAtExit);
    await this.#untilReady(child);
  }

  async crash(): Promise<void> {
    await this.#signal('SIGQUIT');
  }

  async halt(): Promise<void> {
    await this.#signal('SIGINT');
  }

  async stop(): Promise<void> {
    await this.halt();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    for (let waited = 0; waited < 30_000; waited += 20) {
      if (/ready to accept (?:read-only )?connections/.test(this.#log)) return;
      if (child.exitCode !== null) break;
      await sleep(20);
    }
    throw new Error(`the server did not start:\n${this.#log}`);
  }

  async #signal(signal: 'SIGQUIT' | 'SIGINT'): Promise<void> {
    const child = this.#process;
    process.off('exit', this.#killAtExit);
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
}

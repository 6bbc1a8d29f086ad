import { milliseconds } from '../base/duration.js';
import { UsageError } from '../base/usage-error.js';
import type { TargetConfig } from '../load/config-types.js';
import type { BackupProvider } from './backup-provider.js';
import { type ResolvedConnection, resolveConnection, toolEnvironment } from './connection.js';
import { declaredByCommand } from './declared-backup.js';
import { directoryFormat } from './directory-backup.js';
import type { Backup, BackupReading, Endpoint, Owners, RestoredBackup, Session, Target } from './engine.js';
import type { Environment } from './environment.js';
import { customFormat } from './postgres-backup.js';
import { PostgresSession } from './postgres-session.js';
import { restoreElsewhere } from './restore-backup.js';
import { SERVER_VERSION } from './session-settings.js';
import type { ToolRun } from './tool-run.js';
import { findTool } from './tools.js';
import { Transport } from './transport.js';

type PostgresConfig = Extract<TargetConfig, { engine: 'postgres' }>;

/** How long one statement may go without an answer; an hour, unless the configuration knows better. */
const QUERY_TIMEOUT_MS = 3_600_000;
/** How long a program may take to write or read a backup; six hours, unless the configuration knows better. */
const BACKUP_TIMEOUT_MS = 21_600_000;

/**
 * A PostgreSQL server as a target. Nothing is connected before the first session.
 * @throws UsageError bad-configuration where the connection cannot be resolved
 */
export function openPostgresTarget(name: string, config: PostgresConfig, env: Environment): Target {
  const connection = resolveConnection(name, config.connection, env);
  refuseContradictions(name, config);
  const scratch = config.scratch && resolveConnection(`${name} (scratch)`, config.scratch, env);
  const limits = {
    query: timeLimit(name, 'query_timeout', config.query_timeout, QUERY_TIMEOUT_MS),
    backup: timeLimit(name, 'backup.timeout', config.backup?.timeout, BACKUP_TIMEOUT_MS),
  };
  return new PostgresTarget(connection, config, env, limits, scratch);
}

/** @throws UsageError where a backup would be written, or taken, elsewhere than it is meant to be */
function refuseContradictions(name: string, { backup, tools, transport }: PostgresConfig): void {
  const refuse = (problem: string, help: string) => {
    throw new UsageError('bad-configuration', `target ${name}: ${problem}`, help);
  };
  if (backup?.provider === 'directory' && tools?.prefix !== undefined)
    refuse(
      'pg_dump behind tools.prefix cannot write a directory here',
      'Leave out backup.provider, or tools.prefix.',
    );
  if (transport !== undefined && tools?.prefix === undefined && backup?.provider !== 'command')
    refuse(
      'pg_dump would not go through transport, and could reach another server',
      'Say with tools.prefix how it is run where the server is.',
    );
}

/**
 * Milliseconds. A time that no timer can keep is refused, as it would end everything at once.
 * @param otherwise where the configuration says nothing
 */
function timeLimit(target: string, name: string, said: string | undefined, otherwise: number): number {
  if (said === undefined) return otherwise;
  const timeout = milliseconds(said);
  if (timeout !== null) return timeout;
  const problem = `target ${target}: ${name} ${JSON.stringify(said)} is no time that can be kept`;
  throw new UsageError('bad-configuration', problem, 'Write a number and a unit, ms, s or min: 30min.');
}

class PostgresTarget implements Target {
  readonly engine = 'postgres';
  readonly endpoint: Endpoint;
  readonly limitations: readonly string[];
  readonly exportsSnapshots = true;
  readonly backupExtension: string;
  readonly #sessions = new Set<Session>();
  // Private to the language, so that no one prints the password with the object.
  readonly #connection: ResolvedConnection;
  readonly #scratch: ResolvedConnection | undefined;
  readonly #env: Environment;
  readonly #backups: BackupProvider;
  #serverMajor: number | null = null;

  constructor(
    connection: ResolvedConnection,
    private readonly config: PostgresConfig,
    env: Environment,
    /** Milliseconds. */
    private readonly limits: { readonly query: number; readonly backup: number },
    scratch: ResolvedConnection | undefined,
  ) {
    const { host, port, database, user } = connection;
    this.#connection = connection;
    this.#scratch = scratch;
    this.#env = env;
    this.endpoint = { engine: 'postgres', host, port, database, role: user };
    this.#backups = this.#provider();
    this.limitations = this.#backups.limitations;
    this.backupExtension = this.#backups.extension;
  }

  async open(): Promise<Session> {
    const session = await this.#connect();
    this.#sessions.add(session);
    return session;
  }

  backup(file: string, snapshot: string | null, onData = () => {}): Promise<Backup> {
    return this.#backups.write(file, snapshot, onData);
  }

  readBackup(file: string): Promise<BackupReading> {
    return this.#backups.read(file);
  }

  digestBackup(file: string): Promise<string> {
    return this.#backups.digest(file);
  }

  async restoreBackup(file: string, owners: Owners): Promise<RestoredBackup> {
    const major = await this.#readServerMajor();
    const restored = await restoreElsewhere(this.#backups, file, {
      tools: this.config.tools ?? {},
      env: this.#env,
      major,
      owners,
      scratch: this.#scratch,
      timeoutMs: this.limits.backup,
    });
    const { connection, where, remove } = restored;
    const target = new PostgresTarget(
      connection,
      { engine: 'postgres', connection: { env: '' } },
      this.#env,
      this.limits,
      undefined,
    );
    const close = target.close.bind(target);
    return { where, target: Object.assign(target, { close: () => close().finally(remove) }) };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.close()));
    this.#sessions.clear();
  }

  #provider(): BackupProvider {
    const { backup = { provider: 'custom' } } = this.config;
    const tools = {
      dump: async () => this.#tool('pg_dump', await this.#readServerMajor()),
      restore: () => this.#tool('pg_restore', null),
    };
    if (backup.provider === 'command')
      return declaredByCommand(this.#run({ command: backup.command, version: '' }));
    return backup.provider === 'directory' ? directoryFormat(tools, backup.jobs ?? '2') : customFormat(tools);
  }

  async #tool(name: 'pg_dump' | 'pg_restore', minimum: number | null): Promise<ToolRun> {
    return this.#run(await findTool(name, this.config.tools ?? {}, this.#env, minimum));
  }

  #run(tool: ToolRun['tool']): ToolRun {
    const { password } = this.#connection;
    return {
      tool,
      env: toolEnvironment(this.#connection, this.#env),
      password,
      timeoutMs: this.limits.backup,
    };
  }

  #connect(): Promise<PostgresSession> {
    const { transport } = this.config;
    const stream = transport ? () => new Transport(transport, this.#env) : null;
    return PostgresSession.connect(this.#connection, this.limits.query, stream);
  }

  async #readServerMajor(): Promise<number> {
    if (this.#serverMajor === null) {
      const session = await this.#connect();
      const { rows } = await session.run(SERVER_VERSION).finally(() => session.close());
      this.#serverMajor = Math.floor(Number(rows[0]?.[0]) / 10_000);
    }
    return this.#serverMajor;
  }
}

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
import { backupTimeout, queryTimeout } from './time-limits.js';
import type { ToolRun } from './tool-run.js';
import { findTool } from './tools.js';
import { Transport } from './transport.js';

type PostgresConfig = Extract<TargetConfig, { engine: 'postgres' }>;

/**
 * A PostgreSQL server as a target. Nothing is connected before the first session.
 * @throws UsageError bad-configuration where the connection cannot be resolved
 */
export function openPostgresTarget(name: string, config: PostgresConfig, env: Environment): Target {
  const connection = resolveConnection(name, config.connection, env);
  refuseContradictions(name, config);
  const scratch = config.scratch && resolveConnection(`${name} (scratch)`, config.scratch, env);
  const quiet = withoutUrls(config, env);
  const limits = {
    query: queryTimeout(name, config.query_timeout),
    backup: backupTimeout(name, config.backup?.timeout),
  };
  return new PostgresTarget(connection, config, quiet, limits, scratch);
}

/** Programs that are started get what they need of a URL as resolved values, and never the URL with its password. */
function withoutUrls({ connection, scratch }: PostgresConfig, env: Environment): Environment {
  const urls = [connection, scratch].flatMap((one) => (one && 'env' in one ? [one.env] : []));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !urls.includes(name)));
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

class PostgresTarget implements Target {
  readonly engine = 'postgres';
  readonly endpoint: Endpoint;
  readonly limitations: readonly string[];
  readonly exportsSnapshots = true;
  readonly backupExtension: string;
  readonly #sessions = new Set<PostgresSession>();
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
      // It reads a file, and connects to nothing.
      restore: async () => withoutPassword(await this.#tool('pg_restore', null)),
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
      // Connecting takes as long as pg_dump takes to describe a small database.
      const open = [...this.#sessions].find((one) => one.isUsable);
      const session = open ?? (await this.#connect());
      const { rows } = await session.run(SERVER_VERSION).finally(() => (open ? undefined : session.close()));
      this.#serverMajor = Math.floor(Number(rows[0]?.[0]) / 10_000);
    }
    return this.#serverMajor;
  }
}

function withoutPassword(run: ToolRun): ToolRun {
  const { PGPASSWORD: _, ...env } = run.env;
  return { ...run, env };
}

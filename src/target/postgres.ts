import { milliseconds } from '../base/duration.js';
import { UsageError } from '../base/usage-error.js';
import type { TargetConfig } from '../load/config-types.js';
import { type ResolvedConnection, resolveConnection, toolEnvironment } from './connection.js';
import type { Backup, BackupReading, Endpoint, Session, Target } from './engine.js';
import type { Environment } from './environment.js';
import { readDump, type ToolRun, writeDump } from './postgres-backup.js';
import { PostgresSession } from './postgres-session.js';
import { findTool, type ToolsConfig } from './tools.js';

/** How long one statement may go without an answer; an hour, unless the configuration knows better. */
const QUERY_TIMEOUT_MS = 3_600_000;

/**
 * A PostgreSQL server as a target. Nothing is connected before the first session.
 * @throws UsageError bad-configuration where the connection cannot be resolved
 */
export function openPostgresTarget(
  name: string,
  config: Extract<TargetConfig, { engine: 'postgres' }>,
  env: Environment,
): Target {
  const connection = resolveConnection(name, config.connection, env);
  return new PostgresTarget(connection, config.tools ?? {}, env, queryTimeout(name, config.query_timeout));
}

/** Milliseconds. A time that no timer can keep is refused, as it would end every statement at once. */
function queryTimeout(name: string, said: string | undefined): number {
  if (said === undefined) return QUERY_TIMEOUT_MS;
  const timeout = milliseconds(said);
  if (timeout !== null) return timeout;
  const problem = `target ${name}: query_timeout ${JSON.stringify(said)} is no time that can be kept`;
  throw new UsageError('bad-configuration', problem, 'Write a number and a unit, ms, s or min: 30min.');
}

class PostgresTarget implements Target {
  readonly engine = 'postgres';
  readonly endpoint: Endpoint;
  readonly limitations: readonly string[] = [];
  readonly exportsSnapshots = true;
  readonly backupExtension = '.dump';
  readonly #sessions = new Set<Session>();
  // Private to the language, so that no one prints the password with the object.
  readonly #connection: ResolvedConnection;
  readonly #env: Environment;
  #serverMajor: number | null = null;

  constructor(
    connection: ResolvedConnection,
    private readonly tools: ToolsConfig,
    env: Environment,
    private readonly timeoutMs: number,
  ) {
    const { host, port, database, user } = connection;
    this.#connection = connection;
    this.#env = env;
    this.endpoint = { engine: 'postgres', host, port, database, role: user };
  }

  async open(): Promise<Session> {
    const session = await PostgresSession.connect(this.#connection, this.timeoutMs);
    this.#sessions.add(session);
    return session;
  }

  async backup(file: string, snapshot: string | null): Promise<Backup> {
    return writeDump(await this.#tool('pg_dump', await this.#readServerMajor()), file, snapshot);
  }

  async readBackup(file: string): Promise<BackupReading> {
    return readDump(await this.#tool('pg_restore', null), file);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.close()));
    this.#sessions.clear();
  }

  async #tool(name: 'pg_dump' | 'pg_restore', minimum: number | null): Promise<ToolRun> {
    const tool = await findTool(name, this.tools, this.#env, minimum);
    return { tool, env: toolEnvironment(this.#connection, this.#env), password: this.#connection.password };
  }

  async #readServerMajor(): Promise<number> {
    if (this.#serverMajor === null) {
      const session = await PostgresSession.connect(this.#connection, this.timeoutMs);
      const { rows } = await session.run('SHOW server_version_num').finally(() => session.close());
      this.#serverMajor = Math.floor(Number(rows[0]?.[0]) / 10_000);
    }
    return this.#serverMajor;
  }
}

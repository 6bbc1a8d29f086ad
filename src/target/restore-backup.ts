import { randomBytes } from 'node:crypto';
import type { BackupProvider } from './backup-provider.js';
import { type ResolvedConnection, toolEnvironment } from './connection.js';
import type { Owners, Session, StatementResult } from './engine.js';
import type { Environment } from './environment.js';
import { PostgresSession } from './postgres-session.js';
import { IDENTIFIER } from './row-counts.js';
import { startScratchServer } from './scratch-server.js';
import { findTool, type ToolsConfig } from './tools.js';

/** Milliseconds that one statement on the scratch server may take. */
const TIMEOUT_MS = 600_000;

/** What is sent to the scratch server, never to a target. Names of databases are made here and need no quotes. */
const SCRATCH = {
  create: (database: string) => `CREATE DATABASE ${database} TEMPLATE template0`,
  drop: (database: string) => `DROP DATABASE IF EXISTS ${database}`,
  version: 'SHOW server_version',
};

const DATABASE = 'probatum_proof_[0-9a-f]{12}';

/** Every text that is sent there before the backup is restored and after it was read, with `…` for a name. */
export const SCRATCH_STATEMENTS = [
  {
    sql: 'CREATE ROLE …',
    purpose:
      'each role of the source, on a server that was started for the restore; the source’s server writes the statement, with the name quoted',
    pattern: new RegExp(`^CREATE ROLE ${IDENTIFIER}$`),
  },
  {
    sql: SCRATCH.create('…'),
    purpose: 'the database that the backup is restored into',
    pattern: new RegExp(`^${SCRATCH.create(DATABASE)}$`),
  },
  { sql: SCRATCH.version, purpose: 'which server it is', pattern: /^SHOW server_version$/ },
  {
    sql: SCRATCH.drop('…'),
    purpose: 'on a server that the configuration names: nothing is left there',
    pattern: new RegExp(`^${SCRATCH.drop(DATABASE)}$`),
  },
] as const;

/** Nothing else is sent: what the source's server says is a role could be any statement. @throws Error, DatabaseError */
async function send(session: Session, sql: string): Promise<StatementResult> {
  if (!SCRATCH_STATEMENTS.some(({ pattern }) => pattern.test(sql)))
    throw new Error(`not sent to the scratch server, as it is not on the list of own statements: ${sql}`);
  return session.run(sql);
}

/** What a restore needs to know of the source and of its surroundings. */
export interface RestoreRequest {
  readonly tools: ToolsConfig;
  readonly env: Environment;
  /** Major version of the source. */
  readonly major: number;
  readonly owners: Owners;
  /** A server to restore into; without it one is started. */
  readonly scratch: ResolvedConnection | undefined;
  /** Milliseconds that the restore may take. */
  readonly timeoutMs: number;
}

/** Restores a backup into an empty database of its own. @throws Error; then nothing is left */
export async function restoreElsewhere(backups: BackupProvider, file: string, request: RestoreRequest) {
  const { tools, env, major, owners, scratch, timeoutMs } = request;
  const server = scratch ? null : await startScratchServer(tools, env, major, owners.superuser);
  const at = server?.connection ?? scratch!;
  const database = `probatum_proof_${randomBytes(6).toString('hex')}`;
  const connection = { ...at, database };
  const remove = async () => {
    if (server) return server.stop();
    await withSession(at, (session) => send(session, SCRATCH.drop(database)));
  };
  try {
    const version = await withSession(at, async (session) => {
      // Roles of a server that is there for more than this are made by its owner.
      if (server) for (const role of owners.roles) await send(session, role);
      await send(session, SCRATCH.create(database));
      return (await send(session, SCRATCH.version)).rows[0]?.[0] ?? '';
    });
    if (Number.parseInt(version, 10) !== major)
      throw new Error(`the scratch server is PostgreSQL ${version}, the source is ${major}`);
    // A prefix would run it where the target lives, and the scratch server is here.
    const { directory } = tools;
    const here = tools.prefix === undefined && directory !== undefined ? { directory } : {};
    const tool = await findTool('pg_restore', here, env, null);
    const run = { tool, env: toolEnvironment(connection, env), password: at.password, timeoutMs };
    await backups.restore(file, run);
    const where = server
      ? `PostgreSQL ${version}, started for it`
      : `PostgreSQL ${version} at ${at.host}:${at.port}`;
    return { connection, where, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function withSession<T>(
  connection: ResolvedConnection,
  act: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await PostgresSession.connect(connection, TIMEOUT_MS);
  return act(session).finally(() => session.close());
}

import { readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import type { Client, ClientConfig } from 'pg';
import { UsageError } from '../base/usage-error.js';
import { CONNECT_TIMEOUT_SECONDS, type ResolvedConnection } from './connection.js';
import { connectionLost, refusal, refuseNul, socketProblem } from './database-errors.js';
import { DatabaseError, type ResultSize, type Session, type StatementResult } from './engine.js';
import { ExtendedQuery, isErrorResponse } from './extended-query.js';
import { APPLICATION_NAME, SESSION_SETTINGS } from './session-settings.js';

/** Milliseconds to wait for a polite end of a connection before its socket is closed. */
const GOODBYE_MS = 3_000;

/** A session over one connection of `pg`. Statements wait for the one before them. */
export class PostgresSession implements Session {
  readonly #client: Client;
  readonly #timeoutMs: number;
  #running: ExtendedQuery | null = null;
  #lost: DatabaseError | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param timeoutMs milliseconds until a statement without an answer ends the connection; its outcome is then
   * not known; up to 24.8 days, the longest that Node can wait
   * @param transport makes the stream to the server; without it, a socket is opened
   * @throws UsageError cannot-connect
   */
  static async connect(
    connection: ResolvedConnection,
    timeoutMs: number,
    transport: (() => Duplex) | null = null,
  ): Promise<PostgresSession> {
    const { default: pg } = await import('pg');
    const client = new pg.Client({
      ...clientConfig(connection, timeoutMs),
      ...(transport && { stream: transport }),
    });
    const session = new PostgresSession(client, timeoutMs);
    try {
      await client.connect();
      for (const setting of SESSION_SETTINGS) await session.run(setting);
      return session;
    } catch (error) {
      await session.close();
      throw cannotConnect(connection, error);
    }
  }

  private constructor(client: Client, timeoutMs: number) {
    this.#client = client;
    this.#timeoutMs = timeoutMs;
    client.on('error', (error) => this.#end(asLost(error)));
    client.on('end', () => this.#end(connectionLost('it was closed')));
    client.on('notice', (notice) =>
      this.#running?.addNotice({
        severity: notice.severity ?? '',
        sqlstate: notice.code ?? '',
        message: notice.message ?? '',
      }),
    );
  }

  /** Whether it was neither closed nor lost, as far as is known. */
  get isUsable(): boolean {
    return this.#lost === null;
  }

  run(
    sql: string,
    values: readonly (string | null)[] = [],
    most: ResultSize | null = null,
  ): Promise<StatementResult> {
    const result = this.#last.then(() => this.#send(new ExtendedQuery(sql, values, most)));
    this.#last = result.catch(() => {});
    return result;
  }

  async close(): Promise<void> {
    this.#end(connectionLost('the session was closed'));
    const timer = setTimeout(() => this.#dropSocket(), GOODBYE_MS);
    await this.#client.end().finally(() => clearTimeout(timer));
  }

  async #send(query: ExtendedQuery): Promise<StatementResult> {
    refuseNul(query.text);
    if (this.#lost !== null) throw this.#lost;
    const timer = this.#startTimer(query);
    this.#running = query;
    try {
      this.#client.query(query as never);
      return await query.result;
    } catch (error) {
      const failure = error instanceof DatabaseError ? error : asLost(error);
      if (failure.connectionLost) this.#end(failure);
      throw failure;
    } finally {
      this.#running = null;
      clearTimeout(timer);
    }
  }

  #startTimer(query: ExtendedQuery): NodeJS.Timeout {
    return setTimeout(() => {
      query.fail(connectionLost(`no answer within ${this.#timeoutMs} ms`));
      this.#dropSocket();
    }, this.#timeoutMs);
  }

  #end(reason: DatabaseError): void {
    this.#lost ??= reason;
  }

  #dropSocket(): void {
    (this.#client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}

function asLost(error: unknown): DatabaseError {
  if (!isErrorResponse(error)) return connectionLost(socketProblem(error));
  // Nothing was sent that it answers.
  const said = refusal(error, '');
  return new DatabaseError(said.message, said.sqlstate, said.position, true);
}

/** Every value is given, as `pg` reads those that are missing from the process's environment. */
function clientConfig(connection: ResolvedConnection, timeoutMs: number): ClientConfig {
  const { password } = connection;
  const connectMs = CONNECT_TIMEOUT_SECONDS * 1_000;
  return {
    host: connection.host,
    port: Number(connection.port),
    database: connection.database,
    user: connection.user,
    password: () => {
      if (password === null) throw new Error('the server asks for a password and none is configured');
      return password;
    },
    ssl: tlsOptions(connection),
    sslnegotiation: 'postgres',
    application_name: APPLICATION_NAME,
    // Said with the connection, so that limits of role or database never hold; nothing at all would let PGOPTIONS in.
    options: '-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0',
    connectionTimeoutMillis: timeoutMs > 0 ? Math.min(timeoutMs, connectMs) : connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
  };
}

/** The meaning of libpq's modes, including that `require` with a file of roots checks the chain. */
function tlsOptions({ sslmode, sslrootcert }: ResolvedConnection): false | ConnectionOptions {
  if (sslmode === 'disable') return false;
  if (sslmode === 'require' && sslrootcert === null) return { rejectUnauthorized: false };
  const roots = sslrootcert === null || sslrootcert === 'system' ? {} : { ca: readRoots(sslrootcert) };
  if (sslmode === 'verify-full') return { ...roots, rejectUnauthorized: true };
  return { ...roots, rejectUnauthorized: true, checkServerIdentity: () => undefined };
}

function readRoots(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UsageError('cannot-read', `cannot read sslrootcert ${file}`);
  }
}

function cannotConnect(
  { host, port, database, user, password }: ResolvedConnection,
  error: unknown,
): UsageError {
  const problem = isErrorResponse(error)
    ? refusal(error, `${user}\n${database}`).message
    : socketProblem(error);
  const said = password ? problem.replaceAll(password, '***') : problem;
  return new UsageError('cannot-connect', `cannot connect to ${host}:${port} as ${user}: ${said}`);
}

import type { PGlite } from '@electric-sql/pglite';
import { connectionLost, type ErrorResponse, refusal, refuseNul } from './database-errors.js';
import { DatabaseError, type Notice, type StatementResult } from './engine.js';

/** The messages of the protocol that are read here. */
interface Message extends ErrorResponse {
  readonly name: string;
  readonly fields: readonly unknown[];
  readonly text: string;
  readonly status: string;
}

/** The one server process that all sessions of a PGlite target share, and whose transaction is open in it. */
export class PgliteServer {
  #dead: DatabaseError | null = null;
  #transactionOf: object | null = null;

  /** @param archive a dump of a data directory, to begin with */
  static async start(dataDirectory: string, archive?: Blob): Promise<PgliteServer> {
    const { PGlite, protocol } = await import('@electric-sql/pglite');
    const options = { dataDir: dataDirectory, ...(archive && { loadDataDir: archive }) };
    return new PgliteServer(await PGlite.create(options), protocol.serialize);
  }

  private constructor(
    private readonly database: PGlite,
    private readonly serialize: typeof import('@electric-sql/pglite').protocol.serialize,
  ) {}

  /** Whether `session`, or for null any session, has a transaction open. */
  inTransaction(session: object | null): boolean {
    return session === null ? this.#transactionOf !== null : this.#transactionOf === session;
  }

  async run(session: object, sql: string, values: readonly (string | null)[]): Promise<StatementResult> {
    refuseNul(sql);
    const request = this.#request(sql, values);
    return this.database._runExclusiveQuery(async () => {
      if (this.#dead !== null) throw this.#dead;
      if (this.#transactionOf !== null && this.#transactionOf !== session) throw busy();
      const messages = await this.#exchange(request);
      const ready = messages.findLast((message) => message.name === 'readyForQuery');
      this.#transactionOf = ready?.status === 'I' ? null : session;
      return readResult(messages, sql);
    });
  }

  async dump(): Promise<Blob> {
    if (this.#dead !== null) throw this.#dead;
    return this.database.dumpDataDir('gzip');
  }

  /** A server that ended by itself is left alone: touching it again makes it loop until memory is full. */
  async stop(): Promise<void> {
    if (this.#dead === null) await this.database.close();
    this.#dead ??= connectionLost('the database was closed');
  }

  /** CopyFail is ignored unless the statement is COPY FROM STDIN, for which PGlite without data would exit. */
  #request(sql: string, values: readonly (string | null)[]): Uint8Array {
    const { parse, bind, describe, execute, copyFail, sync } = this.serialize;
    return Buffer.concat([
      parse({ text: sql }),
      bind({ values: [...values] }),
      describe({ type: 'P' }),
      execute({}),
      copyFail('no data is sent from here'),
      sync(),
    ]);
  }

  async #exchange(request: Uint8Array): Promise<Message[]> {
    try {
      const { messages } = await this.database.execProtocol(request, { throwOnError: false });
      return messages as unknown as Message[];
    } catch (error) {
      this.#dead = connectionLost(error instanceof Error ? error.message : String(error));
      throw this.#dead;
    }
  }
}

function busy(): DatabaseError {
  return new DatabaseError(
    'SQLSTATE 25001: another session has a transaction open, and PGlite has one session',
    '25001',
  );
}

function readResult(messages: readonly Message[], sql: string): StatementResult {
  let tag = '';
  let columns: string[] = [];
  const rows: (string | null)[][] = [];
  const notices: Notice[] = [];
  for (const message of messages) {
    if (message.name === 'error') throw refusal(message, sql);
    if (message.name === 'rowDescription')
      columns = (message.fields as { name: string }[]).map((field) => field.name);
    if (message.name === 'dataRow') rows.push(message.fields as (string | null)[]);
    if (message.name === 'commandComplete') tag = message.text;
    if (message.name === 'notice') notices.push(asNotice(message));
  }
  return { tag, columns, rows, notices };
}

function asNotice(message: Message): Notice {
  return {
    severity: message.severity ?? '',
    sqlstate: message.code ?? '',
    message: message.message ?? '',
  };
}

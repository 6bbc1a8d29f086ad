import { type ErrorResponse, refusal } from './database-errors.js';
import type { Notice, ResultSize, StatementResult } from './engine.js';

/** Notices of one statement that are kept: a loop may send millions. */
const MOST_NOTICES = 100;

/** The messages of the frontend/backend protocol that `pg`'s connection can send. */
interface Wire {
  parse(message: { text: string; name: string; types: readonly number[] }): void;
  bind(message: { portal: string; statement: string; values: readonly (string | null)[] }): void;
  describe(message: { type: 'P'; name: string }): void;
  execute(message: { portal: string; rows: number }): void;
  sendCopyFail(reason: string): void;
  sync(): void;
}

/**
 * One statement as Parse, Bind, Describe, Execute, Sync, with results kept as the server's text. It takes the
 * place of `pg`'s own query class, which cuts the command tag into parts and converts values.
 */
export class ExtendedQuery {
  readonly result: Promise<StatementResult>;
  #settle!: { resolve: (result: StatementResult) => void; reject: (error: Error) => void };
  #tag = '';
  #columns: string[] = [];
  readonly #rows: (readonly (string | null)[])[] = [];
  readonly #notices: Notice[] = [];
  #noticesDropped = 0;
  #size = { rows: 0, characters: 0 };

  constructor(
    readonly text: string,
    readonly values: readonly (string | null)[],
    private readonly most: ResultSize | null = null,
  ) {
    this.result = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.result.catch(() => {});
  }

  /** Ends the wait with an error of the client's own; a later answer is ignored. */
  fail(error: Error): void {
    this.#settle.reject(error);
  }

  addNotice(notice: Notice): void {
    if (this.#notices.length < MOST_NOTICES) this.#notices.push(notice);
    else this.#noticesDropped += 1;
  }

  // From here on: what `pg`'s Client calls on a query object.

  submit(wire: Wire): null {
    wire.parse({ text: this.text, name: '', types: [] });
    wire.bind({ portal: '', statement: '', values: this.values });
    wire.describe({ type: 'P', name: '' });
    wire.execute({ portal: '', rows: 0 });
    wire.sync();
    return null;
  }

  handleRowDescription(message: { readonly fields: readonly { readonly name: string }[] }): void {
    this.#columns = message.fields.map((field) => field.name);
  }

  handleDataRow(message: { readonly fields: readonly (string | null)[] }): void {
    this.#size.rows += 1;
    if (this.most !== null) for (const field of message.fields) this.#size.characters += field?.length ?? 0;
    if (this.#excess) this.#rows.length = 0;
    else this.#rows.push(message.fields);
  }

  handleCommandComplete(message: { readonly text: string }): void {
    this.#tag = message.text;
  }

  handleReadyForQuery(): void {
    this.#settle.resolve({
      tag: this.#tag,
      columns: this.#columns,
      rows: this.#rows,
      notices: this.#notices,
      ...(this.#noticesDropped > 0 && { noticesDropped: this.#noticesDropped }),
      ...(this.#excess && { excess: this.#size }),
    });
  }

  get #excess(): boolean {
    if (this.most === null) return false;
    return this.#size.rows > this.most.rows || this.#size.characters > this.most.characters;
  }

  handleError(error: Error): void {
    this.#settle.reject(isErrorResponse(error) ? refusal(error, this.text) : error);
  }

  handleEmptyQuery(): void {}

  handlePortalSuspended(): void {}

  handleCopyData(): void {}

  /** The server threw away the Sync that it met while it waited for data, so the refusal needs another. */
  handleCopyInResponse(wire: Wire): void {
    wire.sendCopyFail('no data is sent from here');
    wire.sync();
  }
}

/** Whether an error of `pg` came from the server; those of sockets have a code too, but no severity. */
export function isErrorResponse(error: unknown): error is ErrorResponse & Error {
  return error instanceof Error && typeof (error as Partial<ErrorResponse>).severity === 'string';
}

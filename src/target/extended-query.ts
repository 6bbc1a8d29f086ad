import { type ErrorResponse, refusal } from './database-errors.js';
import type { Notice, StatementResult } from './engine.js';

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

  constructor(
    readonly text: string,
    readonly values: readonly (string | null)[],
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
    this.#notices.push(notice);
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
    this.#rows.push(message.fields);
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
    });
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

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { Duplex, type Readable, type Writable } from 'node:stream';
import { endsWithProcess } from './child-processes.js';
import { type Environment, withoutPostgresVariables } from './environment.js';

/**
 * A server's socket that only a program can reach: its standard input and output. The program gets no PG* variable, and
 * ends with the connection; its end is the connection's end, with the last that it complained about.
 */
export class Transport extends Duplex {
  #child: ChildProcessByStdio<Writable, Readable, Readable> | null = null;
  #complaint = '';

  constructor(
    private readonly command: readonly string[],
    private readonly env: Environment,
  ) {
    super();
  }

  /** Called by `pg` in place of that of a socket; where the server is, the program knows. */
  connect(): this {
    const [program = '', ...words] = this.command;
    const env = withoutPostgresVariables(this.env);
    const child = endsWithProcess(spawn(program, words, { env, stdio: ['pipe', 'pipe', 'pipe'] }));
    this.#child = child;
    child.once('spawn', () => this.emit('connect'));
    child.once('error', (error) => this.destroy(new Error(`the transport did not start: ${error.message}`)));
    child.once('close', (code, signal) => this.#ended(signal ?? `exit code ${code}`));
    child.stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) child.stdout.pause();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-8_192);
    });
    // What cannot be written is known from the end of the program, with its reason.
    child.stdin.on('error', () => {});
    return this;
  }

  // What `pg` sets on a socket and a program does not have.
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }

  override _read(): void {
    this.#child?.stdout.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#child === null) done(new Error('the transport is not started'));
    else if (this.#child.stdin.write(chunk)) done();
    // Where the program has ended there will be no more room; the stream ends by that, with its reason.
    else this.#child.stdin.once('drain', () => done());
  }

  override _final(done: () => void): void {
    this.#child?.stdin.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#child?.kill();
    done(error);
  }

  #ended(how: string): void {
    const last = this.#complaint.trim().split('\n').at(-1) ?? '';
    const why = last.replace(/\p{Cc}+/gu, ' ') || how;
    if (this.writableEnded) this.push(null);
    else this.destroy(new Error(`the transport ended: ${why}`));
  }
}

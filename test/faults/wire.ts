import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SESSION_SETTINGS } from '../../src/target/session-settings.js';

/** One statement of the extended protocol on its way to the server. */
export interface Statement {
  /** Counts the statements of a run over all its connections, from 1; session settings are not counted. */
  readonly number: number;
  readonly sql: string;
  /** Process id of the server process behind the connection. */
  readonly backend: number;
}

/**
 * What becomes of a statement's connection: `pass` goes on; `cut` closes both sides; `late` closes the client's side,
 * and what is held reaches the server when the run is over; `mute` keeps the connection open and moves nothing.
 */
export type Fate = 'pass' | 'cut' | 'late' | 'mute';

/** Where a fault meets a statement: before it is forwarded, or when the answer is there and was not delivered. */
export type Phase = 'before' | 'answered';

interface Trap {
  readonly number: number;
  readonly phase: Phase;
  readonly act: (statement: Statement) => Promise<Fate>;
  /** Whether connections that are opened later are mute too. */
  readonly forAll: boolean;
}

/** A way to a server that understands statements, and lets a fault happen at a given one. */
export class Wire {
  /** Statements seen since `reset`. */
  seen: Statement[] = [];
  trap: Trap | null = null;
  sprung = false;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #late: (() => Promise<void>)[] = [];
  #muteNew = false;

  private constructor(readonly upstreamPort: number) {
    this.#server = createServer((client) => {
      this.#keep(client);
      if (this.#muteNew) return;
      relay(this, client, this.#keep(dial(upstreamPort, '127.0.0.1')));
    });
  }

  static async start(upstreamPort: number): Promise<Wire> {
    const wire = new Wire(upstreamPort);
    await new Promise<void>((resolve) => wire.#server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    return address.port;
  }

  /** The URL with the proxy's port in place of the server's. */
  url(of: string): string {
    return of.replace(/@127\.0\.0\.1:\d+\//, `@127.0.0.1:${this.port}/`);
  }

  reset(trap: Trap | null): void {
    this.seen = [];
    this.trap = trap;
    this.sprung = false;
    this.#muteNew = false;
  }

  /** Ends a fault: what was held is sent if it was to come late, then every connection is closed. */
  async release(): Promise<void> {
    this.trap = null;
    this.#muteNew = false;
    for (const send of this.#late.splice(0)) await send();
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  async close(): Promise<void> {
    await this.release();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  count(sql: string, backend: number): Statement | null {
    if (SESSION_SETTINGS.includes(sql)) return null;
    const statement = { number: this.seen.length + 1, sql, backend };
    this.seen.push(statement);
    return statement;
  }

  trapAt(statement: Statement, phase: Phase): Trap | null {
    const { trap } = this;
    if (this.sprung || trap?.number !== statement.number || trap.phase !== phase) return null;
    this.sprung = true;
    return trap;
  }

  later(send: () => Promise<void>): void {
    this.#late.push(send);
  }

  muteWhatComes(): void {
    this.#muteNew = true;
  }

  #keep(socket: Socket): Socket {
    // Messages are written one by one: none may wait for the other side's receipt of the one before.
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}

/** Moves messages both ways, one after the other, so that one can be held. */
function relay(wire: Wire, client: Socket, upstream: Socket): void {
  const state = { backend: 0, mute: false, orphan: false };
  const late: Buffer[] = [];
  let current: Statement | null = null;
  const finish = async (fate: Fate, forAll: boolean) => {
    if (forAll && fate === 'mute') wire.muteWhatComes();
    if (fate === 'mute') state.mute = true;
    if (fate === 'cut') {
      client.destroy();
      upstream.destroy();
    }
    if (fate === 'late') {
      state.orphan = true;
      client.destroy();
      wire.later(async () => {
        if (late.length === 0 || upstream.destroyed) return;
        upstream.write(Buffer.concat(late));
        await sleep(150);
      });
    }
  };
  const toServer = sequence(async (message: Buffer) => {
    if (state.orphan) late.push(message);
    if (state.mute || state.orphan) return;
    const sql = parsedSql(message);
    if (sql !== null) {
      current = wire.count(sql, state.backend);
      const trap = current && wire.trapAt(current, 'before');
      if (current && trap) {
        const fate = await trap.act(current);
        if (fate === 'late') late.push(message);
        await finish(fate, trap.forAll);
        if (fate !== 'pass') return;
      }
    }
    if (!upstream.destroyed) upstream.write(message);
  });
  const toClient = sequence(async (message: Buffer) => {
    if (message[0] === BACKEND_KEY) state.backend = message.readInt32BE(5);
    if (message[0] === READY && current) {
      const trap = wire.trapAt(current, 'answered');
      if (trap) {
        const fate = await trap.act(current);
        await finish(fate, trap.forAll);
      }
    }
    if (!state.mute && !client.destroyed) client.write(message);
  });
  const fromClient = splitter(true, toServer);
  const fromServer = splitter(false, toClient);
  client.on('data', fromClient);
  upstream.on('data', fromServer);
  client.once('close', () => {
    if (!state.orphan) upstream.destroy();
  });
  upstream.once('close', () => {
    // What was said before the end is delivered first; a mute connection says nothing, not even that.
    void toClient.drained().then(() => {
      if (!state.mute) client.end();
    });
  });
}

const PARSE = 0x50;
const BACKEND_KEY = 0x4b;
const READY = 0x5a;

/** Text of a Parse message. */
function parsedSql(message: Buffer): string | null {
  if (message[0] !== PARSE) return null;
  const start = message.indexOf(0, 5) + 1;
  return message.toString('utf8', start, message.indexOf(0, start));
}

/** Handles messages one at a time. */
function sequence(handle: (message: Buffer) => Promise<void>) {
  let last: Promise<void> = Promise.resolve();
  const add = (message: Buffer) => {
    last = last.then(() => handle(message)).catch(() => {});
  };
  return Object.assign(add, { drained: () => last });
}

/** Cuts a stream into messages of the protocol; the first of a client has no type. */
function splitter(startup: boolean, handle: (message: Buffer) => void) {
  let pending: Buffer = Buffer.alloc(0);
  let untyped = startup;
  return (data: Buffer) => {
    pending = Buffer.concat([pending, data]);
    for (;;) {
      const at = untyped ? 0 : 1;
      if (pending.length < at + 4) return;
      const length = pending.readInt32BE(at) + at;
      if (pending.length < length) return;
      handle(Buffer.from(pending.subarray(0, length)));
      pending = pending.subarray(length);
      untyped = false;
    }
  };
}

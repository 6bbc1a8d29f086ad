import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A way to a server that a test can cut at the worst moment. */
export interface TcpProxy {
  /** The URL with the proxy's port in place of the server's. */
  url(of: string): string;
  /**
   * Called when a client sends COMMIT, which is held back. `forward` sends it and waits for the server's answer, which
   * the client never gets: its connection is cut when the promise is settled.
   */
  atCommit: ((forward: () => Promise<void>) => Promise<void>) | null;
  /** Whether new connections are refused. */
  closed: boolean;
  /** Whether the server is not told when a client is gone, as where the network was lost. */
  keepsServer: boolean;
  close(): Promise<void>;
}

/** The extended protocol's Sync message. */
const SYNC = Buffer.from('S\0\0\0\x04');

/** The extended protocol's Parse message for COMMIT, without its length. */
const COMMIT = '\0COMMIT\0';

export async function startProxy(port: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    keep(client);
    if (proxy.closed) return void client.destroy();
    relay(client, keep(dial(port, '127.0.0.1')), proxy);
  });
  const proxy: TcpProxy = {
    url: (of) => of.replace(/@127\.0\.0\.1:\d+\//, `@127.0.0.1:${portOf(server)}/`),
    atCommit: null,
    closed: false,
    keepsServer: false,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return proxy;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return address.port;
}

function relay(client: Socket, upstream: Socket, proxy: TcpProxy): void {
  let held: Buffer[] | null = null;
  client.on('data', (data) => {
    if (held) held.push(data);
    else if (proxy.atCommit && data.includes(COMMIT)) {
      const rest = [data];
      held = rest;
      void meddle(client, upstream, rest, proxy.atCommit);
    } else upstream.write(data);
  });
  upstream.on('data', (data) => {
    if (!held) client.write(data);
  });
  client.once('close', () => {
    if (!proxy.keepsServer) upstream.destroy();
  });
  upstream.once('close', () => {
    if (!held) client.destroy();
  });
}

async function meddle(
  client: Socket,
  upstream: Socket,
  held: Buffer[],
  act: NonNullable<TcpProxy['atCommit']>,
): Promise<void> {
  // The messages that follow Parse may come in packets of their own; the server answers the one that ends them.
  while (!Buffer.concat(held).subarray(-SYNC.length).equals(SYNC)) await sleep(5);
  const forward = () => {
    const answered = new Promise<void>((resolve) => upstream.once('data', () => resolve()));
    upstream.write(Buffer.concat(held));
    return answered;
  };
  await act(forward).finally(() => {
    client.destroy();
    upstream.destroy();
  });
}

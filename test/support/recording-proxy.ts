import { createServer, connect as dial, type Socket } from 'node:net';
import { FrontendDecoder, type FrontendMessage } from './frontend-messages.js';

/** A way to a server on which everything is written down that clients say. */
export interface RecordingProxy {
  /** The URL with the proxy's port in place of the server's. */
  url(of: string): string;
  /** What each connection said, in the order in which they were opened. */
  connections(): readonly (readonly FrontendMessage[])[];
  close(): Promise<void>;
}

export async function startRecordingProxy(port: number): Promise<RecordingProxy> {
  const decoders: FrontendDecoder[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    const decoder = new FrontendDecoder();
    decoders.push(decoder);
    const upstream = keep(dial(port, '127.0.0.1'));
    keep(client).on('data', (data) => {
      decoder.push(data);
      upstream.write(data);
    });
    upstream.pipe(client);
    client.once('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    url: (of) => of.replace(/@127\.0\.0\.1:\d+\//, `@127.0.0.1:${address.port}/`),
    connections: () =>
      decoders.map((decoder) => {
        if (decoder.incomplete) throw new Error('a connection ended inside of a message');
        return decoder.messages;
      }),
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

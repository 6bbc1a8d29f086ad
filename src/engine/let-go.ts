import { MessageChannel, type MessagePort } from 'node:worker_threads';

let closed: MessagePort | undefined;

/**
 * Gives the memory of bytes back at once; they are empty afterwards. Nothing else may lie in it. The garbage collector
 * would do it later: bytes that threads hand over are no objects of this thread, and 30 MB of them had piled up.
 */
export function letGo({ buffer, byteLength }: Buffer): void {
  if (byteLength !== buffer.byteLength) return;
  if (!closed) {
    const { port1, port2 } = new MessageChannel();
    port2.close();
    port1.close();
    closed = port1;
  }
  // A closed port takes over what it is given, and drops it.
  closed.postMessage(null, [buffer as ArrayBuffer]);
}

import { parentPort, workerData } from 'node:worker_threads';
import { RULES } from '../check/rules/index.js';
import { type Batch, type Item, readBatch } from './read-batch.js';

/** What a worker answers: a batch, or why it has none. */
export type Answer = { readonly batch: Batch } | { readonly error: Failure };

/** An error as plain data: its class would be lost on the way. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: string | undefined;
  readonly help?: string | undefined;
}

const { root } = workerData as { root: string };
const port = parentPort!;

port.on('message', (items: readonly Item[]) => {
  readBatch(root, items, RULES, false).then(
    (batch) => {
      const facts = batch.facts.buffer as ArrayBuffer;
      port.postMessage(
        { batch } satisfies Answer,
        batch.facts.byteLength === facts.byteLength ? [facts] : [],
      );
    },
    (error: Failure) => {
      const { name, message, stack, code, help } = error;
      port.postMessage({ error: { name, message, stack, code, help } } satisfies Answer);
    },
  );
});

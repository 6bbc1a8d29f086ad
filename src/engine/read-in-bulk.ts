import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { workerFile } from '../base/package-root.js';
import { type UsageCode, UsageError } from '../base/usage-error.js';
import type { Rule } from '../check/rule.js';
import type { Answer, Failure } from './bulk-worker.js';
import { type Batch, type Item, readBatch } from './read-batch.js';

/** Fewest files for which threads are worth their start. */
const WORTH_THREADS = 400;
/** Files that a thread is given at once. */
const BATCH = 50;

/** Reads files, in threads where there are many; each batch is handed over as it comes. */
export async function readInBulk(
  root: string,
  items: readonly Item[],
  rules: readonly Rule[],
  take: (items: readonly Item[], batch: Batch) => void,
): Promise<void> {
  const suspects: Item[] = [];
  const takeRead = (given: readonly Item[], batch: Batch) => {
    take(given, batch);
    for (const [index, { became }] of batch.outcomes.entries())
      if (became === 'suspect') suspects.push(given[index]!);
  };
  const batches = inBatches(items);
  const threads = items.length < WORTH_THREADS ? 0 : Math.min(availableParallelism(), batches.length);
  if (threads < 2) for (const batch of batches) takeRead(batch, await readBatch(root, batch, rules, false));
  else await inThreads(root, batches, threads, takeRead);
  // One by one: a limit is fair only where nothing else of ours takes the processor.
  for (const item of suspects) take([item], await readBatch(root, [item], rules, true));
}

function inBatches(items: readonly Item[]): Item[][] {
  const batches: Item[][] = [];
  for (let from = 0; from < items.length; from += BATCH) batches.push(items.slice(from, from + BATCH));
  return batches;
}

function inThreads(
  root: string,
  batches: readonly Item[][],
  threads: number,
  take: (items: readonly Item[], batch: Batch) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let next = 0;
    let open = threads;
    const workers: Worker[] = [];
    const end = (error?: unknown) => {
      for (const worker of workers) void worker.terminate();
      if (error === undefined) resolve();
      else reject(error);
    };
    const start = () => {
      const worker = new Worker(workerFile('bulk-worker'), {
        workerData: { root },
        resourceLimits: { maxYoungGenerationSizeMb: 16 },
      });
      let given: Item[] | undefined;
      const give = () => {
        given = batches[next++];
        if (given) worker.postMessage(given);
        else if (--open === 0) end();
      };
      worker.on('message', (answer: Answer) => {
        try {
          if ('error' in answer) throw revived(answer.error);
          const { outcomes, facts } = answer.batch;
          take(given!, { outcomes, facts: Buffer.from(facts.buffer, facts.byteOffset, facts.byteLength) });
          give();
        } catch (error) {
          end(error);
        }
      });
      worker.on('error', end);
      workers.push(worker);
      give();
    };
    for (let count = 0; count < threads; count++) start();
  });
}

function revived({ name, message, stack, code, help }: Failure): Error {
  if (name === 'UsageError') return new UsageError(code as UsageCode, message, help);
  return Object.assign(new Error(message), { name, stack });
}

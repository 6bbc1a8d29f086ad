import type { TeamRules } from '../team-rules.js';
import { type Batch, type Item, type ReadTask, readBatch } from './read-batch.js';
import type { Threads } from './threads.js';

/** Files that are read at once. */
const BATCH = 50;

/** Who has files read. */
interface Reader {
  take(items: readonly Item[], batch: Batch): void;
  /** Digests of texts that are known to be SQL from how a document was before; not asked by threads. */
  soundIn(path: string): ReadonlySet<string>;
}

/** Reads files, in threads if there are any; each batch is handed over as it comes. */
export async function readInBulk(
  items: readonly Item[],
  team: TeamRules,
  threads: Threads | null,
  reader: Reader,
): Promise<void> {
  const { root } = team.config;
  const suspects: Item[] = [];
  const takeRead = ({ items: given }: ReadTask, batch: Batch) => {
    reader.take(given, batch);
    for (const [index, { became }] of batch.outcomes.entries())
      if (became === 'suspect') suspects.push(given[index]!);
  };
  const tasks = inBatches(items, BATCH).map((some) => ({ root, items: some, limited: false }));
  const soundIn = (path: string) => reader.soundIn(path);
  if (!threads) for (const task of tasks) takeRead(task, await readBatch(task, team, soundIn));
  else
    await threads.run(tasks, (task, answer) => {
      if ('batch' in answer) takeRead(task, received(answer.batch));
    });
  // One by one: a limit is fair only where nothing else of ours takes the processor.
  for (const item of suspects)
    reader.take([item], await readBatch({ root, items: [item], limited: true }, team));
}

/** A buffer arrives as plain bytes. */
function received({ facts, ...batch }: Batch): Batch {
  return { ...batch, facts: Buffer.from(facts.buffer, facts.byteOffset, facts.byteLength) };
}

/** A list in pieces of some length. */
export function inBatches<T>(list: readonly T[], length: number): T[][] {
  const batches: T[][] = [];
  for (let from = 0; from < list.length; from += length) batches.push(list.slice(from, from + length));
  return batches;
}

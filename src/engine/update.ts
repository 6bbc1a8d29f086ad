import { availableParallelism } from 'node:os';
import type { Config } from '../load/config.js';
import { type Model, modelOver } from '../model/model.js';
import type { TeamRules } from '../team-rules.js';
import { Changes, type Source } from './changes.js';
import { replaced, runsOf } from './columns.js';
import { type FactStore, FolderStore } from './fact-store.js';
import { encodeIndex } from './index-file.js';
import { Judge, type Judged, SHARED } from './judge-rows.js';
import { movedOutside } from './outside.js';
import { inBatches, readInBulk } from './read-in-bulk.js';
import type { Row } from './row.js';
import { StoredCorpus } from './stored-corpus.js';
import { Threads } from './threads.js';

/** State of a corpus between two compiles. */
export interface State {
  readonly rows: readonly Row[];
  readonly store: FactStore;
  /** Files that are no documents, and whether they were there. */
  readonly outside: ReadonlyMap<string, boolean>;
  /** When its files were listed, in milliseconds: one that changed about then may have changed since. */
  readonly listed: number;
}

/** What became of the rows of a corpus. */
export interface Updated {
  readonly rows: readonly Row[];
  readonly outside: ReadonlyMap<string, boolean>;
  /** Whether anything has to be written down. */
  readonly any: boolean;
  /** Documents that were read, because their bytes are not those that are known. */
  readonly read: number;
  /** Documents that were judged beside others. */
  readonly judged: number;
}

/** Fewest files to read for which threads are worth their start. */
const WORTH_THREADS = 400;
/** Rows that a thread judges at once. */
const ROWS_AT_ONCE = 250;

/** Reads what has changed, and judges what the change can have changed. @throws FactsLost */
export async function update(
  { rows: before, store, listed, outside: known }: State,
  sources: readonly Source[],
  team: TeamRules,
): Promise<Updated> {
  const changes = new Changes(before, sources, listed, store);
  const { items } = changes;
  const outside = new Map(known);
  for (const path of movedOutside(team.config, known)) changes.fileMoved(path);
  const threads = items.length < WORTH_THREADS ? null : new Threads(availableParallelism(), team);
  try {
    await readInBulk(items, team, threads, (some, batch) => changes.take(some, batch));
    const rows = changes.current();
    const judged = await judge(rows, { store, outside }, changes.keys, team, threads);
    return { rows, outside, any: changes.any, read: changes.read, judged };
  } finally {
    threads?.end();
  }
}

/** The model of a corpus. */
export function modelOf({ rows, store }: State, { corpus, root }: Pick<Config, 'corpus' | 'root'>): Model {
  return modelOver(new StoredCorpus(rows, store, root), corpus);
}

/** Judges every row that is new or asked for something that has changed. @returns how many */
async function judge(
  rows: Row[],
  { store, outside }: { readonly store: FactStore; readonly outside: Map<string, boolean> },
  changed: ReadonlySet<number>,
  team: TeamRules,
  threads: Threads | null,
): Promise<number> {
  const numbers = toJudge(rows, changed);
  if (numbers.length === 0) return 0;
  const take = (judged: readonly Judged[]) => {
    for (const { number, asked, findings, outside: files } of judged) {
      rows[number] = replaced(rows[number]!, { asked, findings });
      for (const [path, there] of files) outside.set(path, there);
    }
  };
  if (threads && store instanceof FolderStore) {
    const index = inSharedMemory(encodeIndex(rows, store.segments, new Map(), SHARED, 0));
    const { folder } = store;
    const tasks = inBatches(numbers, ROWS_AT_ONCE).map((some) => ({ numbers: some, index, folder }));
    await threads.renew();
    await threads.run(tasks, (_, answer) => {
      if ('judged' in answer) take(answer.judged);
    });
  } else take(new Judge(new StoredCorpus(rows, store, team.config.root), team).judge(numbers));
  return numbers.length;
}

/** Numbers of the rows that are not judged, or asked for one of the keys that have changed. */
function toJudge(rows: readonly Row[], changed: ReadonlySet<number>): number[] {
  // Hundreds of thousands of keys are looked at, and nearly none has changed: a look into a small table says so.
  const perhaps = new Uint8Array(PERHAPS);
  for (const key of changed) perhaps[key % PERHAPS] = 1;
  const holdsOne = (keys: Uint32Array, from: number, to: number) => {
    for (let at = from; at < to; at++) {
      const key = keys[at]!;
      if (perhaps[key % PERHAPS] === 1 && changed.has(key)) return true;
    }
    return false;
  };
  const numbers: number[] = [];
  for (const { from, to, stored } of runsOf(rows)) {
    const own = stored ? null : rows[from]!.asked;
    if (!stored && (own === null || holdsOne(own, 0, own.length))) numbers.push(from);
    if (!stored || changed.size === 0) continue;
    const { keys, ends } = stored.columns;
    const moved = stored.index - from;
    for (let number = from; number < to; number++) {
      const end = 2 * (number + moved);
      if (holdsOne(keys, ends[end]!, ends[end + 1]!)) numbers.push(number);
    }
  }
  return numbers;
}

const PERHAPS = 2 ** 16;

function inSharedMemory(parts: readonly Buffer[]): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    new Uint8Array(shared, at).set(part);
    at += part.length;
  }
  return shared;
}

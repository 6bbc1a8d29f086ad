import { availableParallelism } from 'node:os';
import type { Config } from '../load/config.js';
import { isThere, type Presence } from '../load/on-disk.js';
import type { ColumnHistory } from '../model/columns.js';
import { type Model, modelOver } from '../model/model.js';
import { COLUMNS } from '../model/offers.js';
import type { TeamRules } from '../team-rules.js';
import { Changes, type Source } from './changes.js';
import { keysOfAll, replaced, runsOf } from './columns.js';
import { type FactStore, FolderStore } from './fact-store.js';
import { encodeIndex } from './index-file.js';
import { Judge, type Judged, SHARED } from './judge-rows.js';
import { rowOfKey } from './key-columns.js';
import { keyNumber } from './keys.js';
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
  /** The history of columns; null where it is not known. */
  readonly tables: ColumnHistory | null;
  /** When its files were listed, in milliseconds: one that changed about then may have changed since. */
  readonly listed: number;
}

/** What became of the rows of a corpus. */
export interface Updated {
  readonly rows: readonly Row[];
  readonly outside: ReadonlyMap<string, boolean>;
  readonly tables: ColumnHistory | null;
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
  { rows: before, store, listed, ...known }: State,
  sources: readonly Source[],
  team: TeamRules,
  presence: Presence,
): Promise<Updated> {
  const changes = new Changes(before, sources, listed, store);
  const { items } = changes;
  const outside = new Map(known.outside);
  for (const path of movedOutside(team.config, outside, presence)) changes.fileMoved(path);
  const onDisk = (path: string) => isThere(team.config.root, path, presence);
  const threads = items.length < WORTH_THREADS ? null : new Threads(availableParallelism(), team);
  try {
    await readInBulk(items, team, threads, changes);
    const rows = changes.current();
    const anew = before.length === 0 || changes.keys.has(keyNumber(COLUMNS));
    const corpus = new StoredCorpus(rows, store, onDisk, anew ? null : known.tables);
    const judged = await judge(corpus, { rows, outside, presence }, changes.keys, team, threads);
    return { rows, outside, tables: corpus.tables, any: changes.any, read: changes.read, judged };
  } finally {
    threads?.end();
  }
}

/** The model of a corpus. */
export function modelOf(
  { rows, store, tables }: State,
  { corpus, root }: Pick<Config, 'corpus' | 'root'>,
  presence: Presence,
): Model {
  const onDisk = (path: string) => isThere(root, path, presence);
  return modelOver(new StoredCorpus(rows, store, onDisk, tables), corpus);
}

/** Rows that are judged, and what is known of files that are no documents. */
interface Judging {
  readonly rows: Row[];
  readonly outside: Map<string, boolean>;
  readonly presence: Presence;
}

/** Judges every row that is new or asked for something that has changed. @returns how many */
async function judge(
  corpus: StoredCorpus,
  { rows, outside, presence }: Judging,
  changed: ReadonlySet<number>,
  team: TeamRules,
  threads: Threads | null,
): Promise<number> {
  const { store, tables } = corpus;
  const numbers = toJudge(rows, changed);
  if (numbers.length === 0) return 0;
  const take = ({ rows: judged, asked }: Judged) => {
    let from = 0;
    for (const { number, asked: count, findings, outside: files } of judged) {
      rows[number] = replaced(rows[number]!, { asked: asked.subarray(from, from + count), findings });
      from += count;
      for (const [path, there] of files) outside.set(path, there);
    }
  };
  if (threads && store instanceof FolderStore) {
    const { folder, segments } = store;
    const index = inSharedMemory(
      encodeIndex({ rows, segments, outside: new Map(), tables, listed: 0 }, SHARED),
    );
    const tasks = inBatches(numbers, ROWS_AT_ONCE).map((some) => ({
      numbers: some,
      index,
      folder,
      presence,
    }));
    await threads.renew();
    await threads.run(tasks, (_, answer) => {
      if ('judged' in answer) take(answer.judged);
    });
  } else take(new Judge(corpus, team).judge(numbers));
  return numbers.length;
}

/** Numbers of the rows that are not judged, or asked for one of the keys that have changed. */
function toJudge(rows: readonly Row[], changed: ReadonlySet<number>): number[] {
  const found = new Set<number>();
  const runs = runsOf(rows);
  for (const { from, stored } of runs) if (!stored && rows[from]!.asked === null) found.add(from);
  if (changed.size === 0 || found.size === rows.length) return [...found];
  // Hundreds of thousands of keys are looked at, and nearly none has changed: a look into a small table says so.
  const perhaps = new Uint8Array(PERHAPS);
  for (const key of changed) perhaps[key % PERHAPS] = 1;
  const asked = keysOfAll(rows, 'asked', runs);
  const { numbers } = asked;
  for (let at = 0; at < numbers.length; at++)
    if (perhaps[numbers[at]! % PERHAPS] === 1 && changed.has(numbers[at]!)) found.add(rowOfKey(asked, at));
  return [...found].sort((a, b) => a - b);
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

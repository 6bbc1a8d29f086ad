import { availableParallelism } from 'node:os';
import { sha256 } from '../base/digest.js';
import { firstNotBefore } from '../base/search.js';
import { type Reading, readBytes, type SourceFile } from '../load/corpus.js';
import { listFiles } from '../load/list-files.js';
import { type Model, modelOver } from '../model/model.js';
import type { TeamRules } from '../team-rules.js';
import type { Cache } from './cache.js';
import { Changes, type Source } from './changes.js';
import { type FactStore, FactsLost, FolderStore, MemoryStore } from './fact-store.js';
import { type Columns, encodeIndex, isAsListed, rowAt } from './index-file.js';
import { decodeFindings, type Judged, judgeRows, type Said, SHARED } from './judge-rows.js';
import { inBatches, readInBulk } from './read-in-bulk.js';
import type { Row } from './row.js';
import { StoredCorpus } from './stored-corpus.js';
import { Threads } from './threads.js';

/** What a compile found. */
export interface Findings extends Said {
  readonly paths: readonly string[];
  /** Documents that were read, because their bytes are not those that are known. */
  readonly read: number;
  /** Documents that were judged beside others. */
  readonly judged: number;
}

/** State of a corpus between two compiles. */
interface State {
  readonly rows: readonly Row[];
  readonly store: FactStore;
  /** When its files were listed, in milliseconds: one that changed about then may have changed since. */
  readonly listed: number;
}

/**
 * Compiles a corpus again and again: reads what has changed, and judges what the change can have changed. What it
 * says is what `compile` says, which reads and judges everything.
 */
export class Compiler {
  private state: State | undefined;
  private sources: readonly Source[] = [];
  /** What the cache has, as long as nothing had to be read. */
  private columns: Columns | null = null;

  /** @param cache where facts outlive the process; null keeps them in memory */
  constructor(
    private readonly team: TeamRules,
    private readonly cache: Cache | null = null,
  ) {}

  async compile(reading: Reading = {}): Promise<Findings> {
    const listed = Date.now();
    const sources = this.list(reading);
    this.sources = sources;
    try {
      return await this.update(sources, listed);
    } catch (error) {
      if (!(error instanceof FactsLost)) throw error;
      this.forget();
      return await this.update(sources, listed);
    }
  }

  /** The model of what was compiled last. */
  get model(): Model {
    const { rows, store } = this.known();
    return modelOver(new StoredCorpus(rows, store), this.team.config.corpus);
  }

  /** A document's bytes as they were compiled last; undefined where they are not there any more. */
  file(path: string): SourceFile | undefined {
    const source = inPathOrder(this.sources, path);
    const known = inPathOrder(this.known().rows, path);
    if (!source || !known) return undefined;
    const bytes = source.bytes ?? readIfThere(this.team.config.root, source.name);
    return bytes && sha256(bytes) === known.digest.toString('hex') ? { path, bytes } : undefined;
  }

  private list({ besides = [], overlay = new Map() }: Reading): Source[] {
    const present = besides.filter((path) => !overlay.has(path));
    const sources: Source[] = listFiles(this.team.config, present).filter(({ path }) => !overlay.has(path));
    const given = [...overlay].flatMap(([path, bytes]) =>
      bytes ? [{ path, name: path, stamp: null, bytes }] : [],
    );
    if (given.length === 0) return sources;
    return [...sources, ...given].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  private async update(sources: readonly Source[], listed: number): Promise<Findings> {
    if (!this.state) {
      this.columns = this.cache?.load() ?? null;
      if (this.columns && isUnchanged(this.columns, sources)) return unchangedFindings(this.columns);
    }
    const before = this.known();
    const changes = new Changes(before.rows, sources, before.listed, before.store);
    const threads =
      changes.items.length < WORTH_THREADS ? null : new Threads(availableParallelism(), this.team);
    try {
      const { items } = changes;
      await readInBulk(items, this.team, threads, (some, batch) => changes.take(some, batch));
      const rows = changes.current();
      const judged = await this.judge(rows, before.store, changes.keys, threads);
      this.state = { rows, store: before.store, listed };
      if (changes.any) this.cache?.save(rows, before.store, listed);
      return { ...findingsOf(rows), read: changes.read, judged };
    } finally {
      threads?.end();
    }
  }

  /** Judges every row that is new or asked for something that has changed. @returns how many */
  private async judge(
    rows: Row[],
    store: FactStore,
    changed: ReadonlySet<number>,
    threads: Threads | null,
  ): Promise<number> {
    const numbers = rows.flatMap(({ asked }, number) =>
      asked === null || (changed.size > 0 && asked.some((key) => changed.has(key))) ? [number] : [],
    );
    if (numbers.length === 0) return 0;
    const take = (judged: readonly Judged[]) => {
      for (const { number, asked, findings } of judged) rows[number] = { ...rows[number]!, asked, findings };
    };
    if (threads && store instanceof FolderStore) {
      const index = inSharedMemory(encodeIndex(rows, store.segments, SHARED, 0));
      const { folder } = store;
      const tasks = inBatches(numbers, ROWS_AT_ONCE).map((some) => ({ numbers: some, index, folder }));
      await threads.run(tasks, (_, answer) => {
        if ('judged' in answer) take(answer.judged);
      });
    } else take(judgeRows(new StoredCorpus(rows, store), numbers, this.team));
    return numbers.length;
  }

  /** The state before a compile: this process', else the cache's, else none. */
  private known(): State {
    if (this.state) return this.state;
    const { columns } = this;
    const store = this.cache?.store(columns?.segments ?? []) ?? new MemoryStore();
    this.state = { rows: columns ? allRows(columns) : [], store, listed: columns?.listed ?? 0 };
    return this.state;
  }

  private forget(): void {
    this.state?.store.close();
    this.state = undefined;
    this.columns = null;
    this.cache?.discard();
  }
}

/** Fewest files to read for which threads are worth their start. */
const WORTH_THREADS = 400;
/** Rows that a thread judges at once. */
const ROWS_AT_ONCE = 250;

/** The one of a path, in a list in path order. */
function inPathOrder<T extends { readonly path: string }>(list: readonly T[], path: string): T | undefined {
  const found = list[firstNotBefore(list.length, (index) => list[index]!.path < path)];
  return found?.path === path ? found : undefined;
}

function readIfThere(root: string, name: string): Uint8Array | null {
  try {
    return readBytes(root, name);
  } catch {
    return null;
  }
}

function isUnchanged(columns: Columns, sources: readonly Source[]): boolean {
  return (
    columns.count === sources.length &&
    sources.every(
      ({ path, stamp }, index) =>
        columns.paths[index] === path && stamp !== null && isAsListed(columns, index, stamp),
    )
  );
}

function unchangedFindings({ paths, findings }: Columns): Findings {
  return { paths, ...decodeFindings([...findings.values()]), read: 0, judged: 0 };
}

function allRows(columns: Columns): Row[] {
  return columns.paths.map((_, index) => rowAt(columns, index));
}

function findingsOf(rows: readonly Row[]): Pick<Findings, 'paths' | keyof Said> {
  const found = rows.flatMap(({ findings }) => findings ?? []);
  return { paths: rows.map(({ path }) => path), ...decodeFindings(found) };
}

function inSharedMemory(parts: readonly Buffer[]): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    new Uint8Array(shared, at).set(part);
    at += part.length;
  }
  return shared;
}

import { compareDiagnostics, type Diagnostic } from '../base/diagnostic.js';
import { sha256 } from '../base/digest.js';
import type { Rule } from '../check/rule.js';
import { judgeBesideOthers } from '../check/run-rules.js';
import type { Config } from '../load/config.js';
import { type Reading, readBytes, type SourceFile } from '../load/corpus.js';
import { type ListedFile, listFiles, type Stamp } from '../load/list-files.js';
import { type Model, modelOver, PRESENCE, pathKey } from '../model/model.js';
import type { Cache } from './cache.js';
import { type FactStore, FactsLost, MemoryStore } from './fact-store.js';
import { type Columns, isAsListed, isSameFile, rowAt } from './index-file.js';
import { keyNumber, keyNumbers } from './keys.js';
import type { Batch, Item } from './read-batch.js';
import { readInBulk } from './read-in-bulk.js';
import type { Row } from './row.js';
import { StoredCorpus } from './stored-corpus.js';

/** What a compile found. */
export interface Findings {
  readonly paths: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
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
    private readonly config: Config,
    private readonly rules: readonly Rule[],
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
    return modelOver(new StoredCorpus(rows, store), this.config.corpus);
  }

  /** A document's bytes as they were compiled last; undefined where they are not there any more. */
  file(path: string): SourceFile | undefined {
    const source = this.sources.find((one) => one.path === path);
    const known = this.known().rows.find((row) => row.path === path);
    if (!source || !known) return undefined;
    const bytes = source.bytes ?? readIfThere(this.config.root, source.name);
    return bytes && sha256(bytes) === known.digest.toString('hex') ? { path, bytes } : undefined;
  }

  private list({ besides = [], overlay = new Map() }: Reading): Source[] {
    const present = besides.filter((path) => !overlay.has(path));
    const sources: Source[] = listFiles(this.config, present).filter(({ path }) => !overlay.has(path));
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
    const { rows, changed, read, restamped } = await this.read(before, sources);
    const judged = this.judge(rows, before.store, changed);
    this.state = { rows, store: before.store, listed };
    if (changed.size > 0 || restamped) this.cache?.save(rows, before.store, listed);
    const found = rows.flatMap(({ findings }) => findings ?? []);
    return {
      paths: rows.map(({ path }) => path),
      diagnostics: found.flatMap((json) => JSON.parse(json) as Diagnostic[]),
      read,
      judged,
    };
  }

  /** The state before a compile: this process', else the cache's, else none. */
  private known(): State {
    if (this.state) return this.state;
    const { columns } = this;
    const store = this.cache?.store(columns?.segments ?? []) ?? new MemoryStore();
    this.state = { rows: columns ? allRows(columns) : [], store, listed: columns?.listed ?? 0 };
    return this.state;
  }

  /** Rows of the sources, and the keys whose answers may have changed. */
  private async read({ rows: old, store, listed }: State, sources: readonly Source[]) {
    const rows: (Row | undefined)[] = [];
    const items: Item[] = [];
    const places = new Map<string, number>();
    const changed = new Set<number>();
    const presence = (row: Row) => {
      for (const key of [...row.offers, keyNumber(pathKey(row.path)), keyNumber(PRESENCE)]) changed.add(key);
    };
    let at = 0;
    let restamped = false;
    for (const source of sources) {
      while (at < old.length && old[at]!.path < source.path) presence(old[at++]!);
      const known = old[at]?.path === source.path ? old[at++]! : null;
      if (known && source.stamp && isSameFile(known.stamp, source.stamp, listed)) rows.push(known);
      else {
        places.set(source.path, rows.length);
        items.push(itemOf(source, known));
        rows.push(known ?? undefined);
      }
    }
    while (at < old.length) presence(old[at++]!);
    const stamps = new Map(sources.map(({ path, stamp }) => [path, stamp]));
    let read = 0;
    const take = (given: readonly Item[], { outcomes, facts }: Batch) => {
      const { segment, offset } = facts.length > 0 ? store.append(facts) : { segment: 0, offset: 0 };
      let from = offset;
      for (const [index, outcome] of outcomes.entries()) {
        const { path } = given[index]!;
        const place = places.get(path)!;
        const known = rows[place];
        const stamp = stamps.get(path) ?? null;
        if (outcome.became === 'same') {
          rows[place] = { ...known!, stamp };
          restamped = true;
        }
        if (outcome.became !== 'read') continue;
        const { digest, length, offers } = outcome;
        const row: Row = {
          path,
          stamp,
          digest: Buffer.from(digest),
          facts: { segment, offset: from, length },
          offers,
          asked: NEVER_ASKED,
          findings: null,
        };
        from += length;
        read += 1;
        if (!known) presence(row);
        else
          for (const key of [...difference(known.offers, offers), keyNumber(pathKey(path))]) changed.add(key);
        rows[place] = row;
      }
    };
    await readInBulk(this.config.root, items, this.rules, take);
    return { rows: rows as Row[], changed, read, restamped };
  }

  /** Judges every row that is new or asked for something that has changed. @returns how many */
  private judge(rows: Row[], store: FactStore, changed: ReadonlySet<number>): number {
    if (changed.size === 0) return 0;
    const corpus = new StoredCorpus(rows, store);
    const asked = new Set<string>();
    const lookup = {
      entries: corpus.entries,
      offering: (key: string) => corpus.offering(key),
      asked: (key: string) => void asked.add(key),
    };
    const model = modelOver(lookup, this.config.corpus);
    let judged = 0;
    for (const [index, row] of rows.entries()) {
      if (row.asked !== NEVER_ASKED && !row.asked.some((key) => changed.has(key))) continue;
      asked.clear();
      const entry = corpus.read(row);
      const { diagnostics, collected } = entry.judgement;
      const found = [...diagnostics, ...judgeBesideOthers(entry, collected, model, this.rules)];
      const findings = found.length === 0 ? null : JSON.stringify(found.sort(compareDiagnostics));
      rows[index] = { ...row, asked: keyNumbers(asked), findings };
      judged += 1;
    }
    return judged;
  }

  private forget(): void {
    this.state?.store.close();
    this.state = undefined;
    this.columns = null;
    this.cache?.discard();
  }
}

/** A document as it is to be compiled: a file on disk, or bytes in its place. */
type Source = Omit<ListedFile, 'stamp'> & { readonly stamp: Stamp | null; readonly bytes?: Uint8Array };

/** Marks a row that was not judged yet. */
const NEVER_ASKED = new Uint32Array(0);

function readIfThere(root: string, name: string): Uint8Array | null {
  try {
    return readBytes(root, name);
  } catch {
    return null;
  }
}

function itemOf({ path, name, bytes }: Source, known: Row | null): Item {
  return { path, name, known: known?.digest.toString('hex') ?? null, ...(bytes ? { bytes } : {}) };
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
  const diagnostics = [...findings.values()].flatMap((json) => JSON.parse(json) as Diagnostic[]);
  return { paths, diagnostics, read: 0, judged: 0 };
}

function allRows(columns: Columns): Row[] {
  return columns.paths.map((_, index) => rowAt(columns, index));
}

function difference(a: Uint32Array, b: Uint32Array): number[] {
  const columns = keyNumber('columns');
  const only = (from: Uint32Array, other: Uint32Array) =>
    // The columns of a table are what the documents say that offer them, not that they do.
    [...from].filter((key) => key === columns || !other.includes(key));
  return [...only(a, b), ...only(b, a)];
}

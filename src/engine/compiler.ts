import { compareDiagnostics, type Diagnostic } from '../base/diagnostic.js';
import { sha256 } from '../base/digest.js';
import { LOCK_FILE } from '../base/lock-file.js';
import { firstNotBefore } from '../base/search.js';
import type { LeftOut } from '../check/left-out-files.js';
import type { Config } from '../load/config.js';
import { type Reading, readBytes, type SourceFile } from '../load/corpus.js';
import { listFiles } from '../load/list-files.js';
import { presenceOf } from '../load/on-disk.js';
import { readLock } from '../load/read-lock.js';
import type { Model } from '../model/model.js';
import type { TeamRules } from '../team-rules.js';
import type { Cache } from './cache.js';
import type { Source } from './changes.js';
import { type Columns, isAsListed, rowsOf } from './columns.js';
import { FactsLost, MemoryStore } from './fact-store.js';
import { decodeFindings, type Said } from './findings.js';
import { movedOutside } from './outside.js';
import type { Row } from './row.js';
import type { State, Updated } from './update.js';

/** What a compile found. */
export interface Findings extends Said, Pick<Updated, 'read' | 'judged'> {
  readonly paths: readonly string[];
}

/**
 * Compiles a corpus again and again: reads what has changed, and judges what the change can have changed. What it
 * says is what `compile` says, which reads and judges everything.
 */
export class Compiler {
  private state: State | undefined;
  private sources: readonly Source[] = [];
  private lock: Uint8Array | null = null;
  private left: LeftOut[] = [];
  private presence = presenceOf();
  /** What the cache has, as long as nothing had to be read. */
  private columns: Columns | null = null;

  /**
   * @param rules gives the rules; where nothing has changed, they are not asked for, and nothing that reads is loaded
   * @param cache where facts outlive the process; null keeps them in memory
   */
  constructor(
    private readonly config: Config,
    private readonly rules: () => Promise<TeamRules>,
    private readonly cache: Cache | null = null,
  ) {}

  async compile(reading: Reading = {}): Promise<Findings> {
    const listed = Date.now();
    const sources = this.list(reading);
    this.sources = sources;
    this.presence = presenceOf(reading.overlay, reading.index, reading.skipped);
    this.lock = reading.lock === undefined ? readLock(this.config) : reading.lock;
    let found: Findings;
    try {
      found = await this.update(sources, listed);
    } catch (error) {
      if (!(error instanceof FactsLost)) throw error;
      this.forget();
      found = await this.update(sources, listed);
    }
    const more = await this.beside();
    if (more.length === 0) return found;
    return { ...found, diagnostics: [...found.diagnostics, ...more].sort(compareDiagnostics) };
  }

  /** Findings that are kept with no document: of the lock file, and of what stands in the place of one. */
  private async beside(): Promise<Diagnostic[]> {
    const { lock, left } = this;
    const found: Diagnostic[] = [];
    if (left.length > 0) found.push(...(await import('../check/left-out-files.js')).leftOutFiles(left));
    if (lock)
      found.push(
        ...(await import('./releases.js')).lockFindings(
          this.config.root,
          this.presence,
          lock,
          this.state?.rows ?? this.columns!,
        ),
      );
    return found;
  }

  /** The model of what was compiled last. */
  async loadModel(): Promise<Model> {
    const { modelOf } = await import('./update.js');
    return modelOf(this.known(), this.config, this.presence);
  }

  /** A document's bytes as they were compiled last; undefined where they are not there any more. */
  file(path: string): SourceFile | undefined {
    if (path === LOCK_FILE) return this.lock ? { path, bytes: this.lock } : undefined;
    const source = inPathOrder(this.sources, path);
    const known = inPathOrder(this.known().rows, path);
    if (!source || !known) return undefined;
    const bytes = source.bytes ?? readIfThere(this.config.root, source.name);
    return bytes && sha256(bytes) === known.digest.toString('hex') ? { path, bytes } : undefined;
  }

  private list({ besides = [], overlay = new Map() }: Reading): Source[] {
    const present = besides.filter((path) => !overlay.has(path));
    this.left = [];
    const onLeft = (one: LeftOut) => this.left.push(one);
    const sources: Source[] = listFiles(this.config, present, onLeft).filter(
      ({ path }) => !overlay.has(path),
    );
    const given = [...overlay].flatMap(([path, bytes]) =>
      bytes ? [{ path, name: path, stamp: null, bytes }] : [],
    );
    if (given.length === 0) return sources;
    return [...sources, ...given].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  private async update(sources: readonly Source[], listed: number): Promise<Findings> {
    if (!this.state) {
      this.columns = this.cache?.load() ?? null;
      if (this.columns && this.isUnchanged(this.columns, sources)) return unchangedFindings(this.columns);
      // Where nothing is, nothing is left behind.
      if (!this.columns && sources.length === 0) return { ...findingsOf([]), read: 0, judged: 0 };
    }
    const { update } = await import('./update.js');
    const team = await this.rules();
    const before = this.known();
    const { rows, outside, tables, any, read, judged } = await update(before, sources, team, this.presence);
    this.state = { rows, store: before.store, outside, tables, listed };
    if (any) this.cache?.save(this.state);
    return { ...findingsOf(rows), read, judged };
  }

  /** The state before a compile: this process', else the cache's, else none. */
  private known(): State {
    if (this.state) return this.state;
    const { columns } = this;
    const store = this.cache?.store(columns?.segments ?? []) ?? new MemoryStore();
    const { outside = new Map(), tables = null, listed = 0 } = columns ?? {};
    this.state = { rows: columns ? rowsOf(columns) : [], store, outside, tables, listed };
    return this.state;
  }

  private isUnchanged(columns: Columns, sources: readonly Source[]): boolean {
    return (
      columns.count === sources.length &&
      sources.every(
        ({ path, stamp }, index) =>
          columns.paths[index] === path && stamp !== null && isAsListed(columns, index, stamp),
      ) &&
      movedOutside(this.config, columns.outside, this.presence).length === 0
    );
  }

  private forget(): void {
    this.state?.store.close();
    this.state = undefined;
    this.columns = null;
    this.cache?.discard();
  }
}

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

function unchangedFindings({ paths, findings }: Columns): Findings {
  return { paths, ...decodeFindings([...findings.values()]), read: 0, judged: 0 };
}

function findingsOf(rows: readonly Row[]): Pick<Findings, 'paths' | keyof Said> {
  const found = rows.flatMap(({ findings }) => findings ?? []);
  return { paths: rows.map(({ path }) => path), ...decodeFindings(found) };
}

import type { ColumnHistory } from '../model/columns.js';
import type { Entry } from '../model/entry.js';
import type { Entries, Lookup } from '../model/model.js';
import type { FactStore } from './fact-store.js';
import { keyNumber } from './keys.js';
import { Postings } from './postings.js';
import type { Row } from './row.js';
import { StoredEntry } from './stored-entry.js';

/** Most entries that are held in memory at once. */
const HELD = 800;

/** The documents of a corpus by path, read from their store when somebody asks. */
export class StoredCorpus implements Lookup {
  readonly entries: Entries;
  private readonly postings: Postings;
  private readonly held = new Map<string, StoredEntry>();

  /**
   * @param rows in path order
   * @param onDisk whether a path below the root is there, whatever it is
   * @param tables the history of columns, where it is known
   */
  constructor(
    readonly rows: readonly Row[],
    readonly store: FactStore,
    readonly onDisk: (path: string) => boolean,
    public tables: ColumnHistory | null,
  ) {
    this.postings = new Postings(rows);
    this.entries = new StoredEntries(rows, (row) => this.read(row));
  }

  columns(make: () => ColumnHistory): ColumnHistory {
    this.tables ??= make();
    return this.tables;
  }

  offering(key: string): string[] {
    return this.postings.of(keyNumber(key)).map((index) => this.rows[index]!.path);
  }

  read(row: Row): StoredEntry {
    const known = this.held.get(row.path);
    if (known) return known;
    if (this.held.size >= HELD) this.held.delete(this.held.keys().next().value!);
    const entry = new StoredEntry(row.path, row.digest, {
      face: () => this.store.face(row.facts),
      body: () => this.store.body(row.facts),
    });
    this.held.set(row.path, entry);
    return entry;
  }
}

class StoredEntries implements Entries {
  private known: ReadonlyMap<string, Row> | undefined;

  constructor(
    private readonly rows: readonly Row[],
    private readonly read: (row: Row) => Entry,
  ) {}

  get size(): number {
    return this.rows.length;
  }
  has(path: string): boolean {
    return this.byPath.has(path);
  }
  get(path: string): Entry | undefined {
    const row = this.byPath.get(path);
    return row && this.read(row);
  }
  keys() {
    return this.byPath.keys();
  }
  *values() {
    for (const row of this.rows) yield this.read(row);
  }

  private get byPath(): ReadonlyMap<string, Row> {
    this.known ??= new Map(this.rows.map((row) => [row.path, row]));
    return this.known;
  }
}

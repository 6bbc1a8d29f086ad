import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Columns, replaced } from './columns.js';
import { type FactStore, FolderStore, MemoryStore } from './fact-store.js';
import { decodeIndex, encodeIndex } from './index-file.js';
import type { Row } from './row.js';
import type { State } from './update.js';

const INDEX = 'index';
/** Most segments before they are made one. */
const MOST_SEGMENTS = 16;
/** Age at which a segment that no index names is garbage and not another process' work, in milliseconds. */
const ABANDONED = 60 * 60 * 1000;

/**
 * Facts and findings of a corpus on disk, so that an unchanged document is not read again. An index names segments of
 * facts. Both are written under names of their own and never changed; the index takes its place by renaming, so
 * whoever reads it finds a whole one. What is damaged, of another version or gone is as good as none. A cache that
 * cannot be written is no error: the next compile only takes longer.
 */
export class Cache {
  /** @param basis what facts and findings depend on besides the documents */
  constructor(
    private readonly folder: string,
    private readonly basis: string,
  ) {}

  load(): Columns | null {
    try {
      return decodeIndex(readFileSync(join(this.folder, INDEX)), this.basis);
    } catch {
      return null;
    }
  }

  /** A store that reads these segments and appends one of its own; in memory where the folder cannot be written. */
  store(segments: readonly string[]): FactStore {
    try {
      this.create();
      return new FolderStore(this.folder, segments);
    } catch {
      return new MemoryStore();
    }
  }

  save({ rows, store, ...state }: State): void {
    if (store.segments.length === 0 && rows.length > 0) return;
    try {
      const compact = store.segments.length > MOST_SEGMENTS ? this.compacted(rows, store) : { rows, store };
      const temporary = join(this.folder, `${randomUUID()}.index`);
      const { segments } = compact.store;
      writeParts(temporary, encodeIndex({ ...state, rows: compact.rows, segments }, this.basis));
      renameSync(temporary, join(this.folder, INDEX));
      this.sweep(segments);
    } catch {
      // The disk is full or not ours to write: what could be kept is kept, and nothing depends on it.
    }
  }

  discard(): void {
    rmSync(join(this.folder, INDEX), { force: true });
  }

  private create(): void {
    if (existsSync(this.folder)) return;
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(join(this.folder, '.gitignore'), '*\n');
  }

  /** What few changes have left is made one segment; the large one that has nearly everything stays as it is. */
  private compacted(rows: readonly Row[], store: FactStore) {
    const large = largest(rows);
    const kept = large === null ? [] : [store.segments[large]!];
    const fewer = new FolderStore(this.folder, kept);
    const moved = rows.map((row) => {
      const { segment, offset, length } = row.facts;
      if (segment !== large)
        return replaced(row, { facts: { ...fewer.append(store.raw(row.facts)), length } });
      return segment === 0 ? row : replaced(row, { facts: { segment: 0, offset, length } });
    });
    fewer.close();
    return { rows: moved, store: fewer };
  }

  /** Removes what no index names any more. */
  private sweep(segments: readonly string[]): void {
    for (const name of readdirSync(this.folder)) {
      if (!/\.(?:facts|index)$/.test(name) || segments.includes(name)) continue;
      const file = join(this.folder, name);
      if (Date.now() - statSync(file).mtimeMs > ABANDONED) rmSync(file, { force: true });
    }
  }
}

/** Number of the segment that has the facts of more than two thirds of the rows; null where none has. */
function largest(rows: readonly Row[]): number | null {
  const counts = new Map<number, number>();
  for (const { facts } of rows) counts.set(facts.segment, (counts.get(facts.segment) ?? 0) + 1);
  for (const [segment, count] of counts) if (count > (2 / 3) * rows.length) return segment;
  return null;
}

/** Writes a file from parts, which need no memory a second time. */
function writeParts(file: string, parts: readonly Buffer[]): void {
  const opened = openSync(file, 'wx');
  try {
    // A write may be short without an error.
    for (const part of parts)
      for (let written = 0; written < part.length; ) written += writeSync(opened, part, written);
  } finally {
    closeSync(opened);
  }
}

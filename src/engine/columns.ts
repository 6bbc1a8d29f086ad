import type { Stamp } from '../load/list-files.js';
import type { ColumnHistory } from '../model/columns.js';
import { type Keys, keysBefore, keysOf } from './key-columns.js';
import type { Outside } from './outside.js';
import type { Location, Row } from './row.js';

/** The columns of an index. */
export interface Columns {
  readonly count: number;
  /** Names of the segments that locations count. */
  readonly segments: readonly string[];
  readonly paths: readonly string[];
  /** Four numbers a row; NaN for a row without a stamp. */
  readonly stamps: Float64Array;
  readonly digests: Uint8Array;
  readonly releases: readonly string[];
  /** Segment, offset and length, three numbers a row. */
  readonly locations: Uint32Array;
  readonly offers: Keys;
  readonly asked: Keys;
  /** Findings by number of the row, as JSON. */
  readonly findings: ReadonlyMap<number, string>;
  readonly outside: Outside;
  /** The history of columns; null where it was not asked for since it changed. */
  readonly tables: ColumnHistory | null;
  /** When the files were listed, in milliseconds. */
  readonly listed: number;
}

/** A row that stands in columns, of which each part is read when it is asked for: most are never looked at. */
export class StoredRow implements Row {
  constructor(
    readonly columns: Columns,
    readonly index: number,
  ) {}

  get path(): string {
    return this.columns.paths[this.index]!;
  }
  get stamp(): Stamp | null {
    const { stamps } = this.columns;
    const at = 4 * this.index;
    return Number.isNaN(stamps[at]) ? null : [stamps[at]!, stamps[at + 1]!, stamps[at + 2]!, stamps[at + 3]!];
  }
  get digest(): Buffer {
    const { digests } = this.columns;
    return Buffer.from(digests.buffer, digests.byteOffset + 32 * this.index, 32);
  }
  get release(): string {
    return this.columns.releases[this.index]!;
  }
  get facts(): Location {
    const { locations } = this.columns;
    const at = 3 * this.index;
    return { segment: locations[at]!, offset: locations[at + 1]!, length: locations[at + 2]! };
  }
  get offers(): Uint32Array {
    return keysOf(this.columns.offers, this.index);
  }
  get asked(): Uint32Array {
    return keysOf(this.columns.asked, this.index);
  }
  get findings(): string | null {
    return this.columns.findings.get(this.index) ?? null;
  }
}

/** Rows of columns, in their order. */
export function rowsOf(columns: Columns): Row[] {
  return columns.paths.map((_, index) => new StoredRow(columns, index));
}

/** Rows that stand one behind the other in the same columns, or one row of its own. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly stored: StoredRow | null;
}

/** A list of rows as runs: where little has changed, a few long ones, whose columns are read without making parts of them. */
export function runsOf(rows: readonly Row[]): Run[] {
  const runs: Run[] = [];
  for (let from = 0; from < rows.length; ) {
    const stored = rows[from] instanceof StoredRow ? (rows[from] as StoredRow) : null;
    let to = from + 1;
    while (stored && to < rows.length && follows(rows[to]!, stored, to - from)) to += 1;
    runs.push({ from, to, stored });
    from = to;
  }
  return runs;
}

function follows(row: Row, { columns, index }: StoredRow, distance: number): boolean {
  return row instanceof StoredRow && row.columns === columns && row.index === index + distance;
}

/** A row with some parts replaced. Parts of a stored row are no properties of its own, which `...` would copy. */
export function replaced(row: Row, parts: Partial<Row>): Row {
  const { path, stamp, digest, release, facts, offers, asked, findings } = row;
  return { path, stamp, digest, release, facts, offers, asked, findings, ...parts };
}

/** The keys of a list of rows: where little has changed, a few long parts are copied as they are. */
export function keysOfAll(rows: readonly Row[], of: 'offers' | 'asked', runs = runsOf(rows)): Keys {
  const parts = runs.map(({ from, to, stored }) => {
    if (!stored) return { from, numbers: rows[from]![of] ?? NO_KEYS, ends: null, before: 0 };
    const { [of]: keys } = stored.columns;
    const [first, last] = [stored.index, stored.index + to - from];
    const [before, end] = [keysBefore(keys, first), keysBefore(keys, last)];
    return {
      from,
      numbers: keys.numbers.subarray(before, end),
      ends: keys.ends.subarray(first, last),
      before,
    };
  });
  const numbers = new Uint32Array(parts.reduce((sum, part) => sum + part.numbers.length, 0));
  const ends = new Uint32Array(rows.length);
  let length = 0;
  for (const part of parts) {
    numbers.set(part.numbers, length);
    const moved = length - part.before;
    length += part.numbers.length;
    if (!part.ends) ends[part.from] = length;
    else if (moved === 0) ends.set(part.ends, part.from);
    else for (let row = 0; row < part.ends.length; row++) ends[part.from + row] = part.ends[row]! + moved;
  }
  return { ends, numbers };
}

const NO_KEYS = new Uint32Array(0);

/** Whether a file on disk is as a row has it, without making the row. */
export function isAsListed(columns: Columns, index: number, stamp: Stamp): boolean {
  return hasStamp(columns, index, stamp) && isSettled(stamp, columns.listed);
}

/** Whether a file on disk is as a row has it. @param listed when the row's stamp was taken, in milliseconds */
export function isSameFile(row: Row, stamp: Stamp, listed: number): boolean {
  const same =
    row instanceof StoredRow
      ? hasStamp(row.columns, row.index, stamp)
      : row.stamp?.every((part, index) => part === stamp[index]);
  return (same ?? false) && isSettled(stamp, listed);
}

/** A row without a stamp has NaN there, which equals nothing. */
function hasStamp({ stamps }: Columns, index: number, stamp: Stamp): boolean {
  const at = 4 * index;
  for (let part = 0; part < 4; part++) if (stamps[at + part] !== stamp[part]) return false;
  return true;
}

/** Coarsest clock of a file system that is reckoned with, in milliseconds. */
const COARSEST = 2000;

/** A file that was written about when it was listed may have been written again without another time. */
function isSettled([, modified, changed]: Stamp, listed: number): boolean {
  return Math.max(modified, changed) < listed - COARSEST;
}

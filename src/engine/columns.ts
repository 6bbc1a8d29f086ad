import type { Stamp } from '../load/list-files.js';
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
  /** Where the offers and the asked keys of each row end, two numbers a row. */
  readonly ends: Uint32Array;
  readonly keys: Uint32Array;
  /** Findings by number of the row, as JSON. */
  readonly findings: ReadonlyMap<number, string>;
  readonly outside: Outside;
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
    const { keys, ends } = this.columns;
    return keys.subarray(keysBefore(this.columns, this.index), ends[2 * this.index]);
  }
  get asked(): Uint32Array {
    const { keys, ends } = this.columns;
    return keys.subarray(ends[2 * this.index], ends[2 * this.index + 1]);
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

/** How many keys stand before those of a row. */
export function keysBefore({ ends }: Columns, index: number): number {
  return index === 0 ? 0 : ends[2 * index - 1]!;
}

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

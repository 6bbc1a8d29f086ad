import { crc32 } from 'node:zlib';
import type { Stamp } from '../load/list-files.js';
import type { Row } from './row.js';

/*
 * The rows of a corpus as one block of columns, so that 10,000 of them are read in milliseconds:
 * a line of JSON that says what follows, and each column aligned to eight bytes. A sum over everything after the
 * first line tells a torn or damaged file, which is then as good as none.
 */

/** The columns of an index; a row is put together only when it is needed. */
export interface Columns {
  readonly count: number;
  /** Names of the segments that locations count. */
  readonly segments: readonly string[];
  readonly paths: readonly string[];
  /** Four numbers a row; NaN for a row without a stamp. */
  readonly stamps: Float64Array;
  readonly digests: Uint8Array;
  /** Segment, offset and length, three numbers a row. */
  readonly locations: Uint32Array;
  /** Where the offers and the asked keys of each row end, two numbers a row. */
  readonly ends: Uint32Array;
  readonly keys: Uint32Array;
  /** Findings by number of the row, as JSON. */
  readonly findings: ReadonlyMap<number, string>;
  /** When the files were listed, in milliseconds. */
  readonly listed: number;
}

interface Head {
  readonly format: 1;
  /** What the facts depend on besides the documents: the tool, its configuration. */
  readonly basis: string;
  readonly listed: number;
  readonly count: number;
  readonly segments: readonly string[];
  readonly lengths: readonly number[];
  readonly sum: number;
}

const ALIGN = 8;

/** The rows as a file. @param basis as it has to be when the file is read again */
export function encodeIndex(
  rows: readonly Row[],
  segments: readonly string[],
  basis: string,
  listed: number,
): Buffer[] {
  const count = rows.length;
  const stamps = new Float64Array(4 * count);
  const digests = Buffer.alloc(32 * count);
  const locations = new Uint32Array(3 * count);
  const ends = new Uint32Array(2 * count);
  const keys = new Uint32Array(
    rows.reduce((sum, { offers, asked }) => sum + offers.length + (asked?.length ?? 0), 0),
  );
  const findings: [number, string][] = [];
  let end = 0;
  for (const [index, row] of rows.entries()) {
    stamps.set(row.stamp ?? [Number.NaN, Number.NaN, Number.NaN, Number.NaN], 4 * index);
    row.digest.copy(digests, 32 * index);
    locations.set([row.facts.segment, row.facts.offset, row.facts.length], 3 * index);
    keys.set(row.offers, end);
    ends[2 * index] = end += row.offers.length;
    keys.set(row.asked ?? [], end);
    ends[2 * index + 1] = end += row.asked?.length ?? 0;
    if (row.findings !== null) findings.push([index, row.findings]);
  }
  const columns = [
    Buffer.from(rows.map(({ path }) => path).join('\0')),
    bytesOf(stamps),
    digests,
    bytesOf(locations),
    bytesOf(ends),
    bytesOf(keys),
    Buffer.from(JSON.stringify(findings)),
  ];
  const body = Buffer.concat(columns.flatMap((column) => [column, Buffer.alloc(padding(column.length))]));
  const lengths = columns.map(({ length }) => length);
  const head: Head = { format: 1, basis, listed, count, segments, lengths, sum: crc32(body) };
  const line = Buffer.from(JSON.stringify(head));
  return [line, Buffer.from(`${' '.repeat(padding(line.length + 1))}\n`), body];
}

/** The columns of a file; null where it is of another basis or format, or damaged. */
export function decodeIndex(file: Buffer, basis: string): Columns | null {
  const lineEnd = file.indexOf(10);
  if (lineEnd < 0) return null;
  let head: Head;
  try {
    head = JSON.parse(file.toString('utf8', 0, lineEnd)) as Head;
  } catch {
    return null;
  }
  const body = file.subarray(lineEnd + 1);
  if (head.format !== 1 || head.basis !== basis || head.sum !== crc32(body)) return null;
  let at = 0;
  const columns = head.lengths.map((length) => {
    const column = body.subarray(at, at + length);
    at += length + padding(length);
    return column;
  });
  const [paths, stamps, digests, locations, ends, keys, findings] = columns as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  return {
    count: head.count,
    segments: head.segments,
    paths: head.count === 0 ? [] : paths.toString('utf8').split('\0'),
    stamps: new Float64Array(aligned(stamps), 0, stamps.length / 8),
    digests,
    locations: new Uint32Array(aligned(locations), 0, locations.length / 4),
    ends: new Uint32Array(aligned(ends), 0, ends.length / 4),
    keys: new Uint32Array(aligned(keys), 0, keys.length / 4),
    findings: new Map(JSON.parse(findings.toString('utf8')) as [number, string][]),
    listed: head.listed,
  };
}

/** The row of a number. */
export function rowAt(columns: Columns, index: number): Row {
  const { paths, digests, locations, ends, keys, findings } = columns;
  const first = index === 0 ? 0 : ends[2 * index - 1]!;
  const middle = ends[2 * index]!;
  return {
    path: paths[index]!,
    stamp: stampAt(columns, index),
    digest: Buffer.from(digests.buffer, digests.byteOffset + 32 * index, 32),
    facts: {
      segment: locations[3 * index]!,
      offset: locations[3 * index + 1]!,
      length: locations[3 * index + 2]!,
    },
    offers: keys.subarray(first, middle),
    asked: keys.subarray(middle, ends[2 * index + 1]),
    findings: findings.get(index) ?? null,
  };
}

function stampAt({ stamps }: Columns, index: number): Stamp | null {
  const at = 4 * index;
  return Number.isNaN(stamps[at]) ? null : [stamps[at]!, stamps[at + 1]!, stamps[at + 2]!, stamps[at + 3]!];
}

/** Whether a file on disk is as a row has it, without making the row. */
export function isAsListed(columns: Columns, index: number, stamp: Stamp): boolean {
  const at = 4 * index;
  for (let part = 0; part < 4; part++) if (columns.stamps[at + part] !== stamp[part]) return false;
  return isSettled(stamp, columns.listed);
}

/** Whether two stamps are of the same bytes. @param listed when the first was taken, in milliseconds */
export function isSameFile(known: Stamp | null, stamp: Stamp, listed: number): boolean {
  return (known?.every((part, index) => part === stamp[index]) ?? false) && isSettled(stamp, listed);
}

/** Coarsest clock of a file system that is reckoned with, in milliseconds. */
const COARSEST = 2000;

/** A file that was written about when it was listed may have been written again without another time. */
function isSettled([, modified, changed]: Stamp, listed: number): boolean {
  return Math.max(modified, changed) < listed - COARSEST;
}

function bytesOf(array: Float64Array | Uint32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

function padding(length: number): number {
  return (ALIGN - (length % ALIGN)) % ALIGN;
}

/** The column's own memory where it is aligned, else a copy. */
function aligned(column: Buffer): ArrayBuffer {
  return column.buffer.slice(column.byteOffset, column.byteOffset + column.byteLength) as ArrayBuffer;
}

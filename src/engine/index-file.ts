import { crc32 } from 'node:zlib';
import type { ColumnCount } from '../model/model.js';
import { type Columns, keysOfAll, runsOf, type StoredRow } from './columns.js';
import type { Row } from './row.js';

/*
 * The rows of a corpus as one block of columns, so that 10,000 of them are read in milliseconds:
 * a line of JSON that says what follows, and each column aligned to eight bytes. A sum over everything after the
 * first line tells a torn or damaged file, which is then as good as none.
 */

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

/** What an index has of a corpus. */
export interface Indexed extends Pick<Columns, 'segments' | 'outside' | 'tables' | 'listed'> {
  readonly rows: readonly Row[];
}

/** The rows as a file. @param basis as it has to be when the file is read again */
export function encodeIndex({ rows, segments, outside, tables, listed }: Indexed, basis: string): Buffer[] {
  const said = [[...outside], tables && [...tables]];
  const columns = [...columnsOf(rows), ...said.map((one) => Buffer.from(JSON.stringify(one)))];
  const padded = columns.flatMap((column) => [column, Buffer.alloc(padding(column.length))]);
  // Of bytes that have no memory, zlib begins a new sum.
  const body = padded.filter(({ length }) => length > 0);
  const lengths = columns.map(({ length }) => length);
  const sum = body.reduce((before, part) => crc32(part, before), 0);
  const head: Head = { format: 1, basis, listed, count: rows.length, segments, lengths, sum };
  const line = Buffer.from(JSON.stringify(head));
  return [line, Buffer.from(`${' '.repeat(padding(line.length + 1))}\n`), ...body];
}

/** Where little has changed, a few long runs are copied as they are. */
function columnsOf(rows: readonly Row[]): Buffer[] {
  const writer = new ColumnWriter(rows.length);
  const findings: [number, string][] = [];
  const runs = runsOf(rows);
  for (const { from, to, stored } of runs) {
    if (stored) writer.copy(stored, from, to - from);
    else writer.put(rows[from]!, from);
  }
  for (let index = 0; index < rows.length; index++) {
    const found = rows[index]!.findings;
    if (found !== null) findings.push([index, found]);
  }
  const paths = Buffer.from(rows.map(({ path }) => path).join('\0'));
  const releases = Buffer.from(rows.map(({ release }) => release).join('\0'));
  const keys = [keysOfAll(rows, 'offers', runs), keysOfAll(rows, 'asked', runs)];
  const ofKeys = keys.flatMap(({ ends, numbers }) => [bytesOf(ends), bytesOf(numbers)]);
  return [paths, releases, ...writer.columns(), ...ofKeys, Buffer.from(JSON.stringify(findings))];
}

/** The columns of fixed width, filled row by row or many rows at once. */
class ColumnWriter {
  private readonly stamps: Float64Array;
  private readonly digests: Buffer;
  private readonly locations: Uint32Array;

  constructor(count: number) {
    this.stamps = new Float64Array(4 * count);
    this.digests = Buffer.alloc(32 * count);
    this.locations = new Uint32Array(3 * count);
  }

  put({ stamp, digest, facts }: Row, index: number): void {
    this.stamps.set(stamp ?? [Number.NaN, Number.NaN, Number.NaN, Number.NaN], 4 * index);
    digest.copy(this.digests, 32 * index);
    this.locations.set([facts.segment, facts.offset, facts.length], 3 * index);
  }

  copy({ columns, index }: StoredRow, at: number, count: number): void {
    const part = <T extends Uint8Array | Uint32Array | Float64Array>(column: T, width: number) =>
      column.subarray(width * index, width * (index + count)) as T;
    this.stamps.set(part(columns.stamps, 4), 4 * at);
    this.digests.set(part(columns.digests, 32), 32 * at);
    this.locations.set(part(columns.locations, 3), 3 * at);
  }

  columns(): Buffer[] {
    const { stamps, digests, locations } = this;
    return [bytesOf(stamps), digests, bytesOf(locations)];
  }
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
  const [paths, releases, stamps, digests, locations, ...others] = columns as Several;
  const [offerEnds, offers, askedEnds, asked, findings, outside, tables] = others as Several;
  return {
    count: head.count,
    segments: head.segments,
    paths: head.count === 0 ? [] : paths.toString('utf8').split('\0'),
    releases: head.count === 0 ? [] : releases.toString('latin1').split('\0'),
    stamps: viewOf(stamps, Float64Array),
    digests,
    locations: viewOf(locations, Uint32Array),
    offers: { ends: viewOf(offerEnds, Uint32Array), numbers: viewOf(offers, Uint32Array) },
    asked: { ends: viewOf(askedEnds, Uint32Array), numbers: viewOf(asked, Uint32Array) },
    findings: new Map(JSON.parse(findings.toString('utf8')) as [number, string][]),
    outside: new Map(JSON.parse(outside.toString('utf8')) as [string, boolean][]),
    tables: toMap(JSON.parse(tables.toString('utf8')) as [string, ColumnCount[]][] | null),
    listed: head.listed,
  };
}

/** As many columns as are named. */
type Several = [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, ...Buffer[]];

function toMap<Value>(pairs: readonly [string, Value][] | null): Map<string, Value> | null {
  return pairs && new Map(pairs);
}

function bytesOf(array: Float64Array | Uint32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

function padding(length: number): number {
  return (ALIGN - (length % ALIGN)) % ALIGN;
}

interface Numbers<T> {
  new (buffer: ArrayBufferLike, offset: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

/** Numbers of a column in its own memory where that is aligned, else in a copy. */
function viewOf<T>({ buffer, byteOffset, length }: Buffer, Type: Numbers<T>): T {
  const count = length / Type.BYTES_PER_ELEMENT;
  if (byteOffset % ALIGN === 0) return new Type(buffer, byteOffset, count);
  return new Type(buffer.slice(byteOffset, byteOffset + length), 0, count);
}

import type { Row } from './row.js';

/** Which rows offer a key. */
export class Postings {
  private table: Table | undefined;

  /** @param rows in path order */
  constructor(private readonly rows: readonly Row[]) {}

  /** Numbers of the rows that offer a key, in order. */
  of(key: number): number[] {
    this.table ??= fill(this.rows);
    const { starts, keys, numbers, shift } = this.table;
    const bucket = key >>> shift;
    const found: number[] = [];
    for (let at = starts[bucket]!; at < starts[bucket + 1]!; at++)
      if (keys[at] === key) found.push(numbers[at]!);
    return found;
  }
}

/** Keys and the numbers of their rows, in buckets by the first bits of the key, in a bucket by number. */
interface Table {
  /** Where each bucket starts; one more for the end. */
  readonly starts: Uint32Array;
  readonly keys: Uint32Array;
  readonly numbers: Uint32Array;
  /** Bits of a key behind those that tell its bucket. */
  readonly shift: number;
}

/** Counts first and puts everything in its place then: that is two passes, where sorting takes ten times as long. */
function fill(rows: readonly Row[]): Table {
  const offers = rows.map((row) => row.offers);
  const total = offers.reduce((sum, { length }) => sum + length, 0);
  const bits = Math.min(22, Math.max(4, Math.ceil(Math.log2(total + 1))));
  const shift = 32 - bits;
  const starts = new Uint32Array(2 ** bits + 1);
  for (const some of offers) for (let at = 0; at < some.length; at++) starts[(some[at]! >>> shift) + 1]! += 1;
  for (let bucket = 1; bucket < starts.length; bucket++) starts[bucket]! += starts[bucket - 1]!;
  const next = starts.slice();
  const keys = new Uint32Array(total);
  const numbers = new Uint32Array(total);
  for (let number = 0; number < offers.length; number++) {
    const some = offers[number]!;
    for (let at = 0; at < some.length; at++) {
      const key = some[at]!;
      const place = next[key >>> shift]!++;
      keys[place] = key;
      numbers[place] = number;
    }
  }
  return { starts, keys, numbers, shift };
}

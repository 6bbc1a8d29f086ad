import { firstNotBefore } from '../base/search.js';
import { keysBefore, runsOf } from './columns.js';
import type { Row } from './row.js';

/** Which rows offer a key. */
export class Postings {
  private table: Table | undefined;

  /** @param rows in path order */
  constructor(private readonly rows: readonly Row[]) {}

  /** Numbers of the rows that offer a key, in order. */
  of(key: number): number[] {
    this.table ??= fill(this.rows);
    const { keys, ends, heads, next, shift } = this.table;
    const found: number[] = [];
    for (let at = heads[key >>> shift]!; at !== NONE; at = next[at]!)
      if (keys[at] === key) found.push(firstNotBefore(ends.length, (number) => ends[number]! <= at));
    return found;
  }
}

/**
 * A hash table of all keys that are offered, with a chain for each value of a key's first bits. It is made in one pass,
 * as it is made anew in every process and for few questions: sorting the keys takes many times as long.
 */
interface Table {
  readonly keys: Uint32Array;
  /** Where the keys of each row end. */
  readonly ends: Uint32Array;
  /** Where each chain begins. */
  readonly heads: Int32Array;
  /** The place of the next key in the chain. */
  readonly next: Int32Array;
  /** Bits of a key behind those that tell its chain. */
  readonly shift: number;
}

/** The end of a chain. */
const NONE = -1;

function fill(rows: readonly Row[]): Table {
  const { keys, ends } = offersOf(rows);
  const total = keys.length;
  const bits = Math.min(22, Math.max(4, Math.ceil(Math.log2(total + 1))));
  const shift = 32 - bits;
  const heads = new Int32Array(2 ** bits).fill(NONE);
  const next = new Int32Array(total);
  // From behind, so that each chain is in the order of the rows.
  for (let place = total - 1; place >= 0; place--) {
    const chain = keys[place]! >>> shift;
    next[place] = heads[chain]!;
    heads[chain] = place;
  }
  return { keys, ends, heads, next, shift };
}

/** The keys that rows offer, one row's behind the other's. */
function offersOf(rows: readonly Row[]): Pick<Table, 'keys' | 'ends'> {
  const runs = runsOf(rows);
  const most = runs.reduce((sum, { from, to, stored }) => {
    if (!stored) return sum + rows[from]!.offers.length;
    const { columns, index } = stored;
    return sum + keysBefore(columns, index + to - from) - keysBefore(columns, index);
  }, 0);
  const keys = new Uint32Array(most);
  const ends = new Uint32Array(rows.length);
  let length = 0;
  for (const { from, to, stored } of runs) {
    if (!stored) {
      const { offers } = rows[from]!;
      keys.set(offers, length);
      length += offers.length;
      ends[from] = length;
      continue;
    }
    const { columns, index } = stored;
    for (let number = from; number < to; number++) {
      const row = index + number - from;
      for (let at = keysBefore(columns, row); at < columns.ends[2 * row]!; at++)
        keys[length++] = columns.keys[at]!;
      ends[number] = length;
    }
  }
  return { keys: keys.subarray(0, length), ends };
}

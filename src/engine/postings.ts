import { keysOfAll } from './columns.js';
import { type Keys, rowOfKey } from './key-columns.js';
import type { Row } from './row.js';

/** Which rows offer a key. */
export class Postings {
  private table: Table | undefined;

  /** @param rows in path order */
  constructor(private readonly rows: readonly Row[]) {}

  /** Numbers of the rows that offer a key, in order. */
  of(key: number): number[] {
    this.table ??= fill(this.rows);
    const { offers, heads, next, shift } = this.table;
    const found: number[] = [];
    for (let at = heads[key >>> shift]!; at !== NONE; at = next[at]!)
      if (offers.numbers[at] === key) found.push(rowOfKey(offers, at));
    return found;
  }
}

/**
 * A hash table of all keys that are offered, with a chain for each value of a key's first bits. It is made in one pass,
 * as it is made anew in every process and for few questions: sorting the keys takes many times as long.
 */
interface Table {
  readonly offers: Keys;
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
  const offers = keysOfAll(rows, 'offers');
  const { numbers } = offers;
  const total = numbers.length;
  // Short chains take longer to make than long ones to follow: their beginnings do not fit the processor's cache.
  const bits = Math.min(22, Math.max(4, Math.ceil(Math.log2(total + 1)) - 3));
  const shift = 32 - bits;
  const heads = new Int32Array(2 ** bits).fill(NONE);
  const next = new Int32Array(total);
  // From behind, so that each chain is in the order of the rows.
  for (let place = total - 1; place >= 0; place--) {
    const chain = numbers[place]! >>> shift;
    next[place] = heads[chain]!;
    heads[chain] = place;
  }
  return { offers, heads, next, shift };
}

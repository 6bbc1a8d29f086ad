import { firstNotBefore } from '../base/search.js';

/** Numbers of keys, one row's behind the other's. */
export interface Keys {
  /** Where the keys of each row end. */
  readonly ends: Uint32Array;
  readonly numbers: Uint32Array;
}

/** How many keys stand before those of a row. */
export function keysBefore({ ends }: Keys, index: number): number {
  return index === 0 ? 0 : ends[index - 1]!;
}

/** The row that a key belongs to, by its place among all. */
export function rowOfKey({ ends }: Keys, place: number): number {
  return firstNotBefore(ends.length, (row) => ends[row]! <= place);
}

/** The keys of one row. */
export function keysOf(keys: Keys, index: number): Uint32Array {
  return keys.numbers.subarray(keysBefore(keys, index), keys.ends[index]);
}

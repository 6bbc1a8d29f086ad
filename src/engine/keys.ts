import { isRough, pathKey, placeKey } from '../model/offers.js';

/**
 * Keys of the model (`offers`, `pathKey`, `placeKey`) as 32-bit numbers (FNV-1a over UTF-16 units, the last bit set for rough ones).
 * Two keys with one number only make a document be judged again that need not be.
 */
export function keyNumber(key: string): number {
  const hash = hashed(key, START);
  return (isRough(key) ? hash | 1 : hash & ~1) >>> 0;
}

/** The number of the key of a document itself (`pathKey`), of which there are most. */
export function pathKeyNumber(path: string): number {
  return (hashed(path, BEFORE_PATH) & ~1) >>> 0;
}

/** The number of the key of whether a document is there (`placeKey`). */
export function placeKeyNumber(path: string): number {
  return (hashed(path, BEFORE_PLACE) & ~1) >>> 0;
}

function hashed(text: string, start: number): number {
  let hash = start;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}

const START = 0x811c9dc5;
const BEFORE_PATH = hashed(pathKey(''), START);
const BEFORE_PLACE = hashed(placeKey(''), START);

/** Whether the number is of a rough key, as its last bit says. */
export function isRoughNumber(number: number): boolean {
  return (number & 1) === 1;
}

/** Numbers of keys, each once, in order. */
export function keyNumbers(keys: Iterable<string>): Uint32Array {
  const numbers = new Set<number>();
  for (const key of keys) numbers.add(keyNumber(key));
  return inOrder(numbers);
}

/** Numbers in order. */
export function inOrder(numbers: ReadonlySet<number>): Uint32Array {
  return Uint32Array.from(numbers).sort();
}

/**
 * Lists of numbers, one behind the other: ten thousand small ones take more memory for what is kept about each than for
 * the numbers.
 */
export function joined(lists: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
}

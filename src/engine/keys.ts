import { isRough } from '../model/offers.js';

/**
 * Keys of the model (`offers`, `pathKey`) as 32-bit numbers (FNV-1a over UTF-16 units, the last bit set for rough ones).
 * Two keys with one number only make a document be judged again that need not be.
 */
export function keyNumber(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return (isRough(key) ? hash | 1 : hash & ~1) >>> 0;
}

/** Whether the number is of a rough key, as its last bit says. */
export function isRoughNumber(number: number): boolean {
  return (number & 1) === 1;
}

/** Numbers of keys, each once, in order. */
export function keyNumbers(keys: Iterable<string>): Uint32Array {
  return Uint32Array.from(new Set(Array.from(keys, keyNumber))).sort();
}

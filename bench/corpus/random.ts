/** A seeded source of numbers: the same seed gives the same sequence on every machine. */
export interface Random {
  /** A number from 0 (inclusive) to 1 (exclusive). */
  readonly next: () => number;
  /** A whole number from `from` to `to`, both inclusive. */
  readonly between: (from: number, to: number) => number;
  readonly pick: <T>(values: readonly T[]) => T;
  /** Lower-case hex digits. */
  readonly hex: (digits: number) => string;
}

/** Mulberry32 (public domain, T. Ettinger): 32 bits of state, good enough to vary text. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const between = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  const word = () => between(0, 0xffffffff).toString(16).padStart(8, '0');
  return {
    next,
    between,
    pick: (values) => values[between(0, values.length - 1)]!,
    hex: (digits) =>
      Array.from({ length: Math.ceil(digits / 8) }, word)
        .join('')
        .slice(0, digits),
  };
}

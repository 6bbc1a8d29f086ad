const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000 };

/** Longest time that the server's settings hold. */
const LONGEST_MS = 2_147_483_647;

/** A limit such as `5s` in milliseconds; null for one that the server could not keep, or would take for none. */
export function milliseconds(duration: string): number | null {
  const [, amount, unit] = /^(\d+)(ms|s|min)$/.exec(duration) ?? [];
  const value = Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
  return value > 0 && value <= LONGEST_MS ? value : null;
}

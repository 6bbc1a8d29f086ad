/** A number with what it counts, as a cell of a table writes it: `1,000`, `2 rows`, `3600 s`, `no rows`. */
export interface Quantity {
  /** More than one where the text can be read in more than one way: `1,234` is a thousand, or little more than one. */
  readonly readings: readonly number[];
  /** In lower case and the singular; empty where nothing says what is counted. */
  readonly unit: string;
}

const WRITTEN =
  /^([-+]?)(\d(?:[\d.,_' ]*\d)?)(e[+-]?\d{1,2})?(?![\d.,_'])(?:\s*([a-z%µ][a-z%µ]*(?:[ /-][\w%µ/ -]*)?))?$/i;
const WORDS = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');
const WORD = new RegExp(`^(${WORDS.join('|')})(?:\\s+([a-z]+))?$`, 'i');
const NONE =
  /^\(?(?:none|no (rows|errors|failures|findings|violations|duplicates|records|mismatch(?:es)?|differences|warnings))\)?$/i;

/** Reads a text that is a number and what it counts; null where it is more, or none. */
export function quantityOf(text: string): Quantity | null {
  const [none, counted = ''] = NONE.exec(text) ?? [];
  if (none !== undefined) return { readings: [0], unit: singular(counted) };
  const [, word, of = ''] = WORD.exec(text) ?? [];
  if (word !== undefined) return { readings: [WORDS.indexOf(word.toLowerCase())], unit: singular(of) };
  const [, sign, digits, exponent = '', unit = ''] = WRITTEN.exec(text) ?? [];
  if (digits === undefined) return null;
  const readings = readingsOf(digits, unit !== '').map((one) => Number(`${sign}${one}${exponent}`));
  return readings.length > 0 ? { readings, unit: singular(unit) } : null;
}

const GROUPED = /^[1-9]\d{0,2}([,_' .])\d{3}(?:\1\d{3})*(?:(?!\1)[.,]\d+)?$/;

/** What digits with separators can mean; nothing where they are no number, as with leading zeros. */
function readingsOf(digits: string, hasUnit: boolean): string[] {
  const found: string[] = [];
  if (/^(?:0|[1-9]\d*)(?:[.,]\d+)?$/.test(digits)) found.push(digits.replace(',', '.'));
  const separator = GROUPED.exec(digits)?.[1];
  // `1.250 s` is a length of time to the millisecond.
  if (separator !== undefined && !(separator === '.' && hasUnit && found.length > 0))
    found.push(digits.split(separator).join('').replace(',', '.'));
  return found;
}

function singular(unit: string): string {
  const lower = unit.trim().toLowerCase();
  return /[^s]s$/.test(lower) && lower.length > 2 ? lower.slice(0, -1) : lower;
}

/** Units that can be converted: in milliseconds, and in powers of a thousand or of 1024 bytes. */
const TIME: Readonly<Record<string, number>> = {
  ms: 1,
  millisecond: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  week: 604_800_000,
};
const SIZE: Readonly<Record<string, number>> = {
  b: 0,
  byte: 0,
  kb: 1,
  kib: 1,
  mb: 2,
  mib: 2,
  gb: 3,
  gib: 3,
  tb: 4,
};

/** Whether a relation holds of two quantities, however they are read; null where they cannot be compared. */
export function holdsOf(
  one: Quantity,
  other: Quantity,
  relation: (one: number, other: number) => boolean,
): boolean | null {
  const [here, there] = aligned(one, other);
  const results = new Set(here.flatMap((x) => there.map((y) => relation(x, y))));
  return results.size === 1 ? results.has(true) : null;
}

/** Whether two quantities can be read as the same one. */
export function canBeEqual(one: Quantity, other: Quantity): boolean {
  const [here, there] = aligned(one, other);
  return here.some((x) => there.includes(x));
}

/** Readings in one unit; none where there is none. */
function aligned(one: Quantity, other: Quantity): [readonly number[], readonly number[]] {
  if (one.unit === other.unit) return [one.readings, other.readings];
  const both = [one.unit, other.unit];
  if (both.includes('')) {
    // What `5` beside `6000 ms` or `95 %` is to mean is not written; seconds and counts are what is left out.
    const unit = one.unit || other.unit;
    const clear = unit === 's' || (!Object.hasOwn(TIME, unit) && !Object.hasOwn(SIZE, unit) && unit !== '%');
    return clear ? [one.readings, other.readings] : [[], []];
  }
  if (both.every((unit) => Object.hasOwn(TIME, unit))) return [scaled(one, TIME), scaled(other, TIME)];
  if (both.every((unit) => Object.hasOwn(SIZE, unit))) return [sizes(one), sizes(other)];
  return [[], []];
}

function scaled({ readings, unit }: Quantity, scale: Readonly<Record<string, number>>): number[] {
  return readings.map((one) => rounded(one * scale[unit]!));
}

function sizes({ readings, unit }: Quantity): number[] {
  return readings.flatMap((one) => [rounded(one * 1000 ** SIZE[unit]!), rounded(one * 1024 ** SIZE[unit]!)]);
}

/** Without what binary fractions leave behind. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

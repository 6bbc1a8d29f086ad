/** A length of time in a text, with the offsets of its number and unit. */
export interface Duration {
  readonly seconds: number;
  /** What one step of its last digit is worth, in seconds. */
  readonly precision: number;
  readonly start: number;
  readonly end: number;
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  sec: 1,
  second: 1,
  min: 60,
  minute: 60,
  h: 3600,
  hour: 3600,
  day: 86_400,
};
const DURATION =
  /(?<![\w.:/-])(\d{1,12}(?:\.\d{1,9})?)\s*(ms|s|secs?|seconds?|mins?|minutes?|h|hours?|days?)\b(?![-:/])/gi;

/** Lengths of time that a text writes with their unit. */
export function durationsIn(text: string): Duration[] {
  return [...text.matchAll(DURATION)].map(({ 0: whole, 1: digits = '', 2: unit = '', index }) =>
    duration(digits, unit, index, index + whole.length),
  );
}

/** A bare number whose unit stands elsewhere, as in `age_seconds: 412`; null where the text is none. */
export function bareDuration(text: string, unit: string): Duration | null {
  const digits = /^\d{1,12}(?:\.\d{1,9})?(?![\w.:/-])/.exec(text)?.[0];
  return digits === undefined ? null : duration(digits, unit, 0, digits.length);
}

const KEYED =
  /\b\w{0,60}_(ms|s|secs?|seconds|mins?|minutes|h|hours|days)[`*_]*\s*[:=]\s*[`*_]*(\d{1,12}(?:\.\d{1,9})?)(?![\w.:/-])(?!\s*(?:ms|s|secs?|seconds?|mins?|minutes?|h|hours?|days?)\b)/gi;

/** Bare numbers behind a key that ends in their unit, as in `max_age_seconds: 3600`. */
export function keyedDurationsIn(text: string): Duration[] {
  return [...text.matchAll(KEYED)].map(({ 0: whole, 1: unit = '', 2: digits = '', index }) => {
    const end = index + whole.length;
    return duration(digits, unit, end - digits.length, end);
  });
}

function duration(digits: string, unit: string, start: number, end: number): Duration {
  const worth = UNITS[unit.toLowerCase()] ?? UNITS[unit.toLowerCase().replace(/s$/, '')] ?? 1;
  const decimals = digits.split('.')[1]?.length ?? 0;
  return { seconds: Number(digits) * worth, precision: worth / 10 ** decimals, start, end };
}

/** An instant in a text, with its offsets. */
export interface Instant {
  readonly milliseconds: number;
  /** Whether it says its zone; only instants that both do, or both do not, can be put in order. */
  readonly isZoned: boolean;
  readonly precision: number;
  readonly start: number;
  readonly end: number;
}

const INSTANT =
  /(?<![\w-])\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.(\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?(?!\w|:\d)/g;

/** Instants that a text writes as date and time, to the minute or closer, with a zone or all without. */
export function instantsIn(text: string): Instant[] {
  return [...text.matchAll(INSTANT)].flatMap(({ 0: whole, 1: decimals = '', 2: written, index }) => {
    const zone = written ?? 'Z';
    const offset = zone.replace(
      /^([+-]\d\d):?(\d\d)?$/,
      (_, hours, minutes) => `${hours}:${minutes ?? '00'}`,
    );
    const toMinute = !/^.{16}:/.test(whole);
    const local = whole.slice(0, toMinute ? 16 : 19).replace(' ', 'T');
    const milliseconds = Date.parse(`${local}${offset}`);
    if (Number.isNaN(milliseconds)) return [];
    const fraction = Number(`0.${decimals === '' ? 0 : decimals}`) * 1000;
    return [
      {
        milliseconds: milliseconds + fraction,
        isZoned: written !== undefined,
        precision: toMinute ? 60 : 1 / 10 ** decimals.length,
        start: index,
        end: index + whole.length,
      },
    ];
  });
}

/** Seconds as a text says them: `412 s`. */
export function shownSeconds(seconds: number): string {
  return `${Number(seconds.toFixed(3))} s`;
}

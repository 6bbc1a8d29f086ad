import { instantsIn } from './durations.js';
import { canBeEqual, holdsOf, quantityOf } from './quantities.js';

/** Whether two texts are the same value, or the same number, boolean or instant in another spelling. */
export function isSameValue(one: string, other: string): boolean {
  if (one === other) return true;
  const [here, there] = [quantityOf(one), quantityOf(other)];
  if (here && there) return canBeEqual(here, there);
  const truth = booleanOf(one);
  if (truth !== null) return truth === booleanOf(other);
  const [then, now] = [instantOf(one), instantOf(other)];
  return then !== null && then === now;
}

/** The same value, also where case, quotes or hyphens differ. */
export function isSame(one: string, other: string): boolean {
  return isSameValue(one, other) || folded(one) === folded(other);
}

/**
 * Whether two texts are values of one kind, and different ones: two numbers of one unit, two booleans, two identifiers, two
 * texts of the same form. False wherever a person would have to think about it.
 */
export function areDifferent(expected: string, observed: string): boolean {
  if (isSame(expected, observed)) return false;
  const [bound, seen] = [quantityOf(expected), quantityOf(observed)];
  if (bound && seen) {
    // A server of version 15 says that it is 15.18.
    const version = /^\d{2}$/.test(expected) && observed.startsWith(`${expected}.`);
    return !version && holdsOf(seen, bound, (x, y) => x === y) === false;
  }
  const plain = bound !== null || booleanOf(expected) !== null;
  if (LEFT_OPEN.test(observed)) return isPlain(expected) && !bound?.readings.includes(0);
  if (/^null$/i.test(expected) || /^null$/i.test(observed))
    return plain || seen !== null || booleanOf(observed) !== null;
  if (plain || seen || booleanOf(observed) !== null)
    return booleanOf(expected) !== null && booleanOf(observed) !== null;
  return haveOtherParts(expected, observed);
}

/** Where the observed value should stand, and does not. */
const LEFT_OPEN = /^(?:|[-–—?]|n\/a|tbd|todo|unknown|pending|not (?:run|measured|checked|available))$/i;

function isPlain(text: string): boolean {
  return quantityOf(text) !== null || (/^\S+$/.test(text) && !STATES.has(folded(text)));
}

function folded(text: string): string {
  return text
    .toLowerCase()
    .replace(/["'`“”‘’«»]/g, '')
    .replace(/(?<=\p{L})-(?=\p{L})/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

const TRUE = new Set(['t', 'true', 'yes', 'y', 'on']);
const FALSE = new Set(['f', 'false', 'no', 'n', 'off']);

function booleanOf(text: string): boolean | null {
  const lower = text.toLowerCase();
  return TRUE.has(lower) ? true : FALSE.has(lower) ? false : null;
}

function instantOf(text: string): number | null {
  const [instant, second] = instantsIn(text);
  return instant && !second && instant.start === 0 && instant.end === text.length
    ? instant.milliseconds
    : null;
}

/** Words of a state: they may be said of the same thing in many ways, and only yes and no are certainly different. */
const STATES = new Map([
  ...'present exists exist existing there found available visible ok okay pass passed success succeeded done valid clean ready running active enabled unchanged'
    .split(' ')
    .map((word) => [word, true] as const),
  ...'absent missing gone removed dropped deleted fail failed failure error down invalid inactive disabled changed'
    .split(' ')
    .map((word) => [word, false] as const),
]);
/** Words that carry no value. */
const FILLERS = new Set(
  'a an the one is was are were be been all each every any some of in on at by for with and or per to it its'.split(
    ' ',
  ),
);
/** Names of one type. */
const TYPES: Readonly<Record<string, string>> = {
  int: 'integer',
  int4: 'integer',
  int8: 'bigint',
  int2: 'smallint',
  bool: 'boolean',
  float8: 'double',
  float4: 'real',
  decimal: 'numeric',
};

/** Texts of the same form, at least half of whose parts are the same, and whose others are different values. */
function haveOtherParts(expected: string, observed: string): boolean {
  const [here, there] = [partsOf(expected), partsOf(observed)];
  if (here.length !== there.length || here.toSorted().join(' ') === there.toSorted().join(' ')) return false;
  if (here.length === 1) return areOtherWords(here[0]!, there[0]!);
  const others = here.flatMap((part, index) =>
    part === there[index] ? [] : [[part, there[index]!] as const],
  );
  if (others.length * 2 > here.length) return false;
  return others.every(([one, other]) => {
    if (FILLERS.has(one) || FILLERS.has(other) || isSame(one, other)) return false;
    const numbers = [one, other].filter((part) => /^\d+$/.test(part)).length;
    return numbers === 2 || (numbers === 0 && areOtherWords(one, other));
  });
}

function partsOf(text: string): string[] {
  return folded(text)
    .split(/[\s()[\]{},;:=]+/)
    .filter((part) => part !== '')
    .map((part) => TYPES[part] ?? part);
}

function areOtherWords(one: string, other: string): boolean {
  if (ABBREVIATED.test(one) || ABBREVIATED.test(other)) return false;
  const [state, otherState] = [STATES.get(one), STATES.get(other)];
  if (state !== undefined || otherState !== undefined)
    return state !== undefined && otherState !== undefined && state !== otherState;
  // A name with its schema, and without it.
  if (one.endsWith(`.${other}`) || other.endsWith(`.${one}`)) return false;
  return !(isWord(one) && isWord(other) && areOfOneStem(one, other));
}

/** A part that stands for others: `15.x`, `a1b2…`, `<name>`, `a/b`. */
const ABBREVIATED = /…|\.\.\.|[*<>|/]|(?:^|\.)[xn](?:\.|$)/;

function isWord(text: string): boolean {
  return /^\p{L}{3,}$/u.test(text);
}

/** `success` and `succeeded`, `unique` and `uniqueness`. */
function areOfOneStem(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  let shared = 0;
  while (shared < short.length && short[shared] === long[shared]) shared++;
  return shared === short.length || (shared >= 5 && shared * 2 > long.length);
}

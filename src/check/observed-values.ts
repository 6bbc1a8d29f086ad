import { areDifferent, isSame, isSameValue } from './plain-values.js';
import { holdsOf, type Quantity, quantityOf } from './quantities.js';

/**
 * Whether an observed value is what was expected, as the cells of a table write the two. False only where the two are
 * plainly comparable and plainly different: what is said of it is an error that a table cannot suppress. Null where that
 * cannot be told.
 * @param exactly in a generated report, where both are values that the tool wrote: what is written in another way is another
 */
export function meets(expected: string, observed: string, exactly = false): boolean | null {
  const [wanted, seen] = [expected, observed].map(exactly ? spaced : tidied) as [string, string];
  return judge(wanted, seen, exactly);
}

function judge(expected: string, observed: string, exactly: boolean): boolean | null {
  if (exactly ? isSameValue(expected, observed) : isSame(expected, observed)) return true;
  if (NOT_EMPTY.test(expected)) return EMPTY.test(observed) ? false : null;
  if (EMPTY.test(expected) && !exactly) return EMPTY.test(observed) ? true : null;
  if (NOT_NULL.test(expected) && /^null$/i.test(observed)) return false;
  if (OPEN.test(expected)) return null;
  const wanted =
    inRange(expected, observed) ??
    aroundValue(expected, observed) ??
    comparison(expected, observed, exactly) ??
    severalComparisons(expected, observed, exactly) ??
    alternatives(expected, observed, exactly);
  if (wanted) return wanted.met;
  if (exactly) return false;
  return areDifferent(expected, observed) && !isPartOf(expected, observed) ? false : null;
}

function spaced(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** What an expectation of one form says of the observed value; the form decides alone. */
interface Judged {
  readonly met: boolean | null;
}

/** One spelling of blanks and minus signs, without footnotes, quotes around the whole, and signs of approval. */
function tidied(text: string): string {
  const plain = text
    .replace(/\[\^[^\]]*\]|\s\[\d+\]$/g, '')
    .replace(/\s*[✓✔✅☑]\uFE0F?\s*/gu, ' ')
    .replace(/[,;]?\s*\(?as expected\)?$/i, (words, start: number) => (start === 0 ? words : ''))
    .replace(/−/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
  return /^(["'])([^"']*)\1$/.exec(plain)?.[2] ?? plain;
}

/** Words with which an expectation leaves open what would meet it, or names another value. */
const OPEN =
  /^(?:[-–—?]?|[~≈].*|n\/a|tbd|info(?:rmational)?|not (?:applicable|checked)|(?:about|approx\S*|roughly|any|some|see)\b.*|<[a-z][^>]*>|(?:=+ ?|equal to )?(?:the )?(?:baseline|pre|prior|previous|same|unchanged|as before|as in)\b.*)$/i;
const EMPTY = /^(?:|\(?empty\)?)$/i;
const NOT_EMPTY = /^(?:non-?empty|not empty)$/i;
const NOT_NULL = /^(?:non-?null|not null|is not null)$/i;

/** `1..10`, `1-10`, `between 1 and 10`, `1 to 10 s`. */
function inRange(expected: string, observed: string): Judged | null {
  const [, low, high] =
    /^between (\S.*?) and (\S.*)$/i.exec(expected) ??
    /^(?:from )?(\S+(?: [a-z%]+)?)\s*(?:\.\.|…|–|—|\bto\b)\s*(\S.*)$/i.exec(expected) ??
    /^(\d[\d.,]*)\s*-\s*(\d[\d.,]*(?: ?[a-z%]+)?)$/i.exec(expected) ??
    [];
  const bounds = [quantityOf(low ?? ''), quantityOf(high ?? '')];
  const [from, to] = bounds;
  if (!from || !to) return null;
  const least = from.unit === '' ? { ...from, unit: to.unit } : from;
  return within(quantityOf(observed), least, to);
}

function within(seen: Quantity | null, least: Quantity, most: Quantity): Judged {
  if (!seen) return { met: null };
  const above = holdsOf(seen, least, (x, y) => x >= y);
  const below = holdsOf(seen, most, (x, y) => x <= y);
  if (above === false || below === false) return { met: false };
  return { met: above && below };
}

/** `5 ± 1`, `100 +/- 5 %`. */
function aroundValue(expected: string, observed: string): Judged | null {
  const [, middle, around] = /^(.+?)\s*(?:±|\+\/-|\+-)\s*(.+)$/.exec(expected) ?? [];
  if (middle === undefined) return null;
  const [center, distance] = [quantityOf(middle), quantityOf(around ?? '')];
  const [at, by] = [center?.readings, distance?.readings];
  if (at?.length !== 1 || by?.length !== 1) return null;
  const isShare = distance!.unit === '%' && center!.unit !== '%';
  const unit = center!.unit || (isShare ? '' : distance!.unit);
  if (!isShare && distance!.unit !== '' && distance!.unit !== unit) return { met: null };
  const width = isShare ? Math.abs(at[0]! * by[0]!) / 100 : by[0]!;
  const bound = (number: number) => ({ readings: [Number(number.toPrecision(12))], unit });
  return within(quantityOf(observed), bound(at[0]! - width), bound(at[0]! + width));
}

type Sign = '<=' | '>=' | '<' | '>' | '=' | '!=';
const RELATIONS: Readonly<Record<Sign, (seen: number, bound: number) => boolean>> = {
  '<=': (seen, bound) => seen <= bound,
  '>=': (seen, bound) => seen >= bound,
  '<': (seen, bound) => seen < bound,
  '>': (seen, bound) => seen > bound,
  '=': (seen, bound) => seen === bound,
  '!=': (seen, bound) => seen !== bound,
};
/** How comparisons begin; the longer words first. */
const BEGINS: readonly (readonly [RegExp, Sign])[] = [
  [
    /^(?:<=|=<|≤|at most|up to|(?:no|not) (?:more|longer|older|greater) than|not over|(?:less|fewer) than or equal to|max(?:imum|\.|:)?(?: of)?(?=[\s\d]))/i,
    '<=',
  ],
  [
    /^(?:>=|=>|≥|at least|(?:no|not) (?:less|fewer) than|(?:more|greater) than or equal to|min(?:imum|\.|:)?(?: of)?(?=[\s\d]))/i,
    '>=',
  ],
  [/^(?:<>|!=|≠|not equal to|other than|not\b)/i, '!='],
  [/^(?:<|(?:less|fewer) than|below\b|under\b)/i, '<'],
  [/^(?:>|(?:more|greater) than|above\b|over\b)/i, '>'],
  [/^(?:==?|exactly\b|precisely\b|equals\b|equal to\b)/i, '='],
];
const ENDS: readonly (readonly [RegExp, Sign])[] = [
  [/(?: or (?:less|fewer|lower|below)| max(?:imum|\.)?| at most)$/i, '<='],
  [/(?:\+| or (?:more|greater|higher|above|later)| minimum| at least)$/i, '>='],
];

function compared(expected: string): { sign: Sign; operand: string } | null {
  if (/^non-?zero$/i.test(expected)) return { sign: '!=', operand: '0' };
  for (const [words, sign] of [...BEGINS, ...ENDS])
    if (words.test(expected)) return { sign, operand: expected.replace(words, '').trim() };
  return null;
}

function comparison(expected: string, observed: string, exactly: boolean): Judged | null {
  const { sign, operand } = compared(expected) ?? {};
  if (sign === undefined || operand === undefined || operand === '' || SEVERAL.test(operand)) return null;
  if (sign === '=') return { met: judge(operand, observed, exactly) };
  const [bound, seen] = [quantityOf(operand), quantityOf(observed)];
  if (!bound) {
    if (sign === '!=' && isSameValue(operand, observed)) return { met: false };
    // `NOT VALID` is no comparison, and `<= baseline` is one that cannot be told.
    return /^[<>=!≤≥≠]/.test(expected) ? { met: null } : null;
  }
  const met = seen && holdsOf(seen, bound, RELATIONS[sign]);
  return { met: met === false && areVersions(operand, observed) ? null : met };
}

/** Of versions, 15.18 is later than 15.9. */
function areVersions(one: string, other: string): boolean {
  const minors = [one, other].map((text) => /^[1-9]\d*\.(\d+)$/.exec(text)?.[1]?.length);
  return minors.every((digits) => digits !== undefined) && minors[0] !== minors[1];
}

const SEVERAL = /,(?=\s*[<>=≤≥!a-z])|\band\b|&&/i;

/** `> 0 and < 10`: each has to hold. */
function severalComparisons(expected: string, observed: string, exactly: boolean): Judged | null {
  const parts = expected.split(/\s*(?:,|\band\b|&&)\s*/i);
  if (parts.length < 2 || !parts.every((part) => compared(part))) return null;
  const met = parts.map((part) => comparison(part, observed, exactly)?.met ?? null);
  if (met.includes(false)) return { met: false };
  return { met: met.includes(null) ? null : true };
}

/** `200 or 204`, `A / B`: one of them. What the tool writes has no alternatives, but `|` between columns. */
function alternatives(expected: string, observed: string, exactly: boolean): Judged | null {
  const parts = expected.split(exactly ? / or / : /,? or | \/ |\s*\|{1,2}\s*/i);
  const areValues = parts.every((part) => quantityOf(part) || (!exactly && /^\S+$/.test(part)));
  if (parts.length < 2 || !areValues) return null;
  const met = parts.map((part) => judge(part, observed, exactly));
  if (met.includes(true)) return { met: true };
  return { met: met.includes(null) ? null : false };
}

/** A value with a remark beside it: `200 OK`, `owner: app`, `5, as they should be`. */
function isPartOf(expected: string, observed: string): boolean {
  if (quantityOf(expected) && quantityOf(observed)) return false;
  const [here, there] = [expected, observed].map(
    (text) =>
      ` ${text
        .toLowerCase()
        .split(/[\s,;:()"'=]+/)
        .filter(Boolean)
        .join(' ')} `,
  );
  return (
    here !== there &&
    here!.trim() !== '' &&
    there!.trim() !== '' &&
    (here!.includes(there!) || there!.includes(here!))
  );
}

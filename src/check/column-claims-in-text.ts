import type { Candidate, Trial } from './column-candidate.js';
import { type NameWord, nameWords } from './table-names.js';

const MARK = '[`*_"\')\\]]*';
/** What may stand between a table's name and its number: `= 13 columns`, `has exactly 13 columns`, `(12 columns`. */
const BETWEEN = new RegExp(
  `^${MARK}\\s*(?:[=:(]|—|–|has|had|have|with|must have|should have|contains)\\s*(?:(?:exactly|now|still|all)\\s+)?[*\`_]*$`,
);
/** `12 columns in NAME`, `all 12 columns of NAME`. */
const BEFORE = /^\s+(?:in|of)\s+(?:the\s+)?(?:table\s+)?[`*_"']*$/;
/** A number of columns that stands for all of them: what follows must not single some of them out. */
const COUNT = /(?<![\p{L}\p{N}_.,+\-−–/])(\d{1,4})[`*_]*(?:\s+|-)(?:columns?|cols)(?![\p{L}\p{N}_])/gu;
const CLAUSE_END = /^[`*_"']*\s*(?:$|[.,;:()|\]}—–=/]|(?:and|but|in total|now|afterwards|altogether)\b)/;
const PARTIAL =
  /\b(?:add(?:s|ed|ing)?|new|more|drop(?:s|ped)?|alter(?:s|ed)?|change[sd]?|of|the first|the last)\s*$/i;
const DENIED = /\b(?:not|never|no longer)\b|n't\b/gi;

/** A candidate of a text, with the offsets of its number. */
interface TextCandidate {
  readonly count: number;
  readonly start: number;
  readonly end: number;
  readonly naming: Candidate['naming'];
}

/** Numbers of columns in one line or one value, each with the words beside it that may name the table. */
export function candidatesInText(text: string): TextCandidate[] {
  if (!text.includes('col')) return [];
  const counts = [...text.matchAll(COUNT)];
  if (counts.length === 0) return [];
  const words = nameWords(text);
  const denied = denials(text);
  return counts.flatMap((match) => {
    const start = match.index;
    const after = start + match[0].length;
    const naming = {
      kind: 'beside' as const,
      before: trialsBefore(words, text, start, after),
      after: trialsAfter(words, text, start, after),
    };
    if (naming.before.length + naming.after.length === 0 || denied(start)) return [];
    return [{ count: Number(match[1]), start, end: start + match[1]!.length, naming }];
  });
}

/** The nearest known table before the number counts, if what stands between them is a claim. */
function trialsBefore(words: readonly NameWord[], text: string, start: number, after: number): Trial[] {
  if (!CLAUSE_END.test(text.slice(after))) return [];
  const first = firstFrom(words, start - FAR);
  const near = words.slice(first, firstFrom(words, start)).reverse();
  return upToLastFit(near, ({ end }) => BETWEEN.test(text.slice(end, start)));
}

/** The nearest known table behind the number counts, if what stands between them is a claim. */
function trialsAfter(words: readonly NameWord[], text: string, start: number, after: number): Trial[] {
  const before = text.slice(Math.max(0, start - FAR), start);
  if (PARTIAL.test(before)) return [];
  const first = firstFrom(words, after);
  const near = words.slice(first, firstFrom(words, after + FAR));
  return upToLastFit(near, (word) => {
    const between = text.slice(after, word.start);
    // "3 columns of T" are some of them; "all 3 columns of T" are all.
    const whole = !between.trim().startsWith('of') || /\b(?:all|the|exactly)\s+[*`_]*$/i.test(before);
    return BEFORE.test(between) && whole && CLAUSE_END.test(text.slice(word.end));
  });
}

/** No claim has its table's name further away; only blanks could fill more. */
const FAR = 80;

/** A word that is a table and does not fit ends the search; words beyond the last that fits are not needed. */
function upToLastFit(words: readonly NameWord[], fits: (word: NameWord) => boolean): Trial[] {
  const trials = words.map((word): Trial => [word.name, fits(word)]);
  return trials.slice(0, trials.findLastIndex(([, fit]) => fit) + 1);
}

/** Index of the first word that starts at an offset or behind it. */
function firstFrom(words: readonly { readonly start: number }[], offset: number): number {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[middle]!.start < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Tells whether the clause up to an offset says that something is not so. */
function denials(text: string): (offset: number) => boolean {
  const places = (pattern: RegExp) => [...text.matchAll(pattern)].map(({ index }) => ({ start: index }));
  const denied = places(DENIED);
  const ends = places(/[.;|](?=\s)/g);
  const lastBefore = (list: readonly { readonly start: number }[], offset: number) =>
    list[firstFrom(list, offset) - 1]?.start ?? -1;
  return (offset) => {
    const end = /[;|]/.test(text[offset - 1] ?? '') ? offset - 1 : lastBefore(ends, offset);
    return lastBefore(denied, offset) > end;
  };
}

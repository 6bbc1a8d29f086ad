import type { Range } from '../base/position.js';
import type { Cell } from '../parse/document.js';
import { type Duration, durationsIn, keyedDurationsIn, shownSeconds } from './durations.js';
import type { Finding } from './rule.js';

/** A piece of text with the place of its offsets. */
export interface Piece {
  readonly text: string;
  place(from: number, to: number): Range;
}

/** A line of prose. */
export function ofLine(line: number, text: string): Piece {
  const place = (from: number, to: number) => ({
    start: { line, column: from + 1 },
    end: { line, column: to + 1 },
  });
  return { text, place };
}

/** Emphasis or escapes make a cell longer than its text; it is then shown as a whole. */
export function ofCell({ text, position }: Cell): Piece {
  const { start, end } = position;
  const exact = end.column - start.column === text.length;
  const place = (from: number, to: number) =>
    exact
      ? {
          start: { line: start.line, column: start.column + from },
          end: { line: start.line, column: start.column + to },
        }
      : position;
  return { text, place };
}

/** A length of time with its place. */
export interface Placed {
  readonly duration: Duration;
  readonly position: Range;
}

const LIMIT_BEFORE =
  /(?:<=|≤|\bat most|\bnot older than|\blimit(?: is| of)?:?|(?<![A-Za-z])max(?:imum)?(?:[ _]age(?:_\w+)?)?(?:\s*[:=])?)\s*$/i;
/** Marks of emphasis and code, which may stand around a key. */
export const MARKS = /[*`]|__/g;
const AGE_BEFORE =
  /(?<![A-Za-z])(?:age|aged|took|lasted|elapsed|duration)(?:_\w+)?`?\s*(?:of|was|is|[:=])?\s*$/i;

/** Lengths of time in the pieces of a line or row, told apart by the words around them. */
export function told(pieces: readonly Piece[], what: 'age' | 'limit'): Placed[] {
  return pieces.flatMap(({ text, place }) =>
    [...durationsIn(text), ...keyedDurationsIn(text)].flatMap((duration) => {
      const before = text.slice(Math.max(0, duration.start - 60), duration.start).replace(MARKS, '');
      const limit = LIMIT_BEFORE.test(before);
      const age = !limit && (AGE_BEFORE.test(before) || /^ old\b/.test(text.slice(duration.end)));
      const found = what === 'limit' ? limit : age;
      return found ? [{ duration, position: place(duration.start, duration.end) }] : [];
    }),
  );
}

/** Words that say themselves that the age was too much, or that do not speak of this run. */
export const DENIED =
  /\b(?:FAIL(?:ED)?|den(?:y|ies|ied)|refuse[sd]?|stops?|stopped|too old|expired|if|would|must|should)\b/i;

/** What is wrong where an age is more than it may be. */
export function tooOld(age: Placed, limit: Placed): Finding[] {
  if (age.duration.seconds <= limit.duration.seconds) return [];
  return [
    {
      message: `an age of ${shownSeconds(age.duration.seconds)} where at most ${shownSeconds(limit.duration.seconds)} are allowed`,
      position: age.position,
      expected: `at most ${shownSeconds(limit.duration.seconds)}`,
      observed: shownSeconds(age.duration.seconds),
      help: 'correct the age, or say that the gate denied',
    },
  ];
}

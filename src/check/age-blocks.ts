import type { Range } from '../base/position.js';
import type { DocumentIndex, ProseLine } from '../parse/document.js';
import { DENIED, type Piece, type Placed, tooOld } from './age-pieces.js';
import { compare, outOfOrder } from './age-spans.js';
import { bareDuration, type Duration, durationsIn, instantsIn } from './durations.js';
import type { Finding } from './rule.js';

/** A `key: value` line as people write them: also in a list, in bold, with a key of several words. */
interface KeyedLine extends Piece {
  /** In lower case, its words joined by `_`. */
  readonly key: string;
  readonly line: number;
}

const KEYED_LINE =
  /^\s*(?:[-*+]\s+|\d{1,9}[.)]\s+)?(\*\*|__|`|)([A-Za-z][\w ]{0,60}?)(?: \([^)]{0,60}\))?(?::\1|\1\s*:)\s+[*`]*(\S.*)$/;

/** Blocks of `key: value` lines without a gap. @param lines of prose outside of tables */
export function keyedBlocks(lines: readonly ProseLine[]): KeyedLine[][] {
  const blocks: KeyedLine[][] = [];
  for (const { line, text } of lines) {
    const [, , key, value] = (text.includes(':') && KEYED_LINE.exec(text)) || [];
    if (key === undefined || value === undefined) continue;
    const one = {
      key: key.trim().toLowerCase().replaceAll(' ', '_'),
      line,
      ...behind({ line, column: text.length - value.length + 1 }, value),
    };
    const last = blocks.at(-1);
    if (last?.at(-1)?.line === line - 1) last.push(one);
    else blocks.push([one]);
  }
  return blocks;
}

/** The scalars of front matter, which are one block whatever their order. */
export function headerBlock({ header }: DocumentIndex): KeyedLine[] {
  if (header?.origin !== 'front-matter') return [];
  return header.values.map(({ path, value, position }) => {
    const { start } = position;
    return { key: path, line: start.line, ...behind(start, value), place: () => position };
  });
}

function behind({ line, column }: Range['start'], text: string): Piece {
  const at = (offset: number) => ({ line, column: column + offset });
  return { text, place: (from, to) => ({ start: at(from), end: at(to) }) };
}

const START_KEY = /(?:^|_)(?:start|started|began|taken|start_ts|started_at|taken_at|epoch)$/;
const END_KEY =
  /(?:^|_)(?:end|ended|finished|done|completed|checked|(?:ended|finished|done|completed|checked)_at)$/;
const LENGTH_KEY = /^(?!.*(?:max|min_|limit|allowed)).*(?:^|_)(?:age|duration|elapsed|took)(?:_|$)/;
const KEY_UNIT = /_(ms|s|secs?|seconds|min|minutes|hours)$/;
const AGE_KEY = /(?:^|_)age(?:_|$)/;
const LIMIT_KEY = /(?:^|_)(?:max(?:imum)?_age|age_limit|allowed_age)(?:_|$)/;

/** One start, one end and one length; one age and one limit. @param lines of one block */
export function lengthsInBlock(lines: readonly KeyedLine[]): Finding[] {
  const lengths = lines.filter(({ key }) => LENGTH_KEY.test(key));
  if (lengths.length !== 1) return [];
  const said = lengthOf(lengths[0]!);
  if (!said) return [];
  const limits = lines.filter(({ key }) => LIMIT_KEY.test(key)).map(lengthOf);
  const isAge = AGE_KEY.test(lengths[0]!.key) && !lines.some(({ text }) => DENIED.test(text));
  if (isAge && limits.length === 1 && limits[0]) return tooOld(said, limits[0]);
  const starts = lines.filter(({ key }) => START_KEY.test(key)).map(({ text }) => instantsIn(text));
  const ends = lines.filter(({ key }) => END_KEY.test(key)).map(({ text }) => instantsIn(text));
  const [[from, ...moreFrom] = [], [to, ...moreTo] = []] = [starts[0], ends[0]];
  if (starts.length !== 1 || ends.length !== 1 || moreFrom.length + moreTo.length > 0) return [];
  return from && to ? compare(said.duration, said.position, from, to) : [];
}

/** The length at the beginning of a value, whose unit may stand in the key. */
function lengthOf({ key, text, place }: KeyedLine): Placed | null {
  const limit = /^(?:<=|≤|at most)\s*/i.exec(text)?.[0].length ?? 0;
  const written = durationsIn(text)[0];
  const said: Duration | null =
    written ?? (limit === 0 ? bareDuration(text, KEY_UNIT.exec(key)?.[1] ?? '') : null);
  if (!said || said.start > limit) return null;
  return { duration: said, position: place(said.start, said.end) };
}

const BEGUN = /(?:^|[_.])(?:start|started|began|begun)(?:_at)?$/;
const ENDED = /(?:^|[_.])(?:end|ended|finished|completed)(?:_at)?$/;

/** An end before its start: `run_started` and `run_finished`, of which there is one each. @param lines of one block */
export function timesInBlock(lines: readonly KeyedLine[], path: string): Finding[] {
  const of = (what: RegExp, subject: string) =>
    lines.filter(({ key }) => what.test(key) && key.replace(what, '') === subject);
  return lines.flatMap((start) => {
    if (!BEGUN.test(start.key)) return [];
    const subject = start.key.replace(BEGUN, '');
    const [end, ...others] = of(ENDED, subject);
    if (!end || others.length > 0 || of(BEGUN, subject).length > 1) return [];
    return outOfOrder(start, end, path);
  });
}

import type { Mention, MentionKind } from './document.js';
import { Sign } from './line-signs.js';
import type { SourceText } from './source-text.js';

const PATH_RUN = /[\p{L}\p{N}_.*~@+/-]+/gu;
/** An address of another place (`https://host/a/b.md`): what looks like a path in it is none of this repository's. */
const ADDRESS = /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:\/\/[^\s<>"'`|),;\]]+/gi;
const PATH_GOES_ON = /^[\p{L}\p{N}_/-]/u;
const DIGEST = /(?<![0-9A-Za-z])[0-9a-fA-F]{64}(?![0-9A-Za-z])/g;
const ABBREVIATED = /(?<![0-9A-Za-z])[0-9a-f]{6,16}(?:…|\.\.\.)(?:[0-9a-f]{4,16})?(?![0-9A-Za-z…])/g;
/** Ids of the protocol (`C-06`, `G-02`), of checks (`PF-3`, `V-14en`, `V-PROD-SYS`, `D-03`) and bindings (`N1`). */
const ID =
  /(?<![\p{L}\p{N}_/-]|(?<!\.)\.)(?:(?:C|G|PF|V|D)-(?:\d+[a-z]*|[A-Z]{2,}(?:-[A-Z]{2,})*)|N\d{1,2})(?![\p{L}\p{N}_-]|\.\d|\.md)/gu;
const SECTION = /§\d+(?:\.\d+)*/g;

const PATTERNS: readonly (readonly [MentionKind, RegExp, number])[] = [
  ['digest', DIGEST, Sign.digest],
  ['abbreviated-digest', ABBREVIATED, Sign.abbreviation],
  ['id', ID, Sign.id],
  ['section', SECTION, Sign.section],
];

const ANY_MENTION = Sign.path | Sign.digest | Sign.abbreviation | Sign.id | Sign.section;

/** Where a piece of text stands, for the mentions found in it. */
export interface MentionPlace {
  readonly in: Mention['in'];
  readonly key: string | null;
}

/**
 * Finds what a piece of source text names. @param offset UTF-16 offset of `text` in the source
 * @param signs what the text may hold (`Sign`)
 */
export function findMentions(
  source: SourceText,
  text: string,
  offset: number,
  place: MentionPlace,
  signs: number,
  found: Mention[],
): void {
  if ((signs & ANY_MENTION) === 0) return;
  if (signs & Sign.path) {
    for (const { path, index } of findPaths(withoutAddresses(text))) {
      const from = offset + index;
      const beside = revisionBeside(text, index, path.length);
      found.push({
        kind: 'path',
        value: path,
        position: source.range(from, from + path.length),
        key: place.key,
        in: place.in,
        revision: beside && text.slice(beside.from, beside.to),
        revisionPosition: beside && source.range(offset + beside.from, offset + beside.to),
      });
    }
  }
  for (const [kind, pattern, sign] of PATTERNS) {
    if ((signs & sign) === 0) continue;
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      const value = match[0];
      const position = source.range(offset + match.index, offset + match.index + value.length);
      found.push({
        kind,
        value,
        position,
        key: place.key,
        in: place.in,
        revision: null,
        revisionPosition: null,
      });
    }
  }
}

/** The text with spaces where addresses stand. */
function withoutAddresses(text: string): string {
  return text.includes('://') ? text.replace(ADDRESS, (address) => ' '.repeat(address.length)) : text;
}

/**
 * Paths to Markdown documents in a piece of text, such as a link's destination: the same ones that `findMentions`
 * finds in it.
 */
export function pathsIn(text: string): string[] {
  return Array.from(findPaths(text), ({ path }) => path);
}

/**
 * Paths to Markdown documents: at least one `/`, ending in `.md`, `*` allowed. Which of them lie in the corpus is
 * for the model to say; parsing stays a function of the file alone. They are cut out of runs of path characters,
 * as one pattern for a path takes quadratic time on a long word.
 */
function* findPaths(text: string): Generator<{ path: string; index: number }> {
  for (const run of text.matchAll(PATH_RUN)) {
    for (const piece of run[0].matchAll(/[^/]+(?:\/+[^/]+)*\/?/g)) {
      const path = longestPath(piece[0]);
      if (path !== null) yield { path, index: run.index + piece.index };
    }
  }
}

function longestPath(text: string): string | null {
  const folder = text.indexOf('/');
  if (folder < 0) return null;
  for (let at = text.lastIndexOf('.md'); at > folder; at = text.lastIndexOf('.md', at - 1)) {
    if (!PATH_GOES_ON.test(text.slice(at + 3, at + 5))) return text.slice(0, at + 3);
  }
  return null;
}

/** How far from a path its revision may stand, in characters. */
const BESIDE = 40;

/** `path (r2)`, or `name (r2): path`: where the text says which revision the path has. */
function revisionBeside(text: string, index: number, length: number): { from: number; to: number } | null {
  const end = index + length;
  const after = /^[`)\]"']*\s*\((r\d+)\)/.exec(text.slice(end, end + BESIDE));
  if (after) return { from: end + after[0].length - 1 - after[1]!.length, to: end + after[0].length - 1 };
  const start = Math.max(0, index - BESIDE);
  const before = /\((r\d+)\)\s*:\s*[`("']*$/.exec(text.slice(start, index));
  return before && { from: start + before.index + 1, to: start + before.index + 1 + before[1]!.length };
}

import type { Mention, MentionKind } from './document.js';
import { Sign } from './line-signs.js';
import { findPaths, type Span } from './paths.js';
import type { SourceText } from './source-text.js';

/** An address of another place (`https://host/a/b.md`): what looks like a path in it is none of this repository's. */
const ADDRESS = /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:\/\/[^\s<>"'`|),;\]]+/gi;
const DIGEST = /(?<![0-9A-Za-z])[0-9a-fA-F]{64}(?![0-9A-Za-z])/g;
const ABBREVIATED =
  /(?<![0-9A-Za-z])[0-9a-f]{6,63}(?:(?:…|\.\.\.|&hellip;)(?:[0-9a-f]{4,63})?|[ \u00a0](?:…|\.\.\.|&hellip;)[ \u00a0][0-9a-f]{4,63})(?![0-9a-z…])/gi;
/** How an id begins: a pattern without Unicode properties is much faster to look for. */
const ID_START = /(?:[CGVD]|PF)[-‑][\dA-Z]|N\d/g;
/** Ids of the protocol (`C-06`, `G-02`), of checks (`PF-3`, `V-14en`, `V-PROD-SYS`, `D-03`) and bindings (`N1`), also in `_emphasis_`. */
const ID =
  /(?<=(?<![\p{L}\p{N}_/-])_{1,3}|(?<![\p{L}\p{N}_/-]|(?<!\.)\.))(?:(?:C|G|PF|V|D)[-‑](?:\d+[a-z]*|[A-Z]{2,}(?:[-‑][A-Z]{2,})*)|N\d{1,2})(?!_{0,3}[\p{L}\p{N}-]|_{4}|\.\d|\.md)/uy;
const SECTION = /§[ \u00a0\u2009\u202f]?\d+(?:\.\d+)*/g;

/** What a text without a mention has none of. */
export const ANY_MENTION = Sign.path | Sign.digest | Sign.abbreviation | Sign.id | Sign.section;

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
  const piece = { source, text, offset, place, found };
  if (signs & Sign.path) addPaths(piece);
  if (signs & Sign.digest) addMatches(piece, 'digest', DIGEST);
  if (signs & Sign.abbreviation) addMatches(piece, 'abbreviated-digest', ABBREVIATED);
  if (signs & Sign.id) addIds(piece);
  if (signs & Sign.section) addMatches(piece, 'section', SECTION);
}

interface Piece {
  readonly source: SourceText;
  readonly text: string;
  readonly offset: number;
  readonly place: MentionPlace;
  readonly found: Mention[];
}

function addPaths(piece: Piece): void {
  for (const { from, to } of findPaths(withoutAddresses(piece.text)))
    add(
      piece,
      'path',
      from,
      to,
      revisionBeside(piece.source.text, piece.offset + from, piece.offset + to, piece.offset),
    );
}

function addMatches(piece: Piece, kind: MentionKind, pattern: RegExp): void {
  pattern.lastIndex = 0;
  for (let match = pattern.exec(piece.text); match; match = pattern.exec(piece.text))
    add(piece, kind, match.index, pattern.lastIndex, null);
}

function addIds(piece: Piece): void {
  const { text } = piece;
  ID_START.lastIndex = 0;
  for (let start = ID_START.exec(text); start; start = ID_START.exec(text)) {
    const { index } = start;
    ID.lastIndex = index;
    const isId = ID.test(text);
    ID_START.lastIndex = isId ? ID.lastIndex : index + 1;
    if (isId) add(piece, 'id', index, ID.lastIndex, null);
  }
}

function add(
  { source, text, offset, place, found }: Piece,
  kind: MentionKind,
  from: number,
  to: number,
  /** In the source. */
  beside: Span | null,
): void {
  found.push({
    kind,
    value: plain(kind, text.slice(from, to)),
    position: source.range(offset + from, offset + to),
    key: place.key,
    in: place.in,
    revision: beside && source.text.slice(beside.from, beside.to),
    revisionPosition: beside && source.range(beside.from, beside.to),
  });
}

/** A value as others write it: ids and sections may be kept on one line by their hyphen or blank (`C‑06`, `§ 7`). */
function plain(kind: MentionKind, written: string): string {
  if (kind === 'path') return written.normalize('NFC');
  if (kind === 'section') return written.replace(/^§\s/, '§');
  return kind === 'id' ? written.replaceAll('‑', '-') : written;
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
  return findPaths(text).map(({ from, to }) => text.slice(from, to));
}

/** How far from a path its revision may stand, in characters. */
const BESIDE = 40;

const BEHIND =
  /^[`)\]"'*_~]*[^\S\r\n]*(?:\r?\n[ \t>]*)?[`*_]{0,3}\((?:[Rr]ev(?:ision|\.)?\s)?[`*_]{0,3}(r\d+)(?=[`*_]{0,3}[),;])/;

/** Where the revision stands that follows a name: `(r2)`, `` (`r2`) ``, `(r2, 2026-01-01)`, `(rev r2)`, also on the next line. */
export function revisionBehind(text: string, from: number): Span | null {
  const behind = text.slice(from, from + BESIDE);
  const after = behind.includes('(') ? BEHIND.exec(behind) : null;
  if (!after) return null;
  const to = from + after[0].length;
  return { from: to - after[1]!.length, to };
}

/** `path (r2)`, or `name (r2): path`: where the source says which revision the path has. */
function revisionBeside(source: string, from: number, to: number, lineStart: number): Span | null {
  const behind = revisionBehind(source, to);
  if (behind) return behind;
  const start = Math.max(lineStart, from - BESIDE);
  const ahead = source.slice(start, from);
  const before = ahead.includes('(r') ? /\((r\d+)\)\s*:\s*[`("'*_~]*$/.exec(ahead) : null;
  return before && { from: start + before.index + 1, to: start + before.index + 1 + before[1]!.length };
}

/** Where something stands in a piece of text. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const SUFFIX = '.md';

/**
 * Paths to Markdown documents: at least one `/`, ending in `.md`, `*` allowed. Which of them lie in the corpus is
 * for the model to say; parsing stays a function of the file alone. Only what stands around `.md` is looked at:
 * the run of path characters, of which the path is the longest part that no word or folder follows.
 */
export function findPaths(text: string): Span[] {
  const found: Span[] = [];
  let end = 0;
  let folder = -1;
  for (let at = text.indexOf(SUFFIX); at >= 0; at = text.indexOf(SUFFIX, end)) {
    let from = runStart(text, at);
    end = runEnd(text, at + SUFFIX.length);
    while (text.charCodeAt(from) === 47) from += 1;
    if (folder < from) folder = text.indexOf('/', from);
    if (folder < 0) break;
    const to = folder < end ? pathEnd(text, folder, end) : -1;
    if (to < 0) continue;
    if (OPENING[text.charCodeAt(from)] === 1) from = nameStart(text, from, to);
    if (text.lastIndexOf('/', to) >= from) found.push({ from, to });
  }
  return found;
}

/** Where the longest path of a run ends, negative where there is none. @param folder offset of its first `/` */
function pathEnd(text: string, folder: number, end: number): number {
  const last = end - SUFFIX.length;
  for (let at = text.lastIndexOf(SUFFIX, last); at > folder; at = text.lastIndexOf(SUFFIX, at - 1)) {
    const to = at + SUFFIX.length;
    if (!goesOn(text, to)) return to;
  }
  return -1;
}

/** Whether a name goes on at an offset: `_` at the end of a word ends emphasis. */
function goesOn(text: string, from: number): boolean {
  let at = from;
  while (text.charCodeAt(at) === 95) at += 1;
  return ASCII[text.charCodeAt(at)] === NAME || letterSize(text, at) > 0;
}

/** What can stand before a path: marks of emphasis, and `./`. */
const OPENING = new Uint8Array(128);
for (const sign of '.*_~') OPENING[sign.charCodeAt(0)] = 1;

/**
 * Where the path itself starts behind marks of emphasis and `./`. A name may begin with `_` or `~`: only where the same
 * marks stand behind the path they are none of it. `*` before a name is emphasis, and before `/` or `.` a wildcard.
 */
function nameStart(text: string, from: number, to: number): number {
  let start = from;
  while (isMark(text.charCodeAt(start))) start += 1;
  const relative = text.startsWith('./', start);
  const next = text.charCodeAt(start);
  if (!relative && (next === 47 || next === 46)) return from;
  // `**`, `~~` and what stands before them are no beginning of a name.
  const opening = text.slice(from, start);
  const certain = from + /^(?:.*(?:\*|~~))?/.exec(opening)![0].length;
  let name = start;
  for (let back = start - 1, ahead = to; back >= certain; back--, ahead++)
    if (text[back] !== text[ahead]) name = certain;
  const inFolder = relative && name === start && text.lastIndexOf('/', to) > start + 1;
  return inFolder ? start + 2 : name;
}

/** `*`, `_` and `~`. */
function isMark(code: number): boolean {
  return code === 42 || code === 95 || code === 126;
}

/** Marks are part of decomposed letters; those that only say how a sign before them looks are none of a name. */
const LETTER = /[\p{L}\p{N}]|(?![\uFE00-\uFE0F\u20E3])\p{M}/u;

/** Kinds of ASCII characters: in no path, in a path, in a path and going on with a name. */
const OTHER = 1;
const NAME = 2;
const ASCII = new Uint8Array(128);
for (let code = 0; code < 128; code++) if (/[\w/-]/.test(String.fromCharCode(code))) ASCII[code] = NAME;
for (const sign of '.*~@+') ASCII[sign.charCodeAt(0)] = OTHER;

/** Where the run of path characters ends that goes on at an offset. */
function runEnd(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    const size = code < 128 ? Math.min(1, ASCII[code]!) : letterSize(text, at);
    if (size === 0) return at;
    at += size;
  }
}

/** Where the run of path characters starts that goes on at an offset. */
function runStart(text: string, from: number): number {
  let at = from;
  while (at > 0) {
    const code = text.charCodeAt(at - 1);
    const width = code >= 0xdc00 && code <= 0xdfff ? 2 : 1;
    const size = code < 128 ? Math.min(1, ASCII[code]!) : letterSize(text, at - width);
    if (size !== width) return at;
    at -= size;
  }
  return at;
}

/** UTF-16 units of the letter or number at an offset, 0 where something else stands. */
function letterSize(text: string, at: number): number {
  const code = text.codePointAt(at);
  if (code === undefined || !LETTER.test(String.fromCodePoint(code))) return 0;
  return code > 0xffff ? 2 : 1;
}

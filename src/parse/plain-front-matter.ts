import type { Header, HeaderKey, HeaderScalar, HeaderValue } from './document.js';
import { FRONT_MATTER_LIMIT, type FrontMatterLines, UNSAFE_KEYS } from './front-matter-lines.js';
import type { SourceText } from './source-text.js';

const KEY = /([A-Za-z_][A-Za-z0-9_-]*):(?: +|$)/my;
/** Starts that can only be plain text; what is not listed may mean something to YAML. */
const PLAIN = /[\p{L}\p{N}_/.(+<$^~;=](?:[^:#\n]|:(?=\S)|(?<=\S)#)*/uy;
const QUOTED = /'[^'\n]*'|"[^"\\\n]*"/y;
/** A list of words on one line. */
const WORDS = /\[ ?(?:[A-Za-z0-9_](?: ?[A-Za-z0-9_./-])*(?:, ?[A-Za-z0-9_](?: ?[A-Za-z0-9_./-])*)*)? ?\]/y;
const WORD = /[A-Za-z0-9_](?: ?[A-Za-z0-9_./-])*/g;
const REST = /(?: +#.*| *)$/my;
/** Anything but printable characters, and the line end. */
const ODD = /[^\n -~\u00a1-\u061b\u061d-\u200d\u2010-\u2027\u202f-\u2065\u2070-\ufefe\uff00-\ufffd]/;
const DEPTH_LIMIT = 10;

/**
 * Reads the plain part of YAML that nearly all front matter keeps to: mappings and lists in block form, and scalars
 * on one line. Null where there is anything else, which a whole YAML reader has to judge; never a guess.
 */
export function readPlainFrontMatter(source: SourceText, lines: FrontMatterLines): Header | null {
  if (!lines.closed || lines.last < 3) return null;
  const start = source.lineStart(2);
  const end = source.lineStart(lines.last);
  // Three bytes at most for a UTF-16 unit.
  if ((end - start) * 3 > FRONT_MATTER_LIMIT) return null;
  if (ODD.test(source.text.slice(start, end))) return null;
  return new PlainReader(source, lines.last - 1).read(end);
}

/** Thrown away with the reading: this is for the YAML reader. */
const GIVE_UP = Symbol('give up');

class PlainReader {
  private readonly values: HeaderScalar[] = [];
  private readonly keys: HeaderKey[] = [];
  private readonly text: string;
  /** The line that is read, with its indentation; beyond `last` at the end. */
  private line = 1;
  private indent = -1;
  private depth = 0;

  constructor(
    private readonly source: SourceText,
    private readonly last: number,
  ) {
    this.text = source.text;
  }

  read(end: number): Header | null {
    try {
      this.nextLine();
      if (this.line > this.last || this.indent !== 0) return null;
      const data = this.readMapping('', 0, this.source.lineStart(this.line));
      if (this.line <= this.last) return null;
      const position = this.source.range(0, end + 3);
      return { origin: 'front-matter', position, data, values: this.values, keys: this.keys };
    } catch (error) {
      if (error === GIVE_UP) return null;
      throw error;
    }
  }

  /** Goes to the next line that is neither blank nor a comment. */
  private nextLine(): void {
    for (this.line += 1; this.line <= this.last; this.line++) {
      const start = this.source.lineStart(this.line);
      const end = this.source.lineEnd(this.line);
      let at = start;
      while (at < end && this.text.charCodeAt(at) === 32) at += 1;
      this.indent = at - start;
      if (at === end) continue;
      const code = this.text.charCodeAt(at);
      if (code !== 35) return;
      if (at > start) throw GIVE_UP;
    }
    this.indent = -1;
  }

  /** @param at offset of the first key, which may stand behind the dash of a list */
  private readMapping(path: string, indent: number, at: number): { [key: string]: HeaderValue } {
    const data: { [key: string]: HeaderValue } = {};
    for (let from = at; ; from = this.source.lineStart(this.line) + indent) {
      KEY.lastIndex = from;
      const name = KEY.exec(this.text)?.[1];
      if (name === undefined || Object.hasOwn(data, name) || UNSAFE_KEYS.has(name)) throw GIVE_UP;
      const child = path === '' ? name : `${path}.${name}`;
      this.keys.push({ path: child, position: this.place(from, from + name.length) });
      data[name] = this.readValue(child, indent, KEY.lastIndex, from + name.length + 1);
      if (this.indent !== indent || this.line > this.last || this.atDash(indent)) return data;
    }
  }

  private atDash(indent: number): boolean {
    return this.text.charCodeAt(this.source.lineStart(this.line) + indent) === 45;
  }

  /** The value behind a key: on its line, else in the lines below. @param colonEnd offset behind the colon */
  private readValue(path: string, indent: number, at: number, colonEnd: number): HeaderValue {
    if (at < this.source.lineEnd(this.line)) return this.readScalar(path, indent, at);
    if (at !== colonEnd) throw GIVE_UP;
    const empty = this.place(colonEnd, colonEnd);
    this.nextLine();
    if (this.line <= this.last && this.indent >= indent && this.atDash(this.indent))
      return this.readList(path);
    if (this.line <= this.last && this.indent > indent) {
      this.deeper();
      const data = this.readMapping(path, this.indent, this.source.lineStart(this.line) + this.indent);
      this.depth -= 1;
      return data;
    }
    this.values.push({ path, value: '', position: empty });
    this.ended = colonEnd;
    return '';
  }

  private deeper(): void {
    this.depth += 1;
    if (this.depth > DEPTH_LIMIT) throw GIVE_UP;
  }

  private readList(path: string): HeaderValue {
    this.deeper();
    const { indent } = this;
    const start = this.source.lineStart(this.line) + indent;
    const index = this.keys.push({ path, position: this.place(start, start) }) - 1;
    const items: HeaderValue[] = [];
    let end = start;
    while (this.line <= this.last && this.indent === indent && this.atDash(indent)) {
      items.push(this.readItem(`${path}.${items.length}`, indent));
      end = this.ended;
    }
    if (this.line <= this.last && this.indent > indent) throw GIVE_UP;
    this.keys[index] = { path, position: this.source.range(start, end) };
    this.depth -= 1;
    return items;
  }

  private readItem(path: string, indent: number): HeaderValue {
    const dash = this.source.lineStart(this.line) + indent;
    const at = dash + 2;
    if (this.text.charCodeAt(dash + 1) !== 32 || this.text.charCodeAt(at) === 32) throw GIVE_UP;
    KEY.lastIndex = at;
    if (KEY.test(this.text)) return this.readMapping(path, indent + 2, at);
    return this.readScalar(path, indent, at);
  }

  /** Where the last scalar's line ends, with its line end: what a list extends to. */
  private ended = 0;

  private readScalar(path: string, indent: number, at: number): HeaderValue {
    if (this.text.charCodeAt(at) === 91) return this.readWords(path, indent, at);
    const quote = this.text.charCodeAt(at) === 39 || this.text.charCodeAt(at) === 34;
    const pattern = quote ? QUOTED : PLAIN;
    pattern.lastIndex = at;
    const found = pattern.exec(this.text)?.[0].trimEnd();
    if (found === undefined) throw GIVE_UP;
    const end = at + found.length;
    REST.lastIndex = end;
    if (!REST.test(this.text)) throw GIVE_UP;
    const value = quote ? found.slice(1, -1) : found;
    this.values.push({ path, value, position: this.place(at, end) });
    this.endLine(indent);
    return value;
  }

  private readWords(path: string, indent: number, at: number): HeaderValue {
    WORDS.lastIndex = at;
    const found = WORDS.exec(this.text)?.[0];
    REST.lastIndex = WORDS.lastIndex;
    if (found === undefined || !REST.test(this.text)) throw GIVE_UP;
    this.keys.push({ path, position: this.place(at, at + found.length) });
    const words = [...found.matchAll(WORD)].map(({ 0: value, index }, number) => {
      const position = this.place(at + index, at + index + value.length);
      this.values.push({ path: `${path}.${number}`, value, position });
      return value;
    });
    this.endLine(indent);
    return words;
  }

  private endLine(indent: number): void {
    this.ended = this.source.lineStart(this.line + 1);
    this.nextLine();
    // It would go on in the next line.
    if (this.line <= this.last && this.indent > indent) throw GIVE_UP;
  }

  private place(start: number, end: number) {
    return this.source.rangeOnLine(this.line, start, end);
  }
}

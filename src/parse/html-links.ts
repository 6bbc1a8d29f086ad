import { leadsInside } from './blocks.js';
import type { Link } from './document.js';
import { readReference } from './fast/character-references.js';
import { TAG } from './fast/inline-html.js';
import type { SourceText } from './source-text.js';
import { findAnchors } from './tags.js';

/** The attribute of a tag that leads somewhere. */
const LEADING: Readonly<Record<string, string>> = { a: 'href', img: 'src' };
const ATTRIBUTE = /\s+([A-Za-z_:][A-Za-z0-9_.:-]*)(?:\s*=\s*(?:([^\s"'=<>`]+)|'([^']*)'|"([^"]*)"))?/dg;
/** What a tag holds that has an address, or another one in a value, or goes over lines. */
const MATTERS = /href|src|[\r\n]/i;

/** A link that is only shown, as an example of one or in a place that has none yet. */
const SWITCHED_OFF = /\saria-disabled\s*=\s*["']?true\b/i;

/** First characters, in lower case, of names of tags that hide, and of those that lead somewhere. */
const HIDES: ReadonlySet<number> = new Set([...'!st'].map((first) => first.charCodeAt(0)));
const LEADS: ReadonlySet<number> = new Set([...'ai'].map((first) => first.charCodeAt(0)));
/** What begins a piece of text that a browser does not show as it is. */
const HIDING = /<(?:!--|(script|style|textarea)(?=[\s>]))/iy;

/**
 * Links and images that are written in HTML, read line by line from front to back. Where the Markdown around a tag leaves a
 * doubt whether it is one, as between two backticks of a paragraph, it is taken for text.
 */
export class HtmlLinks {
  readonly links: Link[] = [];
  /** First line of the run of lines without a blank one that is being read, and its last line so far. */
  private first = 0;
  private last = -1;
  /** Offset up to which everything was read. */
  private read = 0;
  private around: { readonly first: number; readonly spans: readonly Span[] } = { first: 0, spans: [] };
  private along: { readonly line: number; readonly spans: readonly Span[] } = { line: 0, spans: [] };

  /** @param anchors takes the names of places in tags over several lines */
  constructor(
    private readonly source: SourceText,
    private readonly anchors: string[],
  ) {}

  /** Is told of each line of text that is not blank. */
  pass(line: number): void {
    if (line !== this.last + 1) this.first = line;
    this.last = line;
  }

  /** Reads the line that was passed last. */
  readLine(line: number): void {
    const { source } = this;
    const end = source.lineEnd(line);
    let at = source.text.indexOf('<', Math.max(source.lineStart(line), this.read));
    for (; at >= 0 && at < end; at = source.text.indexOf('<', Math.max(at + 1, this.read)))
      this.take(at, line);
  }

  private take(at: number, line: number): void {
    const { text } = this.source;
    // The letter in lower case; patterns are tried where one can match.
    const code = text.charCodeAt(at + 1) | 32;
    HIDING.lastIndex = at;
    const hiding = HIDES.has(code) ? HIDING.exec(text) : null;
    if (!hiding && !LEADS.has(code) && this.isPlain(at, line)) return;
    TAG.lastIndex = at;
    if (!hiding && !TAG.test(text)) return;
    const tag = text.slice(at, TAG.lastIndex);
    // Most tags lead nowhere, and then nobody has to know whether they are text.
    if (!hiding && !MATTERS.test(tag)) return;
    if (isEscaped(text, at) || this.isCode(at, line)) return;
    if (hiding) this.read = hidingEnd(text, at, hiding[1]);
    // A blank line ends what could hold the tag.
    else if (!/\n[ \t]*\n/.test(tag.replace(/\r\n?/g, '\n'))) this.takeTag(tag, at);
  }

  /** Whether a tag ends on its line, before there is another one. */
  private isPlain(at: number, line: number): boolean {
    const { text } = this.source;
    const next = text.indexOf('<', at + 1);
    const end = this.source.lineEnd(line);
    return text.slice(at, next < 0 || next > end ? end : next).includes('>');
  }

  private takeTag(tag: string, start: number): void {
    this.read = start + tag.length;
    this.takeAttributes(tag, start);
    if (/[\r\n]/.test(tag)) findAnchors(tag.replace(/[\r\n]/g, ' '), this.anchors);
  }

  private takeAttributes(tag: string, start: number): void {
    const name = /^<([A-Za-z]+)(?=[\s/>])/.exec(tag)?.[1]?.toLowerCase() ?? '';
    const leading = Object.hasOwn(LEADING, name) ? LEADING[name] : undefined;
    if (leading === undefined || SWITCHED_OFF.test(tag)) return;
    for (const { 1: attribute = '', indices } of tag.matchAll(ATTRIBUTE)) {
      if (attribute.toLowerCase() !== leading) continue;
      const place = indices?.[2] ?? indices?.[3] ?? indices?.[4];
      if (place) this.takeUrl(tag.slice(...place), start + place[0]);
      return;
    }
  }

  private takeUrl(written: string, start: number): void {
    const value = written.trim();
    const url = value.replace(/&(?:#\w{1,8}|\w{1,31});/g, (all) => readReference(all, 0)?.value ?? all);
    if (url === '' || /[\r\n]/.test(url) || !leadsInside(url)) return;
    const from = start + written.indexOf(value);
    this.links.push({ url, position: this.source.range(from, from + value.length) });
  }

  /** Whether an offset may lie in a code span, by the backticks of its line or by those of the lines around it. */
  private isCode(at: number, line: number): boolean {
    const { source, first } = this;
    if (this.around.first !== first) {
      let last = line;
      while (last < source.lineCount && source.line(last + 1).trim() !== '') last += 1;
      this.around = { first, spans: codeSpans(source.text, source.lineStart(first), source.lineEnd(last)) };
    }
    if (this.along.line !== line)
      this.along = { line, spans: codeSpans(source.text, source.lineStart(line), source.lineEnd(line)) };
    return holdsOffset(this.along.spans, at) || holdsOffset(this.around.spans, at);
  }
}

/** Where a comment, or an element of a name, ends; the end of the text where it does not. */
function hidingEnd(text: string, at: number, element: string | undefined): number {
  const closing = element === undefined ? /-->/g : new RegExp(`</${element}`, 'gi');
  closing.lastIndex = at + 4;
  return closing.test(text) ? closing.lastIndex : text.length;
}

/** Offsets of the first backtick and behind the last one. */
type Span = readonly [from: number, to: number];

function isEscaped(text: string, at: number): boolean {
  let from = at;
  while (text.charCodeAt(from - 1) === 92) from -= 1;
  return (at - from) % 2 === 1;
}

/** What lies between a run of backticks and the next one of the same length, in a piece of a text; in order. */
function codeSpans(text: string, start: number, end: number): Span[] {
  const piece = text.slice(start, end);
  if (!piece.includes('`')) return [];
  const runs = [...piece.matchAll(/`+/g)].map(({ 0: run, index }) => ({
    length: run.length,
    at: start + index,
  }));
  const closing: (number | undefined)[] = [];
  const next = new Map<number, number>();
  for (let index = runs.length - 1; index >= 0; index--) {
    closing[index] = next.get(runs[index]!.length);
    next.set(runs[index]!.length, index);
  }
  const spans: Span[] = [];
  for (let index = 0; index < runs.length; index++) {
    const [from, close] = [runs[index]!.at, closing[index]];
    if (close === undefined || isEscaped(text, from)) continue;
    spans.push([from, runs[close]!.at + runs[close]!.length]);
    index = close;
  }
  return spans;
}

function holdsOffset(spans: readonly Span[], at: number): boolean {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle]![0] <= at) low = middle + 1;
    else high = middle;
  }
  return low > 0 && at < spans[low - 1]![1];
}

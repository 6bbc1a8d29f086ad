import { readAutolinkLiteral } from './autolink-literal.js';
import { readReference } from './character-references.js';
import { Delimiter, type Piece, resolveDelimiters } from './delimiters.js';
import { readAngle } from './inline-html.js';
import { footnoteLabelEnd, labelEnd, normalizeLabel, readResource } from './link-parts.js';

/** What links and footnotes of a document can refer to, by normalized label. */
export interface References {
  readonly defined: ReadonlySet<string>;
  readonly footnotes: ReadonlySet<string>;
}

/** A link or image with its target as the author means it. Offsets in the text that was read. */
export interface InlineLink {
  readonly url: string;
  readonly start: number;
  readonly end: number;
}

/** What can be markup. */
const MARK = /[\\`*_~[\]<&!\n]/g;
/** What can be markup, or begin an address without an `@`. */
const MARK_OR_ADDRESS = /[\\`*_~[\]<&!\nhHwW]/g;

/** A `[` or `![` that may begin a link. */
interface Bracket {
  /** Its offset in the text, and which of the pieces it is. */
  readonly start: number;
  readonly index: number;
  readonly image: boolean;
}

/** Reads inline Markdown: its text without markup, and its links and images with their own targets. */
export function readInline(
  text: string,
  references: References,
  inTable = false,
): { text: string; links: InlineLink[] } {
  const reader = new InlineReader(text, references, inTable, true);
  reader.read();
  return { text: resolveDelimiters(reader.pieces, reader.firstStrike === true), links: reader.links };
}

/** The links and images of a text as `readInline` finds them, for half of the work. */
export function readInlineLinks(text: string, references: References): InlineLink[] {
  const reader = new InlineReader(text, references, false, false);
  reader.read();
  return reader.links;
}

class InlineReader {
  readonly pieces: Piece[] = [];
  readonly links: InlineLink[] = [];
  /** Brackets whose `]` was not seen yet. The first `inactive` of them lie around a link, so they begin none. */
  private readonly brackets: Bracket[] = [];
  private inactive = 0;
  /** Whether `~` was seen before `*` and `_`: what is seen first is resolved first. */
  firstStrike: boolean | null = null;
  private at = 0;
  /** Start of the text that was passed but not kept yet. */
  private kept = 0;
  /** Lengths of runs of backticks that nothing closes from here on. */
  private readonly unclosed = new Set<number>();
  private readonly unclosedTitles = new Set<number>();

  constructor(
    private readonly text: string,
    private readonly references: References,
    private readonly inTable: boolean,
    /** Whether pieces are kept; links do not depend on them. */
    private readonly keepsText: boolean,
  ) {}

  read(): void {
    const { text } = this;
    const email = text.includes('@');
    const literals = email || mayHoldAddress(text);
    const stops = literals ? MARK_OR_ADDRESS : MARK;
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at);
      if ((literals && this.takeLiteral(code)) || this.takeMarkup(code)) continue;
      this.at += 1;
      if (email) continue;
      stops.lastIndex = this.at;
      this.at = stops.test(text) ? stops.lastIndex - 1 : text.length;
    }
    let end = text.length;
    while (end > this.kept && isBlank(text.charCodeAt(end - 1))) end -= 1;
    this.keep(end);
  }

  /** Keeps the passed text up to `end`, and goes on at `next`. */
  private keep(end: number, next = end): void {
    if (this.keepsText && end > this.kept) this.pieces.push(this.text.slice(this.kept, end));
    this.kept = next;
    this.at = next;
  }

  private put(piece: Piece, next: number): true {
    this.keep(this.at, next);
    if (this.keepsText) this.pieces.push(piece);
    return true;
  }

  private takeMarkup(code: number): boolean {
    switch (code) {
      case 92:
        return this.takeEscape();
      case 38:
        return this.takeReference();
      case 96:
        return this.takeCode();
      case 60:
        return this.takeAngle();
      case 42:
      case 95:
      case 126:
        return this.takeDelimiter(code);
      case 33:
        return this.text.charCodeAt(this.at + 1) === 91 && this.openBracket(true);
      case 91:
        return this.takeFootnote() || this.openBracket(false);
      case 93:
        return this.takeBracketEnd();
      case 10:
        return this.takeLineEnd();
      default:
        return false;
    }
  }

  private takeEscape(): boolean {
    const next = this.text.charCodeAt(this.at + 1);
    if (next === 10) return this.put('', this.skipBlanks(this.at + 2));
    return isAsciiPunctuation(next) && this.put(this.text[this.at + 1]!, this.at + 2);
  }

  private takeReference(): boolean {
    const found = readReference(this.text, this.at);
    return found !== null && this.put(found.value, found.end);
  }

  private takeCode(): boolean {
    const { text, at } = this;
    let open = at;
    while (text.charCodeAt(open) === 96) open += 1;
    const size = open - at;
    const close = this.unclosed.has(size) ? -1 : closingRun(text, open, size);
    if (close < 0) {
      this.unclosed.add(size);
      this.at = open;
      return true;
    }
    if (!this.keepsText) return this.put('', close + size);
    let value = text.slice(open, close);
    if (/^[ \n]/.test(value) && /[ \n]$/.test(value) && /[^ \n]/.test(value)) value = value.slice(1, -1);
    if (this.inTable) value = value.replace(/\\([\\|])/g, (all, escaped) => (escaped === '|' ? '|' : all));
    return this.put(value, close + size);
  }

  private takeAngle(): boolean {
    const found = readAngle(this.text, this.at);
    return found !== null && this.put(found.text, found.end);
  }

  private takeDelimiter(marker: number): boolean {
    const { text, at } = this;
    let end = at;
    while (text.charCodeAt(end) === marker) end += 1;
    if (!this.keepsText || (marker === 126 && end - at > 2)) {
      this.at = end;
      return true;
    }
    this.firstStrike ??= marker === 126;
    return this.put(new Delimiter(text, at, end), end);
  }

  private takeLineEnd(): boolean {
    const { text, at } = this;
    let end = at;
    while (end > this.kept && isBlank(text.charCodeAt(end - 1))) end -= 1;
    const hard = at - end >= 2 && !text.slice(end, at).includes('\t');
    this.at = end;
    return this.put(hard ? '' : '\n', this.skipBlanks(at + 1));
  }

  private skipBlanks(from: number): number {
    let at = from;
    while (isBlank(this.text.charCodeAt(at))) at += 1;
    return at;
  }

  private takeFootnote(): boolean {
    const { text, at } = this;
    if (text.charCodeAt(at + 1) !== 94) return false;
    const close = footnoteLabelEnd(text, at, text.length);
    if (close < 0 || !isKnown(this.references.footnotes, text.slice(at + 2, close))) return false;
    return this.put('', close + 1);
  }

  private takeLiteral(code: number): boolean {
    const end = this.brackets.length > 0 ? -1 : readAutolinkLiteral(this.text, this.at, code);
    if (end < 0) return false;
    return this.put(this.text.slice(this.at, end), end);
  }

  private openBracket(image: boolean): true {
    const start = this.at;
    const mark = image ? '![' : '[';
    this.put(mark, start + mark.length);
    this.brackets.push({ start, index: this.pieces.length - 1, image });
    return true;
  }

  private takeBracketEnd(): boolean {
    const { at, pieces, brackets, links } = this;
    const open = brackets.pop();
    if (!open) return false;
    const found = !open.image && brackets.length < this.inactive ? null : this.linkEnd(open, at);
    this.inactive = Math.min(this.inactive, brackets.length);
    if (!found) return open.image && this.takeImageFootnote(open);
    this.keep(at, found.end);
    if (this.keepsText) {
      const inner = pieces.splice(open.index).slice(1);
      pieces.push(resolveDelimiters(inner, true));
    }
    // What stands in an image is its alternative text: links in it lead nowhere.
    if (open.image) while (links.length > 0 && links[links.length - 1]!.start > open.start) links.pop();
    else this.inactive = brackets.length;
    if (found.url !== null) links.push({ url: found.url, start: open.start, end: found.end });
    return true;
  }

  /** `![^a]` is no image but an exclamation mark before a footnote. */
  private takeImageFootnote(open: Bracket): boolean {
    if (this.text.charCodeAt(open.start + 2) !== 94) return false;
    if (!isKnown(this.references.footnotes, this.text.slice(open.start + 3, this.at))) return false;
    this.keep(this.at, this.at + 1);
    if (this.keepsText) this.pieces.splice(open.index, this.pieces.length, '!');
    return true;
  }

  /** Where the link ends whose `]` is at an offset; its target, null where it refers to a definition. */
  private linkEnd(open: Bracket, close: number): { url: string | null; end: number } | null {
    const { text } = this;
    const next = text.charCodeAt(close + 1);
    const resource = next === 40 ? readResource(text, close + 1, this.unclosedTitles) : null;
    if (resource) return resource;
    const from = open.start + (open.image ? 2 : 1);
    const { defined: known } = this.references;
    const defined = isKnown(known, text.slice(from, close));
    if (next !== 91) return defined ? { url: null, end: close + 1 } : null;
    const end = labelEnd(text, close + 1);
    if (end >= 0 && isKnown(known, text.slice(close + 2, end))) return { url: null, end: end + 1 };
    return defined && text.charCodeAt(close + 2) === 93 ? { url: null, end: close + 3 } : null;
  }
}

/** Whether an address without brackets may stand in a text that has no `@`. */
function mayHoldAddress(text: string): boolean {
  return text.includes('://') || /www\./i.test(text);
}

/** Whether a label is one of those known; what is longer than a label can be is not looked at. */
function isKnown(labels: ReadonlySet<string>, label: string): boolean {
  return labels.size > 0 && label.length <= 1000 && labels.has(normalizeLabel(label));
}

function closingRun(text: string, from: number, size: number): number {
  for (let at = text.indexOf('`', from); at >= 0; at = text.indexOf('`', at)) {
    const start = at;
    while (text.charCodeAt(at) === 96) at += 1;
    if (at - start === size) return start;
  }
  return -1;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

function isAsciiPunctuation(code: number): boolean {
  return (
    (code > 32 && code < 48) ||
    (code > 57 && code < 65) ||
    (code > 90 && code < 97) ||
    (code > 122 && code < 127)
  );
}

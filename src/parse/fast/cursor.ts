import type { SourceText } from '../source-text.js';

const SPACE = 32;
const TAB = 9;

/** A place in one line. Columns count tabs as up to four blanks, of which a container may take only some. */
export class Cursor {
  line = 0;
  /** Offset in UTF-16 units of the line's first character, and of its line end. */
  start = 0;
  end = 0;
  pos = 0;
  /** After `look`: offset of the first character that is no blank, and how many columns of blanks are before it. */
  first = 0;
  width = 0;
  private column = 0;
  private firstColumn = 0;
  /** Columns left of a tab that was taken in part. */
  private spare = 0;

  constructor(
    readonly source: SourceText,
    readonly text = source.text,
  ) {}

  /** Goes to the start of a line (1-based). */
  enter(line: number): void {
    this.line = line;
    this.start = this.source.lineStart(line);
    this.pos = this.start;
    this.end = this.source.lineEnd(line);
    this.column = 0;
    this.spare = 0;
  }

  /** Measures the blanks from here on. */
  look(): void {
    const { text, end } = this;
    let at = this.pos;
    let column = this.column;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === SPACE) column += 1;
      else if (code === TAB) column += 4 - (column & 3);
      else break;
    }
    this.first = at;
    this.firstColumn = column;
    this.width = column - this.column + this.spare;
  }

  /** Whether `look` found nothing but blanks. */
  get blank(): boolean {
    return this.first >= this.end;
  }

  /** Code of the first character that is no blank, NaN where there is none. */
  get next(): number {
    return this.first < this.end ? this.text.charCodeAt(this.first) : Number.NaN;
  }

  /** Takes the blanks that `look` found. */
  skipBlanks(): void {
    this.pos = this.first;
    this.column = this.firstColumn;
    this.spare = 0;
  }

  /** Takes so many characters, none of them a tab. */
  advance(characters: number): void {
    this.pos += characters;
    this.column += characters;
  }

  /** Takes up to so many columns of blanks. */
  takeBlanks(columns: number): void {
    let left = columns;
    const spare = Math.min(this.spare, left);
    this.spare -= spare;
    left -= spare;
    while (left > 0 && this.pos < this.end) {
      const code = this.text.charCodeAt(this.pos);
      if (code !== SPACE && code !== TAB) return;
      const width = code === TAB ? 4 - (this.column & 3) : 1;
      this.pos += 1;
      this.column += width;
      this.spare = Math.max(0, width - left);
      left -= width;
    }
  }
}

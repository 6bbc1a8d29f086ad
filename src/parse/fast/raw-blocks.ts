import type { CodeLines } from '../blocks.js';
import type { FenceShape } from '../fences.js';
import type { RawRow } from './tables.js';

/** Text of a paragraph or heading: the pieces of the lines that it stands on, the first one without blanks before it. */
export class InlineText {
  private readonly lines: number[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private table: number[] = [];

  add(line: number, start: number, end: number): void {
    this.lines.push(line);
    this.starts.push(start);
    this.ends.push(end);
  }

  get size(): number {
    return this.lines.length;
  }

  get firstLine(): number {
    return this.lines[0]!;
  }

  get firstStart(): number {
    return this.starts[0]!;
  }

  get lastStart(): number {
    return this.starts[this.starts.length - 1]!;
  }

  get lastEnd(): number {
    return this.ends[this.ends.length - 1]!;
  }

  /** Takes the last line off. */
  pop(): { line: number; end: number } {
    this.starts.pop();
    return { line: this.lines.pop()!, end: this.ends.pop()! };
  }

  /** The text with its lines joined by LF. */
  read(source: string): string {
    if (this.size === 1) return source.slice(this.starts[0], this.ends[0]);
    return this.starts.map((start, index) => source.slice(start, this.ends[index])).join('\n');
  }

  /** The text from an offset in `read` on; empty where nothing is left. */
  from(offset: number): InlineText {
    const rest = new InlineText();
    const before = this.offsets();
    for (const [index, start] of this.starts.entries()) {
      const from = start + Math.max(0, offset - before[index]!);
      if (from < this.ends[index]!) rest.add(this.lines[index]!, from, this.ends[index]!);
    }
    return rest;
  }

  /** Line and offset in the source of an offset in `read`. */
  place(offset: number): { line: number; offset: number } {
    const before = this.offsets();
    let low = 0;
    let high = this.size - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (before[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: this.lines[low]!, offset: this.starts[low]! + offset - before[low]! };
  }

  /** Offset in `read` of every line. */
  private offsets(): readonly number[] {
    if (this.table.length === this.size) return this.table;
    this.table = [];
    let offset = 0;
    for (const [index, start] of this.starts.entries()) {
      this.table.push(offset);
      offset += this.ends[index]! - start + 1;
    }
    return this.table;
  }
}

export interface RawHeading {
  readonly depth: number;
  readonly line: number;
  readonly start: number;
  readonly endLine: number;
  readonly end: number;
  readonly text: InlineText;
}

/** A link's target as written. Offsets in the source. */
export interface RawLink {
  readonly destination: string;
  readonly line: number;
  readonly start: number;
  readonly endLine: number;
  readonly end: number;
}

/** What the scanner of lines finds; inline text is not read yet. */
export class RawBlocks {
  readonly headings: RawHeading[] = [];
  readonly fences: FenceShape[] = [];
  readonly indented: CodeLines[] = [];
  readonly tables: RawRow[][] = [];
  /** Paragraphs that may hold a link. */
  readonly paragraphs: InlineText[] = [];
  readonly definitions: RawLink[] = [];
  /** Normalized labels of definitions, and of footnotes. */
  readonly defined = new Set<string>();
  readonly footnotes = new Set<string>();
}

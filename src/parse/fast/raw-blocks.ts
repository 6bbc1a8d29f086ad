import type { CodeLines } from '../blocks.js';
import type { FenceShape } from '../fences.js';
import type { RawRow } from './tables.js';

/** Text of a paragraph or heading: the pieces of the lines that it stands on, the first one without blanks before it. */
export class InlineText {
  /** Line, start and end of every piece: one list, as there is a text for every paragraph. */
  private readonly parts: number[] = [];
  private table: readonly number[] | null = null;

  add(line: number, start: number, end: number): void {
    this.parts.push(line, start, end);
  }

  get size(): number {
    return this.parts.length / 3;
  }

  get firstLine(): number {
    return this.parts[0]!;
  }

  get firstStart(): number {
    return this.parts[1]!;
  }

  get lastStart(): number {
    return this.parts[this.parts.length - 2]!;
  }

  get lastEnd(): number {
    return this.parts[this.parts.length - 1]!;
  }

  /** Takes the last line off. */
  pop(): { line: number; end: number } {
    const end = this.parts.pop()!;
    this.parts.pop();
    return { line: this.parts.pop()!, end };
  }

  /** The text with its lines joined by LF. */
  read(source: string): string {
    const { parts } = this;
    let text = source.slice(parts[1], parts[2]);
    for (let at = 3; at < parts.length; at += 3) text += `\n${source.slice(parts[at + 1], parts[at + 2])}`;
    return text;
  }

  /** The text from an offset in `read` on; empty where nothing is left. */
  from(offset: number): InlineText {
    const rest = new InlineText();
    const before = this.offsets();
    for (let index = 0; index < this.size; index++) {
      const from = this.startOf(index) + Math.max(0, offset - before[index]!);
      const end = this.parts[3 * index + 2]!;
      if (from < end) rest.add(this.lineOf(index), from, end);
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
    return { line: this.lineOf(low), offset: this.startOf(low) + offset - before[low]! };
  }

  private lineOf(index: number): number {
    return this.parts[3 * index]!;
  }

  private startOf(index: number): number {
    return this.parts[3 * index + 1]!;
  }

  /** Offset in `read` of every line. */
  private offsets(): readonly number[] {
    if (this.table?.length === this.size) return this.table;
    const table: number[] = [];
    let offset = 0;
    for (let index = 0; index < this.size; index++) {
      table.push(offset);
      offset += this.parts[3 * index + 2]! - this.startOf(index) + 1;
    }
    this.table = table;
    return table;
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

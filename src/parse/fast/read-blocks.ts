import type { Range } from '../../base/position.js';
import { type Blocks, type CodeLines, fenceLines, leadsInside } from '../blocks.js';
import type { Cell, Fence, Heading, Row, Table } from '../document.js';
import { readFence } from '../fences.js';
import type { SourceText } from '../source-text.js';
import { BlockScanner } from './block-scanner.js';
import { decodeText } from './character-references.js';
import { type InlineLink, readInline, readInlineLinks } from './inline.js';
import { hasMarkup } from './marks.js';
import { InlineText, type RawBlocks, type RawHeading } from './raw-blocks.js';
import { Slugs } from './slugs.js';
import { CellReader, type RawRow } from './tables.js';

/** The fast reader of Markdown: blocks by lines, inline text only where a fact needs it. @param first line to read from (1-based) */
export function readBlocks(source: SourceText, first: number): Blocks {
  const raw = new BlockScanner(source).scan(first);
  return new FactReader(source, raw).read();
}

interface PlacedLink {
  readonly url: string;
  readonly offset: number;
  readonly position: Range;
}

/** Turns what the scanner found into facts. */
class FactReader {
  private readonly links: PlacedLink[] = [];
  /** Offset of the next `](`, as paragraphs are read from front to back. */
  private nextTarget = -1;

  constructor(
    private readonly source: SourceText,
    private readonly raw: RawBlocks,
  ) {}

  read(): Blocks {
    const { source, raw } = this;
    for (const { destination, line, start, endLine, end } of raw.definitions)
      this.addLink(decodeText(destination), start, this.range(line, start, endLine, end));
    for (const text of raw.paragraphs) this.readLinks(text);
    const slugs = new Slugs();
    const headings = raw.headings.map((heading) => this.readHeading(heading, slugs));
    const tables = raw.tables.map((rows) => this.readTable(rows));
    const fences = raw.fences.map((shape) => readFence(source, shape));
    const links = this.links
      .sort((a, b) => a.offset - b.offset)
      .map(({ url, position }) => ({ url, position }));
    return { headings, fences, tables, links, code: this.readCode(fences), html: [] };
  }

  /** Every code block, in the order of lines, as fences and indented code are by themselves. */
  private readCode(fences: readonly Fence[]): CodeLines[] {
    const code = fences.map(fenceLines);
    const { indented } = this.raw;
    if (indented.length === 0) return code;
    for (const lines of indented) code.push(lines);
    return code.sort((a, b) => a.first - b.first);
  }

  private range(line: number, start: number, endLine: number, end: number): Range {
    const { source } = this;
    return {
      start: { line, column: start - source.lineStart(line) + 1 },
      end: { line: endLine, column: end - source.lineStart(endLine) + 1 },
    };
  }

  private addLink(url: string, offset: number, position: Range): void {
    if (leadsInside(url)) this.links.push({ url, offset, position });
  }

  /** Text of a heading or cell as a reader sees it; its links are kept on the way. */
  private readText(text: InlineText, inTable: boolean): string {
    const content = text.size === 0 ? '' : text.read(this.source.text);
    if (!hasMarkup(content)) return content;
    const inline = readInline(content, this.raw, inTable);
    this.placeLinks(text, inline.links);
    return inline.text;
  }

  private placeLinks(text: InlineText, links: readonly InlineLink[]): void {
    for (const { url, start, end } of links) {
      const from = text.place(start);
      const to = text.place(end);
      this.addLink(url, from.offset, this.range(from.line, from.offset, to.line, to.offset));
    }
  }

  /** Only links and images with their own targets are facts of a paragraph. */
  private readLinks(text: InlineText): void {
    if (this.nextTarget < text.firstStart) {
      const found = this.source.text.indexOf('](', text.firstStart);
      this.nextTarget = found < 0 ? Number.POSITIVE_INFINITY : found;
    }
    if (this.nextTarget >= text.lastEnd) return;
    const content = text.read(this.source.text);
    if (content.includes('](')) this.placeLinks(text, readInlineLinks(content, this.raw));
  }

  private readHeading({ depth, line, start, endLine, end, text }: RawHeading, slugs: Slugs): Heading {
    const content = this.readText(text, false);
    return {
      depth,
      text: content,
      slug: slugs.next(content),
      position: this.range(line, start, endLine, end),
    };
  }

  private readTable(rows: readonly RawRow[]): Table {
    const [header, delimiter, ...body] = rows;
    const last = body.at(-1) ?? delimiter!;
    return {
      header: this.readRow(header!),
      rows: body.map((row) => this.readRow(row)),
      position: this.range(header!.line, header!.start, last.line, last.end),
    };
  }

  private readRow(row: RawRow): Row {
    const { line, start, end } = row;
    const cells: Cell[] = [];
    const cell = new CellReader(this.source.text, row);
    while (cell.next()) cells.push(this.readCell(line, cell));
    return { cells, position: this.source.rangeOnLine(line, start, end) };
  }

  private readCell(line: number, { start, end, from, to, marked }: CellReader): Cell {
    if (from === to) return { text: '', position: this.source.rangeOnLine(line, start, end) };
    const position = this.source.rangeOnLine(line, from, to);
    if (!marked) return { text: this.source.text.slice(from, to), position };
    const text = new InlineText();
    text.add(line, from, to);
    return { text: this.readText(text, true), position };
  }
}

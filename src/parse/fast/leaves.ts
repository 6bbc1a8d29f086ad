import type { Cursor } from './cursor.js';
import { readDefinitions } from './definitions.js';
import { endsHtml, type HtmlKind, htmlKind } from './html-blocks.js';
import {
  closesFence,
  fenceLength,
  headingDepth,
  isThematicBreak,
  trimBack,
  trimFront,
  underlineDepth,
} from './line-shapes.js';
import { InlineText, RawBlocks } from './raw-blocks.js';
import { delimiterCells, isHeaderRow, type RawRow } from './tables.js';

/** The open block that holds no blocks, if any. */
type Leaf =
  | { readonly kind: 'paragraph'; readonly text: InlineText; headerLine: boolean }
  | {
      readonly kind: 'fence';
      readonly line: number;
      readonly start: number;
      readonly marker: number;
      readonly length: number;
      readonly rootChild: boolean;
    }
  | { readonly kind: 'html'; readonly type: HtmlKind }
  | { readonly kind: 'indented'; readonly first: number; last: number }
  | { readonly kind: 'table'; readonly rows: RawRow[] };

/** Reads blocks that hold no blocks: what is left of a line behind the marks of its containers. */
export class LeafReader {
  readonly blocks = new RawBlocks();
  private leaf: Leaf | null = null;

  constructor(private readonly cursor: Cursor) {}

  get kind(): Leaf['kind'] | null {
    return this.leaf?.kind ?? null;
  }

  /** Whether the line is a lone tag below a paragraph. */
  get interruptedByTag(): boolean {
    const { text, first, end } = this.cursor;
    return (
      this.leaf?.kind === 'paragraph' &&
      text.charCodeAt(first) === 60 &&
      htmlKind(text.slice(first, end), false) === 7
    );
  }

  /** Whether the line goes on with the open leaf. */
  continues(lazy: boolean): boolean {
    const { cursor, leaf } = this;
    if (!leaf) return false;
    const { text, first, end } = cursor;
    switch (leaf.kind) {
      case 'fence':
        if (lazy) return false;
        if (cursor.width < 4 && closesFence(text, first, end, leaf.marker, leaf.length)) {
          this.addFence(leaf, cursor.line - 1, true);
          this.leaf = null;
        }
        return true;
      case 'html':
        if (lazy || (leaf.type > 5 && cursor.blank)) return false;
        if (endsHtml(leaf.type, text.slice(first, end), false)) this.leaf = null;
        return true;
      case 'indented':
        if (lazy || (!cursor.blank && cursor.width < 4)) return false;
        if (cursor.width > 3) leaf.last = cursor.line;
        return true;
      case 'paragraph':
        return this.continueParagraph(leaf, lazy);
      case 'table':
        return false;
    }
  }

  private continueParagraph(leaf: Leaf & { kind: 'paragraph' }, lazy: boolean): boolean {
    const { cursor } = this;
    const { text, first, end } = cursor;
    if (cursor.blank) return false;
    const indented = cursor.width > 3;
    if (!indented) {
      if (interruptsParagraph(text, first, end, lazy)) return false;
      if (!lazy) {
        if (this.makeTable(leaf)) return true;
        const depth = underlineDepth(text, first, end);
        if (depth !== 0) return this.makeHeading(leaf, depth);
      }
    }
    leaf.headerLine = !indented;
    // Blanks at its start count where code or HTML goes on over lines.
    leaf.text.add(cursor.line, leaf.text.size === 0 ? first : cursor.pos, end);
    return true;
  }

  /** Makes the paragraph's last line a table's header, if this line is the delimiter row below it. */
  private makeTable(leaf: Leaf & { kind: 'paragraph' }): boolean {
    const { text, first, end } = this.cursor;
    const columns = leaf.headerLine ? delimiterCells(text, first, end) : 0;
    if (columns === 0) return false;
    const start = trimFront(text, leaf.text.lastStart, leaf.text.lastEnd);
    if (!isHeaderRow(text, start, leaf.text.lastEnd, columns)) return false;
    const header = leaf.text.pop();
    this.close(header.line - 1);
    // Like the reference reader: a header that is a lone tag ends the paragraph, but then begins HTML and no table.
    if (htmlKind(text.slice(start, header.end), false) === 7) {
      this.leaf = { kind: 'html', type: 7 };
      return true;
    }
    const rows = [
      { line: header.line, start, end: header.end },
      { line: this.cursor.line, start: first, end },
    ];
    this.leaf = { kind: 'table', rows };
    return true;
  }

  /** The line underlines the paragraph; not if nothing but definitions is there. */
  private makeHeading(leaf: Leaf & { kind: 'paragraph' }, depth: 1 | 2): boolean {
    const { cursor } = this;
    const rest = this.takeDefinitions(leaf.text);
    this.leaf = null;
    if (rest.size === 0) return false;
    // Like the reference reader: from where the paragraph began, before its definitions.
    const start = { line: leaf.text.firstLine, start: leaf.text.firstStart };
    this.blocks.headings.push({ depth, ...start, endLine: cursor.line, end: cursor.end, text: rest });
    return true;
  }

  /** Opens a leaf, or goes on with a table. @param atRoot in no container @param lazy outside of the containers above */
  open(atRoot: boolean, lazy: boolean): void {
    const { cursor } = this;
    const table = this.leaf?.kind === 'table' ? this.leaf : null;
    const { first, end, line } = cursor;
    if (cursor.blank || cursor.width > 3) {
      this.close(line - 1);
      if (!cursor.blank) this.leaf = { kind: 'indented', first: line, last: line };
      // Like the reference reader: code that begins outside of the containers above ends with its line.
      if (lazy) this.close(line);
      return;
    }
    const opened = this.openMarked(atRoot);
    if (opened !== undefined) {
      if (table) this.blocks.tables.push(table.rows);
      this.leaf = opened;
    } else if (table) table.rows.push({ line, start: first, end });
    else {
      const content = new InlineText();
      content.add(line, first, end);
      this.leaf = { kind: 'paragraph', text: content, headerLine: true };
    }
  }

  /** The leaf that the line's first characters open; null for one of this line alone, undefined for none. */
  private openMarked(atRoot: boolean): Leaf | null | undefined {
    const { text, first, end, line } = this.cursor;
    const code = text.charCodeAt(first);
    if (code === 35) {
      const depth = headingDepth(text, first, end);
      if (depth === 0) return undefined;
      this.addHeading(depth);
      return null;
    }
    if (code === 96 || code === 126) {
      const length = fenceLength(text, first, end);
      if (length === 0) return undefined;
      return { kind: 'fence', line, start: first, marker: code, length, rootChild: atRoot };
    }
    if (code === 60) {
      const opening = text.slice(first, end);
      const type = htmlKind(opening, false);
      if (type === 0) return undefined;
      return endsHtml(type, opening, true) ? null : { kind: 'html', type };
    }
    return isThematicBreak(text, first, end) ? null : undefined;
  }

  private addHeading(depth: number): void {
    const { text, first, end, line } = this.cursor;
    const last = trimBack(text, first, end);
    const from = trimFront(text, first + depth, last);
    let to = last;
    while (to > from && text.charCodeAt(to - 1) === 35) to -= 1;
    if (to > from && to < last && trimBack(text, from, to) === to) to = last;
    const content = new InlineText();
    content.add(line, from, trimBack(text, from, to));
    this.blocks.headings.push({ depth, line, start: first, endLine: line, end, text: content });
  }

  private addFence(leaf: Leaf & { kind: 'fence' }, lastLine: number, closed: boolean): void {
    const { line, start, rootChild } = leaf;
    this.blocks.fences.push({ line, start, lastLine, closed, rootChild });
  }

  /** Ends the open leaf. @param lastLine the line before the one that ends it */
  close(lastLine: number): void {
    const { leaf } = this;
    this.leaf = null;
    if (!leaf) return;
    if (leaf.kind === 'paragraph') {
      const rest = leaf.text.size > 0 ? this.takeDefinitions(leaf.text) : leaf.text;
      if (rest.size > 0) this.blocks.paragraphs.push(rest);
    } else if (leaf.kind === 'fence') this.addFence(leaf, lastLine, false);
    else if (leaf.kind === 'indented')
      this.blocks.indented.push({ first: leaf.first, last: leaf.last, language: null, closed: false });
    else if (leaf.kind === 'table') this.blocks.tables.push(leaf.rows);
  }

  /** Takes the definitions off that a paragraph begins with. */
  private takeDefinitions(text: InlineText): InlineText {
    const source = this.cursor.text;
    if (source.charCodeAt(text.firstStart) !== 91) return text;
    const content = text.read(source);
    const { definitions, rest } = readDefinitions(content);
    for (const { label, destination, start, end } of definitions) {
      this.blocks.defined.add(label);
      const from = text.place(start);
      const to = text.place(end);
      const place = { line: from.line, start: from.offset, endLine: to.line, end: to.offset };
      this.blocks.definitions.push({ destination, ...place });
    }
    return definitions.length === 0 ? text : text.from(rest);
  }
}

/** Whether a line (indented by less than four columns) ends a paragraph. */
function interruptsParagraph(text: string, first: number, end: number, lazy: boolean): boolean {
  switch (text.charCodeAt(first)) {
    case 35:
      return headingDepth(text, first, end) > 0;
    case 96:
    case 126:
      return fenceLength(text, first, end) > 0;
    case 60:
      return htmlKind(text.slice(first, end), !lazy) > 0;
    case 45:
      return underlineDepth(text, first, end) === 0 || lazy ? isThematicBreak(text, first, end) : false;
    case 42:
    case 95:
      return isThematicBreak(text, first, end);
    default:
      return false;
  }
}

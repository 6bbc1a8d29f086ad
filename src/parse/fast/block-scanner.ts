import type { SourceText } from '../source-text.js';
import { type Container, continueContainer, openContainer } from './containers.js';
import { Cursor } from './cursor.js';
import { LeafReader } from './leaves.js';
import { trimFront } from './line-shapes.js';
import type { RawBlocks } from './raw-blocks.js';

/**
 * Finds the blocks of CommonMark with GFM tables and footnotes, line by line: first what a line continues, then
 * what it opens, as the specification's appendix tells it. Time is linear in the text's length.
 */
export class BlockScanner {
  private readonly cursor: Cursor;
  private readonly leaves: LeafReader;
  private readonly stack: Container[] = [];

  constructor(source: SourceText) {
    this.cursor = new Cursor(source);
    this.leaves = new LeafReader(this.cursor);
  }

  /** Reads the lines from `first` on (1-based). */
  scan(first: number): RawBlocks {
    const last = this.cursor.source.lineCount;
    for (let line = first; line <= last; line++) {
      this.cursor.enter(line);
      this.readLine();
    }
    this.leaves.close(this.endsInMarks ? last - 1 : last);
    return this.leaves.blocks;
  }

  /** Like the reference reader: marks of containers that the file ends behind, without a line end, are no line of code. */
  private get endsInMarks(): boolean {
    const { text, start, end, width, blank } = this.cursor;
    return end === text.length && blank && width === 0 && trimFront(text, start, end) < end;
  }

  private readLine(): void {
    const { stack, cursor } = this;
    let continued = 0;
    while (continued < stack.length) {
      const goesOn = continueContainer(cursor, stack[continued]!, stack[continued - 1]);
      if (goesOn === false) break;
      continued += 1;
      if (goesOn === 'sibling') {
        this.leave(continued);
        break;
      }
    }
    const kind = continued === stack.length ? this.leaves.kind : null;
    if (kind !== 'fence' && kind !== 'html')
      continued = this.openContainers(continued, kind === 'paragraph' || kind === 'indented');
    this.readLeaf(continued);
  }

  /** Opens what the line's next marks open. @returns how many containers it is inside of then */
  private openContainers(continued: number, interrupts: boolean): number {
    const { footnotes } = this.leaves.blocks;
    let inside = continued;
    for (;;) {
      const opened = openContainer(this.cursor, interrupts, footnotes);
      if (!opened) return inside;
      if (inside === continued) this.leave(continued);
      inside = this.stack.push(opened);
    }
  }

  /** Ends the open leaf, and the containers that the line is not inside of. */
  private leave(continued: number): void {
    this.leaves.close(this.cursor.line - 1);
    this.stack.length = continued;
  }

  private readLeaf(continued: number): void {
    const { cursor, leaves, stack } = this;
    cursor.look();
    const lazy = continued < stack.length;
    if (leaves.continues(lazy)) return;
    // Like the reference reader: a lone tag below a paragraph stays in its containers, though the line does not.
    const stays = lazy && leaves.interruptedByTag;
    if (lazy || leaves.kind !== 'table') this.leave(stays ? stack.length : continued);
    leaves.open(stack.length === 0, lazy);
  }
}

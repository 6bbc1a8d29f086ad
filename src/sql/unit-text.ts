import type { Range } from '../base/position.js';
import { SourceText } from '../parse/source-text.js';
import type { ByteRange } from './facts.js';

/** The concatenated bytes of one role's fences, and the way back from an offset in them to the document. */
export class UnitText {
  readonly bytes: Buffer;

  /** The same from the bytes of the document. */
  static of(document: Buffer, ranges: readonly ByteRange[]): UnitText {
    return new UnitText(new SourceText(document), ranges);
  }

  constructor(
    private readonly source: SourceText,
    readonly ranges: readonly ByteRange[],
  ) {
    this.bytes = Buffer.concat(ranges.map(({ start, end }) => source.bytes.subarray(start, end)));
  }

  /** Bytes of the whole document that the fences stand in. */
  get document(): Uint8Array {
    return this.source.bytes;
  }

  /** Span in the document of bytes `start..end` of the unit. */
  range(start: number, end: number): Range {
    const last = this.inFile(Math.max(start, end - 1));
    return {
      start: this.source.pointAtByte(this.inFile(start)),
      end: this.source.pointAtByte(end > start ? last + 1 : last),
    };
  }

  /** Span of the word or sign at a byte of the unit. */
  tokenAt(offset: number): Range {
    const rest = this.bytes.subarray(offset).toString('utf8');
    const token = /^(?:[\p{L}\p{N}_]+|[^\n])/u.exec(rest)?.[0] ?? '';
    return this.range(Math.min(offset, this.bytes.length), offset + Buffer.byteLength(token));
  }

  /** Text of the line that holds a byte of the unit. */
  lineAt(offset: number): string {
    return this.source.line(this.source.pointAtByte(this.inFile(offset)).line);
  }

  /** Which of the fences holds a byte of the unit. */
  fenceOf(offset: number): number {
    let left = offset;
    const found = this.ranges.findIndex(({ start, end }) => {
      left -= end - start;
      return left < 0;
    });
    return found < 0 ? this.ranges.length - 1 : found;
  }

  private inFile(offset: number): number {
    let left = offset;
    for (const range of this.ranges) {
      const size = range.end - range.start;
      if (left < size) return range.start + left;
      left -= size;
    }
    return this.ranges.at(-1)?.end ?? 0;
  }
}

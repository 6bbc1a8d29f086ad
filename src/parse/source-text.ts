import { isAscii, isUtf8, transcode } from 'node:buffer';
import type { Point, Range } from '../base/position.js';

/**
 * A file's bytes with the line table that maps the three ways offsets are counted: UTF-8 bytes (digests,
 * libpg-query), UTF-16 code units (JavaScript, unist) and line and column (people).
 * Lines end as in CommonMark: LF, CR LF, or a CR alone.
 */
export class SourceText {
  readonly text: string;
  private readonly unitStarts: number[] = [0];
  /** Where each line ends without its line end. */
  private readonly unitEnds: number[] = [];
  private byteTable: readonly number[] | null = null;
  /** How far bytes were counted by `lineStartByte`. */
  private readonly counted = { unit: 0, byte: 0 };
  /** Index of the line that was found last: who asks for one place asks for another one near it. */
  private lastFound = 0;

  /** @param bytes valid UTF-8; callers check that first */
  constructor(readonly bytes: Uint8Array) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const ascii = isAscii(buffer);
    this.text = ascii ? buffer.toString('latin1') : decode(buffer);
    this.findLines();
    if (ascii) this.byteTable = this.unitStarts;
  }

  private findLines(): void {
    const { text, unitStarts, unitEnds } = this;
    if (text.includes('\r')) {
      const ends = /\r\n|\n|\r/g;
      for (let match = ends.exec(text); match; match = ends.exec(text)) {
        unitEnds.push(match.index);
        unitStarts.push(ends.lastIndex);
      }
    } else {
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
        unitEnds.push(at);
        unitStarts.push(at + 1);
      }
    }
    unitEnds.push(text.length);
  }

  /** Offsets in bytes at which lines start; those of ASCII text are the same in UTF-16 units. */
  private get byteStarts(): readonly number[] {
    if (this.byteTable) return this.byteTable;
    const { bytes } = this;
    const starts = [0];
    for (let i = 0; i < bytes.length; i++) {
      if (bytes[i] === 10 || (bytes[i] === 13 && bytes[i + 1] !== 10)) starts.push(i + 1);
    }
    this.byteTable = starts;
    return starts;
  }

  /** Number of lines; a line end at the very end of the file does not open another one. */
  get lineCount(): number {
    const last = this.unitStarts.length;
    return this.unitStarts[last - 1] === this.text.length && last > 1 ? last - 1 : last;
  }

  /** Text of a line (1-based) without its line end. */
  line(line: number): string {
    return this.text.slice(this.lineStart(line), this.lineEnd(line));
  }

  /** Offset in UTF-16 units at which a line (1-based) starts. */
  lineStart(line: number): number {
    return this.unitStarts[line - 1] ?? this.text.length;
  }

  /** Offset in UTF-16 units at which a line (1-based) ends, before its line end. */
  lineEnd(line: number): number {
    return this.unitEnds[line - 1] ?? this.text.length;
  }

  /** Offset in bytes at which a line (1-based) starts. */
  lineStartByte(line: number): number {
    const unit = this.lineStart(line);
    if (this.byteTable || unit < this.counted.unit) return this.byteStarts[line - 1] ?? this.bytes.length;
    // Most documents are asked for few lines, from front to back: counting up to there is faster than the table.
    const { counted } = this;
    counted.byte += Buffer.byteLength(this.text.slice(counted.unit, unit));
    counted.unit = unit;
    return counted.byte;
  }

  /** Place of an offset in UTF-16 units. */
  pointAt(offset: number): Point {
    const { unitStarts } = this;
    let index = this.lastFound;
    if (offset < unitStarts[index]! || offset >= (unitStarts[index + 1] ?? Number.POSITIVE_INFINITY)) {
      index = lastAtOrBefore(unitStarts, offset);
      this.lastFound = index;
    }
    return { line: index + 1, column: offset - unitStarts[index]! + 1 };
  }

  /** Place of an offset in bytes. */
  pointAtByte(offset: number): Point {
    const index = lastAtOrBefore(this.byteStarts, offset);
    const before = this.bytes.subarray(this.byteStarts[index], offset);
    return {
      line: index + 1,
      column: new TextDecoder('utf-8', { ignoreBOM: true }).decode(before).length + 1,
    };
  }

  /** Span between two offsets in UTF-16 units. */
  range(start: number, end: number): Range {
    return { start: this.pointAt(start), end: this.pointAt(end) };
  }

  /** Span between two offsets in UTF-16 units that are known to stand on one line (1-based). */
  rangeOnLine(line: number, start: number, end: number): Range {
    const before = this.unitStarts[line - 1]! - 1;
    return { start: { line, column: start - before }, end: { line, column: end - before } };
  }

  /** Span between two offsets in bytes. */
  byteRange(start: number, end: number): Range {
    return { start: this.pointAtByte(start), end: this.pointAtByte(end) };
  }
}

/** Through UTF-16, which takes half the time. */
function decode(bytes: Buffer): string {
  return isUtf8(bytes) ? transcode(bytes, 'utf8', 'utf16le').toString('utf16le') : bytes.toString('utf8');
}

function lastAtOrBefore(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

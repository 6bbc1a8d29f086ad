import type { Range } from '../base/position.js';

/*
 * Lists of texts, numbers and places as bytes, in parts that are read one by one: a table of where the numbers and the
 * texts of each part end, and behind it each part's numbers (seven bits a byte, low ones first) and its texts joined, of
 * which the numbers have the lengths. Writing and reading takes a third of the time of JSON.
 */

/** Writes parts, one after the other. */
export class PartsWriter {
  private at: number;
  private index = 0;
  private line = 0;
  private texts = '';

  /** @param count how many parts there will be */
  constructor(count: number) {
    this.at = TABLE * count;
    makeRoom(this.at);
  }

  /** Ends the part that was written: what follows is of the next one. */
  end(): void {
    scratch.writeUInt32LE(this.at, TABLE * this.index);
    makeRoom(this.at + 3 * this.texts.length);
    // Half of a surrogate pair, which an escape in front matter can give, has no form in UTF-8.
    const whole = this.texts.isWellFormed();
    this.at += scratch.write(this.texts, this.at, whole ? 'utf8' : 'utf16le');
    scratch.writeUInt32LE(this.at + (whole ? 0 : BROKEN), TABLE * this.index + 4);
    this.index += 1;
    this.line = 0;
    this.texts = '';
  }

  /** Writes a whole number of less than 48 bits. */
  number(value: number): void {
    makeRoom(this.at + LONGEST);
    // The sign goes last, so that small numbers of either sign are short.
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    for (; rest > 127; rest = Math.floor(rest / 128)) scratch[this.at++] = (rest % 128) | 128;
    scratch[this.at++] = rest;
  }

  text(value: string): void {
    this.number(value.length);
    this.texts += value;
  }

  /** Writes a place: lines count from the place before in the part, and ends from starts. */
  place({ start, end }: Range): void {
    this.number(start.line - this.line);
    this.number(start.column);
    this.number(end.line - start.line);
    this.number(end.column - start.column);
    this.line = start.line;
  }

  /** All parts. */
  bytes(): Buffer {
    return Buffer.from(scratch.subarray(0, this.at));
  }
}

/** Reads one part, in the order in which it was written. */
export class PartReader {
  private at: number;
  private readonly end: number;
  private readonly texts: string;
  private textAt = 0;
  private line = 0;

  /** @param bytes of all parts */
  constructor(
    private readonly bytes: Buffer,
    count: number,
    index: number,
  ) {
    this.at = index === 0 ? TABLE * count : bytes.readUInt32LE(TABLE * index - 4) % BROKEN;
    this.end = bytes.readUInt32LE(TABLE * index);
    const last = bytes.readUInt32LE(TABLE * index + 4);
    this.texts = bytes.toString(last < BROKEN ? 'utf8' : 'utf16le', this.end, last % BROKEN);
  }

  /** Whether there is more to read. */
  get more(): boolean {
    return this.at < this.end;
  }

  number(): number {
    const { bytes } = this;
    let byte = bytes[this.at++]!;
    let value = byte & 127;
    for (let unit = 128; byte > 127; unit *= 128) {
      byte = bytes[this.at++]!;
      value += (byte & 127) * unit;
    }
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  text(): string {
    const from = this.textAt;
    this.textAt += this.number();
    return this.texts.slice(from, this.textAt);
  }

  place(): Range {
    this.line += this.number();
    const start = { line: this.line, column: this.number() };
    return { start, end: { line: start.line + this.number(), column: start.column + this.number() } };
  }
}

/** Is added to where the texts of a part end, if they are in UTF-16. */
const BROKEN = 2 ** 31;
/** Bytes of the table for each part. */
const TABLE = 8;
/** Most bytes that a number takes. */
const LONGEST = 7;

/** Memory to write in, as nothing is written for longer than one call of a thread. */
let scratch = Buffer.allocUnsafeSlow(64 * 1024);

function makeRoom(length: number): void {
  if (length <= scratch.length) return;
  const larger = Buffer.allocUnsafeSlow(2 * length);
  scratch.copy(larger);
  scratch = larger;
}

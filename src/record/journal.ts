import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { canonicalJson } from '../base/canonical-json.js';
import { sha256 } from '../base/digest.js';
import { readPlainFile } from '../base/read-plain-file.js';
import { UsageError } from '../base/usage-error.js';
import type { JournalLine, RunEvent } from './events.js';

/** `prev` of the first line. */
export const CHAIN_START = '0'.repeat(64);

/** Appends events to a file: each is on disk before the next step starts. */
export class Journal {
  /** What the disk refused; what is behind the last event then is not known, so nothing may be written there. */
  private refused: UsageError | null = null;

  private constructor(
    private readonly file: number,
    private seq: number,
    private prev: string,
    private readonly now: () => Date,
    private readonly listener: (line: JournalLine) => void,
  ) {}

  /** @param path must not exist yet @param now the clock */
  static create(path: string, now: () => Date, listener: (line: JournalLine) => void = () => {}): Journal {
    try {
      return new Journal(openSync(path, 'wx', 0o600), 0, CHAIN_START, now, listener);
    } catch (error) {
      throw notWritten(error);
    }
  }

  /**
   * Goes on behind the last whole line of a journal. What stands behind it is cut off: a line that was never whole
   * was never followed by an action.
   * @param reading of the file as it is now
   */
  static reopen(
    path: string,
    { lines, head, size }: JournalReading,
    now: () => Date,
    listener: (line: JournalLine) => void,
  ): Journal {
    const file = openSync(path, 'a');
    ftruncateSync(file, size);
    return new Journal(file, lines.length, head, now, listener);
  }

  /**
   * Writes one event in full and waits for the disk.
   * @throws UsageError `cannot-write` where either fails, and from then on: the run stops
   */
  append(event: RunEvent): JournalLine {
    if (this.refused !== null) throw this.refused;
    const line: JournalLine = { ...event, seq: this.seq + 1, at: this.now().toISOString(), prev: this.prev };
    const text = canonicalJson(line);
    const bytes = Buffer.from(`${text}\n`);
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.file, bytes, written);
      fsyncSync(this.file);
    } catch (error) {
      this.refused = notWritten(error);
      throw this.refused;
    }
    this.seq = line.seq;
    this.prev = sha256(text);
    this.listener(line);
    return line;
  }

  close(): void {
    closeSync(this.file);
  }
}

function notWritten(error: unknown): UsageError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new UsageError('cannot-write', `the journal cannot be written (${code ?? message})`);
}

/** A journal as it was read: its lines, and the digest of the last one. */
export interface JournalReading {
  readonly lines: readonly JournalLine[];
  readonly head: string;
  /** Bytes of the whole lines. */
  readonly size: number;
  /** What stands behind the last whole line: the process died while it wrote. Empty in a journal that is whole. */
  readonly torn: Buffer;
}

/** Reads a whole journal. @throws UsageError `bad-record` at the first break of its chain, or where its end is torn */
export function readJournal(path: string): JournalReading {
  const reading = readInterrupted(path);
  if (reading.torn.length > 0)
    throw new UsageError('bad-record', `${path}:${reading.lines.length + 1}: the last line is not complete`);
  return reading;
}

/** Reads a journal whose last line may be torn, and follows its chain over the raw lines. @throws UsageError `bad-record` */
export function readInterrupted(path: string): JournalReading {
  const bytes = readPlainFile(path);
  const broken = (line: number, why: string) => new UsageError('bad-record', `${path}:${line}: ${why}`);
  const size = bytes.lastIndexOf(0x0a) + 1;
  let head = CHAIN_START;
  const lines = rawLines(bytes.subarray(0, size)).map((content, index): JournalLine => {
    let line: JournalLine;
    try {
      line = JSON.parse(content.toString('utf8')) as JournalLine;
    } catch {
      throw broken(index + 1, 'not a line of JSON');
    }
    if (typeof line !== 'object' || line === null) throw broken(index + 1, 'not an event');
    if (line.seq !== index + 1) throw broken(index + 1, `event ${line.seq} where ${index + 1} is due`);
    if (line.prev !== head) throw broken(index + 1, 'the digest of the line before does not match');
    head = sha256(content);
    return line;
  });
  return { lines, head, size, torn: bytes.subarray(size) };
}

/** Lines as they stand in the file, without their ends: what is decoded and encoded again may be other bytes. */
function rawLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0x0a, start);
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

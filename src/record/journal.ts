import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { canonicalJson } from '../base/canonical-json.js';
import { sha256 } from '../base/digest.js';
import { UsageError } from '../base/usage-error.js';
import type { JournalLine, RunEvent } from './events.js';

/** `prev` of the first line. */
export const CHAIN_START = '0'.repeat(64);

/** Appends events to a file: each is on disk before the next step starts. */
export class Journal {
  private seq = 0;
  private prev = CHAIN_START;
  private readonly file: number;

  /** @param path must not exist yet @param now the clock */
  constructor(
    path: string,
    private readonly now: () => Date,
    private readonly listener: (line: JournalLine) => void = () => {},
  ) {
    this.file = openSync(path, 'wx', 0o600);
  }

  /** Writes one event in full and waits for the disk. @throws where either fails: the run stops then */
  append(event: RunEvent): JournalLine {
    const line: JournalLine = { ...event, seq: this.seq + 1, at: this.now().toISOString(), prev: this.prev };
    const text = canonicalJson(line);
    const bytes = Buffer.from(`${text}\n`);
    for (let written = 0; written < bytes.length; ) written += writeSync(this.file, bytes, written);
    fsyncSync(this.file);
    this.seq = line.seq;
    this.prev = sha256(text);
    this.listener(line);
    return line;
  }

  close(): void {
    closeSync(this.file);
  }
}

/** A journal as it was read: its lines, and the digest of the last one. */
export interface JournalReading {
  readonly lines: readonly JournalLine[];
  readonly head: string;
}

/** Reads a journal and follows its chain over the raw lines. @throws UsageError `bad-record` at the first break */
export function readJournal(path: string): JournalReading {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError('cannot-read', `cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
  const broken = (line: number, why: string) => new UsageError('bad-record', `${path}:${line}: ${why}`);
  const raw = text.split('\n');
  if (raw.pop() !== '') throw broken(raw.length + 1, 'the last line is not complete');
  let head = CHAIN_START;
  const lines = raw.map((content, index): JournalLine => {
    let line: JournalLine;
    try {
      line = JSON.parse(content) as JournalLine;
    } catch {
      throw broken(index + 1, 'not a line of JSON');
    }
    if (typeof line !== 'object' || line === null) throw broken(index + 1, 'not an event');
    if (line.seq !== index + 1) throw broken(index + 1, `event ${line.seq} where ${index + 1} is due`);
    if (line.prev !== head) throw broken(index + 1, 'the digest of the line before does not match');
    head = sha256(content);
    return line;
  });
  return { lines, head };
}

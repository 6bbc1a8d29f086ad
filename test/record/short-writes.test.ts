import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Journal, readJournal } from '../../src/record/journal.js';
import { writeRecord } from '../../src/record/store.js';
import { COMMITTED, journalLines, textOf } from './committed.js';

/** What a disk may do: write less than it was asked, or refuse. */
const disk = vi.hoisted(() => ({
  most: Number.POSITIVE_INFINITY,
  failAfter: Number.POSITIVE_INFINITY,
  calls: 0,
}));

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const writeSync = (file: number, bytes: Uint8Array, offset = 0): number => {
    disk.calls += 1;
    if (disk.calls > disk.failAfter)
      throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
    return fs.writeSync(file, bytes, offset, Math.min(disk.most, bytes.length - offset));
  };
  return { ...fs, writeSync, default: { ...fs, writeSync } };
});

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'probatum-short-'));
});

beforeEach(() =>
  Object.assign(disk, { most: Number.POSITIVE_INFINITY, failAfter: Number.POSITIVE_INFINITY, calls: 0 }),
);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a disk that writes a few bytes at a time', () => {
  it.each([1, 7, 4096])('loses nothing of a journal and its record: %i bytes', (most) => {
    disk.most = most;
    const run = mkdtempSync(join(folder, 'run-'));
    const lines = journalLines(COMMITTED[1]!);
    // The first line holds the plan; it alone is enough where every byte is a call.
    const some = most === 1 ? [lines[0]!, ...lines.slice(-2)] : lines;
    const events = some.map((line) => JSON.parse(line));
    const times = events.map(({ at }) => new Date(at));
    const journal = Journal.create(join(run, 'journal.jsonl'), () => times.shift()!);
    for (const { seq: _seq, at: _at, prev: _prev, ...event } of events) journal.append(event);
    journal.close();
    expect(disk.calls).toBeGreaterThan(events.length);
    expect(
      readJournal(join(run, 'journal.jsonl')).lines.map(({ prev: _prev, seq: _seq, ...line }) => line),
    ).toEqual(events.map(({ prev: _prev, seq: _seq, ...line }) => line));
    const { sha256 } = writeRecord(run);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    if (most > 1) {
      expect(readFileSync(join(run, 'journal.jsonl'), 'utf8')).toBe(textOf(COMMITTED[1]!.journal));
      expect(readFileSync(join(run, 'record.json'), 'utf8')).toBe(textOf(COMMITTED[1]!.record));
    }
  });
});

describe('a disk that is full', () => {
  it('stops the run at the event, which nobody hears of', () => {
    const heard: unknown[] = [];
    const path = join(folder, 'full.jsonl');
    const journal = Journal.create(
      path,
      () => new Date(0),
      (line) => heard.push(line),
    );
    journal.append({ type: 'run-finished', status: 'aborted', reason: 'first' });
    Object.assign(disk, { most: 10, failAfter: disk.calls + 1 });
    expect(() => journal.append({ type: 'run-finished', status: 'aborted', reason: 'second' })).toThrow(
      /ENOSPC/,
    );
    // There is room again, but what stands behind the first line is not known: nothing may follow it.
    Object.assign(disk, { most: Number.POSITIVE_INFINITY, failAfter: Number.POSITIVE_INFINITY });
    const bytes = readFileSync(path);
    expect(() => journal.append({ type: 'run-finished', status: 'aborted', reason: 'third' })).toThrow(
      /ENOSPC/,
    );
    expect(readFileSync(path)).toEqual(bytes);
    journal.close();
    expect(heard).toHaveLength(1);
    expect(() => readJournal(path)).toThrow('the last line is not complete');
  });

  it('leaves no record rather than a part of one', () => {
    const run = mkdtempSync(join(folder, 'run-'));
    writeFileSync(join(run, 'journal.jsonl'), textOf(COMMITTED[1]!.journal));
    Object.assign(disk, { most: 10, failAfter: 1 });
    expect(() => writeRecord(run)).toThrow('ENOSPC');
    expect(existsSync(join(run, 'record.json'))).toBe(false);
    Object.assign(disk, { most: Number.POSITIVE_INFINITY, failAfter: Number.POSITIVE_INFINITY });
    writeRecord(run);
    expect(readFileSync(join(run, 'record.json'), 'utf8')).toBe(textOf(COMMITTED[1]!.record));
  });
});

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.js';
import { UsageError } from '../../src/base/usage-error.js';
import type { RunEvent } from '../../src/record/events.js';
import { CHAIN_START, Journal, readJournal } from '../../src/record/journal.js';
import { readRecord, recordProblem, type StoredRecord } from '../../src/record/store.js';
import { bytesOf, COMMITTED, journalLines, REPOSITORY } from './committed.js';

let folder: string;
let number = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'probatum-journal-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const newPath = () => join(folder, `journal-${++number}.jsonl`);

/** A clock that goes on by one second with each question. */
function clock(): () => Date {
  let at = Date.UTC(2026, 1, 3);
  return () => {
    at += 1000;
    return new Date(at);
  };
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('\n', '\r\n', '\u2028', '"}\n{"', '\u0000', '\ud800', '日本', '😀', '\\', ''),
);

/** Events of the shapes that hold free text, lists, numbers and nothing at all. */
const event: fc.Arbitrary<RunEvent> = fc.oneof(
  fc.record({
    type: fc.constant('step-finished' as const),
    id: text,
    step: fc.constant('lock' as const),
    status: fc.constantFrom('done' as const, 'failed' as const),
    detail: text,
  }),
  fc.record({
    type: fc.constant('check-evaluated' as const),
    id: text,
    title: text,
    moment: fc.constant('preflight' as const),
    expected: fc.array(text, { maxLength: 3 }),
    observed: fc.option(fc.array(text, { maxLength: 3 })),
    verdict: fc.constant('FAIL' as const),
    statementSha256: fc.option(text),
    evidence: fc.option(text),
    reason: fc.option(text),
  }),
  fc.record({
    type: fc.constant('statement-executed' as const),
    unit: fc.constant('migration' as const),
    number: fc.nat(),
    sha256: text,
    tag: text,
    milliseconds: fc.nat(),
    notices: fc.array(text, { maxLength: 3 }),
  }),
);

describe('a journal', () => {
  it('reads back as what was written, numbered, dated and chained', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (events) => {
        const path = newPath();
        const heard: unknown[] = [];
        const journal = Journal.create(path, clock(), (line) => heard.push(line));
        const written = events.map((one) => journal.append(one));
        journal.close();
        const { lines, head } = readJournal(path);
        expect(lines).toEqual(written);
        expect(heard).toEqual(written);
        expect(lines.map(({ seq: _seq, at: _at, prev: _prev, ...one }) => one)).toEqual(events);
        expect(lines.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
        expect(lines.map(({ at }) => at)).toEqual([...lines].map(({ at }) => at).sort());
        // The chain, calculated from the file alone.
        const raw = readFileSync(path, 'utf8').split('\n').slice(0, -1);
        expect(raw).toHaveLength(events.length);
        const digests = [CHAIN_START, ...raw.map((line) => sha256(line))];
        expect(lines.map(({ prev }) => prev)).toEqual(digests.slice(0, -1));
        expect(head).toBe(digests.at(-1));
      }),
      { numRuns: 60, seed: 20260203 },
    );
  });

  it('is for its owner only, and never one that was there', () => {
    const path = newPath();
    Journal.create(path, clock()).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(() => Journal.create(path, clock())).toThrow(/EEXIST/);
  });

  it('has its line on disk before the listener hears of it', () => {
    const path = newPath();
    const sizes: number[] = [];
    const journal = Journal.create(path, clock(), () => sizes.push(statSync(path).size));
    for (const reason of ['one', 'two']) journal.append({ type: 'run-finished', status: 'aborted', reason });
    journal.close();
    const [first, second] = readFileSync(path, 'utf8').split(/(?<=\n)/);
    expect(sizes).toEqual([first!.length, first!.length + second!.length]);
  });

  it('that is not there cannot be read', () => {
    expect(() => readJournal(join(folder, 'none.jsonl'))).toThrow(
      expect.objectContaining({ name: 'UsageError', code: 'cannot-read' }) as Error,
    );
  });

  it.each([
    ['nothing but a cut line', '{"seq":1', 1, 'the last line is not complete'],
    ['a line that is no JSON', 'text\n', 1, 'not a line of JSON'],
    ['an empty line', '\n', 1, 'not a line of JSON'],
    ['a list', '[]\n', 1, 'event undefined where 1 is due'],
    ['a number out of order', `{"prev":"${CHAIN_START}","seq":2}\n`, 1, 'event 2 where 1 is due'],
    [
      'a start that follows something',
      `{"prev":"${'1'.repeat(64)}","seq":1}\n`,
      1,
      'the digest of the line before',
    ],
    ['nothing where an event is due', 'null\n', 1, 'not an event'],
  ])('with %s is refused, at its line', (_, content, line, why) => {
    const path = newPath();
    writeFileSync(path, content);
    expect(() => readJournal(path)).toThrow(UsageError);
    expect(() => readJournal(path)).toThrow(`${path}:${line}: ${why}`);
  });
});

describe.each(COMMITTED)('the journal of the committed $name', (committed) => {
  const lines = journalLines(committed);
  const whole = bytesOf(committed.journal);
  let stored: StoredRecord;
  let path: string;

  beforeAll(() => {
    const run = mkdtempSync(join(folder, 'run-'));
    path = join(run, 'record.json');
    writeFileSync(path, bytesOf(committed.record));
    stored = readRecord(path);
  });

  /** What is found wrong with a journal that stands beside the stored record. */
  const problemOf = (journal: Uint8Array | string): string | null => {
    writeFileSync(join(dirname(path), 'journal.jsonl'), journal);
    return recordProblem(path, stored);
  };
  const join_ = (all: readonly string[]) => `${all.join('\n')}\n`;
  const unnoticed = (attempts: readonly (readonly [label: string, journal: Uint8Array | string])[]) =>
    attempts.filter(([, journal]) => problemOf(journal) === null).map(([label]) => label);

  it('is whole, and the record follows from it', () => {
    expect(problemOf(whole)).toBeNull();
    expect(recordProblem(join(REPOSITORY, committed.record), stored)).toBeNull();
    expect(stored.record.journal).toEqual({ events: lines.length, head: sha256(lines.at(-1)!) });
  });

  it('shows every line that is removed', () => {
    expect(
      unnoticed(lines.map((_, at) => [`line ${at + 1}`, join_(lines.toSpliced(at, 1))] as const)),
    ).toEqual([]);
  });

  it('shows every line that is repeated', () => {
    expect(
      unnoticed(lines.map((line, at) => [`line ${at + 1}`, join_(lines.toSpliced(at, 0, line))] as const)),
    ).toEqual([]);
  });

  it('shows every two neighbours that are swapped', () => {
    const swapped = lines.slice(1).map((line, at) => {
      const changed = lines.toSpliced(at, 2, line, lines[at]!);
      return [`lines ${at + 1} and ${at + 2}`, join_(changed)] as const;
    });
    expect(unnoticed(swapped)).toEqual([]);
  });

  it('shows every cut, between lines and inside them', () => {
    const between = lines.map((_, at) => [`before line ${at + 1}`, join_(lines.slice(0, at))] as const);
    const inside = lines.map((line, at) => {
      const half = line.slice(0, Math.ceil(line.length / 2));
      return [`inside line ${at + 1}`, lines.slice(0, at).concat(half).join('\n')] as const;
    });
    expect(unnoticed([...between, ...inside])).toEqual([]);
    expect(problemOf(whole.subarray(0, -1))).toContain('the last line is not complete');
    expect(problemOf('')).not.toBeNull();
  });

  it('shows every line that is added or moved elsewhere', () => {
    const foreign =
      '{"at":"2026-02-03T04:05:06.789Z","reason":"","seq":1,"status":"succeeded","type":"run-finished"}';
    const added = Array.from({ length: lines.length + 1 }, (_, at) => at).map(
      (at) => [`at ${at}`, join_(lines.toSpliced(at, 0, foreign))] as const,
    );
    const moved = lines
      .slice(0, -1)
      .map((line, at) => [`${at + 1} to the end`, join_([...lines.toSpliced(at, 1), line])] as const);
    expect(unnoticed([...added, ...moved])).toEqual([]);
  });

  it('shows an end that was continued with a right chain', () => {
    const more = {
      type: 'run-finished',
      status: 'failed',
      reason: '',
      seq: lines.length + 1,
      at: '2026-02-03T04:05:06.789Z',
    };
    const line = JSON.stringify({ ...more, prev: sha256(lines.at(-1)!) });
    expect(problemOf(join_([...lines, line]))).toContain('folds to another record');
  });

  it('shows every byte of its last line that is changed, which no later line covers', () => {
    const start = whole.length - Buffer.byteLength(lines.at(-1)!) - 1;
    const places = Array.from({ length: whole.length - start }, (_, index) => start + index);
    expect(unnoticed(places.map((at) => [`byte ${at}`, flipped(whole, at, 1)] as const))).toEqual([]);
  });

  it('shows a byte that is changed anywhere', () => {
    const next = random(19_700_101);
    const flips = Array.from({ length: 300 }, () => {
      const at = Math.floor(next() * whole.length);
      const bits = 1 + Math.floor(next() * 255);
      return [`byte ${at} ^ ${bits}`, flipped(whole, at, bits)] as const;
    });
    expect(unnoticed(flips)).toEqual([]);
  });

  it('shows a record whose bytes are changed', () => {
    problemOf(whole);
    const bytes = bytesOf(committed.record);
    const next = random(42);
    let read = 0;
    for (let count = 0; count < 60; count++) {
      const changed = flipped(bytes, Math.floor(next() * bytes.length), 1 + Math.floor(next() * 255));
      writeFileSync(path, changed);
      let found: StoredRecord;
      try {
        found = readRecord(path);
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
        continue;
      }
      read += 1;
      expect(recordProblem(path, found)).toMatch(/folds to another record|its plan has digest/);
    }
    writeFileSync(path, bytes);
    expect(read).toBeGreaterThan(0);
  });
});

function flipped(bytes: Uint8Array, at: number, bits: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at]! ^= bits;
  return copy;
}

/** Numbers from 0 to 1, the same in every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

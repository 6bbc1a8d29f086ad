import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.js';
import { schemaErrors } from '../../src/load/schemas.js';
import type { JournalLine, RunEvent } from '../../src/record/events.js';
import { CHAIN_START, Journal, type JournalReading, readJournal } from '../../src/record/journal.js';
import { foldJournal } from '../../src/record/record.js';
import { readRecord, recordProblem, recordText, writeRecord } from '../../src/record/store.js';
import { COMMITTED, type Committed, journalLines, REPOSITORY, textOf } from './committed.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'probatum-fold-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The first lines of a journal, as if the run had died there. */
function cut(committed: Committed, count: number): Pick<JournalReading, 'lines' | 'head'> {
  const raw = journalLines(committed).slice(0, count);
  return { lines: raw.map((line) => JSON.parse(line) as JournalLine), head: sha256(raw.at(-1) ?? '') };
}

/** What else is recorded of a transaction. */
const OPENED = {
  attempt: 1,
  backend: { pid: '1', startedAt: '2026-05-16 00:00:00+00' },
  serverLife: '',
  ledger: false,
} as const;

/** Makes every value below read-only, so that a fold which writes to it fails. */
function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) freeze(child);
  return Object.freeze(value);
}

describe.each(COMMITTED)('the fold of the committed $name', (committed) => {
  const whole = journalLines(committed).length;

  it('is the committed record, byte for byte', () => {
    const reading = readJournal(join(REPOSITORY, committed.journal));
    expect(recordText(foldJournal(reading))).toBe(textOf(committed.record));
  });

  it('is pure: the same text again, from lines that nobody may change', () => {
    const reading = freeze(cut(committed, whole));
    const text = recordText(foldJournal(reading));
    expect(recordText(foldJournal(reading))).toBe(text);
    expect(recordText(foldJournal(freeze(cut(committed, whole))))).toBe(text);
  });

  it('says indeterminate wherever the journal ends before its end, and guesses nothing', () => {
    for (let count = 1; count < whole; count++) {
      const reading = cut(committed, count);
      const record = foldJournal(reading);
      expect(record.status).toBe('indeterminate');
      expect(record.finishedAt).toBeNull();
      expect(record.reason).toBe('the journal has no end: the run was interrupted');
      expect(record.journal).toEqual({ events: count, head: reading.head });
      const types = reading.lines.map(({ type }) => type);
      const [started, ended] = [types.includes('transaction-started'), types.includes('transaction-ended')];
      expect(record.migration?.outcome ?? null).toBe(started ? (ended ? 'committed' : 'unknown') : null);
      const open =
        types.filter((type) => type === 'step-started').length -
        types.filter((type) => type === 'step-finished').length;
      expect(record.steps.filter(({ status }) => status === 'running')).toHaveLength(open);
      if (count % 7 === 0) expect(schemaErrors('record', JSON.parse(recordText(record)))).toEqual([]);
    }
    expect(foldJournal(cut(committed, whole)).status).toBe('succeeded');
  });

  it('has every check, gate, artefact and statement of the journal, in order', () => {
    const { lines } = cut(committed, whole);
    const record = foldJournal({ lines, head: '' });
    const of = <T extends RunEvent['type']>(type: T) =>
      lines.filter((line): line is Extract<JournalLine, { type: T }> => line.type === type);
    const { checks = [], transaction } = record.rollbackTrial ?? {};
    expect([...record.checks, ...checks].map(({ id, moment, verdict }) => [id, moment, verdict])).toEqual(
      of('check-evaluated').map(({ id, moment, verdict }) => [id, moment, verdict]),
    );
    expect(record.gates.map(({ id }) => id)).toEqual(of('gate-evaluated').map(({ id }) => id));
    expect(record.artefacts.map(({ path }) => path)).toEqual(of('artefact-written').map(({ path }) => path));
    expect(record.steps.map(({ id }) => id)).toEqual(of('step-started').map(({ id }) => id));
    const statements = [...(record.migration?.statements ?? []), ...(transaction?.statements ?? [])];
    expect(statements.map(({ unit, number }) => [unit, number])).toEqual(
      of('statement-executed').map(({ unit, number }) => [unit, number]),
    );
  });
});

describe('the fold of a journal', () => {
  const start = cut(COMMITTED[1]!, 1).lines[0]!;
  const read = (...events: readonly RunEvent[]): Pick<JournalReading, 'lines' | 'head'> => ({
    lines: [
      start,
      ...events.map(
        (event, at) => ({ ...event, seq: at + 2, at: start.at, prev: CHAIN_START }) as JournalLine,
      ),
    ],
    head: CHAIN_START,
  });

  it('that does not start with run-started is refused', () => {
    expect(() => foldJournal({ lines: [], head: CHAIN_START })).toThrow(TypeError);
    expect(() => foldJournal({ lines: cut(COMMITTED[1]!, 3).lines.slice(1), head: CHAIN_START })).toThrow(
      TypeError,
    );
  });

  it('says of a rehearsal the same with the trial of its rollback as without, as older versions wrote it', () => {
    const { lines } = cut(COMMITTED[0]!, journalLines(COMMITTED[0]!).length);
    const at = lines.findIndex((line) => line.type === 'step-started' && line.step === 'prove-rollback');
    const older = [...lines.slice(0, at), lines.at(-1)!];
    const { rollbackTrial, ...whole } = foldJournal({ lines, head: CHAIN_START });
    const without = foldJournal({ lines: older, head: CHAIN_START });
    expect(rollbackTrial?.transaction).toMatchObject({ unit: 'rollback', outcome: 'committed' });
    expect(without).toEqual({
      ...whole,
      steps: whole.steps.filter(({ step }) => step !== 'prove-rollback'),
      journal: { events: older.length, head: CHAIN_START },
    });
    const valid = (record: object) => schemaErrors('record', JSON.parse(JSON.stringify(record)));
    expect(valid(without)).toEqual([]);
    expect(valid({ ...without, rollbackTrial })).not.toEqual([]);
    expect(valid(whole)).not.toEqual([]);
  });

  it('keeps the two transactions apart, with what the server refused', () => {
    const record = foldJournal(
      read(
        { type: 'transaction-started', unit: 'migration', xid: '7', ...OPENED },
        {
          type: 'statement-executed',
          unit: 'migration',
          number: 1,
          sha256: 'a',
          tag: 'CREATE TABLE',
          milliseconds: 1,
          notices: [],
        },
        {
          type: 'transaction-ended',
          unit: 'migration',
          tag: 'COMMIT',
          outcome: 'committed',
          decidedBy: 'the server',
        },
        { type: 'transaction-started', unit: 'rollback', xid: '8', ...OPENED },
        { type: 'statement-refused', unit: 'rollback', number: 1, line: 9, column: 2, message: 'in use' },
        {
          type: 'transaction-ended',
          unit: 'rollback',
          tag: 'ROLLBACK',
          outcome: 'not-committed',
          decidedBy: 'in use',
        },
        { type: 'run-finished', status: 'failed', reason: 'C-07' },
      ),
    );
    expect(record.migration).toMatchObject({ xid: '7', outcome: 'committed', refused: null });
    expect(record.migration?.statements).toHaveLength(1);
    expect(record.rollback).toMatchObject({ xid: '8', outcome: 'not-committed', statements: [] });
    expect(record.rollback?.refused).toEqual({
      unit: 'rollback',
      number: 1,
      line: 9,
      column: 2,
      message: 'in use',
    });
    expect(record.status).toBe('failed');
  });
});

describe('a stored record', () => {
  it('is written once, beside its journal, and reads back with the digest of its bytes', () => {
    const run = mkdtempSync(join(folder, 'run-'));
    cpSync(join(REPOSITORY, COMMITTED[0]!.journal), join(run, 'journal.jsonl'));
    const written = writeRecord(run);
    const file = join(run, 'record.json');
    expect(written.sha256).toBe(sha256(readFileSync(file)));
    expect(readRecord(file)).toEqual(written);
    expect(recordProblem(file, written)).toBeNull();
    expect(() => writeRecord(run)).toThrow(/EEXIST/);
  });

  it('of an interrupted run says so, and follows from its journal', () => {
    const run = mkdtempSync(join(folder, 'run-'));
    const times = cut(COMMITTED[1]!, 40).lines.map(({ at }) => new Date(at));
    const journal = Journal.create(join(run, 'journal.jsonl'), () => times.shift()!);
    for (const { seq: _seq, at: _at, prev: _prev, ...event } of cut(COMMITTED[1]!, 40).lines)
      journal.append(event as RunEvent);
    journal.close();
    const { record } = writeRecord(run);
    expect(record.status).toBe('indeterminate');
    const stored = readRecord(join(run, 'record.json'));
    expect(recordProblem(join(run, 'record.json'), stored)).toBeNull();
  });

  it.each<[string, string | null, string]>([
    ['that is not there', null, 'cannot-read'],
    ['that is no JSON', '{', 'bad-record'],
    ['that is empty', '', 'bad-record'],
    ['that is something else', '[]', 'bad-record'],
    ['that lacks everything', '{}', 'bad-record'],
    [
      'of another version',
      textOf(COMMITTED[0]!.record).replace('probatum-record/1', 'probatum-record/2'),
      'bad-record',
    ],
    [
      'with a surplus field',
      textOf(COMMITTED[0]!.record).replace('{"artefacts"', '{"a":1,"artefacts"'),
      'bad-record',
    ],
    [
      'that passed with nothing observed',
      textOf(COMMITTED[0]!.record).replace(/"observed":\[[^\]]*\]/, '"observed":null'),
      'bad-record',
    ],
  ])('%s is refused', (_, content, code) => {
    const file = join(mkdtempSync(join(folder, 'bad-')), 'record.json');
    if (content !== null) writeFileSync(file, content);
    expect(() => readRecord(file)).toThrow(expect.objectContaining({ name: 'UsageError', code }) as Error);
  });

  it('without a journal beside it does not hold', () => {
    const run = mkdtempSync(join(folder, 'run-'));
    cpSync(join(REPOSITORY, COMMITTED[0]!.record), join(run, 'record.json'));
    const stored = readRecord(join(run, 'record.json'));
    expect(recordProblem(join(run, 'record.json'), stored)).toContain('cannot read');
  });

  it('beside the journal of another run does not hold', () => {
    const run = mkdtempSync(join(folder, 'run-'));
    cpSync(join(REPOSITORY, COMMITTED[0]!.record), join(run, 'record.json'));
    cpSync(join(REPOSITORY, COMMITTED[1]!.journal), join(run, 'journal.jsonl'));
    const stored = readRecord(join(run, 'record.json'));
    expect(recordProblem(join(run, 'record.json'), stored)).toContain('folds to another record');
    expect(dirname(COMMITTED[0]!.record)).not.toBe(dirname(COMMITTED[1]!.record));
  });
});

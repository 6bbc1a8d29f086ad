import { describe, expect, it } from 'vitest';
import { schemaErrors } from '../../src/load/schemas.js';
import type { RunEvent } from '../../src/record/events.js';
import { COMMITTED, journalLines, textOf } from './committed.js';

/*
 * The schemas of what is persisted: they accept what real runs wrote, and every value that a run can write, and nothing that
 * lacks a field, has one more, or has one of another type.
 */

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Name = 'plan' | 'event' | 'record';

const parse = (text: string) => JSON.parse(text) as Json;
const digest = 'ab'.repeat(32);
const at = '2026-02-03T04:05:06.789Z';

describe.each(COMMITTED)('the committed $name', (committed) => {
  it('has a journal whose every line is an event', () => {
    for (const [index, line] of journalLines(committed).entries())
      expect(schemaErrors('event', parse(line)), `line ${index + 1}`).toEqual([]);
  });

  it('has a record, and a plan in it', () => {
    const record = parse(textOf(committed.record)) as { plan: Json };
    expect(schemaErrors('record', record)).toEqual([]);
    expect(schemaErrors('plan', record.plan)).toEqual([]);
  });

  it('is refused as a record with any field missing, added or of another type', () => {
    expectStrict('record', parse(textOf(committed.record)));
  });

  it('is refused as an event with any field missing, added or of another type', () => {
    const kinds = new Map(
      journalLines(committed).map((line) => [(parse(line) as { type: string }).type, line]),
    );
    for (const [type, line] of kinds) if (type !== 'run-started') expectStrict('event', parse(line));
  });
});

/** What each event adds to a line; the type makes sure that none is forgotten. */
const EVENTS: { readonly [T in RunEvent['type']]: Omit<Extract<RunEvent, { type: T }>, 'type'> } = {
  'run-started': JSON.parse(journalLines(COMMITTED[0]!)[0]!) as Extract<RunEvent, { type: 'run-started' }>,
  'scratch-built': { documents: [] },
  'step-started': { id: 'LOCK', step: 'lock' },
  'step-finished': { id: 'C-06', step: 'migration', status: 'failed', detail: '' },
  'gate-evaluated': {
    id: 'G-02',
    gate: 'backup-age',
    before: 'C-06',
    expected: 'an answer',
    observed: 'could not be evaluated',
    verdict: 'FAIL',
  },
  'authorization-checked': {
    moment: 'commit',
    here: '2026-05-16T00:00:00.000Z',
    server: '2026-05-16 00:00:00.123456+00',
    verdict: 'FAIL',
  },
  'identity-read': {
    moment: 'after',
    identity: {
      system_identifier: '1',
      database: 'd',
      database_oid: '5',
      in_recovery: 'f',
      timeline: '1',
      role: 'r',
      server_version: '15.1',
      server_version_num: '150001',
      postmaster_start_time: '2026-01-01 00:00:00+00',
      marker: '',
      ledger: 'usable',
    },
    parts: [{ part: 'role', expected: 'r', observed: 'r', verdict: 'PASS' }],
  },
  'artefact-written': {
    step: 'backup',
    name: 'backup',
    path: 'artefacts/backup.dump',
    size: '12345678901234567890',
    sha256: digest,
    producer: 'pg_dump',
  },
  'backup-read': { sha256: digest, entries: '0', method: 'read', takenAt: at, serverTakenAt: at },
  'backup-restored': { where: 'here', objects: '1', tables: '0', differences: [] },
  'baseline-read': { id: 'V-15', rows: [], statementSha256: digest },
  'check-evaluated': {
    id: 'V-15',
    title: '',
    moment: 'after-rollback',
    expected: [],
    observed: null,
    verdict: 'NOT RUN',
    statementSha256: null,
    evidence: null,
    reason: 'it did not run',
  },
  'transaction-started': {
    unit: 'rollback',
    xid: '18446744073709551615',
    attempt: 2,
    backend: { pid: '1', startedAt: '2026-05-16 00:00:00+00' },
    serverLife: '',
    ledger: true,
  },
  'commit-sent': { unit: 'rollback' },
  'run-resumed': { torn: { size: '7', sha256: digest }, reason: 'the run was interrupted' },
  'statement-executed': {
    unit: 'rollback',
    number: 1,
    sha256: digest,
    tag: 'DROP TABLE',
    milliseconds: 0,
    notices: ['NOTICE 00000: text'],
  },
  'statement-refused': { unit: 'migration', number: 2, line: 99, column: 1, message: 'syntax error' },
  'transaction-ended': { unit: 'migration', tag: '', outcome: 'unknown', decidedBy: 'nobody' },
  'concurrent-changes': {
    moment: 'in-transaction',
    count: 1,
    lines: ['+ table s.t'],
    touching: ['+ table s.t'],
  },
  'catalogue-attributed': { transactions: ['731'], removed: ['pg_class/16385/2'] },
  'proof-read': { name: 'sequences', covers: 'sequences', observed: null, reason: 'not readable' },
  'run-finished': { status: 'indeterminate', reason: '' },
};

describe('an event', () => {
  const line = (type: RunEvent['type'], changes: object = {}) => ({
    ...EVENTS[type],
    type,
    seq: 1,
    at,
    prev: digest,
    ...changes,
  });

  it.each(Object.keys(EVENTS) as RunEvent['type'][])(
    '%s is accepted, and nothing that is almost one',
    (type) => {
      const value = JSON.parse(JSON.stringify(line(type))) as Json;
      expect(schemaErrors('event', value)).toEqual([]);
      if (type !== 'run-started') expectStrict('event', value);
    },
  );

  it.each<[string, object]>([
    ['of a type that is not known', line('run-finished', { type: 'run-ended' })],
    ['without a type', line('run-finished', { type: undefined })],
    ['with a number below one', line('run-finished', { seq: 0 })],
    ['with a number that is no integer', line('run-finished', { seq: 1.5 })],
    ['with a time that is not UTC', line('run-finished', { at: '2026-02-03T04:05:06.789+01:00' })],
    ['with a time that is none', line('run-finished', { at: '2026-13-03T04:05:06.789Z' })],
    ['with a digest in capitals', line('run-finished', { prev: 'AB'.repeat(32) })],
    ['with a digest that is cut', line('run-finished', { prev: digest.slice(1) })],
    ['with a status that is not known', line('run-finished', { status: 'success' })],
    ['with a 64-bit number as a number', line('transaction-started', { xid: 731 })],
    ['with a step that is not known', line('step-started', { step: 'vacuum' })],
    ['with an artefact above the run', line('artefact-written', { path: 'artefacts/../../secret' })],
    ['with an artefact elsewhere', line('artefact-written', { path: '/etc/passwd' })],
    ['with the artefacts themselves', line('artefact-written', { path: 'artefacts/..' })],
    [
      'that passed, with nothing observed',
      line('check-evaluated', { verdict: 'PASS', statementSha256: digest }),
    ],
    ['that passed, by nothing', line('check-evaluated', { verdict: 'PASS', observed: [] })],
  ])('%s is refused', (_, value) => {
    expect(schemaErrors('event', JSON.parse(JSON.stringify(value)))).not.toEqual([]);
  });

  it('that passed is accepted with what was observed, and by what', () => {
    const seen = { verdict: 'PASS', observed: ['1'], reason: null };
    expect(schemaErrors('event', line('check-evaluated', { ...seen, statementSha256: digest }))).toEqual([]);
    expect(schemaErrors('event', line('check-evaluated', { ...seen, evidence: 'catalogue' }))).toEqual([]);
  });
});

describe('a plan', () => {
  const plan = () => (parse(textOf(COMMITTED[1]!.record)) as { plan: Json }).plan;

  it('is refused with any field missing, added or of another type', () => {
    expectStrict('plan', plan());
  });

  it.each<[string, string, Json]>([
    ['a form of another version', 'format', 'probatum-plan/2'],
    ['no commands', 'commands', []],
    ['a report outside the corpus', 'reports.execution.path', '/tmp/report.md'],
    ['a check with two answers', 'verification.checks.0.evidence', 'catalogue.delta'],
    ['a check without an answer', 'verification.checks.0.statement', null],
    ['evidence that is not known', 'preflight.checks.0.evidence', 'rumour'],
    ['a baseline with rows', 'verification.checks.0.expected', { kind: 'baseline', offset: null, rows: [] }],
    ['an offset that is no integer', 'verification.checks.0.expected', { kind: 'baseline', offset: 0.5 }],
    ['a limit of nothing', 'limits.lockTimeoutMs', 0],
    ['a digest that is none', 'migration.sha256', 'none'],
    ['a system identifier as a number', 'target.systemIdentifier', 7],
  ])('with %s is refused', (_, path, value) => {
    const changed = structuredClone(plan());
    expect(schemaErrors('plan', changed)).toEqual([]);
    set(changed, path.split('.'), value);
    expect(schemaErrors('plan', changed)).not.toEqual([]);
  });
});

/** Fields that may be missing. */
const OPTIONAL = /^(?:plan\.)?roles\./;

/** Refused must be: each object without each of its fields, each with one more, each value of another type. */
function expectStrict(name: Name, value: Json): void {
  const accepted: string[] = [];
  const tried = new Set<string>();
  const attempt = (what: string, path: readonly string[], change: (root: Json) => void) => {
    // One item of a list stands for all of them that have the same fields.
    const label = `${what} ${path.join('.').replace(/(?<=^|\.)\d+(?=\.|$)/g, '*')}`;
    if (tried.has(label)) return;
    tried.add(label);
    const copy = structuredClone(value);
    change(copy);
    if (schemaErrors(name, copy).length === 0) accepted.push(label);
  };
  walk(value, [], (node, path) => {
    if (isObject(node)) {
      attempt('one more in', path, (root) => {
        (get(root, path) as { [key: string]: Json }).surplus = 'x';
      });
      for (const key of Object.keys(node)) {
        const child = [...path, key];
        if (OPTIONAL.test(child.join('.'))) continue;
        attempt('without', child, (root) => {
          delete (get(root, path) as { [key: string]: Json })[key];
        });
      }
    }
    if (path.length > 0)
      attempt(`${kindOf(node)} is of another type:`, path, (root) => set(root, path, otherType(node)));
  });
  expect(tried.size).toBeGreaterThan(5);
  expect(accepted).toEqual([]);
}

function otherType(value: Json): Json {
  if (typeof value === 'string') return 7;
  if (typeof value === 'number') return 'seven';
  return Array.isArray(value) ? { list: true } : value === null || typeof value === 'object' ? true : 7;
}

function kindOf(value: Json): string {
  return value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function walk(
  value: Json,
  path: readonly string[],
  visit: (value: Json, path: readonly string[]) => void,
): void {
  visit(value, path);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) walk(child, [...path, key], visit);
}

function get(value: Json, path: readonly string[]): Json {
  return path.reduce<Json>((at, key) => (at as { [key: string]: Json })[key]!, value);
}

function set(value: Json, path: readonly string[], to: Json): void {
  (get(value, path.slice(0, -1)) as { [key: string]: Json })[path.at(-1)!] = to;
}

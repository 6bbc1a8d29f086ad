import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CheckMoment, MigrationOutcome } from '../../src/record/events.js';
import type { CheckRecord, RunRecord } from '../../src/record/record.js';
import { readRecord } from '../../src/record/store.js';
import { renderReport } from '../../src/render/report.js';
import { COMMITTED, REPOSITORY } from '../record/committed.js';
import { readReport, rowsUnder, type SeenTable } from '../support/report-tables.js';

/* What the reports of the committed records claim, had the runs gone otherwise. */

type Change = { -readonly [K in keyof RunRecord]?: RunRecord[K] };

const load = (name: string) => {
  const { record } = COMMITTED.find((committed) => committed.name === name)!;
  return readRecord(join(REPOSITORY, record)).record;
};
const RUN = load('run');
const REHEARSAL = load('rehearsal');
const DELTA = RUN.plan.derived.find(({ subject }) => subject === 'catalogue-delta')!.id;
const ROWS = RUN.plan.derived.find(({ subject }) => subject === 'rows-written')!.id;
const NOT_OBSERVED = "NOT RUN: the catalogue's difference was not observed after COMMIT";

function told(record: RunRecord, change: Change = {}): { text: string; tables: readonly SeenTable[] } {
  const text = renderReport({ ...record, ...change }, 'a'.repeat(64));
  return { text, tables: readReport(text).tables };
}

const at = (...moments: CheckMoment[]) => RUN.checks.filter(({ moment }) => moments.includes(moment));

/** The run as it is when COMMIT was not sent. */
const uncommitted = (outcome: MigrationOutcome = 'not-committed'): Change => ({
  migration: { ...RUN.migration!, outcome, tag: outcome === 'unknown' ? '' : 'ROLLBACK' },
  checks: at('preflight', 'in-transaction'),
});

const rolledBack = (outcome: MigrationOutcome = 'committed'): Change => ({
  rollback: { ...RUN.migration!, unit: 'rollback', outcome },
});

const observed = (id: string, lines: readonly string[], verdict: CheckRecord['verdict'] = 'PASS') =>
  RUN.checks.map((check) => (check.id === id ? { ...check, observed: lines, verdict } : check));

function statement(provedBy: readonly string[], change: Change = {}, record = RUN): readonly string[] {
  const plan = { ...record.plan, nonScope: [{ statement: 'Nothing', declared: null, provedBy }] };
  return rowsUnder(told(record, { ...change, plan }).tables, 'Statement', 'Result', 'By')[0]!.slice(1);
}

const binding = (change: Change = {}) =>
  rowsUnder(told(RUN, change).tables, 'Binding', 'Text', 'Check')[0]!.slice(2);

const changes = ({ tables }: ReturnType<typeof told>) => rowsUnder(tables, 'Object change');

describe('objects', () => {
  it('are those that were observed, whatever the derived checks know of', () => {
    const lines = ['+ table s.t', '+ view s.v', '+ sequence s.q', '- index s.i', '~ s.old'];
    const seen = told(RUN, {
      plan: { ...RUN.plan, derived: RUN.plan.derived.filter(({ table }) => table === null) },
      checks: observed(DELTA, lines),
    });
    expect(changes(seen)).toEqual(lines.map((line) => [line, DELTA, 'PASS']));
    expect(rowsUnder(seen.tables, 'Table', 'Fact')).toEqual([]);
    expect(seen.text).toContain('\n- objects_changed: 5\n- created_tables: 1\n');
    expect(seen.text).not.toContain('None stands');
  });

  it('are followed by the facts of tables, and bear a verdict that is no PASS', () => {
    const seen = told(RUN, { checks: observed(DELTA, ['+ table s.stray'], 'FAIL') });
    expect(changes(seen)).toEqual([['+ table s.stray', DELTA, 'FAIL']]);
    expect(rowsUnder(seen.tables, 'Table', 'Fact')).toHaveLength(12);
  });

  it('are none where nothing was seen to change', () => {
    const { text } = told(RUN, { checks: observed(DELTA, []) });
    expect(text).toContain(`\nNo object was added, dropped or changed: ${DELTA} PASS\n`);
    expect(text).toContain('\n- objects_changed: 0\n- created_tables: 0\n');
  });

  const plan = { ...RUN.plan, derived: RUN.plan.derived.filter(({ id }) => id !== DELTA) };
  it.each<[string, Change]>([
    ['not planned', { plan }],
    ['not asked after COMMIT', { checks: at('preflight', 'in-transaction') }],
    [
      'not answered',
      { checks: RUN.checks.map((c) => (c.id === DELTA ? { ...c, observed: null, verdict: 'NOT RUN' } : c)) },
    ],
    ['of a migration of unknown outcome', uncommitted('unknown')],
  ])('are not claimed where the difference was %s', (_, change) => {
    const seen = told(RUN, change);
    expect(seen.text).toContain(`\n${NOT_OBSERVED}.\n`);
    expect(seen.text).toContain(`\n- objects_changed: ${NOT_OBSERVED}\n- created_tables: ${NOT_OBSERVED}\n`);
    expect(seen.text).not.toContain('None stands');
    expect(changes(seen)).toEqual([]);
  });

  it.each<[string, Change]>([
    ['nothing was committed', uncommitted()],
    ['nothing was committed', { migration: null, checks: [] }],
    ['the migration was rolled back', rolledBack()],
  ])('do not stand where %s', (why, change) => {
    const seen = told(RUN, change);
    expect(seen.text).toContain(`\nNone stands: ${why}.\n`);
    expect(seen.text).toContain(`\n- objects_changed: 0, as ${why}\n- created_tables: 0, as ${why}\n`);
    expect([...changes(seen), ...rowsUnder(seen.tables, 'Table', 'Fact')]).toEqual([]);
  });

  it('are told with a rollback of unknown outcome', () => {
    expect(told(RUN, rolledBack('unknown')).text).toContain(
      '- created_tables: 2, before a rollback of unknown outcome\n',
    );
  });
});

describe('a statement of the package', () => {
  it('is proved by checks that passed after COMMIT, in a rehearsal too', () => {
    expect(statement(['V-04', 'V-05'])).toEqual(['proved', 'V-04 PASS, V-05 PASS']);
    expect(statement(['V-04'], {}, REHEARSAL)).toEqual(['proved', 'V-04 PASS']);
  });

  const preflight = at('preflight')[0]!.id;
  const before = `${preflight} PASS before the migration, which proves nothing of its effect`;
  it.each<[string, string[], Change, string[]]>([
    [
      'one check failed',
      ['V-04', 'V-05'],
      { checks: observed('V-05', ['1'], 'FAIL') },
      ['NOT PROVED', 'V-04 PASS, V-05 FAIL'],
    ],
    ['no check has the name', ['V-99'], {}, ['NOT PROVED', 'V-99 NOT RUN']],
    [
      'others moved it after COMMIT',
      ['V-04'],
      {
        checks: RUN.checks.map((check) =>
          check.id === 'V-04' && check.moment === 'after-commit' ? { ...check, verdict: 'MOVED' } : check,
        ),
      },
      ['NOT PROVED', 'V-04 MOVED by other sessions after COMMIT, PASS in the transaction'],
    ],
    [
      'it was asked before the migration only',
      ['V-04', preflight],
      {},
      ['NOT PROVED', `V-04 PASS, ${before}`],
    ],
    [
      'the counters of the transaction, which exist only inside it, answered',
      [ROWS],
      {},
      ['proved', `${ROWS} PASS in the transaction`],
    ],
    [
      'nothing was committed',
      ['V-04'],
      uncommitted(),
      ['nothing was committed', 'V-04 PASS in the transaction, not committed'],
    ],
    ['nothing ran', ['V-04'], { migration: null, checks: [] }, ['nothing was committed', 'V-04 NOT RUN']],
    [
      'the outcome is unknown',
      ['V-04'],
      uncommitted('unknown'),
      ['NOT PROVED', 'V-04 PASS in the transaction, not known to be committed'],
    ],
    [
      'it was rolled back',
      ['V-04'],
      rolledBack(),
      ['rolled back', 'V-04 PASS after COMMIT, before the rollback'],
    ],
    [
      'it may be rolled back',
      ['V-04'],
      rolledBack('unknown'),
      ['NOT PROVED', 'V-04 PASS after COMMIT, before a rollback of unknown outcome'],
    ],
    ['the rollback was given up', ['V-04'], rolledBack('not-committed'), ['proved', 'V-04 PASS']],
  ])('has its result where %s', (_, provedBy, change, row) => {
    expect(statement(provedBy, change)).toEqual(row);
  });
});

describe('a binding of a reviewer', () => {
  it('tells the moment of its check where that is not after COMMIT', () => {
    expect(binding()).toEqual(['V-14b', 'PASS']);
    expect(binding(uncommitted())).toEqual(['V-14b', 'PASS in the transaction, not committed']);
    expect(binding(rolledBack())).toEqual(['V-14b', 'PASS after COMMIT, before the rollback']);
    expect(binding({ checks: [] })).toEqual(['V-14b', 'NOT RUN']);
  });
});

describe('the mutation of data', () => {
  const lineOf = (key: string, change: Change) =>
    new RegExp(`^- ${key}: (.*)$`, 'm').exec(told(RUN, change).text)?.[1];
  const line = (change: Change) => lineOf('data_mutation', change);
  const open = (change: Change) => lineOf('data_mutation_not_covered', change);
  const derived = RUN.plan.derived.map((c) => (c.id === ROWS ? { ...c, allowed: ['s.t'] } : c));
  const allowing = { plan: { ...RUN.plan, derived } };
  const counters = `by the server's row counters (${ROWS} PASS)`;
  const none = `no row of any user table was inserted, updated or deleted, ${counters}`;
  const rest =
    'no table was emptied or rewritten, by the data files; no sequence moved; no unlogged table changed';

  type Name = 'data files' | 'sequences' | 'unlogged tables' | 'write-ahead log';
  /** The proofs of the record, one of them otherwise. */
  const proof = (name: Name, observed: readonly string[] | null, reason: string | null = null): Change => {
    const others = RUN.proofs.filter((one) => one.name !== name);
    return { proofs: [...others, { name, covers: 'x', observed, reason }] };
  };
  const log = (observed: readonly string[], reason: string | null = null) =>
    proof('write-ahead log', observed, reason);

  it('is told as it was observed', () => {
    expect(line({})).toBe(`${none}; ${rest}`);
    const but = `no row of any user table but s.t was inserted, updated or deleted, ${counters}; ${rest}`;
    expect(line(allowing)).toBe(but);
    expect(line({ ...allowing, ...rolledBack() })).toBe(`before the rollback: ${but}`);
    expect(line(rolledBack('unknown'))).toBe(`before a rollback of unknown outcome: ${none}; ${rest}`);
    expect(line({ ...allowing, ...uncommitted() })).toBe('none: nothing was committed');
    expect(line({ ...allowing, ...uncommitted('unknown') })).toBe('not known');
    const written = { checks: observed(ROWS, ['s.x', 's.y'], 'FAIL') };
    expect(line(written)).toBe(
      `rows were written in s.x, s.y, by the server's row counters (${ROWS} FAIL); ${rest}`,
    );
  });

  it('claims no more than the counters do where they are all that there is', () => {
    const alone = { proofs: RUN.proofs.filter(({ name }) => name === 'row counters') };
    expect(line(alone)).toBe(none);
    expect(open(alone)).toBe(
      'tables that were emptied or rewritten; values of sequences; contents of unlogged tables; rows of dropped tables',
    );
  });

  it('claims nothing where nothing was read', () => {
    const nothing = { checks: at('after-commit'), proofs: [] };
    expect(line(nothing)).toBe('NOT RUN');
    expect(open(nothing)).toContain('rows that were inserted, updated and deleted; tables that were emptied');
    expect(line({ checks: at('after-commit') })).toBe(rest);
  });

  it.each<[string, Change, string, string]>([
    ['nothing else', {}, `${none}; ${rest}`, 'rows of dropped tables'],
    [
      'a log that agrees',
      log(['s.t']),
      `${none} and the write-ahead log; ${rest}`,
      'rows of dropped unlogged tables',
    ],
    [
      'a log that holds more',
      log(['s.t'], 'the row counters did not show s.t'),
      `${none}; the write-ahead log holds more: the row counters did not show s.t; ${rest}`,
      'rows of dropped unlogged tables',
    ],
    [
      'tables that were emptied',
      proof('data files', ['index s.i', 'table s.t']),
      `${none}; emptied or rewritten, by the data files: table s.t; no sequence moved; no unlogged table changed`,
      'rows of dropped tables',
    ],
    [
      'new files of indexes only',
      proof('data files', ['index s.i']),
      `${none}; ${rest}`,
      'rows of dropped tables',
    ],
    [
      'data files that were not compared',
      proof('data files', null),
      `${none}; no sequence moved; no unlogged table changed`,
      'tables that were emptied or rewritten; rows of dropped tables',
    ],
    [
      'sequences that moved',
      proof('sequences', ['s.q']),
      `${none}; ${rest.replace('no sequence moved', 'sequences that moved: s.q')}`,
      'rows of dropped tables',
    ],
    [
      'sequences that may not be read',
      proof('sequences', null, 'this role may not read s.q'),
      `${none}; ${rest.replace('no sequence moved; ', '')}`,
      'values of sequences (this role may not read s.q); rows of dropped tables',
    ],
    [
      'unlogged tables that changed, and a large one',
      proof('unlogged tables', ['s.u', 's.big not read: more than 5 bytes']),
      `${none}; ${rest.replace('no unlogged table changed', 'unlogged tables that changed, by whomever: s.u')}`,
      's.big not read: more than 5 bytes; rows of dropped tables',
    ],
    [
      'a large unlogged table',
      proof('unlogged tables', ['s.big not read: more than 5 bytes']),
      `${none}; ${rest.replace('no unlogged', 'no other unlogged')}`,
      's.big not read: more than 5 bytes; rows of dropped tables',
    ],
    [
      'unlogged tables that were not read',
      proof('unlogged tables', null, 'SQLSTATE 55P03'),
      `${none}; ${rest.replace('; no unlogged table changed', '')}`,
      'contents of unlogged tables (SQLSTATE 55P03); rows of dropped tables',
    ],
  ])('goes as far as the proofs: %s', (_, change, shown, left) => {
    expect([line(change), open(change)]).toEqual([shown, left]);
  });

  it('is not proved by counters that the log contradicts', () => {
    const against = log(['s.t'], 'the row counters did not show s.t');
    expect(statement([ROWS], against)).toEqual([
      'NOT PROVED',
      `${ROWS} PASS in the transaction, and the write-ahead log holds more: the row counters did not show s.t`,
    ]);
    expect(statement([ROWS], log(['s.t']))).toEqual(['proved', `${ROWS} PASS in the transaction`]);
  });
});

describe('what a run leaves that was not committed', () => {
  const end = (change: Change) =>
    /^The run was aborted: (.*) Generated from/m.exec(
      told(RUN, { ...uncommitted(), status: 'aborted', ...change }).text,
    )?.[1];
  const afterwards = (observed: readonly string[] | null, reason: string | null = null): Change => ({
    proofs: [...RUN.proofs, { name: 'sequences after ROLLBACK', covers: 'x', observed, reason }],
  });
  const nothing = 'the migration was not committed and nothing was changed';
  const sequences = `${nothing} but for sequences, which no ROLLBACK takes back`;

  it('is nothing where no statement was sent, or every sequence stands where it stood', () => {
    expect(end({ migration: null, proofs: [] })).toBe(`${nothing}.`);
    expect(end({ migration: { ...uncommitted().migration!, statements: [] }, proofs: [] })).toBe(
      `${nothing}.`,
    );
    expect(end(afterwards([]))).toBe(`${nothing}.`);
  });

  it('is not known of a run that died with its first statement under way', () => {
    const begun = { ...uncommitted().migration!, statements: [] };
    const resumed = [{ type: 'run-resumed', at: RUN.startedAt, torn: null, reason: 'it died' }] as const;
    expect(end({ migration: begun, proofs: [], resumed })).toBe(
      `${sequences} and which were not read afterwards.`,
    );
  });

  it('is sequences, by name, or those that nobody could read', () => {
    expect(end(afterwards(['s.q', 's.r']))).toBe(`${sequences}: s.q, s.r moved, by this run or by others.`);
    expect(end({ proofs: [] })).toBe(`${sequences} and which were not read afterwards.`);
    expect(end(afterwards(null, 'SQLSTATE 42501'))).toBe(
      `${sequences} and which could not be read: SQLSTATE 42501.`,
    );
  });
});

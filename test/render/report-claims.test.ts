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
  const line = (change: Change) => /^- data_mutation: (.*)$/m.exec(told(RUN, change).text)?.[1];
  const derived = RUN.plan.derived.map((c) => (c.id === ROWS ? { ...c, allowed: ['s.t'] } : c));
  const allowing = { plan: { ...RUN.plan, derived } };
  const counted = `no row in any user table but s.t, by the server's row counters (${ROWS} PASS)`;

  it('is told as it was observed', () => {
    expect(line({})).toBe('no row of any user table was written');
    expect(line(allowing)).toBe(counted);
    expect(line({ ...allowing, ...rolledBack() })).toBe(`${counted}, before the rollback`);
    expect(line({ ...allowing, ...uncommitted() })).toBe('none: nothing was committed');
    expect(line({ ...allowing, ...uncommitted('unknown') })).toBe('not known');
    expect(line({ checks: at('after-commit') })).toBe('NOT RUN');
  });
});

describe('the answers of the server', () => {
  it('are those that were recorded, and limits are those of the plan', () => {
    const { text } = told(RUN);
    expect(text).toContain('\n- server_answers: CREATE TABLE / CREATE TABLE / COMMIT\n');
    expect(text).toContain('\n- limits of the plan: lock_timeout 5000 ms, statement_timeout 60000 ms\n');
  });
});

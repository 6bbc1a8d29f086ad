import type { CheckRecord, RunRecord } from '../record/record.js';
import { logAgainst, rollbackClaims, rowClaims } from './row-claims.js';

/** What is known of the migration's effect when the run ends. */
type Standing = 'committed' | 'nothing-committed' | 'rolled-back' | 'unknown' | 'rollback-unknown';

function standingOf({ migration, rollback }: RunRecord): Standing {
  const outcome = migration?.outcome ?? 'not-committed';
  if (outcome === 'not-committed') return 'nothing-committed';
  if (outcome === 'unknown') return 'unknown';
  if (rollback?.outcome === 'committed') return 'rolled-back';
  return rollback?.outcome === 'unknown' ? 'rollback-unknown' : 'committed';
}

const NOT_PROVED: Readonly<Record<Standing, string>> = {
  committed: 'NOT PROVED',
  'nothing-committed': 'nothing was committed',
  'rolled-back': 'rolled back',
  unknown: 'NOT PROVED',
  'rollback-unknown': 'NOT PROVED',
};

const INSIDE: Readonly<Record<Standing, string>> = {
  committed: 'not after COMMIT',
  'nothing-committed': 'not committed',
  'rolled-back': 'not after COMMIT',
  unknown: 'not known to be committed',
  'rollback-unknown': 'not after COMMIT',
};

const AFTER_COMMIT: Readonly<Record<Standing, string>> = {
  committed: '',
  'nothing-committed': '',
  'rolled-back': ' after COMMIT, before the rollback',
  unknown: '',
  'rollback-unknown': ' after COMMIT, before a rollback of unknown outcome',
};

/** Rows of a check as one line of a table. */
export function rowsText(rows: readonly string[]): string {
  return rows.length === 0 ? '(no rows)' : rows.join(' ⏎ ');
}

/** A statement is proved where the migration stands and every check named passed after COMMIT; nothing else proves. */
export function proofOf(record: RunRecord, line: RunRecord['plan']['nonScope'][number]) {
  if (line.declared !== null) return { result: 'declared', by: line.declared };
  const standing = standingOf(record);
  const passed = (id: string) =>
    isCounter(record, id)
      ? answered(record, id, 'in-transaction')?.verdict === 'PASS' && logAgainst(record.proofs) === null
      : answered(record, id, 'after-commit')?.verdict === 'PASS';
  const proved = standing === 'committed' && line.provedBy.length > 0 && line.provedBy.every(passed);
  return {
    result: proved ? 'proved' : NOT_PROVED[standing],
    by: line.provedBy.map((id) => `${id} ${resultOf(record, id)}`).join(', '),
  };
}

/** What became of a check that a document names: its verdict, with the moment where that is not after COMMIT. */
export function resultOf(record: RunRecord, id: string): string {
  const standing = standingOf(record);
  const after = answered(record, id, 'after-commit');
  const inside = answered(record, id, 'in-transaction');
  const before = answered(record, id, 'preflight');
  const verdict = (after ?? inside ?? before)?.verdict ?? 'NOT RUN';
  if (verdict === 'NOT RUN') return verdict;
  if (verdict === 'MOVED')
    return `MOVED by other sessions${AFTER_COMMIT[standing] || ' after COMMIT'}, PASS in the transaction`;
  if (after) return `${verdict}${AFTER_COMMIT[standing]}`;
  if (inside && standing === 'committed' && isCounter(record, id)) {
    const against = logAgainst(record.proofs);
    return `${verdict} in the transaction${against ? `, and the write-ahead log holds more: ${against}` : ''}`;
  }
  if (inside) return `${verdict} in the transaction, ${INSIDE[standing]}`;
  return `${verdict} before the migration, which proves nothing of its effect`;
}

/** The counters of written rows speak of the transaction as a whole, and exist only inside it. */
function isCounter({ plan }: RunRecord, id: string): boolean {
  return plan.derived.some((check) => check.id === id && check.subject === 'rows-written');
}

function answered(record: RunRecord, id: string, at: CheckRecord['moment']): CheckRecord | undefined {
  return record.checks.filter((check) => check.id === id && check.moment === at).at(-1);
}

const NOT_OBSERVED = "NOT RUN: the catalogue's difference was not observed after COMMIT";

/** What the catalogue said after COMMIT of the objects that came, went and changed; only what was seen is listed. */
export function objectChanges(record: RunRecord) {
  const standing = standingOf(record);
  if (standing === 'nothing-committed')
    return noChange('None stands: nothing was committed.', '0, as nothing was committed');
  if (standing === 'rolled-back')
    return noChange('None stands: the migration was rolled back.', '0, as the migration was rolled back');
  const planned = record.plan.derived.find(({ subject }) => subject === 'catalogue-delta');
  const seen = planned && answered(record, planned.id, 'after-commit');
  if (!seen?.observed) return noChange(`${NOT_OBSERVED}.`, NOT_OBSERVED);
  const undone = standing === 'rollback-unknown' ? ', before a rollback of unknown outcome' : '';
  const tables = seen.observed.filter((line) => line.startsWith('+ table ')).length;
  return {
    note:
      seen.observed.length === 0
        ? `No object was added, dropped or changed${undone}: ${seen.id} ${seen.verdict}`
        : `Objects that were added, dropped and changed, as observed after COMMIT${undone}.`,
    lines: seen.observed.map((change) => ({ change, id: seen.id, result: seen.verdict })),
    changed: `${seen.observed.length}${undone}`,
    tables: `${tables}${undone}`,
  };
}

function noChange(note: string, count: string) {
  return { note, lines: [], changed: count, tables: count };
}

/** Tables whose shape the migration's text tells, with the checks that say what they are; empty if none stands. */
export function createdTables(record: RunRecord) {
  const standing = standingOf(record);
  if (standing !== 'committed' && standing !== 'rollback-unknown') return [];
  const tables = [...new Set(record.plan.derived.flatMap(({ table }) => (table === null ? [] : [table])))];
  return tables.map((table) => ({
    table,
    facts: record.plan.derived
      .filter((check) => check.table === table)
      .map((check) => {
        const seen = answered(record, check.id, 'after-commit');
        const observed = seen?.observed ?? null;
        const count = check.subject === 'columns' && observed ? `${observed.length} columns: ` : '';
        return {
          fact: check.title.slice(table.length + 2),
          value: observed ? `${count}${rowsText(observed)}` : 'NOT RUN',
          id: check.id,
          result: seen?.verdict ?? 'NOT RUN',
        };
      }),
  }));
}

/** What became of rows, and what no proof covers of them; what was not committed is no mutation. */
export function dataMutation(record: RunRecord): { readonly shown: string; readonly open: string } {
  const standing = standingOf(record);
  if (standing === 'nothing-committed') return { shown: 'none: nothing was committed', open: '' };
  if (standing === 'unknown') return { shown: 'not known', open: '' };
  const check = record.plan.derived.find(({ subject }) => subject === 'rows-written');
  const counted = check && answered(record, check.id, 'in-transaction');
  const { shown, open } = rowClaims(record, counted, check?.allowed ?? []);
  if (standing === 'committed') return { shown, open };
  const undone = standing === 'rolled-back' ? 'the rollback' : 'a rollback of unknown outcome';
  const back = rollbackClaims(record);
  return {
    shown: [`before ${undone}: ${shown}`, ...back.shown].join('; '),
    open: [open, ...back.open].join('; '),
  };
}

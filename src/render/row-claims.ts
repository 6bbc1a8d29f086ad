import type { CheckRecord, RunRecord } from '../record/record.js';

/** What may be said of the rows that a transaction wrote, and what none of the proofs that were available covers. */
interface RowClaims {
  readonly shown: string;
  readonly open: string;
}

type Proofs = RunRecord['proofs'];

/**
 * Claims as far as the proofs of a record go.
 * @param counted answer of the server's row counters @param allowed tables whose rows the scope declares
 */
export function rowClaims(
  { proofs }: RunRecord,
  counted: CheckRecord | undefined,
  allowed: readonly string[],
): RowClaims {
  const parts = [
    countedRows(proofs, counted, allowed),
    dataFiles(proofs),
    movedSequences(proofs),
    unloggedTables(proofs),
    droppedTables(proofs),
  ];
  const said = parts.flatMap(({ shown = [] }) => shown);
  return {
    shown: said.length === 0 ? 'NOT RUN' : said.join('; '),
    open: parts.flatMap(({ open = [] }) => open).join('; '),
  };
}

/** What the rollback did to rows, beside what the migration had done to them. */
export function rollbackClaims({ proofs }: RunRecord): { readonly shown: string[]; readonly open: string[] } {
  const lines = seen(proofs, 'row counters of the rollback');
  if (!lines) return { shown: [], open: ['all that the rollback did to rows and sequences'] };
  const said = lines.length === 0 ? 'no row was written' : `rows were written (${lines.join(', ')})`;
  const counted = `by the rollback: ${said}, by the server's row counters`;
  const files = seen(proofs, 'data files of the rollback');
  // Older versions looked at rows only.
  if (!files)
    return {
      shown: [counted],
      open: ['what the rollback emptied, rewrote or dropped, and sequences that it moved'],
    };
  const moved = movedSequences(proofs, ' of the rollback');
  return {
    shown: [counted, ...(dataFiles(proofs, ' of the rollback').shown ?? []), ...(moved.shown ?? [])],
    open: [...(moved.open ?? []), 'rows of tables that the rollback dropped'],
  };
}

interface Part {
  readonly shown?: readonly string[];
  readonly open?: readonly string[];
}

/** What the row counters say, and the log where it was read: rows that only the log holds are against them. */
function countedRows(proofs: Proofs, counted: CheckRecord | undefined, allowed: readonly string[]): Part {
  if (!counted?.observed) return { open: ['rows that were inserted, updated and deleted'] };
  const { id, verdict, observed } = counted;
  const log = seen(proofs, 'write-ahead log');
  const against = logAgainst(proofs);
  const source = `by the server's row counters (${id} ${verdict})${log && !against ? ' and the write-ahead log' : ''}`;
  const but = [...allowed, ...belowDeclared(proofs, allowed)];
  const rows =
    observed.length > 0
      ? `rows were written in ${observed.join(', ')}, ${source}`
      : `no row of any user table${but.length === 0 ? '' : ` but ${but.join(', ')}`} was inserted, updated or deleted, ${source}`;
  return { shown: against ? [`${rows}; the write-ahead log holds more: ${against}`] : [rows] };
}

/** Tables whose rows were counted and let pass, as they are partitions of declared ones or inherit from them. */
function belowDeclared(proofs: Proofs, allowed: readonly string[]): readonly string[] {
  const counted = seen(proofs, 'row counters') ?? [];
  return counted
    .map((line) => line.slice(0, line.lastIndexOf(': ')))
    .filter((table) => !allowed.includes(table));
}

/** What the write-ahead log holds against the row counters; null where it was not read, or holds nothing. */
export function logAgainst(proofs: Proofs): string | null {
  return proofs.find(({ name, observed }) => name === 'write-ahead log' && observed !== null)?.reason ?? null;
}

/** @param of whose transaction it was: the migration's where nothing is said */
function dataFiles(proofs: Proofs, of = ''): Part {
  const files = seen(proofs, `data files${of}`);
  if (!files) return { open: ['tables that were emptied or rewritten'] };
  const tables = files.filter((label) => /^(?:table|materialized view) /.test(label));
  if (tables.length === 0) return { shown: [`no table was emptied or rewritten, by the data files${of}`] };
  return { shown: [`emptied or rewritten, by the data files${of}: ${tables.join(', ')}`] };
}

function movedSequences(proofs: Proofs, of = ''): Part {
  const name = `sequences${of}`;
  const moved = seen(proofs, name);
  const during = of === '' ? '' : ' in the rollback';
  if (!moved) return { open: [`values of sequences${during}${why(proofs, name)}`] };
  if (moved.length === 0) return { shown: [`no sequence moved${during}`] };
  return { shown: [`sequences that moved${during}: ${moved.join(', ')}`] };
}

function unloggedTables(proofs: Proofs): Part {
  const lines = seen(proofs, 'unlogged tables');
  if (!lines) return { open: [`contents of unlogged tables${why(proofs, 'unlogged tables')}`] };
  const unread = lines.filter((line) => line.includes(' not read: '));
  const changed = lines.filter((line) => !unread.includes(line));
  const others = unread.length > 0 ? 'no other unlogged table changed' : 'no unlogged table changed';
  return {
    shown: [
      changed.length === 0 ? others : `unlogged tables that changed, by whomever: ${changed.join(', ')}`,
    ],
    open: unread,
  };
}

/** The counters forget a table that is dropped; the log does not. */
function droppedTables(proofs: Proofs): Part {
  return {
    open: [seen(proofs, 'write-ahead log') ? 'rows of dropped unlogged tables' : 'rows of dropped tables'],
  };
}

function seen(proofs: Proofs, name: string): readonly string[] | null {
  return proofs.find((proof) => proof.name === name)?.observed ?? null;
}

function why(proofs: Proofs, name: string): string {
  const reason = proofs.find((proof) => proof.name === name)?.reason;
  return reason ? ` (${reason})` : '';
}

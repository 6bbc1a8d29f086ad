import type { Cell, Row, Table } from '../parse/document.js';

/** What a row of a table of checks says of its check. */
export type Verdict = 'PASS' | 'FAIL' | 'other';

/** A table whose rows are checks: it has a column of verdicts, or one of expected and one of observed values. */
export interface CheckTable {
  readonly table: Table;
  readonly rows: readonly CheckRow[];
  /** Whether the rows say how their checks came out. */
  readonly judged: boolean;
}

export interface CheckRow {
  readonly row: Row;
  readonly verdict: Verdict;
  /** The cell that says it. */
  readonly cell: Cell | null;
}

const VERDICT_HEADER = /^(?:result|verdict|status|outcome)$/i;
/** In a table without expected and observed values, `failed` may be said of something else: a run, a step. */
const VERDICT = { compared: /^(PASS|FAIL)(?:ED)?\b/i, alone: /^(PASS|FAIL)(?:ED)?\b/ };

/** Signs are verdicts where the column says that it holds those; a status can be that of something else. */
const SIGNS_HEADER = /^(?:result|verdict)$/i;
const SIGNS: readonly (readonly [RegExp, Verdict])[] = [
  [/^(?:[✅✔☑🟢]|:(?:white|heavy)_check_mark:)/u, 'PASS'],
  [/^(?:[❌✗✘🔴]|:x:)/u, 'FAIL'],
];

/** Reads a table as one of checks; null where it is another. */
export function readCheckTable(table: Table): CheckTable | null {
  const find = (name: RegExp) => table.header.cells.findIndex(({ text }) => name.test(text.trim()));
  const column = find(VERDICT_HEADER);
  const compared = find(/^expected\b/i) >= 0 && find(/^(?:observed|actual)\b/i) >= 0;
  if (column < 0 && !compared) return null;
  const word = VERDICT[compared ? 'compared' : 'alone'];
  const signs = SIGNS_HEADER.test(table.header.cells[column]?.text.trim() ?? '') ? SIGNS : [];
  const rows = table.rows.map((row) =>
    readRow(row, row.cells.length === table.header.cells.length ? column : -1, word, signs),
  );
  const judged = rows.some(({ cell }) => cell !== null);
  return judged || compared ? { table, rows, judged } : null;
}

/** A row that was broken by a `|` in a cell still has its verdict in a cell of its own. */
function readRow(row: Row, column: number, says: RegExp, signs: typeof SIGNS): CheckRow {
  const cell =
    row.cells[column] ?? row.cells.findLast(({ text }) => /^(?:PASS|FAIL)$/.test(text.trim())) ?? null;
  const text = cell?.text.trim() ?? '';
  const word =
    (says.exec(text)?.[1]?.toUpperCase() as Verdict | undefined) ??
    signs.find(([sign]) => sign.test(text))?.[1];
  return { row, verdict: word ?? 'other', cell: word ? cell : null };
}

/** How many rows of a table of checks have a verdict. */
export function verdicts({ rows }: CheckTable, verdict: Verdict): number {
  return rows.filter((row) => row.verdict === verdict).length;
}

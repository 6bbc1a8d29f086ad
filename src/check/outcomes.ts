import type { Range } from '../base/position.js';
import type { Document, Row, Table } from '../parse/document.js';
import { type CheckTable, readCheckTable } from './check-tables.js';
import { sectionsOf } from './sections.js';

/** A place that says how something came out, in words for a message. */
export interface Outcome {
  readonly says: string;
  readonly position: Range;
}

/** What a report shows of how its run came out, besides its own status. */
export interface Outcomes {
  /** Checks that failed, commands that did, a rollback: each contradicts a success. */
  readonly failures: readonly Outcome[];
  /** Whether checks are there and all of them passed. */
  readonly allPassed: boolean;
  /** Whether a return code of 0 is written down. */
  readonly returnedZero: boolean;
}

/** Sections that speak of another run than that of the report. */
const OTHER_RUN = /\b(?:earlier|previous|prior|former|first|attempts?|dry[- ]run|rehears\w*|history)\b/i;

/** Reads the outcomes in a report's tables and `key: value` lines. */
export function outcomesOf(document: Document): Outcomes {
  const sections = sectionsOf(document).filter(({ heading }) => !OTHER_RUN.test(heading?.text ?? ''));
  const tables = sections.flatMap((section) => section.tables);
  const checks = tables.map(readCheckTable).filter((table) => table?.judged) as CheckTable[];
  const rows = checks.flatMap((table) => table.rows);
  return {
    failures: [
      ...keysThatFail(document),
      ...tables.flatMap(stepsThatFail),
      ...rows.flatMap(({ row, verdict, cell }) =>
        verdict === 'FAIL' ? [{ says: `${nameOf(row)} says FAIL`, position: cell!.position }] : [],
      ),
    ],
    allPassed: rows.length > 0 && rows.every(({ verdict }) => verdict === 'PASS'),
    returnedZero:
      document.keyValues.some(({ key, value }) => RETURN_CODE.test(key) && /^0(?![\w.])/.test(value)) ||
      tables.some(({ rows }) => rows.some(({ cells }) => cells.some(({ text }) => /\brc=0\b/.test(text)))),
  };
}

/** The first word of a row: the id of its check or command. */
function nameOf({ cells }: Row): string {
  return cells[0]?.text.trim() || 'a row';
}

const RETURN_CODE = /(?:^|_)(?:rc|exit_code|exit_status|return_code)$/i;

/** Keys whose value says that something failed, with that value. */
const FAILING: readonly (readonly [RegExp, RegExp])[] = [
  [RETURN_CODE, /^-?[1-9]\d*(?![\w.])/],
  [/(?:^|_)fail_count$/i, /^[1-9]\d*(?![\w.])/],
  [/^(?:rollback_executed|rollback_triggered|c08_triggered)$/i, /^(?:true|yes)\b/i],
  [/^migration_outcome$/i, /^(?:not-committed|rolled[ -]back|failed|unknown)\b/i],
];

function keysThatFail({ keyValues, header }: Document): Outcome[] {
  const fields = header?.origin === 'front-matter' ? header.values : [];
  const lines = [
    ...fields.map(({ path, value, position }) => ({ key: path, value, position })),
    ...keyValues,
  ];
  return lines.flatMap(({ key, value, position }) => {
    const [, wrong] = FAILING.find(([name]) => name.test(key)) ?? [];
    const word = wrong?.exec(value)?.[0];
    if (word === undefined) return [];
    const end = { line: position.start.line, column: position.start.column + word.length };
    const exact = position.end.column - position.start.column === value.length;
    return [{ says: `${key} is ${word}`, position: exact ? { start: position.start, end } : position }];
  });
}

const COMMAND_HEADER = /^(?:cmd|command|step)\b/i;

/** Rows of a table of commands: one that failed, one that returned another code than 0. */
function stepsThatFail({ header, rows }: Table): Outcome[] {
  if (!COMMAND_HEADER.test(header.cells[0]?.text.trim() ?? '')) return [];
  const status = header.cells.findIndex(({ text }) => /^(?:status|result|outcome)$/i.test(text.trim()));
  return rows.flatMap((row) => {
    const whole = row.cells.length === header.cells.length;
    const found = row.cells.flatMap((cell, index) => {
      const failed = whole && index === status && /^(?:failed|aborted|error)\b/i.exec(cell.text.trim());
      const code = /\b(?:rc\s*=\s*|exit (?:code|status) )(-?[1-9]\d*)\b/i.exec(cell.text);
      const word = failed ? failed[0] : code?.[0];
      return word ? [{ says: `${nameOf(row)} says ${word}`, position: cell.position }] : [];
    });
    return found.slice(0, 1);
  });
}

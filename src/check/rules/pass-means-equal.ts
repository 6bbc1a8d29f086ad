import type { Cell, Row, Table } from '../../parse/document.js';
import { meets } from '../observed-values.js';
import type { DocumentContext, DocumentRule } from '../rule.js';

export const passMeansEqual: DocumentRule = {
  id: 'pass-means-equal',
  scope: 'document',
  group: 'claims',
  severity: 'error',
  what: 'A table row that says PASS although the observed value is plainly not the expected one, or not one that `<= N`, `1..5`, `5 or 6` and the like admit. What a person would have to think about, as `exists` beside a name, is left to them. A warning where the observed value is replaced by a word such as "same".',
  why: 'PASS is a claim about two values, and a reader can only agree with it if both are there and equal.',
  fix: 'Write what was observed, and PASS only where it is what was expected.',
  check(context) {
    const { document, kind } = context.entry;
    if (kind === 'note') return;
    for (const table of document.tables) {
      const columns = readColumns(table);
      // A row with other cells than its header cannot be judged; malformed-table reports it.
      const whole = table.rows.filter(({ cells }) => cells.length === table.header.cells.length);
      if (columns) for (const row of whole) judge(context, row, columns);
    }
  },
};

/** In the report of a run, both values are written by the tool. */
function isGenerated({ kind }: DocumentContext['entry']): boolean {
  return kind === 'dry-run-report' || kind === 'execution-report';
}

interface Columns {
  readonly expected: number;
  readonly observed: number;
  /** -1 where the table has no column for the verdict. */
  readonly result: number;
  /** A target is met by what is better as well: there, only what is written as a comparison is judged. */
  readonly isTarget: boolean;
}

function readColumns({ header }: Table): Columns | null {
  const find = (name: RegExp) => header.cells.findIndex(({ text }) => name.test(text.trim()));
  const stated = find(/^(?:expect(?:ed|ation)?|wanted|should be)\b/i);
  const expected = stated < 0 ? find(/^target\b/i) : stated;
  const named = find(/^(?:observed|observation|actual|got|found|measured)\b/i);
  const verdict = find(/^(?:verdict|status|outcome|pass(?:ed)?\??|pass\/fail|ok\??)$/i);
  const output = find(/^result$/i);
  // `Expected | Result | Verdict`: the result is what was observed.
  const observed = named < 0 && verdict >= 0 ? output : named;
  const result = output >= 0 && output !== observed ? output : verdict;
  return expected < 0 || observed < 0 ? null : { expected, observed, result, isTarget: stated < 0 };
}

/** Words that stand where the observed value should. */
const WORDS = /^(?:(?:the )?same|identical|match(?:es|ed)?|equal|unchanged|as expected|ok|yes)\.?$/i;

function judge({ entry, report }: DocumentContext, { cells }: Row, columns: Columns): void {
  const verdict = verdictOf(cells, columns.result);
  if (verdict === null) return;
  const expected = cells[columns.expected]!;
  const observed = cells[columns.observed]!;
  if (expected.text.trim() === observed.text.trim()) return;
  if (columns.isTarget && isSingleValue(value(expected))) return;
  const met = meets(value(expected), value(observed), isGenerated(entry));
  if (met === true) return;
  const found = {
    position: observed.position,
    expected: expected.text.trim(),
    observed: observed.text.trim(),
  };
  if (WORDS.test(value(observed)))
    report({
      ...found,
      message: `the observed value is not written down: "${observed.text.trim()}"`,
      severity: 'warning',
      help: 'write the value that was observed, so that a reader can compare it',
    });
  else if (met === false && (verdict === 'PASS' || [found.expected, found.observed].every(isValue)))
    report({
      ...found,
      message: `row says ${verdict}, but "${found.observed}" was observed where "${found.expected}" was expected`,
      help: 'correct the value that is wrong, or the verdict',
    });
}

/** The word by which a row says that its check passed; null where it does not. */
function verdictOf(cells: readonly Cell[], result: number): string | null {
  const verdict = cells[result]?.text.trim() ?? '';
  if (/^pass(?:ed)?\b/i.test(verdict) || cells.some(({ text }) => text.trim() === 'PASS')) return 'PASS';
  return OTHER_VERDICT.exec(verdict)?.[0] ?? null;
}

const OTHER_VERDICT =
  /^(?:ok(?:ay)?\b|(?:yes|true|holds|held|met|satisfied|success)(?=[.!]?$)|[✅✓✔☑🟢]|:(?:white|heavy)_check_mark:)/iu;

/** Tables that say `OK` and the like are often prose: there, only what is certainly a value is compared. */
function isValue(text: string): boolean {
  return /^\S+$/.test(text) || /^(?:[<>=!≤≥≠]+\s*)?\d/.test(text);
}

function isSingleValue(text: string): boolean {
  return !/^[<>=!≤≥≠]/.test(text);
}

/** A remark that says where a value comes from, and is not part of it: `5 (== pre)`, `8 (baseline + 2)`. */
const REMARK = /\s\((?:[=<>≤≥]|(?:pre|same|unchanged|baseline|as before)\b)[^()]*\)$/i;

function value({ text }: Cell): string {
  return text.trim().replace(REMARK, '').trimEnd();
}

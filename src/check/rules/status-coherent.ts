import type { Range } from '../../base/position.js';
import type { Document } from '../../parse/document.js';
import { headerValue } from '../../parse/document.js';
import { readCheckTable } from '../check-tables.js';
import { type Outcome, outcomesOf } from '../outcomes.js';
import type { DocumentContext, DocumentRule } from '../rule.js';

export const statusCoherent: DocumentRule = {
  id: 'status-coherent',
  scope: 'document',
  group: 'claims',
  severity: 'error',
  what: 'A report that says success beside a failed check or command, a return code other than 0 or a rollback; a passing review with a finding that still blocks. A warning where a failure is said and everything passed.',
  why: 'The status is what is read first and often alone; it must be what the rows below it come to.',
  fix: 'Correct the status, or what contradicts it.',
  check(context) {
    const { kind } = context.entry;
    if (kind === 'review') judgeReview(context);
    else if (kind === null || kind === 'dry-run-report' || kind === 'execution-report') judgeReport(context);
  },
};

interface Status {
  readonly word: string;
  readonly position: Range;
}

const SUCCESS = /^(?:success|succeeded|successful)$/i;
const FAILURE = /^(?:failed|failure)$/i;

function judgeReport({ entry: { document }, report }: DocumentContext): void {
  const [status, ...repeated] = statusesOf(document);
  if (!status) return;
  const file = document.path;
  const said = { file, position: status.position, message: `execution_status is ${status.word} here` };
  for (const { word, position } of repeated)
    if (word.toLowerCase() !== status.word.toLowerCase())
      report({
        message: `execution_status is ${word} here, and ${status.word} before`,
        position,
        expected: status.word,
        observed: word,
        related: [said],
        help: 'a run has one status',
      });
  const { failures, allPassed, returnedZero } = outcomesOf(document);
  const help = 'correct the status, or what contradicts it';
  const [failure, ...more] = failures;
  if (SUCCESS.test(status.word) && failure && more.length === 0)
    report({
      message: `${failure.says}, and execution_status is ${status.word}`,
      position: failure.position,
      related: [said],
      help,
    });
  else if (SUCCESS.test(status.word) && failure)
    report({
      message: `execution_status is ${status.word}, and ${failures.length} places say otherwise: ${failure.says}`,
      position: status.position,
      related: failures
        .slice(0, MOST_PLACES)
        .map(({ says, position }) => ({ file, position, message: says })),
      help,
    });
  else if (FAILURE.test(status.word) && !failure && allPassed && returnedZero)
    report({
      message: `execution_status is ${status.word}, but every check passed and the return code is 0`,
      position: status.position,
      severity: 'warning',
      help: 'say in the report what failed, or correct the status',
    });
}

/** So many places are shown beside one status. */
const MOST_PLACES = 10;

/** Every place that states the status, in order. */
function statusesOf(document: Document): Status[] {
  const field =
    document.header?.origin === 'front-matter' ? headerValue(document, 'execution_status') : undefined;
  const lines = document.keyValues.filter(({ key }) => key === 'execution_status');
  return [...(field ? [field] : []), ...lines].flatMap(({ value, position }) => {
    const word = /^[A-Za-z][A-Za-z-]*/.exec(value)?.[0];
    if (word === undefined) return [];
    const { start, end } = position;
    const exact = end.column - start.column === value.length;
    const place = exact ? { start, end: { line: start.line, column: start.column + word.length } } : position;
    return [{ word, position: place }];
  });
}

function judgeReview({ entry: { document }, report }: DocumentContext): void {
  const verdict = headerValue(document, 'verdict');
  if (verdict?.value !== 'pass') return;
  for (const { says, position } of document.tables.flatMap(blockingRows))
    report({
      message: `${says}, and the verdict is pass`,
      position,
      related: [{ file: document.path, position: verdict.position, message: 'the verdict' }],
      help: 'correct the verdict, or say in the row how it was settled',
    });
}

/** Rows of a review that stand against a pass: a check that failed, a blocking finding that is open. */
function blockingRows(table: Document['tables'][number]): Outcome[] {
  const failed = (readCheckTable(table)?.rows ?? []).flatMap(({ verdict, cell }) =>
    verdict === 'FAIL' ? [{ says: 'this row says FAIL', position: cell!.position }] : [],
  );
  const open = table.rows.flatMap(({ cells }) => {
    const blocking = cells.find(({ text }) => /^(?:blocking|blocker)$/i.test(text.trim()));
    const isOpen = cells.some(({ text }) => /^open$/i.test(text.trim()));
    return blocking && isOpen ? [{ says: 'a blocking finding is open', position: blocking.position }] : [];
  });
  return [...failed, ...open];
}

import type { Range } from '../base/position.js';
import { readExpectation } from './expectation.js';
import type { Check, Expectation, SqlProblem, Statement } from './facts.js';

/** The tool's own evidence that can answer a check, in place of a statement. */
export const EVIDENCE = [
  'identity.system_identifier',
  'identity.database',
  'identity.role',
  'provenance.migration_sha256',
  'provenance.rollback_sha256',
  'catalogue.delta',
] as const;

export type EvidenceName = (typeof EVIDENCE)[number];

/** A comment of a unit, at the byte where its text starts. */
export interface Comment {
  readonly text: string;
  /** A line comment that starts its line: only such a comment is read as notation. */
  readonly ownLine: boolean;
  /** Byte offset of the comment in the unit. */
  readonly offset: number;
  /** Span of `text[from..to]` in the document. */
  readonly place: (from: number, to: number) => Range;
}

interface Draft {
  readonly id: string;
  readonly title: string;
  readonly position: Range;
  readonly expect: Expectation[];
  evidence: string | null;
  evidencePosition: Range | null;
}

const TITLE = /^--\s*([A-Z][A-Za-z]*-[A-Za-z0-9-]+|[A-Z]+\d+):\s*(\S.*)?$/;
const EXPECT = /^--\s*expect:(?: (.*))?$/;
const EVIDENCE_LINE = /^--\s*evidence:\s*(\S.*)?$/;

/** What a reader would take for notation, wherever it stands. */
const LIKE_NOTATION =
  /^[-*/ \t]*(?:(?:expect(?:s|ed)?|evidence)\b|(?:C|G|PF|V|D|N)[- ]?\d+[a-z]*\s*(?::|[.)—–-]\s))/im;

/**
 * Reads the checks of one unit: each starts with `-- ID: title`, says what it expects, and is answered by the
 * statement that follows or by evidence of the tool's own.
 */
export function readChecks(
  phase: Check['phase'],
  comments: readonly Comment[],
  statements: readonly Statement[],
): { checks: Check[]; problems: SqlProblem[] } {
  const checks: Check[] = [];
  const problems: SqlProblem[] = [];
  const report = (message: string, position: Range, help: string) =>
    problems.push({ rule: 'check-format', message, position, help });
  let draft: Draft | null = null;

  const finish = (statement: Statement | null) => {
    if (!draft) {
      if (statement)
        report(
          'statement without a check',
          statement.position,
          'write "-- ID: title" and "-- expect:" above it',
        );
      return;
    }
    if (!statement && draft.evidence === null)
      report(
        `check ${draft.id} has no statement`,
        draft.position,
        'write its SELECT below, or "-- evidence: NAME"',
      );
    if (draft.expect.length === 0)
      report(
        `check ${draft.id} expects nothing`,
        draft.position,
        'write one "-- expect:" line for each expected row',
      );
    const expected = readExpectation(draft.expect.map(({ text }) => text));
    if ('problem' in expected)
      report(
        `check ${draft.id}: ${expected.problem}`,
        draft.expect[0]?.position ?? draft.position,
        'correct it; text that reads so stands in single quotes',
      );
    if (statement && draft.evidence !== null)
      report(`check ${draft.id} has both evidence and a statement`, statement.position, 'keep one of them');
    checks.push({ ...draft, phase, statement });
    draft = null;
  };

  const misplaced = (comment: Comment, help: string) => {
    if (LIKE_NOTATION.test(comment.text))
      report(
        'a comment that looks like a check but is not read as one',
        comment.place(0, comment.text.length),
        help,
      );
  };

  const read = (comment: Comment) => {
    if (!comment.ownLine) return misplaced(comment, 'write it as line comments that start at column 1');
    const text = comment.text.trimEnd();
    const title = TITLE.exec(text);
    const expect = EXPECT.exec(text);
    const evidence = EVIDENCE_LINE.exec(text);
    if (title) {
      if (draft) finish(null);
      const from = comment.text.indexOf(title[1]!);
      const position = comment.place(from, from + title[1]!.length);
      if (title[2] === undefined)
        report(`check ${title[1]} has no title`, position, 'say in words what it checks');
      draft = {
        id: title[1]!,
        title: title[2] ?? '',
        position,
        expect: [],
        evidence: null,
        evidencePosition: null,
      };
    } else if (expect || evidence) {
      const value = (expect ?? evidence)![1] ?? '';
      const from = text.length - value.length;
      const position = comment.place(from, from + value.length);
      if (!draft) report('no check stands above this line', position, 'start the check with "-- ID: title"');
      else if (expect) draft.expect.push({ text: value, position });
      else {
        draft.evidence = value;
        draft.evidencePosition = position;
        if (!EVIDENCE.includes(value as EvidenceName))
          report(`unknown evidence ${JSON.stringify(value)}`, position, `one of: ${EVIDENCE.join(', ')}`);
      }
    } else misplaced(comment, 'write "-- ID: title", "-- expect: VALUE" or "-- evidence: NAME"');
  };

  let next = 0;
  for (const statement of statements) {
    for (; next < comments.length && comments[next]!.offset < statement.start; next++) read(comments[next]!);
    const open = draft as Draft | null;
    if (open && open.evidence !== null) finish(null);
    finish(statement);
    for (; next < comments.length && comments[next]!.offset < statement.end; next++)
      misplaced(comments[next]!, 'it stands inside of a statement; write it above');
  }
  for (; next < comments.length; next++) read(comments[next]!);
  if (draft) finish(null);
  return { checks, problems };
}

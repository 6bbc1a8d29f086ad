import type { DocumentRule } from '../rule.js';
import { reportSqlProblems } from '../sql-problems.js';

export const checkFormat: DocumentRule = {
  id: 'check-format',
  scope: 'document',
  group: 'sql',
  severity: 'error',
  what: 'A check without id, title, expectation, or the one statement or evidence that answers it.',
  why: 'A check that says nothing beforehand cannot fail, and one without a name cannot be cited.',
  fix: 'Write `-- ID: title`, then `-- expect:` lines, then one SELECT or an `-- evidence:` line.',
  check: (context) => reportSqlProblems(context, 'check-format'),
};

import type { DocumentRule } from '../rule.js';
import { reportSqlProblems } from '../sql-problems.js';

export const singleTransaction: DocumentRule = {
  id: 'single-transaction',
  scope: 'document',
  group: 'sql',
  severity: 'error',
  what: 'A transaction statement other than one plain BEGIN first and COMMIT last.',
  why: 'The executor owns the transaction: a COMMIT in the middle would leave half a change behind.',
  fix: 'Remove the statement; at most one outer pair of BEGIN and COMMIT may stand around the change.',
  check: (context) => reportSqlProblems(context, 'single-transaction'),
};

import type { DocumentRule } from '../rule.js';
import { reportSqlProblems } from '../sql-problems.js';

export const noContradiction: DocumentRule = {
  id: 'no-contradiction',
  scope: 'document',
  group: 'sql',
  severity: 'error',
  what: 'A statement of a migration that contradicts one before it: an object, column or primary key that is made twice, or a column that a table made in the same migration does not have.',
  why: 'The server refuses such a statement, and then a review was of something that cannot run.',
  fix: 'Correct the statement, or the one that it contradicts.',
  check: (context) => reportSqlProblems(context, 'no-contradiction'),
};

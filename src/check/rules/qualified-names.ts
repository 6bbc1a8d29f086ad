import type { DocumentRule } from '../rule.js';
import { reportSqlProblems } from '../sql-problems.js';

export const qualifiedNames: DocumentRule = {
  id: 'qualified-names',
  scope: 'document',
  group: 'sql',
  severity: 'error',
  what: 'An object in executable SQL without its schema: a table, index, type, function, operator, operator class or collation that the server does not have by itself, or a relation that a text names; in bodies too.',
  why: 'Which object is meant would depend on the session, and the search path of a run is empty.',
  fix: 'Write schema.name.',
  check: (context) => reportSqlProblems(context, 'qualified-names'),
};

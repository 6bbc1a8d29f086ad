import type { DocumentRule } from '../rule.js';
import { reportSqlProblems } from '../sql-problems.js';

export const statementAllowed: DocumentRule = {
  id: 'statement-allowed',
  scope: 'document',
  group: 'sql',
  severity: 'error',
  what: 'A statement that is not on the list of those that executable SQL may hold.',
  why: 'Its effects could not be predicted or would outlive a rollback, so a reviewer could not be told what it does.',
  fix: 'Write the change with statements of the list in docs/format.md, or make it outside of this tool.',
  check: (context) => reportSqlProblems(context, 'statement-allowed'),
};

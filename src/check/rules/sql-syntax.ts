import type { DocumentRule } from '../rule.js';
import { reportSqlProblems } from '../sql-problems.js';

export const sqlSyntax: DocumentRule = {
  id: 'sql-syntax',
  scope: 'document',
  group: 'sql',
  severity: 'error',
  what: "SQL in a fence that PostgreSQL's own grammar does not accept.",
  why: 'What does not parse would fail in the middle of a run, or was never what its author meant.',
  fix: 'Correct the SQL at the place shown. In a fence for reading only, what psql shows belongs in a fence of its own: `text` in place of `sql`.',
  check: (context) => reportSqlProblems(context, 'sql-syntax'),
};

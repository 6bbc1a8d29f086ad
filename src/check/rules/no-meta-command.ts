import type { DocumentRule } from '../rule.js';
import { reportSqlProblems } from '../sql-problems.js';

export const noMetaCommand: DocumentRule = {
  id: 'no-meta-command',
  scope: 'document',
  group: 'sql',
  severity: 'error',
  what: 'Something in executable SQL that only psql understands: a meta-command, a variable, rows of data behind COPY … FROM STDIN.',
  why: 'The executor sends statements to the server and nothing to psql; a meta-command can also run a shell, and a variable stands for something that no reviewer saw.',
  fix: 'Write the SQL that it stands for: the value in place of the variable, INSERT in place of data.',
  check: (context) => reportSqlProblems(context, 'no-meta-command'),
};

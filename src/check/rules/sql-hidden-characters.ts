import type { DocumentRule } from '../rule.js';
import { reportSqlProblems } from '../sql-problems.js';

export const sqlHiddenCharacters: DocumentRule = {
  id: 'sql-hidden-characters',
  scope: 'document',
  group: 'sql',
  severity: 'error',
  what: 'Characters in executable SQL that a reviewer cannot see or can mistake.',
  why: 'What a reviewer reads is then not what runs.',
  fix: 'Remove or retype the character at the place shown.',
  check: (context) => reportSqlProblems(context, 'sql-hidden-characters'),
};

import type { DocumentRule } from '../rule.js';
import { reportSqlProblems } from '../sql-problems.js';

export const lockHazard: DocumentRule = {
  id: 'lock-hazard',
  scope: 'document',
  group: 'sql',
  severity: 'warning',
  what: 'A statement of a migration that holds a lock while the server reads or writes a whole table that was there before.',
  why: 'On a table of some size everybody else waits for it, and what waits holds up others in turn.',
  fix: 'Write a form that needs the lock for a moment only (NOT VALID, a column without a computed default), or accept it for a small table or a quiet hour.',
  check: (context) => reportSqlProblems(context, 'lock-hazard'),
};

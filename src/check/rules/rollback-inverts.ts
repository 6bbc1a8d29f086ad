import type { DocumentRule } from '../rule.js';
import { reportSqlProblems } from '../sql-problems.js';

export const rollbackInverts: DocumentRule = {
  id: 'rollback-inverts',
  scope: 'document',
  group: 'sql',
  severity: 'error',
  what: 'A rollback that leaves what its migration makes, takes away, makes or touches something else, uses CASCADE, or drops in an order that the server refuses.',
  why: 'It runs when something has gone wrong already; it must bring back exactly the state before, and it must not fail.',
  fix: 'Drop what the migration creates, in the reverse order, and nothing else. Changed types and rows are not judged.',
  check: (context) => reportSqlProblems(context, 'rollback-inverts'),
};

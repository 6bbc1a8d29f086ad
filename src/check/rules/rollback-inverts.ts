import type { DocumentRule } from '../rule.js';
import { reportSqlProblems } from '../sql-problems.js';

export const rollbackInverts: DocumentRule = {
  id: 'rollback-inverts',
  scope: 'document',
  group: 'sql',
  severity: 'error',
  what: 'A rollback that leaves what its migration makes, drops, renames or changes, does anything else, uses CASCADE, or drops in an order that the server refuses.',
  why: 'It runs when something has gone wrong already; it must bring back exactly the state before, and it must not fail.',
  fix: 'Take back each thing that the migration does, in the reverse order, and nothing else. What values a column or row had is not judged, only that they are written the other way round.',
  check: (context) => reportSqlProblems(context, 'rollback-inverts'),
};

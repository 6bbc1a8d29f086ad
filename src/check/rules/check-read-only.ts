import type { DocumentRule } from '../rule.js';
import { reportSqlProblems } from '../sql-problems.js';

export const checkReadOnly: DocumentRule = {
  id: 'check-read-only',
  scope: 'document',
  group: 'sql',
  severity: 'error',
  what: 'A check that is not one SELECT, or that calls what is not known to read only.',
  why: 'Checks run on the target and inside the migration; what they change was never reviewed as a change.',
  fix: 'Write the check as a SELECT over tables and the catalogue, with reading functions only.',
  check: (context) => reportSqlProblems(context, 'check-read-only'),
};

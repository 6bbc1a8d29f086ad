import type { DocumentRule } from '../rule.js';
import { reportSqlProblems } from '../sql-problems.js';

export const noNonTransactional: DocumentRule = {
  id: 'no-non-transactional',
  scope: 'document',
  group: 'sql',
  severity: 'error',
  what: 'A statement that the server refuses inside a transaction: CONCURRENTLY, VACUUM, CREATE DATABASE, ALTER SYSTEM and the like, or a new enum value that is used before COMMIT.',
  why: 'A change runs in one transaction, so that it happens as a whole or not at all; this statement would stop it, at the last moment.',
  fix: 'Write a form that can run in a transaction (CREATE INDEX without CONCURRENTLY), or make that change outside of this tool.',
  check: (context) => reportSqlProblems(context, 'no-non-transactional'),
};

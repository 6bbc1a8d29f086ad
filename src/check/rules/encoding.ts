import { reportProblems } from '../document-problems.js';
import type { DocumentRule } from '../rule.js';

export const encoding: DocumentRule = {
  id: 'encoding',
  scope: 'document',
  group: 'document',
  severity: 'error',
  what: 'A file that is not plain UTF-8: invalid bytes, a NUL byte or a byte order mark.',
  why: 'Programs repair such bytes in different ways, so what one shows is not what another hashes or runs.',
  fix: 'Save the file as UTF-8 without byte order mark.',
  check: (context) => reportProblems(context, 'encoding'),
};

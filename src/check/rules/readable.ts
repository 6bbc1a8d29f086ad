import { reportProblems } from '../document-problems.js';
import type { DocumentRule } from '../rule.js';

export const readable: DocumentRule = {
  id: 'readable',
  scope: 'document',
  group: 'document',
  severity: 'error',
  what: 'A file that is too large, too deeply nested or too slow to be read, or has a name that is no UTF-8; as a warning, a symbolic link in place of a document or folder.',
  why: 'A document that no reader gets through is checked by nobody, and it must not hold up the others.',
  fix: 'Split the document, or write it without the nesting; put the file itself in place of a link, or name the link in `ignore`.',
  check: (context) => reportProblems(context, 'unreadable'),
};

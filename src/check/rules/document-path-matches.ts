import { headerPosition, headerText } from '../../parse/document.js';
import type { DocumentRule } from '../rule.js';

export const documentPathMatches: DocumentRule = {
  id: 'document-path-matches',
  scope: 'document',
  group: 'document',
  severity: 'error',
  what: 'A `document_path` that is not the path of the file.',
  why: 'Documents cite each other by path; one that misstates its own was copied or moved, and reviews of it may mean another file.',
  fix: 'Write the path of the file from the root of the repository, exactly.',
  check({ entry: { document }, report }) {
    const observed = headerText(document, 'document_path');
    if (observed === undefined || observed === document.path) return;
    report({
      message: `document_path is "${observed}", expected "${document.path}"`,
      position: headerPosition(document, 'document_path')!,
      expected: document.path,
      observed,
      help: 'write the path of this file, or move the file to the path that it states',
    });
  },
};

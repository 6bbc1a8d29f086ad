import type { Fix } from '../../base/diagnostic.js';
import { yamlScalar } from '../../base/yaml-scalar.js';
import { type Document, headerPosition, headerText } from '../../parse/document.js';
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
      ...writePath(document),
    });
  },
};

/** Only where the value stands on one line; in a header of the old form it is written as it is. */
function writePath(document: Document): { fix: Fix } | Record<never, never> {
  const position = headerPosition(document, 'document_path')!;
  if (position.start.line !== position.end.line) return {};
  const text = document.header?.origin === 'legacy' ? document.path : yamlScalar(document.path);
  return { fix: { title: 'write the path of the file', kind: 'safe', edits: [{ position, text }] } };
}

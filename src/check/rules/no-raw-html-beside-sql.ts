import type { DocumentRule } from '../rule.js';

export const noRawHtmlBesideSql: DocumentRule = {
  id: 'no-raw-html-beside-sql',
  scope: 'document',
  group: 'sql',
  severity: 'error',
  what: 'Raw HTML in a document that holds executable SQL.',
  why: 'HTML can hide or restyle what a reviewer sees, so the page and the extracted SQL could differ.',
  fix: 'Write it as Markdown; for a name in angle brackets, use a code span.',
  check({ entry: { document }, report }) {
    const fence = document.fences.find(({ role }) => role !== null);
    if (!fence) return;
    const related = [
      { file: document.path, position: fence.position, message: 'executable SQL in the same document' },
    ];
    for (const position of document.html)
      report({
        message: 'raw HTML in a document that holds executable SQL',
        position,
        related,
        help: 'write it as Markdown, or in a code span if it is text',
      });
  },
};

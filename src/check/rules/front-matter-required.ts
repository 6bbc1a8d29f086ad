import { FILE_START } from '../../base/position.js';
import { kindName } from '../../model/entry.js';
import type { DocumentRule } from '../rule.js';

export const frontMatterRequired: DocumentRule = {
  id: 'front-matter-required',
  scope: 'document',
  group: 'document',
  severity: 'error',
  what: 'A document of the corpus without front matter; only a warning where it has a header of the old form.',
  why: 'Without front matter nobody can tell what kind of document it is, and nothing it says is held to a form.',
  fix: 'Start the file with a line of `---`, the fields of its kind, and another line of `---`.',
  check({ entry, report }) {
    const { header, problems } = entry.document;
    // A team may say of whole folders what kind their documents are of.
    if (kindName(entry) !== null) return;
    if (problems.length > 0 || header?.origin === 'front-matter') return;
    if (header)
      report({
        message: 'the header is a bare block of "key: value" lines, expected front matter',
        position: header.position,
        severity: 'warning',
        help: 'move it to the top of the file, between two lines of ---, and add "kind:"',
      });
    else
      report({
        message: 'no front matter, expected a line of --- at the start of the file',
        position: FILE_START,
        help: 'write kind, document_path, change, revision and date between two lines of ---',
      });
  },
};

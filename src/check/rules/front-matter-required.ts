import type { Fix } from '../../base/diagnostic.js';
import { FILE_START } from '../../base/position.js';
import { yamlScalar } from '../../base/yaml-scalar.js';
import { kindName } from '../../model/entry.js';
import { KINDS } from '../../model/kinds.js';
import type { Document } from '../../parse/document.js';
import type { DocumentRule } from '../rule.js';

export const frontMatterRequired: DocumentRule = {
  id: 'front-matter-required',
  scope: 'document',
  group: 'document',
  severity: 'error',
  what: 'A document of the corpus without front matter; only a warning where it has a header of the old form, without lines of `---`.',
  why: 'Without front matter nobody can tell what kind of document it is, and nothing it says is held to a form.',
  fix: 'Start the file with a line of `---`, the fields of its kind, and another line of `---`.',
  check({ entry, report }) {
    const { header, problems } = entry.document;
    // A team may say of whole folders what kind their documents are of.
    if (kindName(entry) !== null) return;
    if (problems.length > 0 || header?.origin === 'front-matter') return;
    if (header && isMisplaced(entry.document))
      report({
        message: 'this looks like front matter, but the file does not start with a line of ---',
        position: header.position,
        help: 'nothing may stand above the first line of ---, not even a blank',
      });
    else if (header)
      report({
        message: 'the header is a bare block of "key: value" lines, expected front matter',
        position: header.position,
        severity: 'warning',
        help: `probatum adopt ${entry.document.path} --kind KIND rewrites it in the present form`,
        ...moveHeader(entry.document),
      });
    else
      report({
        message: 'no front matter, expected a line of --- at the start of the file',
        position: FILE_START,
        help: 'write kind, document_path, change, revision and date between two lines of ---',
      });
  },
};

/**
 * Front matter that something stands above, or whose first line is misspelt: to Markdown, the line of `---` below makes a
 * heading of it. Its author wrote the present form, so the document may be a review that says no.
 */
function isMisplaced({ header, headings }: Document): boolean {
  const last = header?.position.end.line;
  return headings.some(({ position: { start, end } }) => start.line !== end.line && end.line - 1 === last);
}

/**
 * The block, moved to the top. Only where it names its kind, and where the rest reads the same in the present form: old
 * headings and tables that run into each other are rewritten by `adopt`, which shows a person what it does.
 */
function moveHeader({ header, headings, tables }: Document): { fix: Fix } | Record<never, never> {
  if (header === null || !KINDS.some((kind) => kind === header.data.kind)) return {};
  const { start, end } = header.position;
  const whole = header.values.length === end.line - start.line + 1;
  const flush = header.keys.every(({ position }) => position.start.column === 1);
  const touching = tables.some(({ position }) =>
    tables.some((other) => other.position.start.line === position.end.line + 1),
  );
  if (!whole || !flush || touching || headings.some(({ slug }) => slug === '')) return {};
  const lines = header.values.map(({ path, value }) =>
    value === '' ? `${path}:` : `${path}: ${yamlScalar(value)}`,
  );
  const text = `---\n${lines.join('\n')}\n---\n`;
  const edits =
    start.line === 1
      ? [{ position: header.position, text: text.trimEnd() }]
      : [
          { position: FILE_START, text: `${text}\n` },
          { position: header.position, text: '' },
        ];
  return { fix: { title: 'make the header front matter', kind: 'safe', edits } };
}

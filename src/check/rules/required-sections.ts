import { FILE_START } from '../../base/position.js';
import { kindName } from '../../model/entry.js';
import type { Document } from '../../parse/document.js';
import type { DocumentRule } from '../rule.js';
import { sectionNames } from '../section-names.js';

export const requiredSections: DocumentRule = {
  id: 'required-sections',
  scope: 'document',
  group: 'document',
  severity: 'error',
  what: 'A document without a section that the configuration asks of its kind (`requiredSections`).',
  why: 'A reader looks for the section where it always is; what is left out is not seen to be missing.',
  fix: 'Write the section under a heading of that name. Case and a number before it do not matter.',
  check({ entry, settings, report }) {
    const { document } = entry;
    const kind = kindName(entry);
    if (kind === null || document.problems.length > 0) return;
    const required = Object.hasOwn(settings.requiredSections, kind) ? settings.requiredSections[kind]! : [];
    if (required.length === 0) return;
    const present = new Set(document.headings.flatMap(({ text }) => sectionNames(text)));
    for (const section of required) {
      if (sectionNames(section).some((name) => present.has(name))) continue;
      report({
        message: `no section "${section}", which every ${kind} has to have`,
        position: place(document),
        expected: `a heading "${section}"`,
        help: 'the configuration asks for it under requiredSections',
      });
    }
  },
};

/** Where the document says what kind it is: the section belongs to no place of its own. */
function place({ header }: Document) {
  return header?.values.find(({ path }) => path === 'kind')?.position ?? FILE_START;
}

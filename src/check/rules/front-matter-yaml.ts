import { reportProblems } from '../document-problems.js';
import type { DocumentRule } from '../rule.js';

export const frontMatterYaml: DocumentRule = {
  id: 'front-matter-yaml',
  scope: 'document',
  group: 'document',
  severity: 'error',
  what: 'Front matter that is not plain YAML: keys with texts, lists and mappings.',
  why: 'Anchors, tags, merge keys and duplicate keys make two readers see two documents.',
  fix: 'Write every value out, once, as plain text between two lines of `---`.',
  check: (context) => reportProblems(context, 'front-matter-yaml'),
};

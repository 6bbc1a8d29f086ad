import { FILE_START } from '../../base/position.js';
import type { CorpusRule } from '../rule.js';

export const uniquePath: CorpusRule = {
  id: 'unique-path',
  scope: 'corpus',
  group: 'document',
  severity: 'error',
  what: 'Two documents whose paths differ only in case, or in the Unicode form of a letter.',
  why: 'Many file systems hold only one of the two: on such a machine the other is gone, and a reader gets bytes that nobody meant.',
  fix: 'Rename one of them, and everything that names it.',
  check({ entry, model, report }) {
    const { path } = entry.document;
    const others = model.samePath(path);
    if (others.length === 0) return;
    report({
      message: `"${others.join('", "')}" is the same file where case does not count`,
      position: FILE_START,
      related: others.map((file) => ({ file, position: FILE_START, message: 'the other document' })),
      help: 'rename one of them',
    });
  },
};

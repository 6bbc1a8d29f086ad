import { inCorpus, resolvePath } from '../../model/references.js';
import { isPlannedReport } from '../planned-reports.js';
import type { CorpusRule } from '../rule.js';

export const noEmptyGlob: CorpusRule = {
  id: 'no-empty-glob',
  scope: 'corpus',
  group: 'references',
  severity: 'error',
  what: 'A path with `*` that matches no document.',
  why: 'A set of documents that is empty supports nothing that is said of it.',
  fix: 'Correct the path, or add the documents that it stands for.',
  check({ entry, model, report }) {
    for (const mention of entry.mentioned.paths) {
      const { value, position } = mention;
      if (!value.includes('*') || !inCorpus(model, entry, value) || isPlannedReport(entry, mention)) continue;
      if (resolvePath(model, value).length === 0)
        report({
          message: `no document matches "${value}"`,
          position,
          expected: 'at least one document',
          observed: 'none',
          help: '* stands for any characters but /, and ** for any folders',
        });
    }
  },
};

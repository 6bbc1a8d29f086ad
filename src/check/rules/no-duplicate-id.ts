import type { Declaration } from '../../model/declared-ids.js';
import type { DocumentRule } from '../rule.js';

export const noDuplicateId: DocumentRule = {
  id: 'no-duplicate-id',
  scope: 'document',
  group: 'references',
  severity: 'error',
  what: 'An id that a document declares twice.',
  why: 'Whoever cites the id afterwards cites two things, and a result beside it proves one of them at most.',
  fix: 'Give the later one an id of its own.',
  check({ entry, report }) {
    const first = new Map<string, Declaration>();
    for (const declaration of entry.declared) {
      const { id, path, position } = declaration;
      const earlier = first.get(id);
      if (earlier)
        report({
          message: `${id} is declared twice in this document`,
          position,
          related: [{ file: path, position: earlier.position, message: `${id} is declared here first` }],
          help: 'give it an id that no other check, command, gate or binding has',
        });
      else first.set(id, declaration);
    }
  },
};

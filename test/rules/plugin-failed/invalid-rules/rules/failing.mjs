const about = { group: 'document', severity: 'warning', what: 'W.', why: 'W.', fix: 'F.' };
const start = { line: 1, column: 1 };
const position = { start, end: start };

/** Every way in which a rule can fail, beside one that does not. */
export default [
  {
    ...about,
    id: 'team/throws',
    scope: 'document',
    check() {
      throw new Error('out of luck');
    },
  },
  { ...about, id: 'team/answers-later', scope: 'document', check: async () => Promise.reject(new Error('late')) },
  { ...about, id: 'team/no-message', scope: 'document', check: ({ report }) => report({ position }) },
  {
    ...about,
    id: 'team/no-place',
    scope: 'document',
    check: ({ report }) => report({ message: 'm', position: { start: { line: 0, column: 1 }, end: start } }),
  },
  {
    ...about,
    id: 'team/digests',
    scope: 'document',
    check: ({ report }) => report({ message: 'm', position, fix: { title: 't', kind: 'digests', edits: [] } }),
  },
  {
    ...about,
    id: 'team/collects-functions',
    scope: 'corpus',
    collect: () => () => 1,
    check: ({ report }) => report({ message: 'never called', position }),
  },
  {
    ...about,
    id: 'team/beside-others',
    scope: 'corpus',
    check: ({ model }) => model.entries.get('knowledge/none.md').document,
  },
  { ...about, id: 'team/works', scope: 'document', check: ({ report }) => report({ message: 'found', position }) },
];

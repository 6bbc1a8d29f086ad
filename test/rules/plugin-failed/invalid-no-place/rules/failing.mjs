const about = { group: 'document', severity: 'warning', what: 'W.', why: 'W.', fix: 'F.' };

/** Findings that cannot be shown: without a place, and with one that ends before it begins. */
export default [
  { ...about, id: 'team/nowhere', scope: 'document', check: ({ report }) => report({ message: 'm' }) },
  { ...about, id: 'team/text', scope: 'document', check: ({ report }) => report('m') },
];

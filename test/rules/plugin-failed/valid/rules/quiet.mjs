export const rules = [
  {
    id: 'team/quiet',
    scope: 'document',
    group: 'document',
    severity: 'error',
    what: 'Nothing.',
    why: 'It shows that a rule that finds nothing says nothing.',
    fix: 'Nothing.',
    check() {},
  },
];

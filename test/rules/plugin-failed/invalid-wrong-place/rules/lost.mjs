const about = { group: 'document', severity: 'warning', what: 'W.', why: 'W.', fix: 'F.' };
const point = ([line, column]) => ({ line, column });
const range = (start, end) => ({ start: point(start), end: point(end) });

/** Places that the document does not have, beside the last ones that it has. */
const PLACES = {
  line: range([8, 1], [8, 1]),
  'end-line': range([5, 1], [8, 1]),
  column: range([5, 21], [5, 21]),
  'end-column': range([6, 1], [6, 7]),
  backwards: range([6, 1], [5, 3]),
  'backwards-in-line': range([5, 3], [5, 2]),
  fraction: range([1.5, 1], [2, 1]),
  negative: range([1, -1], [2, 1]),
  text: range(['1', 1], [2, 1]),
  huge: range([1, 1], [2 ** 40, 1]),
  endless: range([1, 1], [Number.POSITIVE_INFINITY, 1]),
  'last-column': range([5, 1], [5, 20]),
  'last-line': range([6, 6], [7, 1]),
};

const judge =
  (finding) =>
  ({ entry, report }) => {
    if (entry.document.path === 'knowledge/a.md') report({ message: 'm', ...finding });
  };
const here = PLACES['last-column'];
const edits = [{ position: PLACES.line, text: '' }];
const related = (file, position) => [{ file, position, message: 'see' }];

export default [
  ...Object.entries(PLACES).flatMap(([name, position]) => [
    { ...about, id: `team/${name}`, scope: 'document', check: judge({ position }) },
    { ...about, id: `beside/${name}`, scope: 'corpus', check: judge({ position }) },
  ]),
  {
    ...about,
    id: 'team/fix',
    scope: 'document',
    check: judge({ position: here, fix: { title: 't', kind: 'safe', edits } }),
  },
  {
    ...about,
    id: 'team/related',
    scope: 'corpus',
    check: judge({ position: here, related: related('knowledge/a.md', PLACES.line) }),
  },
  {
    ...about,
    id: 'team/related-backwards',
    scope: 'corpus',
    check: judge({ position: here, related: related('knowledge/b.md', PLACES.backwards) }),
  },
];

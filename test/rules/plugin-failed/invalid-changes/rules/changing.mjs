const about = { group: 'document', severity: 'warning', what: 'W.', why: 'W.', fix: 'F.' };
const start = { line: 1, column: 1 };
const position = { start, end: start };

/** Rules that change what they are given, each in another way. */
const CHANGES = {
  path: ({ entry }) => Object.assign(entry.document, { path: 'zz' }),
  lines: ({ entry }) => entry.document.prose.splice(0),
  length: ({ entry }) => {
    entry.document.headings.length = 0;
  },
  order: ({ entry }) => entry.document.headings.reverse(),
  item: ({ entry }) => entry.document.headings.forEach((heading) => delete heading.text),
  header: ({ entry }) => entry.document.header.data.list.push('three'),
  place: ({ entry }) => Object.defineProperty(entry.document.headings[0].position, 'start', { value: start }),
  settings: ({ settings }) => Object.assign(settings, { anything: 1 }),
};
const BESIDE_OTHERS = {
  other: ({ model }) => Object.assign(model.entries.get('knowledge/b.md').document, { path: 'zz' }),
  named: ({ model }) => model.named('b.md').push('zz'),
  collected: ({ collected }) => Object.assign(collected, { count: 2 }),
  model: ({ model }) => Object.assign(model, { onDisk: () => true }),
};

const seen = ({ document }) =>
  [document.path, document.headings.map(({ text, slug }) => `${text}#${slug}`), document.header.data.list ?? []].flat();

export default [
  ...Object.entries(CHANGES).map(([name, check]) => ({ ...about, id: `team/${name}`, scope: 'document', check })),
  ...Object.entries(BESIDE_OTHERS).map(([name, check]) => ({
    ...about,
    id: `team/${name}`,
    scope: 'corpus',
    collect: (entry) => ({ count: entry.document.prose.length }),
    check,
  })),
  {
    ...about,
    id: 'team/collects-and-changes',
    scope: 'corpus',
    collect: (entry) => Object.assign(entry.document, { path: 'zz' }),
    check() {},
  },
  {
    ...about,
    id: 'team/reads',
    scope: 'corpus',
    collect: ({ document }) => ({ lines: document.prose.map(({ text }) => text) }),
    check({ entry, model, collected, report }) {
      const { onDisk, entries } = model;
      const said = {
        collected,
        all: model.matching('knowledge/*.md').map((path) => seen(entries.get(path))),
        keys: Object.keys(entry.document.headings[0]),
        onDisk: onDisk('knowledge/c.md'),
        same: entries.get(entry.document.path) === entry,
      };
      report({ message: JSON.stringify(said), position: entry.document.headings[0].position });
    },
  },
];

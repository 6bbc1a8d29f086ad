import { posix } from 'node:path';
import { changed, custom, edited, type Operator, type Planting, planted, replaced } from '../operator.js';
import { type Line, lineWith, type Originals, PATHS } from '../originals.js';

/* Revisions that have passed, circles, and documents that were left behind. */

const prose = ({ region }: Line) => region === 'text' || region === 'table';
const inHeader = (pattern: RegExp) => (line: Line) =>
  line.region === 'front matter' && pattern.test(line.text);

const STALE = 'no-stale-revision';

export const STALE_REVISIONS: readonly Operator[] = [
  changed(
    STALE,
    'another revision in a pin',
    inHeader(/^ {2,}revision: r1$/),
    (text) => text.replace('r1', 'r2'),
    { most: 6 },
  ),
  changed(STALE, 'a revision with a digit too many', inHeader(/^ {2,}revision: r1$/), (text) => `${text}0`),
  changed(
    STALE,
    'another revision beside a path',
    (line) => prose(line) && line.text.includes('.md` (r1)'),
    (text) => text.replace('(r1)', '(r2)'),
  ),
  changed(
    STALE,
    'another revision before a path',
    ({ document, region, text }) =>
      region === 'text' && document.kind === 'ddl' && text.startsWith('`knowledge/'),
    (text) => `(r3): ${text}`,
  ),
  custom(
    STALE,
    'the document at a new revision',
    function* ({ all }) {
      for (const target of all)
        for (const other of all)
          for (const line of other.lines) {
            const pins = line.region === 'front matter' && line.text.endsWith(`document: ${target.path}`);
            if (!pins || other === target) continue;
            const files = replaced(lineWith(target, /^revision: /), 'revision: r2');
            yield planted(files, { file: other.path, line: line.number + 1 });
          }
    },
    { most: 8 },
  ),
];

const CYCLE = 'no-reference-cycle';

/** A document that pins another one which rests on it. */
function* circle(originals: Originals): Generator<Planting> {
  const pairs: readonly (readonly [keyof typeof PATHS, keyof typeof PATHS])[] = [
    ['base', 'first'],
    ['base', 'alpha'],
    ['base', 'ddl'],
    ['first', 'alpha'],
    ['alpha', 'ddl'],
    ['base', 'base'],
  ];
  for (const [key, other] of pairs) {
    const document = originals.get(key);
    const line = lineWith(document, /^depends_on:/);
    const pin = [
      'depends_on:',
      `  - document: ${PATHS[other]}`,
      '    revision: r1',
      `    sha256: ${'0'.repeat(64)}`,
      `    migration_sha256: ${'0'.repeat(64)}`,
    ];
    const files = edited(document, (lines) => lines.splice(line.number - 1, 1, ...pin));
    yield planted(files, { file: document.path, line: line.number + 1 });
  }
}

const ORPHAN = 'no-orphan';

export const GRAPH: readonly Operator[] = [
  custom(CYCLE, 'a pin that leads back', circle, { most: 6 }),
  custom(CYCLE, 'a law that pins a package', function* (originals) {
    const law = originals.get('law');
    for (const key of ['package', 'dryRun', 'execution'] as const) {
      const files = edited(law, (lines) =>
        lines.splice(
          1,
          0,
          'law:',
          `  document: ${PATHS[key]}`,
          '  revision: r1',
          `  sha256: ${'0'.repeat(64)}`,
        ),
      );
      yield planted(files, { file: law.path, line: 3 });
    }
  }),
  custom(ORPHAN, 'a copy that nothing names', function* (originals) {
    for (const key of ['ddl', 'package', 'dryRun'] as const) {
      const document = originals.get(key);
      const path = document.path.replace(/-2026/, '-b-2026');
      const text = document.text.replaceAll(document.path, path);
      yield planted({ [path]: text }, { file: path, line: lineWith(document, /^document_path: /).number });
    }
  }),
  custom(ORPHAN, 'every mention taken for another document', function* (originals) {
    for (const key of ['ddl', 'package', 'dryRun'] as const) {
      const document = originals.get(key);
      const name = posix.basename(document.path);
      const others = originals.all.filter((one) => one !== document && one.text.includes(name));
      const files = Object.fromEntries(
        others.map(({ path, text }) => [path, text.replaceAll(name, 'gone.md')]),
      );
      yield planted(files, { file: document.path, line: lineWith(document, /^document_path: /).number });
    }
  }),
];

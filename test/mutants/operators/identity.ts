import { posix } from 'node:path';
import { REQUIRED_SECTIONS } from '../config.js';
import { changed, custom, edited, type Operator, planted, removed } from '../operator.js';
import { type Line, lineWith, type Original } from '../originals.js';

/* What a document says of itself: its path, its date, its sections. */

const named = (pattern: RegExp) => (line: Line) => line.region === 'front matter' && pattern.test(line.text);
const fieldLine = (document: Original, key: string) => lineWith(document, new RegExp(`^${key}: `)).number;

/** A document in another place, at which the finding is expected in the line of a field. */
function moved(rule: string, name: string, key: string | null, to: (path: string) => string): Operator {
  return custom(rule, name, function* ({ all }) {
    for (const document of all) {
      const path = to(document.path);
      if (path === document.path) continue;
      const line = key === null ? 1 : fieldLine(document, key);
      yield planted({ [document.path]: null, [path]: document.text }, { file: path, line });
    }
  });
}

/** A second document whose path is the same to many file systems. */
function twin(name: string, to: (path: string) => string): Operator {
  return custom('unique-path', name, function* ({ all }) {
    for (const { path, text } of all)
      if (to(path) !== path) yield planted({ [to(path)]: text }, { file: path, line: 1 });
  });
}

const PATH = 'document-path-matches';
const DATE = 'file-name-date';
const dated = (line: Line) => named(/^date: /)(line) && /-2026-/.test(line.document.path);
const atPath = named(/^document_path: /);

export const IDENTITY: readonly Operator[] = [
  changed(PATH, 'a letter of the path left out', atPath, (text) => text.replace('knowledge/d', 'knowledge/')),
  changed(PATH, 'a capital letter', atPath, (text) => text.replace('/dev/', '/Dev/')),
  changed(PATH, 'the path of a neighbour', atPath, (text) => text.replace(/0\.[12]|protocol|README/, '0.3')),
  changed(PATH, 'a doubled slash', atPath, (text) => text.replace('/dev/', '/dev//')),
  moved(PATH, 'the file in another folder', 'document_path', (path) => path.replace(/[^/]+$/, 'archive/$&')),
  moved(PATH, 'the file under another name', 'document_path', (path) => path.replace(/\.md$/, '-copy.md')),
  changed(DATE, 'a day later', dated, (text) => text.replace(/\d$/, '9')),
  changed(DATE, 'another month', dated, (text) => text.replace('-05-', '-06-')),
  moved(DATE, 'the file renamed to another day', 'date', (path) =>
    path.replace(/-\d\d\.(sql\.)?md$/, '-01.$1md'),
  ),
  twin('a folder in capitals', (path) => path.replace('/laws/', '/LAWS/')),
  twin('a file name in capitals', (path) => path.replace(posix.basename(path), (name) => name.toUpperCase())),
  twin('a long s for an s', (path) => path.replace('/laws/', '/law\u017f/')),
  twin('the sign for Kelvin for a k', (path) => path.replace('-trien-khai', '-trien-\u212ahai')),
];

const REVISION = 'revision-format';
const beside = ({ region, text }: Line) => region === 'text' && text.includes('(r1)');
const written = (name: string, revision: string) =>
  changed(REVISION, name, beside, (text) => text.replace('(r1)', `(${revision})`));

export const REVISIONS: readonly Operator[] = [
  written('a capital R beside a path', 'R1'),
  written('a word beside a path', 'rev 1'),
  written('a zero before the number', 'r01'),
  written('revision zero', 'r0'),
  written('two numbers beside a path', 'r1.2'),
  custom(REVISION, 'a number without its letter in the pin of a note', function* (originals) {
    const note = originals.get('readme');
    for (const pinned of originals.all.filter(({ kind }) => kind === 'law' || kind === 'ddl')) {
      const pin = ['about:', `  document: ${pinned.path}`, '  revision: 1'];
      const files = edited(note, (lines) => lines.splice(1, 0, ...pin));
      yield planted(files, { file: note.path, line: 4 });
    }
  }),
  custom(REVISION, 'a number without its letter in an older header', function* ({ all }) {
    for (const { path, lines } of all) {
      const title = lines.find(({ text }) => text.startsWith('# '))!.text;
      const text = `${title}\n\ndocument_path: ${path}\nrevision: 1\ndate: 2026-05-16\n\nText.\n`;
      yield planted({ [path]: text }, { file: path, line: 4 });
    }
  }),
];

const ORDER = 'date-order';

/** A date before that of a document which is pinned. */
const DATES: readonly (readonly [RegExp, string])[] = [
  [/^kind: review$/m, '2026-05-15'],
  [/^kind: command-package$/m, '2026-05-15'],
  [/-report$/m, '2026-05-15'],
  [/p0-2-ddl-draft-2026-05-16\.sql\.md\nchange/, '2026-05-13'],
  [/phase-alpha-ddl-draft-2026-05-14\.sql\.md\nchange/, '2026-05-11'],
];

export const ORDERS: readonly Operator[] = [
  changed(
    ORDER,
    'dated before what it pins',
    named(/^date: /),
    (text, { document }) => {
      const date = DATES.find(([which]) => which.test(document.text.slice(0, 400)))?.[1];
      return date === undefined ? null : text.replace(/\S+$/, date);
    },
    { most: 8 },
  ),
  custom(
    ORDER,
    'what is pinned dated later',
    function* ({ all }) {
      for (const pinned of all)
        for (const other of all) {
          const pins = other.lines.some(
            ({ region, text }) => region === 'front matter' && text.endsWith(`document: ${pinned.path}`),
          );
          if (!pins || other.kind === 'note') continue;
          const files = edited(pinned, (lines) =>
            lines.splice(fieldLine(pinned, 'date') - 1, 1, 'date: 2026-05-17'),
          );
          yield planted(files, { file: other.path, line: fieldLine(other, 'date') });
        }
    },
    { most: 6 },
  ),
];

const SECTIONS = 'required-sections';
const required = ({ text, region, document }: Line) => {
  const sections = Object.hasOwn(REQUIRED_SECTIONS, document.kind) ? REQUIRED_SECTIONS[document.kind]! : [];
  return region === 'text' && sections.includes(text.replace(/^## §\d+ — /, ''));
};
const kindLine = { at: ({ document }: Line) => fieldLine(document, 'kind') };

export const SECTION_NAMES: readonly Operator[] = [
  removed(SECTIONS, 'a heading taken away', required, kindLine.at),
  changed(SECTIONS, 'a heading with a letter too many', required, (text) => `${text}s`, kindLine),
  changed(
    SECTIONS,
    'a heading as bold text',
    required,
    (text) => text.replace(/^## (.*)$/, '**$1**'),
    kindLine,
  ),
  changed(SECTIONS, 'a heading in a code block', required, (text) => `    ${text}`, kindLine),
];

import { createHash } from 'node:crypto';
import { custom, edited, type Files, type Operator, planted } from '../operator.js';
import { lineWith, type Original, type Originals } from '../originals.js';

/* A lock file of the corpus as it is, and documents or lines that are not as it says. */

const LOCK = 'probatum.lock';
const REVISION = /^revision: /;

const governed = ({ all }: Originals) =>
  all.filter(({ kind, text }) => kind !== 'note' && /^revision: r/m.test(text));
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const lockLine = ({ path, text }: Original) =>
  `${sha256(text)}  ${/^revision: (.*)$/m.exec(text)![1]}  ${path}`;

/** Lines of the lock file, a head first. */
function locked(originals: Originals): string[] {
  return ['# lock', ...governed(originals).map(lockLine)];
}

const file = (lines: readonly string[]) => ({ [LOCK]: `${lines.join('\n')}\n` });

/** A document changed, beside the lock file of what it was before. */
function changedDocument(rule: string, name: string, edit: (document: Original) => Files): Operator {
  return custom(
    rule,
    name,
    function* (originals) {
      for (const document of governed(originals)) {
        const files = { ...edit(document), ...file(locked(originals)) };
        yield planted(files, { file: document.path, line: lineWith(document, REVISION).number });
      }
    },
    { most: 5 },
  );
}

const revision = (document: Original, text: string) =>
  edited(document, (lines) => lines.splice(lineWith(document, REVISION).number - 1, 1, text));

export const REVISION_BUMPS: readonly Operator[] = [
  changedDocument('revision-bump', 'a line more under a locked revision', (document) =>
    edited(document, (lines) => lines.push('One more word.')),
  ),
  changedDocument('revision-bump', 'a blank at the end under a locked revision', (document) =>
    edited(document, (lines) => lines.splice(-1, 1, `${lines.at(-1)} `)),
  ),
  custom(
    'revision-bump',
    'an older revision than the locked one',
    function* (originals) {
      for (const document of governed(originals)) {
        const lines = locked(originals).map((line) =>
          line.endsWith(`  ${document.path}`) ? line.replace(/ {2}r1 {2}/, '  r2  ') : line,
        );
        yield planted(file(lines), { file: document.path, line: lineWith(document, REVISION).number });
      }
    },
    { most: 4 },
  ),
];

export const LOCK_DRIFTS: readonly Operator[] = [
  changedDocument('lock-drift', 'a revision that is not locked', (document) =>
    revision(document, 'revision: r2'),
  ),
  custom(
    'lock-drift',
    'a document without a line',
    function* (originals) {
      for (const document of governed(originals)) {
        const lines = locked(originals).filter((line) => !line.endsWith(`  ${document.path}`));
        yield planted(file(lines), { file: document.path, line: lineWith(document, REVISION).number });
      }
    },
    { most: 4 },
  ),
  custom('lock-drift', 'a line without a document', function* (originals) {
    const lines = [...locked(originals), `${sha256('')}  r1  knowledge/gone.md`];
    yield planted(file(lines), { file: LOCK, line: lines.length });
  }),
  custom(
    'lock-drift',
    'a line that is none',
    function* (originals) {
      const all = locked(originals);
      for (const wrong of ['<<<<<<< HEAD', all[2]!, all[1]!.replace('  r1', ' r1'), all[1]!.toUpperCase()])
        yield planted(file([...all, wrong]), { file: LOCK, line: all.length + 1 });
    },
    { most: 4 },
  ),
];

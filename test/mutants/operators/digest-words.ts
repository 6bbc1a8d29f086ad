import { custom, inserted, type Operator, planted, replaced } from '../operator.js';
import { type Line, lineWith, PATHS } from '../originals.js';

/* What is meant as a digest and is none, and verdicts about what has changed since. */

const FORMAT = 'digest-format';
const DIGEST = '2265f58b0b30a84a2849e88315fe44b60f0b5af3e81c00c58bcb6e0fa6b0817c';
const written = ({ region, text, document, number }: Line) =>
  region === 'text' &&
  /^[A-Z]/.test(text) &&
  /^(?:law|ddl|command-package|review)$/.test(document.kind) &&
  document.lines[number - 2]!.text === '';
const line = (name: string, text: string, at = 0) => inserted(FORMAT, name, written, `${text}\n`, { at });

export const FORMATS: readonly Operator[] = [
  line('capital letters in a line of its own', `- sha256: ${DIGEST.toUpperCase()}`),
  line('one capital letter', `- sha256: ${DIGEST.replace('f', 'F')}`),
  line('a digit too few', `- ddl_sha256: ${DIGEST.slice(1)}`),
  line('a digit too many', `- ddl_sha256: ${DIGEST}0`),
  line('a letter O for a zero', `- ddl_sha256: ${DIGEST.replace('0', 'O')}`),
  line('a placeholder', '- ddl_sha256: TODO'),
  line('a placeholder in angle brackets', '- ddl_sha256: `<fill in>`'),
  line('capital letters in running text', `The digest was ${DIGEST.toUpperCase()} then.`),
  line('a digit too few in running text', `The digest was \`${DIGEST.slice(1)}\` then.`),
  line('a digit too few in a cell', `| What | SHA256 |\n| --- | --- |\n| the SQL | ${DIGEST.slice(1)} |`, 2),
  line(
    'capital letters in a cell',
    `| Key | Value |\n| --- | --- |\n| migration_sha256 | \`${DIGEST.toUpperCase()}\` |`,
    2,
  ),
  custom(FORMAT, 'a digit too few in the pin of a note', function* (originals) {
    const note = originals.get('readme');
    for (const path of [PATHS.law, PATHS.ddl, PATHS.package]) {
      const kind = lineWith(note, /^kind: /);
      const files = replaced(kind, `${kind.text}\nabout:\n  document: ${path}\n  sha256: ${DIGEST.slice(1)}`);
      yield planted(files, { file: note.path, line: 5 });
    }
  }),
];

const SHORT = 'abbreviated-digest';
const short = (name: string, text: string, at = 0) => inserted(SHORT, name, written, `${text}\n`, { at });

export const ABBREVIATIONS: readonly Operator[] = [
  short('digits that no digest begins with', 'The digest is 0123abcd…4567ef then.'),
  short('a wrong end', 'The digest is `2265f58b…b0817d` then.'),
  short('three dots for the sign', '- digest: 0123abcd...4567ef'),
  short('a wrong end in a cell', '| What | Digest |\n| --- | --- |\n| the SQL | 2265f58b…0817d0 |', 2),
  short(
    'two digests that it can stand for',
    `- one: ${DIGEST}\n- other: ${DIGEST.replace('58b0b', '58b0c')}\n\nThe digest is 2265f5…0817c then.`,
    3,
  ),
];

const SUSPECT = 'suspect-review';

/** A change of what the subject of a review rests on, and not of the subject. */
function suspect(name: string, change: (text: string) => string): Operator {
  const below: readonly (readonly [keyof typeof PATHS, keyof typeof PATHS])[] = [
    ['base', 'ddlReview'],
    ['first', 'ddlReview'],
    ['alpha', 'ddlReview'],
    ['ddl', 'packageReview'],
    ['law', 'packageReview'],
    ['base', 'packageReview'],
    ['package', 'dryRunReview'],
    ['ddl', 'dryRunReview'],
    ['law', 'dryRunReview'],
    ['alpha', 'dryRunReview'],
  ];
  return custom(
    SUSPECT,
    name,
    function* (originals) {
      for (const [changedKey, review] of below) {
        const { path, text } = originals.get(changedKey);
        const subject = lineWith(originals.get(review), /^subject:$/).number + 1;
        yield planted({ [path]: change(text) }, { file: PATHS[review], line: subject });
      }
    },
    { most: 6 },
  );
}

export const SUSPECTS: readonly Operator[] = [
  suspect('a letter of what the subject rests on', (text) => text.replace('change', 'chance')),
  suspect('a blank line at its end', (text) => `${text}\n`),
  custom(SUSPECT, 'what the subject rests on taken away', function* (originals) {
    for (const [gone, review] of [
      ['base', 'ddlReview'],
      ['ddl', 'packageReview'],
      ['law', 'dryRunReview'],
    ] as const) {
      const subject = lineWith(originals.get(review), /^subject:$/).number + 1;
      yield planted({ [PATHS[gone]]: null }, { file: PATHS[review], line: subject });
    }
  }),
  custom(SUSPECT, 'a verdict with conditions', function* (originals) {
    for (const [key, review] of [
      ['base', 'ddlReview'],
      ['ddl', 'packageReview'],
      ['law', 'dryRunReview'],
    ] as const) {
      const { path, text } = originals.get(key);
      const verdict = lineWith(originals.get(review), /^verdict: /);
      const files = { [path]: `${text}\n`, ...replaced(verdict, 'verdict: conditional') };
      const subject = lineWith(originals.get(review), /^subject:$/).number + 1;
      yield planted(files, { file: PATHS[review], line: subject });
    }
  }),
];

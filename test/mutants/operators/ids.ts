import { changed, custom, type Operator, planted, without } from '../operator.js';
import { type Line, lineWith } from '../originals.js';

/* Ids that nothing declares, or that two things have. */

const prose = ({ region }: Line) => region === 'text' || region === 'table';

const UNDEFINED = 'no-undefined-id';
const writing = (line: Line) =>
  prose(line) &&
  /^(?:law|ddl|command-package|review)$/.test(line.document.kind) &&
  !line.text.startsWith('#');
const wrong = (name: string, pattern: RegExp, to: string) =>
  changed(UNDEFINED, name, writing, (text) => text.replace(pattern, to));

export const IDS: readonly Operator[] = [
  wrong('a command that there is not', /\bC-0(\d)\b/, 'C-1$1'),
  wrong('a command without its zero', /\bC-0(\d)\b/, 'C-$1'),
  wrong('a gate that there is not', /\bG-0(\d)\b/, 'G-2$1'),
  wrong('a check of the preflight that there is not', /\bPF-(\d+)/, 'PF-9$1'),
  wrong('a verification check that there is not', /\bV-(\d\d)\b/, 'V-9$1'),
  wrong('a verification check with a letter', /\bV-(\d\d)\b/, 'V-$1z'),
  wrong('a binding that there is not', /\bN1\b/, 'N2'),
  wrong('a section that there is not', /§(\d)/, '§9$1'),
  custom(UNDEFINED, 'the check taken away that the review names', function* (originals) {
    const [pack, review] = [originals.get('package'), originals.get('packageReview')];
    for (const id of ['PF-4', 'PF-10', 'V-17', 'V-14b', 'V-14bn', 'V-PROD-SYS']) {
      const from = lineWith(pack, new RegExp(`^-- ${id}: `));
      const to = pack.lines.find(
        ({ number, text }) => number > from.number && (text === '' || text === '```'),
      )!;
      const said = review.lines.find((line) => prose(line) && new RegExp(`\\b${id}\\b`).test(line.text))!;
      yield planted(without(from, to.number - from.number), { file: review.path, line: said.number });
    }
  }),
];

const DUPLICATE = 'no-duplicate-id';
const check = ({ role, region, text }: Line) =>
  region === 'fence' && /^(?:preflight|verify)$/.test(role) && /^-- [A-Z]+-\w+: /.test(text);
const before = ({ document, number }: Line) =>
  document.lines.findLast((one) => one.number < number && check(one));

export const DUPLICATES: readonly Operator[] = [
  changed(DUPLICATE, 'a check with the id of the one before', check, (text, line) => {
    const other = before(line);
    return other ? text.replace(/[A-Z]+-[\w-]+/, /[A-Z]+-[\w-]+/.exec(other.text)![0]) : null;
  }),
  changed(
    DUPLICATE,
    'a verification check with an id of the preflight',
    (line) => check(line) && line.role === 'verify',
    (text) => text.replace(/V-[\w-]+/, 'PF-3'),
  ),
  changed(
    DUPLICATE,
    'a gate with the id of a command',
    ({ document, text }) => document.kind === 'law' && /^ {4}- id: G-/.test(text),
    () => '    - id: C-06',
  ),
  changed(
    DUPLICATE,
    'a command with the id of the first',
    ({ document, text }) => document.kind === 'law' && /^ {4}- id: C-0[1-8]/.test(text),
    () => '    - id: C-00',
  ),
  changed(
    DUPLICATE,
    'a binding twice',
    ({ document, text }) => document.kind === 'review' && /^ {4}check: /.test(text),
    (text) => `${text}\n  - id: N1\n    text: again\n    check: V-14b`,
    { at: 1 },
  ),
];

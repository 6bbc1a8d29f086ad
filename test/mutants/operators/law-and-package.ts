import { changed, custom, edited, type Operator, planted, without } from '../operator.js';
import { type Line, lineWith, type Original } from '../originals.js';

/* Protocols that no run could follow, and packages that could not be planned. */

const LAW = 'protocol-valid';
const inLaw = (pattern: RegExp) => (line: Line) =>
  line.document.kind === 'law' && line.region === 'front matter' && pattern.test(line.text);
const commands = (law: Original) => lineWith(law, /^ {2}commands:$/);

export const PROTOCOL: readonly Operator[] = [
  custom(LAW, 'a command taken away', function* (originals) {
    const law = originals.get('law');
    for (const line of law.lines.filter(inLaw(/^ {4}- id: (?:C-|GUARD)/)))
      yield planted(without(line, 2), { file: law.path, line: commands(law).number });
  }),
  custom(LAW, 'a step given to two commands', function* (originals) {
    const law = originals.get('law');
    for (const line of law.lines.filter(inLaw(/^ {6}step: /))) {
      const files = edited(law, (lines) => lines.splice(line.number, 0, '    - id: C-99', line.text));
      yield planted(files, { file: law.path, line: line.number + 2 });
    }
  }),
  custom(LAW, 'two steps that changed places', function* (originals) {
    const law = originals.get('law');
    const steps = law.lines.filter(inLaw(/^ {6}step: /));
    for (const [index, line] of steps.slice(1).entries()) {
      const before = steps[index]!;
      const files = edited(law, (lines) => {
        lines[before.number - 1] = line.text;
        lines[line.number - 1] = before.text;
      });
      yield planted(files, { file: law.path, line: before.number });
    }
  }),
  changed(LAW, 'a gate before a command that there is not', inLaw(/applies_to: /), (text) =>
    text.replace(/C-0/, 'C-1'),
  ),
  changed(LAW, "the executor's own id", inLaw(/- id: (?:C-|GUARD)/), (text) =>
    text.replace(/: .*/, ': LOCK'),
  ),
  changed(
    LAW,
    'an age for a gate that has no use for it',
    inLaw(/gate: (?:backup-restorable|ddl-staged|identity)/),
    (text) => `${text}\n      max_age_seconds: 60`,
    { at: 1 },
  ),
  changed(LAW, 'an age that is no number of seconds', inLaw(/max_age_seconds: /), (text) =>
    text.replace(/\d+/, '9'.repeat(20)),
  ),
];

const PACKAGE = 'package-complete';
const inPackage = (pattern: RegExp) => (line: Line) =>
  line.document.kind === 'command-package' && pattern.test(line.text);

export const PACKAGES: readonly Operator[] = [
  changed(PACKAGE, 'a fence without its role', inPackage(/^```sql (?:preflight|verify)$/), () => '```sql', {
    at: ({ document }) => lineWith(document, /^kind: /).number,
  }),
  changed(
    PACKAGE,
    'a limit that the server cannot keep',
    inPackage(/^ {2}(?:lock|statement)_timeout: /),
    (text) => text.replace(/\d+s/, '2147484s'),
  ),
  changed(PACKAGE, 'a limit for a gate that the law does not have', inPackage(/^ {2}- id: G-02$/), (text) =>
    text.replace('02', '12'),
  ),
  changed(PACKAGE, 'a limit for a gate that has no use for it', inPackage(/^ {2}- id: G-02$/), (text) =>
    text.replace('02', '01'),
  ),
  changed(PACKAGE, 'a proof by a check before the migration', inPackage(/^ {6}- V-/), () => '      - PF-4'),
  changed(PACKAGE, 'a proof by a check that there is not', inPackage(/^ {6}- V-/), (text) => `${text}x`),
  changed(PACKAGE, 'a proof by a derived check too many', inPackage(/^ {6}- V-/), () => '      - D-17'),
  custom(PACKAGE, 'the check of a proof taken away', function* (originals) {
    const pack = originals.get('package');
    for (const proof of pack.lines.filter(inPackage(/^ {6}- V-(?:1[02368]|2)/))) {
      const id = proof.text.trim().slice(2);
      const from = lineWith(pack, new RegExp(`^-- ${id}: `));
      const blank = pack.lines.find(
        ({ number, text }) => number > from.number && (text === '' || text === '```'),
      )!;
      yield planted(without(from, blank.number - from.number), { file: pack.path, line: proof.number });
    }
  }),
  custom(PACKAGE, 'an age that neither the law nor the package gives', function* (originals) {
    const [law, pack] = [originals.get('law'), originals.get('package')];
    const files = {
      ...without(lineWith(law, /^ {6}max_age_seconds/)),
      ...without(lineWith(pack, /^gates:$/), 3),
    };
    yield planted(files, { file: pack.path, line: lineWith(pack, /document: .*protocol/).number });
  }),
];

const TABLE = 'malformed-table';
const row = ({ region, text, document, number }: Line) =>
  region === 'table' && !/^\| ---/.test(text) && document.lines[number - 2]?.region === 'table';
const end = (line: Line) => row(line) && line.document.lines[line.number]?.region !== 'table';
const head = ({ region, document, number }: Line) =>
  region === 'table' && /^\| ---/.test(document.lines[number]?.text ?? '');

export const TABLES: readonly Operator[] = [
  changed(TABLE, 'a bar inside a cell', row, (text) => text.replace(/(\| [^|]{2})([^|]*\|)/, '$1|$2')),
  changed(TABLE, 'a bar inside a code span', row, (text) => text.replace(/\| ([^|]+) \|/, '| `$1|x` |')),
  changed(TABLE, 'a bar that was written as a reference', row, (text) => text.replace('&#x7C;', '|')),
  changed(TABLE, 'a cell taken away', row, (text) => text.replace(/\| [^|]* \|$/, '|')),
  changed(TABLE, 'text directly below', end, (text) => `${text}\nThis line is a row as well.`, { at: 1 }),
  changed(TABLE, 'a row broken over two lines', row, (text) => text.replace(/(\| [^|]* \|) /, '$1\n')),
  changed(TABLE, 'a heading with a cell too few', head, (text) => text.replace(/ [^|]* \|$/, ''), { at: 1 }),
  changed(TABLE, 'a heading broken over two lines', head, (text) => text.replace(/(\| [^|]* \|) /, '$1\n'), {
    at: 2,
  }),
];

const SUPPRESSION = 'suppression-valid';
const spot = ({ region, text, document, number }: Line) =>
  region === 'text' && text !== '' && !text.startsWith('|') && document.lines[number - 2]?.text === '';
const plain = (line: Line) => spot(line) && !/^(?:ddl|command-package)$/.test(line.document.kind);
const sql = (line: Line) => spot(line) && /^(?:ddl|command-package)$/.test(line.document.kind);
const comment = (name: string, text: string, where = plain) =>
  changed(SUPPRESSION, name, where, (old) => `<!-- probatum-disable-next-line${text} -->\n${old}`);

export const SUPPRESSIONS: readonly Operator[] = [
  comment('no reason', ' no-undefined-id'),
  comment('a blank reason', ' no-undefined-id:  '),
  comment('no rule', ': it is known'),
  comment('a rule that there is not', ' no-undefined-ids: it is known'),
  comment('a rule that may not be suppressed', ' document-digest-matches: it is known'),
  comment('a rule of authority', ' separation-of-duties: there is nobody else'),
  comment('nothing to suppress', ' no-undefined-id: it is known'),
  comment('a comment beside SQL that runs', ' no-undefined-id: it is known', sql),
];

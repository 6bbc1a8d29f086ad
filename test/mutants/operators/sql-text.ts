import { changed, custom, inserted, type Operator, planted, replaced } from '../operator.js';
import type { Line } from '../originals.js';
import { code, inFence, startOf, starts } from '../sql-lines.js';

/* SQL that does not parse, or is not what it looks like. */

const SYNTAX = 'sql-syntax';
const broken = (name: string, pattern: RegExp, to: string, where: (line: Line) => boolean = code) =>
  changed(SYNTAX, name, where, (text) => text.replace(pattern, to));

export const SYNTAXES: readonly Operator[] = [
  broken('a misspelt CREATE', /^CREATE/, 'CRAETE'),
  broken('a misspelt TABLE', /^((?:CREATE|DROP|ALTER) )TABLE/, '$1TABEL'),
  broken('a misspelt NULL', /NOT NULL,/, 'NOT NUL,'),
  broken('a misspelt SELECT', /^SELECT\b/, 'SELEC'),
  broken('a misspelt key', /PRIMARY KEY/, 'PRIMARY KYE'),
  broken('a bracket too many', /;$/, ');'),
  changed(
    SYNTAX,
    'a misspelt word behind letters of two bytes',
    starts,
    (text) => text.replace(/^(\w+)/, '/* §é—ü */ $1 ;;; nonsense'),
    { most: 6 },
  ),
  inserted(
    SYNTAX,
    'a quote that is not closed',
    ({ region, text, role }) => region === 'mark' && text === '```' && role !== '',
    "SELECT 'x;",
  ),
  inserted(SYNTAX, 'a broken line between statements', starts, 'SELEC 1;'),
  custom(SYNTAX, 'a broken example, which is not run', function* ({ all }) {
    for (const document of all) {
      const lines = document.lines.length;
      const files = {
        [document.path]: `${document.text}\n\`\`\`sql\nSELECT 1;\nDROP TABEL public.x;\n\`\`\`\n`,
      };
      yield planted(files, { file: document.path, line: lines + 4 });
    }
  }),
  custom(SYNTAX, 'a statement over two fences', function* ({ all }) {
    for (const document of all)
      for (const line of document.lines.filter(
        (one) => code(one) && /^ {4}/.test(one.text) && /^migration$/.test(one.role),
      ))
        yield planted(replaced(line, `\`\`\`\n\n\`\`\`sql migration\n${line.text}`), {
          file: document.path,
          line: startOf(line),
        });
  }),
];

const HIDDEN = 'sql-hidden-characters';
const hidden = (name: string, sign: string, where: (line: Line) => boolean = inFence(/./), most = 3) =>
  changed(
    HIDDEN,
    name,
    (line) => where(line) && line.text.includes(' ') && line.role !== '',
    (text) => text.replace(/(?<=\S) (?=\S)/, ` ${sign}`),
    { most },
  );
const comment = (line: Line) => inFence(/./)(line) && line.text.startsWith('--');

export const HIDDEN_CHARACTERS: readonly Operator[] = [
  hidden('a space without width', '\u200b'),
  hidden('a space that does not break', '\u00a0'),
  hidden('a right-to-left override', '\u202e'),
  hidden('an isolate', '\u2066'),
  hidden('a soft hyphen', '\u00ad'),
  hidden('a joiner', '\u200d'),
  hidden('a byte order mark inside', '\ufeff'),
  hidden('a line separator', '\u2028'),
  hidden('a next line', '\u0085'),
  hidden('a vertical tab', '\v'),
  hidden('a form feed', '\f'),
  hidden('a carriage return alone', '\r'),
  hidden('a tag character', '\u{e0041}'),
  hidden('a filler of Hangul', '\u3164'),
  hidden('the blank of Braille', '\u2800'),
  hidden('a variation selector', '\ufe0f'),
  hidden('an escape', '\u001b'),
  hidden('a right-to-left mark in a comment', '\u200f', comment),
  hidden('a hundred and thirty blanks', ' '.repeat(130)),
  changed(
    HIDDEN,
    'a Cyrillic letter in a name',
    code,
    (text) => text.replace(/(cutter_govern)a/, '$1\u0430'),
    { most: 4 },
  ),
  changed(
    HIDDEN,
    'a Greek letter in a name',
    code,
    (text) => text.replace(/(manifest_unit_bl)o/, '$1\u03bf'),
    { most: 4 },
  ),
  changed(HIDDEN, 'a letter of full width', code, (text) => text.replace(/\bTABLE\b/, 'TA\uff22LE'), {
    most: 4,
  }),
  changed(
    HIDDEN,
    'an accent that stands alone',
    code,
    (text) => text.replace(/(_(?:id|key|at))\b/, '$1e\u0301'),
    { most: 4 },
  ),
  changed(
    HIDDEN,
    'escapes for the letters of a name',
    code,
    (text) => text.replace(/ (cutter_governance)\./, ' U&"\\0063utter_governance".'),
    { most: 4 },
  ),
  changed(HIDDEN, 'a sign of another alphabet for a comma', code, (text) => text.replace(/,$/, '\uff0c'), {
    most: 4,
  }),
];

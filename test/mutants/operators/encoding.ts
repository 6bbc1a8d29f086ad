import { changed, custom, inserted, type Operator, planted } from '../operator.js';
import type { Line, Originals } from '../originals.js';

/* Files that are not plain text, or that no reader gets through. */

const words = ({ region, text }: Line) => region !== 'mark' && text.length > 8;
const dashed = ({ text }: Line) => /[—§]/.test(text);

/** Bytes in place of a piece of a line. */
function bytes(name: string, where: (line: Line) => boolean, pattern: RegExp, put: number[]): Operator {
  return custom('encoding', name, function* (originals: Originals) {
    for (const line of originals.lines.filter(where)) {
      const before = line.document.lines.slice(0, line.number - 1).map(({ text }) => `${text}\n`);
      const at = pattern.exec(line.text);
      if (!at) continue;
      const head = before.join('') + line.text.slice(0, at.index);
      const file = Buffer.concat([
        Buffer.from(head),
        Buffer.from(put),
        Buffer.from(line.document.text.slice(head.length + at[0].length)),
      ]);
      yield planted({ [line.document.path]: file }, { file: line.document.path, line: line.number });
    }
  });
}

export const ENCODING: readonly Operator[] = [
  changed(
    'encoding',
    'a byte order mark',
    ({ number }) => number === 1,
    (text) => `\ufeff${text}`,
  ),
  changed('encoding', 'a NUL byte', words, (text) => `${text.slice(0, 5)}\0${text.slice(5)}`),
  bytes('a byte of Latin-1', words, /[a-z]/, [0xe9]),
  bytes('the middle of a character cut out', dashed, /[—§]/, [0xe2, 0x94]),
  bytes('an overlong form of a bar', words, /[ :]/, [0xc1, 0xbc]),
  bytes('half of a surrogate pair', words, /[a-z]/, [0xed, 0xa0, 0x80]),
  inserted('readable', 'a quote a hundred and one deep', afterBlank, `${'>'.repeat(101)} deep\n`),
  inserted('readable', 'a list a hundred and one deep', afterBlank, `${'- '.repeat(101)}deep\n`),
  custom('readable', 'more than a mebibyte', function* ({ all }) {
    for (const { path, text } of all)
      yield planted({ [path]: text + 'word '.repeat(220_000) }, { file: path, line: 1 });
  }),
];

function afterBlank({ document, number, region, text }: Line): boolean {
  return region === 'text' && text !== '' && document.lines[number - 2]?.text === '';
}

import { describe, expect, it } from 'vitest';
import { parseDocument } from '../../src/parse/parse-document.js';

const read = (text: string) =>
  parseDocument('knowledge/a.md', Buffer.from(text)).suppressions.map(({ rules, reason, line, position }) => [
    rules.join(' '),
    reason,
    line,
    `${position.start.line}:${position.start.column}-${position.end.column}`,
  ]);

describe('comments that accept findings', () => {
  it.each([
    [
      'speak of the next line that is not blank',
      '<!-- probatum-disable-next-line a: b -->\n\n \nText.\n',
      [['a', 'b', 4, '1:1-41']],
    ],
    [
      'may follow each other, and name several rules',
      '<!-- probatum-disable-next-line a, b,c d: e: f -->\n\n<!--probatum-disable-next-line x:y-->\nText.\n',
      [
        ['a b c d', 'e: f', 4, '1:1-51'],
        ['x', 'y', 4, '3:1-38'],
      ],
    ],
    [
      'are read with every line end, and with blanks around',
      'Text.\r\n\r\n  <!--\tprobatum-disable-next-line a : b\t--> \t\r\nText.',
      [['a', 'b', 4, '3:3-44']],
    ],
    [
      'speak of themselves where nothing follows',
      'Text.\n\n<!-- probatum-disable-next-line a: b -->\n\n',
      [['a', 'b', 3, '3:1-41']],
    ],
    [
      'are read without a reason or a rule, so that this can be said',
      '<!-- probatum-disable-next-line a -->\n<!-- probatum-disable-next-line: b -->\n<!-- probatum-disable-next-line -->\nText.\n',
      [
        ['a', null, 4, '1:1-38'],
        ['', 'b', 4, '2:1-39'],
        ['', null, 4, '3:1-36'],
      ],
    ],
    [
      'may go over lines, with every line end, and speak of the line behind the last',
      [
        '<!-- probatum-disable-next-line',
        '     a, b: why\r',
        '',
        '     and more',
        '-->',
        '',
        'Text.',
        '<!--',
        'probatum-disable-next-line x: y --> ',
        'Text.',
        '',
      ].join('\n'),
      [
        ['a b', 'why and more', 7, '1:1-4'],
        ['x', 'y', 10, '8:1-36'],
      ],
    ],
    [
      'are none in code and in front matter, and accept nothing beside text or by another name',
      [
        '---',
        'kind: note',
        '# <!-- probatum-disable-next-line a: front matter -->',
        '---',
        '```',
        '<!-- probatum-disable-next-line a: code -->',
        '```',
        '',
        '    <!-- probatum-disable-next-line a: indented code -->',
        '',
        'Text <!-- probatum-disable-next-line a: beside text -->',
        '<!-- probatum-disable-next-line a: b --> and text <!-- -->',
        '<!-- probatum-disable-next-lines a: another name -->',
        '<!-- probatum-disable-next-line',
        'a: over lines --> and text',
        'Text <!--',
        'probatum-disable-next-line a: beside text -->',
        '> <!--',
        '> probatum-disable-next-line a: in a quote -->',
        '`<!-- probatum-disable-next-line a: code -->`',
        '',
        '<!-- probatum-disable-next-line a: never closed',
      ].join('\n'),
      [
        ['', null, 11, '11:6-56'],
        ['', null, 12, '12:1-59'],
        ['', null, 13, '13:1-53'],
        ['', null, 14, '14:1-32'],
        ['', null, 16, '16:6-10'],
        ['', null, 18, '18:3-7'],
        ['', null, 22, '22:1-48'],
      ],
    ],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });
});

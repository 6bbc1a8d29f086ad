import { describe, expect, it } from 'vitest';
import { compareDiagnostics, type Diagnostic } from '../../src/base/diagnostic.js';
import {
  diagnosticsJson,
  diagnosticsPretty,
  type Paint,
  PLAIN,
  summarise,
  summaryLine,
} from '../../src/render/diagnostics.js';
import { displayWidth } from '../../src/render/display-width.js';

/** Marks that show which colour stands where. */
const MARKED: Paint = {
  red: (text) => `<r>${text}</r>`,
  yellow: (text) => `<y>${text}</y>`,
  blue: (text) => `<b>${text}</b>`,
  green: (text) => `<g>${text}</g>`,
  cyan: (text) => `<c>${text}</c>`,
  bold: (text) => `<B>${text}</B>`,
  dim: (text) => `<d>${text}</d>`,
};

/** A diagnostic at `from..to` of a line, both columns, `to` after the last character. */
function at(line: number, from: number, to: number, rest: Partial<Diagnostic> = {}): Diagnostic {
  return {
    ruleId: 'some-rule',
    severity: 'error',
    message: 'something is wrong',
    file: 'knowledge/a.md',
    position: { start: { line, column: from }, end: { line, column: to } },
    ...rest,
  };
}

/** The two lines of the code frame for one line of a document. */
function frameOf(text: string, from: number, to: number): string[] {
  return diagnosticsPretty([at(7, from, to)], () => text, PLAIN)
    .split('\n')
    .slice(2, 4);
}

describe('diagnostics for people', () => {
  it('show message, place, line, span, expectation, related place and help', () => {
    const lines = ['# Title', '', 'migration_sha256: 1234', 'Das Maß ist voll.'];
    const found: Diagnostic[] = [
      at(3, 19, 23, {
        ruleId: 'sql-digest-matches',
        message: 'the SQL has another digest',
        expected: 'abcd',
        observed: '1234',
        related: [
          {
            file: 'knowledge/ddl.sql.md',
            position: { start: { line: 20, column: 1 }, end: { line: 20, column: 4 } },
            message: 'the SQL',
          },
        ],
        help: 'review the SQL as it is now',
      }),
      at(4, 5, 8, { severity: 'warning', ruleId: 'words', message: 'a word' }),
      at(2, 1, 1, { severity: 'info', ruleId: 'empty', message: 'an empty line' }),
      at(12, 1, 1, { ruleId: 'gone', message: 'a line that is not there' }),
    ];
    expect(diagnosticsPretty(found, (_, line) => lines[line - 1], PLAIN)).toBe(
      `error: the SQL has another digest [sql-digest-matches]
 --> knowledge/a.md:3:19
3 | migration_sha256: 1234
  |                   ^^^^
  = expected: abcd
  = observed: 1234
  = see: knowledge/ddl.sql.md:20:1 the SQL
  = help: review the SQL as it is now

warning: a word [words]
 --> knowledge/a.md:4:5
4 | Das Maß ist voll.
  |     ^^^

info: an empty line [empty]
 --> knowledge/a.md:2:1

error: a line that is not there [gone]
  --> knowledge/a.md:12:1

`,
    );
  });

  it('are coloured by their severity, and only in their frame', () => {
    const text = diagnosticsPretty(
      [at(10, 2, 4), at(1, 1, 2, { severity: 'warning' })],
      () => 'abcdef',
      MARKED,
    );
    expect(text).toBe(
      `<r>error</r><B>: something is wrong</B> <d>[some-rule]</d>
  <b>--></b> knowledge/a.md:10:2
<b>10</b> <b>|</b> abcdef
   <b>|</b>  <r>^^</r>

<y>warning</y><B>: something is wrong</B> <d>[some-rule]</d>
 <b>--></b> knowledge/a.md:1:1
<b>1</b> <b>|</b> abcdef
  <b>|</b> <r>^</r>

`,
    );
  });

  it.each<[string, string, number, number, string, string]>([
    ['wide characters before the span', '数据 bad', 4, 7, '7 | 数据 bad', '  |      ^^^'],
    ['wide characters in the span', 'a 数据库 z', 3, 6, '7 | a 数据库 z', '  |   ^^^^^^'],
    ['an emoji of two code units', '😀 bad', 4, 7, '7 | 😀 bad', '  |    ^^^'],
    ['a combining accent', 'e\u0301te\u0301 bad', 7, 10, '7 | e\u0301te\u0301 bad', '  |     ^^^'],
    ['tabs', '\tx\tbad', 4, 7, '7 |  x bad', '  |    ^^^'],
    [
      'what cannot be printed',
      'a\u202eb\u001b[0m bad',
      9,
      12,
      '7 | a\\u202eb\\u001b[0m bad',
      '  |                   ^^^',
    ],
    ['what cannot be printed in the span', 'a\u200bb', 2, 3, '7 | a\\u200bb', '  |  ^^^^^^'],
    ['a span of nothing', 'abc', 2, 2, '7 | abc', '  |  ^'],
    ['a span at the end', 'abc', 4, 4, '7 | abc', '  |    ^'],
    ['a span of the whole line', 'abc', 1, 4, '7 | abc', '  | ^^^'],
  ])('mark %s where a terminal shows it', (_, text, from, to, line, marks) => {
    expect(frameOf(text, from, to)).toEqual([line, marks]);
  });

  it.each<[string, [number, number, number, number], string[]]>([
    ['two', [8, 3, 9, 4], ['8 | line 8', '  |   ^^^^', '9 | line 9', '  | ^^^']],
    [
      'three, the last by its end',
      [8, 6, 11, 1],
      ['8  | line 8', '   |      ^', '9  | line 9', '   | ^^^^^^', '10 |   line 10', '   |   ^^^^^^^'],
    ],
    [
      'many: the first and the last',
      [8, 1, 12, 3],
      ['8  | line 8', '   | ^^^^^^', '...', '12 | line 12', '   | ^^'],
    ],
    ['two, of which one is empty', [13, 1, 14, 5], ['14 | line 14', '   | ^^^^']],
    ['two, of which one is not there', [14, 6, 15, 5], ['14 | line 14', '   |      ^^']],
  ])('mark every line of a span of %s', (_, [line, column, endLine, endColumn], frame) => {
    const position = { start: { line, column }, end: { line: endLine, column: endColumn } };
    const lineOf = (_file: string, number: number) =>
      number > 14 ? undefined : number === 13 ? '' : number === 10 ? '  line 10' : `line ${number}`;
    const text = diagnosticsPretty([{ ...at(1, 1, 1), position }], lineOf, PLAIN).split('\n');
    expect(text.slice(2, -2)).toEqual(frame);
  });

  it('show the line of a related place where it is short and not shown already', () => {
    const lines = ['# Title', 'x'.repeat(101), 'short', 'found here'];
    const related = [
      { file: 'knowledge/a.md', position: at(1, 3, 8).position, message: 'the title' },
      { file: 'knowledge/a.md', position: at(2, 1, 2).position, message: 'a long line' },
      { file: 'knowledge/a.md', position: at(4, 7, 11).position, message: 'the same line' },
      { file: 'knowledge/b.md', position: at(3, 1, 6).position, message: 'a fourth' },
    ];
    const text = diagnosticsPretty([at(4, 1, 6, { related })], (_, line) => lines[line - 1], PLAIN);
    expect(text).toBe(`error: something is wrong [some-rule]
 --> knowledge/a.md:4:1
4 | found here
  | ^^^^^
  = see: knowledge/a.md:1:3 the title
1 | # Title
  |   -----
  = see: knowledge/a.md:2:1 a long line
  = see: knowledge/a.md:4:7 the same line
  = see: knowledge/b.md:3:1 a fourth

`);
  });

  it('cut a long line around the span, never inside a character', () => {
    const long = `${'x'.repeat(500)}BAD${'y'.repeat(500)}`;
    const [line, marks] = frameOf(long, 501, 504);
    expect(line).toBe(`7 | ${'x'.repeat(39)}BAD${'y'.repeat(118)}`);
    expect(line!.slice(marks!.indexOf('^'), marks!.lastIndexOf('^') + 1)).toBe('BAD');
    for (let from = 490; from < 496; from++) {
      const pairs = '😀'.repeat(300);
      for (const shown of frameOf(pairs, from, from + 2)) expect(shown).not.toContain('\\ud');
    }
  });

  it('mark at most what of a long span is shown', () => {
    const [line, marks] = frameOf('z'.repeat(1000), 1, 1001);
    expect(line).toBe(`7 | ${'z'.repeat(160)}`);
    expect(marks).toBe(`  | ${'^'.repeat(160)}`);
    const [, far] = frameOf('z'.repeat(1000), 900, 1001);
    expect(far).toBe(`  | ${' '.repeat(39)}${'^'.repeat(101)}`);
  });

  it('cannot steer a terminal, whatever a document holds', () => {
    const evil = '\u001b[2J\u0007\r\n\u009b31m\u202e';
    const related = [{ file: evil, position: at(1, 1, 1).position, message: evil }];
    const text = diagnosticsPretty(
      [at(1, 1, 3, { message: evil, file: evil, expected: evil, observed: evil, help: evil, related })],
      () => `x${evil}`,
      PLAIN,
    );
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(text.split('\n')).toHaveLength(10);
  });
});

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['数据库', 6],
    ['ｆｕｌｌ', 8],
    ['한글', 4],
    ['e\u0301', 1],
    ['😀', 2],
    ['é—§…', 4],
  ])('of %j is %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('diagnostics for machines', () => {
  it('are diagnostics and a summary, as they were found', () => {
    const found = [
      at(3, 1, 5, { help: 'do it', expected: 'a', observed: 'b' }),
      at(4, 1, 2, { severity: 'warning' }),
    ];
    const text = diagnosticsJson(found, summarise(found, 12, 4));
    expect(text.endsWith('}\n')).toBe(true);
    expect(JSON.parse(text)).toEqual({
      diagnostics: [
        {
          ruleId: 'some-rule',
          severity: 'error',
          message: 'something is wrong',
          file: 'knowledge/a.md',
          position: { start: { line: 3, column: 1 }, end: { line: 3, column: 5 } },
          expected: 'a',
          observed: 'b',
          help: 'do it',
        },
        {
          ruleId: 'some-rule',
          severity: 'warning',
          message: 'something is wrong',
          file: 'knowledge/a.md',
          position: { start: { line: 4, column: 1 }, end: { line: 4, column: 2 } },
        },
      ],
      summary: { documents: 12, errors: 1, warnings: 1, suppressed: 4 },
    });
  });

  it('hold no raw control character but line ends', () => {
    const text = diagnosticsJson([at(1, 1, 1, { message: '\u001b[31m\u0007' })], summarise([], 1));
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

describe('the summary', () => {
  it.each([
    [0, 0, 0, 0, '0 documents, no findings'],
    [1, 0, 0, 0, '1 document, no findings'],
    [12, 1, 0, 0, '12 documents, 1 error, 0 warnings'],
    [1, 2, 1, 0, '1 document, 2 errors, 1 warning'],
    [2, 0, 0, 3, '2 documents, no findings, 3 suppressed'],
    [2, 1, 0, 1, '2 documents, 1 error, 0 warnings, 1 suppressed'],
  ])(
    'of %i documents, %i errors, %i warnings and %i suppressed',
    (documents, errors, warnings, suppressed, line) => {
      expect(summaryLine({ documents, errors, warnings, suppressed })).toBe(line);
    },
  );
});

describe('the order of diagnostics', () => {
  it('is file, place, rule, message, by code units', () => {
    const sorted = [
      at(9, 9, 9, { file: 'B.md' }),
      at(1, 2, 3, { file: 'a.md', ruleId: 'a' }),
      at(1, 2, 3, { file: 'a.md', ruleId: 'b', message: 'a' }),
      at(1, 2, 3, { file: 'a.md', ruleId: 'b', message: 'b' }),
      at(1, 10, 11, { file: 'a.md' }),
      at(2, 1, 1, { file: 'a.md' }),
      at(10, 1, 1, { file: 'a.md' }),
      at(1, 1, 1, { file: 'ä.md' }),
    ];
    expect([...sorted].reverse().sort(compareDiagnostics)).toEqual(sorted);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeaderValue } from '../../src/parse/document.js';
import { FRONT_MATTER_LIMIT } from '../../src/parse/front-matter-lines.js';
import { parseDocument } from '../../src/parse/parse-document.js';

const read = (yaml: string) => parseDocument('a.md', Buffer.from(`---\n${yaml}---\n\n# Title\n`));

function refusal(yaml: string) {
  const { header, problems } = read(yaml);
  expect(header).toBeNull();
  return problems.map(({ code, message, position }) => {
    expect(code).toBe('front-matter-yaml');
    return `${position.start.line}:${position.start.column} ${message}`;
  });
}

describe('every scalar is the text that is written', () => {
  it.each([
    '7611578671664259111',
    '0e12',
    '0e15432170000000000000000000000000000000000000000000000000000000',
    'no',
    'on',
    'y',
    '~',
    'null',
    'true',
    '2026-05-16',
    '2026-05-16T00:00:00Z',
    'r1',
    '1_000',
    '0x1F',
    '0o17',
    '1:30',
    '.inf',
    '-0',
    '1.10',
    '=',
  ])('%s', (value) => {
    const { header, problems } = read(`a: ${value}\nb:\n  - ${value}\n`);
    expect(problems).toEqual([]);
    expect(header?.data).toEqual({ a: value, b: [value] });
  });

  it('and has its place', () => {
    const { header } = read('a: é𝒳 x\nddl:\n  sha256: "00"\nlist: [p, q]\n');
    expect(header?.values.map(({ path, value, position }) => [path, value, position])).toEqual([
      ['a', 'é𝒳 x', { start: { line: 2, column: 4 }, end: { line: 2, column: 9 } }],
      ['ddl.sha256', '00', { start: { line: 4, column: 11 }, end: { line: 4, column: 15 } }],
      ['list.0', 'p', { start: { line: 5, column: 8 }, end: { line: 5, column: 9 } }],
      ['list.1', 'q', { start: { line: 5, column: 11 }, end: { line: 5, column: 12 } }],
    ]);
    expect(header?.keys.map(({ path }) => path)).toEqual(['a', 'ddl', 'ddl.sha256', 'list', 'list']);
  });

  it('and is empty where nothing is written', () => {
    expect(read('a:\nb: ""\nc:\n  -\n').header?.data).toEqual({ a: '', b: '', c: [''] });
  });
});

describe('what YAML can do beyond plain data is refused at its place', () => {
  it.each<[string, string, readonly string[]]>([
    ['anchor', 'a: b\nc: &x d\n', ['3:7 YAML anchor or alias in front matter']],
    ['anchor on a key', 'a: b\n&x c: d\n', ['3:4 YAML anchor or alias in front matter']],
    ['anchor on a mapping', 'a: &x\n  b: c\n', ['3:3 YAML anchor or alias in front matter']],
    [
      'alias',
      'a: &x b\nc: *x\n',
      ['2:7 YAML anchor or alias in front matter', '3:4 YAML anchor or alias in front matter'],
    ],
    ['alias of nothing', 'a: *x\n', ['2:4 YAML anchor or alias in front matter']],
    ['tag', 'a: !!str b\n', ['2:10 YAML tag in front matter']],
    ['tag on a key', '!!str a: b\n', ['2:7 YAML tag in front matter']],
    ['unknown tag', 'a: !x b\n', ['2:4 Unresolved tag: !x']],
    ['tag that says "plain"', 'a: ! b\n', ['2:6 YAML tag in front matter']],
    ['merge key', 'a: b\n<<: {c: d}\n', ['3:1 key "<<" is not allowed']],
    ['duplicate key', 'a: b\nc: d\na: e\n', ['4:1 Map keys must be unique']],
    ['duplicate key, quoted', 'a: b\n"a": e\n', ['3:1 Map keys must be unique']],
    ['duplicate key, nested', 'a:\n  b: c\n  b: d\n', ['4:3 Map keys must be unique']],
    ['directive', '%YAML 1.1\na: b\n', ['2:1 YAML directive in front matter']],
    ['directive later', 'a: b\n%TAG ! x:\n', ['3:1 YAML directive in front matter']],
    ['__proto__', 'a: b\n__proto__: c\n', ['3:1 key "__proto__" is not allowed']],
    ['constructor', 'constructor: c\n', ['2:1 key "constructor" is not allowed']],
    ['prototype', 'a:\n  prototype: c\n', ['3:3 key "prototype" is not allowed']],
    ['dotted key', 'ddl.sha256: c\n', ['2:1 a key may not hold a dot']],
    ['complex key', 'a: b\n? [c]\n: d\n', ['3:3 a key must be plain text']],
    ['mapping as a key', '? {c: d}\n: e\n', ['2:3 a key must be plain text']],
    ['empty key', '"": e\n', ['2:1 a key must be plain text']],
    ['no key', ': e\n', ['2:1 a key must be plain text']],
    ['list at the top', '- a\n', ['2:1 front matter must be a mapping of keys to values']],
    ['text at the top', 'a\n', ['2:1 front matter must be a mapping of keys to values']],
    ['nothing', '', ['2:1 front matter must be a mapping of keys to values']],
    ['control character', 'a: b\u0007\n', ['2:5 control character U+0007 in front matter']],
    ['escape sequence', 'a: b\nc: \u001b[0m\n', ['3:4 control character U+001B in front matter']],
    ['next line', 'a: b\u0085c: d\n', ['2:5 control character U+0085 in front matter']],
    ['line separator', 'a: b\u2028c: d\n', ['2:5 control character U+2028 in front matter']],
    ['right-to-left override', 'a: b\u202ec\n', ['2:5 control character U+202E in front matter']],
    ['escaped control character', 'a: b\nc: "\\u0000"\n', ['3:4 control character U+0000 in front matter']],
    ['escaped override', 'a: "x\\u202e"\n', ['2:4 control character U+202E in front matter']],
    ['escaped control character in a key', '"a\\e": x\n', ['2:1 control character U+001B in front matter']],
    ['byte order mark', 'a: \ufeffb\n', ['2:4 control character U+FEFF in front matter']],
    ['carriage return alone', 'a: b\rc: d\n', ['2:5 control character U+000D in front matter']],
    ['second document', 'a: b\n...\nc: d\n', ['4:1 Source contains multiple documents']],
    ['unclosed quote', 'a: "b\n', ['3:1 Missing closing "quote']],
    ['unclosed list', 'a: [b\n', []],
    ['tab as indentation', 'a:\n\tb: c\n', []],
    ['reserved sign', 'a: @b\n', ['2:4 Plain value cannot start with reserved character @']],
    ['colon inside', 'a: b: c\n', ['2:4 Nested mappings are not allowed in compact mappings']],
  ])('%s', (_, yaml, expected) => {
    const found = refusal(yaml);
    if (expected.length > 0) expect(found).toEqual(expected);
    else expect(found.length).toBeGreaterThan(0);
  });

  it('a block that is not closed', () => {
    const { header, problems } = parseDocument('a.md', Buffer.from('---\na: b\n\n# Title\n'));
    expect(header).toBeNull();
    expect(problems).toMatchObject([
      {
        message: 'front matter is not closed',
        position: { start: { line: 1, column: 1 }, end: { line: 1, column: 4 } },
      },
    ]);
  });

  it('a block over its limit, and one just below is read', () => {
    const filled = (size: number) => {
      const lines = Array.from({ length: 60 }, (_, index) => `k${index}: ${'x'.repeat(250)}\n`).join('');
      return `${lines}last: ${'x'.repeat(size - lines.length - 7)}\n`;
    };
    expect(read(filled(FRONT_MATTER_LIMIT)).problems).toEqual([]);
    expect(refusal(filled(FRONT_MATTER_LIMIT + 1))).toEqual(['1:1 front matter is over 16384 bytes']);
  });

  it.each([
    ['lists in a line', '- '.repeat(60)],
    ['keys in a line', '? '.repeat(8000)],
    ['flow lists', `a: ${'['.repeat(16_000)}`],
    ['flow mappings', `a: ${'{a: '.repeat(4000)}`],
    ['flow lists over lines', 'a: [\n'.repeat(3000)],
  ])('nesting that a reader would overflow on: %s', (_, yaml) => {
    expect(refusal(`${yaml}\n`)[0]).toMatch(/nested deeper than 50$/);
  });

  it.each([
    ['pairs', '[]'.repeat(8000)],
    ['anchors', `a: ${'&a '.repeat(5000)}`],
    ['duplicates', 'a: b\n'.repeat(3200)],
  ])('no more than twenty problems of one block: %s', (_, yaml) => {
    const count = refusal(`${yaml}\n`).length;
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(20);
  });
});

describe('the block', () => {
  it('may have CR LF line ends, and the places are right', () => {
    const { header } = parseDocument('a.md', Buffer.from('---\r\na: b\r\nc: "d"\r\n---\r\n\r\ntext\r\n'));
    expect(header?.data).toEqual({ a: 'b', c: 'd' });
    expect(header?.values[1]?.position).toEqual({
      start: { line: 3, column: 4 },
      end: { line: 3, column: 7 },
    });
  });

  it('starts at the first byte or is none', () => {
    const document = parseDocument('a.md', Buffer.from('\n---\na: b\n---\n'));
    expect(document).toMatchObject({ header: null, problems: [] });
  });

  it('holds fences of nobody', () => {
    const text = '---\na: |\n  ```sql migration\n  SELECT 1;\n  ```\n---\n';
    expect(parseDocument('a.md', Buffer.from(text)).fences).toEqual([]);
  });
});

describe('a header from before the format', () => {
  it('is an unbroken block near the top', () => {
    const { header } = parseDocument(
      'a.md',
      Buffer.from('Title\n\ndocument_path: a.md\nrevision: r1\ndate: x\n'),
    );
    expect(header).toMatchObject({
      origin: 'legacy',
      data: { document_path: 'a.md', revision: 'r1', date: 'x' },
    });
  });

  it('is not an example in code', () => {
    const text = '# How to\n\n```yaml\ndocument_path: a.md\nrevision: r1\ndate: x\n```\n';
    expect(parseDocument('a.md', Buffer.from(text)).header).toBeNull();
  });
});

const RESERVED = ['__proto__', 'prototype', 'constructor', '<<'];
const REFUSED = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;
const plain = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((value) => !REFUSED.test(value));
const key = plain.filter((value) => value !== '' && !value.includes('.') && !RESERVED.includes(value));
// What JSON writes between double quotes is also YAML's way to write it.
const quoted = (value: string) => JSON.stringify(value);

function write(value: HeaderValue, indent: string): string {
  if (typeof value === 'string') return ` ${quoted(value)}\n`;
  if (Array.isArray(value)) return `\n${value.map((item) => `${indent}- ${quoted(item)}\n`).join('')}`;
  const entries = Object.entries(value as Record<string, HeaderValue>);
  return `\n${entries.map(([name, child]) => `${indent}${quoted(name)}:${write(child, `${indent}  `)}`).join('')}`;
}

it('reads any mapping of texts as it was written', () => {
  const list = fc.array(plain, { minLength: 1, maxLength: 4 });
  const inner = fc.dictionary(key, plain, { minKeys: 1, maxKeys: 4 });
  const mapping = fc.dictionary(key, fc.oneof(plain, list, inner), { minKeys: 1, maxKeys: 6 });
  fc.assert(
    fc.property(mapping, (data) => {
      const plainData = JSON.parse(JSON.stringify(data)) as Record<string, HeaderValue>;
      const { header, problems } = read(write(plainData, '').slice(1));
      expect(problems).toEqual([]);
      expect(header?.data).toEqual(plainData);
    }),
    { numRuns: 400 },
  );
});

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { workerFile } from '../../src/base/package-root.js';
import { parseDocument } from '../../src/parse/parse-document.js';
import { parseFast } from '../../src/parse/parse-fast.js';
import { PARSE_LIMIT_MS, PARSE_LIMIT_WALL_MS, readDocument } from '../../src/parse/read-document.js';
import { FILE_LIMIT } from '../../src/parse/refusals.js';
import { isSlowForReference, isSuspect } from '../../src/parse/suspects.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

function refusal(bytes: Uint8Array) {
  const { problems, header, fences, digest, size } = parseDocument('a.md', bytes);
  expect(problems).toHaveLength(1);
  expect([header, fences, size]).toEqual([null, [], bytes.length]);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  const { code, message, position } = problems[0]!;
  return { code, message, at: `${position.start.line}:${position.start.column}` };
}

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

describe('bytes that are not text', () => {
  it.each<[string, Buffer, number, string]>([
    ['a lone continuation byte', bytes('ab\ncd', [0x80], 'e'), 5, '2:3'],
    ['a byte that never occurs', bytes('ab\r\n', [0xff]), 4, '2:1'],
    ['a sequence cut by another character', bytes('a\né', [0xe2, 0x82], '(x'), 4, '2:2'],
    ['a sequence cut by the end', bytes('😀\n😀', [0xf0, 0x9f, 0x98]), 9, '2:3'],
    ['two bytes of which the second is missing', bytes('a', [0xc3], '(b'), 1, '1:2'],
    ['an overlong form', bytes('a\n', [0xc0, 0xaf]), 2, '2:1'],
    ['an overlong form of three bytes', bytes([0xe0, 0x80, 0xaf]), 0, '1:1'],
    ['a surrogate', bytes('ab', [0xed, 0xa0, 0x80]), 2, '1:3'],
    ['more than Unicode has', bytes('a\rb', [0xf4, 0x90, 0x80, 0x80]), 3, '2:2'],
    ['Latin-1', bytes('caf', [0xe9], '\n'), 3, '1:4'],
  ])('%s', (_, text, offset, at) => {
    expect(refusal(text)).toEqual({ code: 'encoding', message: `invalid UTF-8 at byte ${offset}`, at });
  });

  it('NUL', () => {
    const message = 'NUL byte at byte 5';
    expect(refusal(bytes('é\nab', [0], 'c'))).toEqual({ code: 'encoding', message, at: '2:3' });
  });

  it('UTF-16', () => {
    expect(refusal(Buffer.from('\ufeff# Title', 'utf16le'))).toMatchObject({ code: 'encoding', at: '1:4' });
  });

  it('a byte order mark, at the start only', () => {
    expect(refusal(bytes('\ufeff# Title'))).toMatchObject({
      code: 'encoding',
      message: 'byte order mark at the start of the file at byte 0',
      at: '1:1',
    });
    expect(parseDocument('a.md', bytes('a \ufeff b')).problems).toEqual([]);
  });
});

describe('too much text', () => {
  it('a file over its limit, and one of just that size is read', () => {
    expect(refusal(Buffer.alloc(FILE_LIMIT + 1, 'a '))).toMatchObject({ code: 'unreadable', at: '1:1' });
    expect(parseDocument('a.md', Buffer.alloc(FILE_LIMIT, `${'a'.repeat(99)}\n`)).problems).toEqual([]);
  });

  it.each([
    ['quotes', '> '.repeat(101)],
    ['quotes without blanks', '>'.repeat(101)],
    ['lists', '- '.repeat(101)],
    ['numbered lists', '1. '.repeat(101)],
    ['both', '>- '.repeat(51)],
    ['lists over lines', Array.from({ length: 102 }, (_, depth) => `${'  '.repeat(depth)}- a`).join('\n')],
    [
      'lists over lines in a quote',
      Array.from({ length: 102 }, (_, depth) => `> ${'  '.repeat(depth)}- a`).join('\n'),
    ],
  ])('containers nested deeper than 100: %s', (_, text) => {
    expect(refusal(Buffer.from(`text\n\n${text}`))).toMatchObject({
      code: 'unreadable',
      message: 'blocks are nested deeper than 100',
    });
  });

  it.each([
    ['100 quotes', '> '.repeat(100)],
    ['indentation alone', `- a\n\n\`\`\`sql\n${' '.repeat(500)}SELECT 1;\n\`\`\`\n`],
    ['rules', '- '.repeat(50)],
    ['a hundred of one level', '- a\n'.repeat(200)],
  ])('but not %s', (_, text) => {
    expect(parseDocument('a.md', Buffer.from(text)).problems).toEqual([]);
  });
});

describe('whatever the bytes are, reading never throws', () => {
  const judge = (input: Uint8Array) => {
    const document = parseDocument('a.md', input);
    expect(document.size).toBe(input.length);
    for (const { start, end, firstLine, lastLine } of document.fences) {
      expect(start <= end && end <= input.length).toBe(true);
      expect(lastLine).toBeGreaterThanOrEqual(firstLine - 1);
    }
  };

  it('arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (input) => judge(Buffer.from(input))),
      { numRuns: 500 },
    );
  });

  it('arbitrary text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (input) => judge(Buffer.from(input))),
      { numRuns: 500 },
    );
  });

  it('arbitrary markup', () => {
    const signs =
      '` ``` ~~~ * ** _ [ ] ( ) ![ [^ <a <!-- --> > - + 1. # === --- | |-| \\ & &amp; : § C-1 a.md x/y.md a: sql migration'.split(
        ' ',
      );
    const sign = fc.constantFrom(
      ...signs,
      ' ',
      '  ',
      '    ',
      '\t',
      '\n',
      '\n\n',
      '\r\n',
      '\r',
      '---\n',
      'é',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 60 }), (parts) => judge(Buffer.from(parts.join('')))),
      { numRuns: 1500 },
    );
  });
});

describe('the time limit', () => {
  // The worker is a file of the build.
  beforeAll(() => {
    if (!existsSync(workerFile('parse-worker'))) execFileSync('npm', ['run', 'build'], { cwd: repository });
  });

  const deep = Array.from({ length: 3000 }, (_, line) => `${'  '.repeat(line % 90)}- a`).join('\n');
  const hostile: readonly (readonly [string, string])[] = [
    ['10 KiB of list markers', '- '.repeat(5 * 1024)],
    ['5,000 quote markers', '> '.repeat(5000)],
    ['20,000 starts of links', '[a]('.repeat(20_000)],
    ['20,000 brackets', '['.repeat(20_000)],
    ['20,000 closing brackets', ']'.repeat(20_000)],
    ['50,000 asterisks', '*'.repeat(50_000)],
    ['lists in lists over many lines', deep],
    ['tags', '<a '.repeat(20_000)],
    ['angle brackets', '<'.repeat(50_000)],
    ['runs of backticks', Array.from({ length: 400 }, (_, size) => '`'.repeat(size)).join('a')],
    ['headings of one sign', '=\n'.repeat(30_000)],
    ['quotes of one line', '\n> '.repeat(20_000)],
    ['tables', 'a|b\n-|-\n'.repeat(20_000)],
    ['a million blanks', ' '.repeat(1_000_000)],
    ['a megabyte of text in a line', 'a'.repeat(1_000_000)],
  ];

  const sql = '```sql migration\nSELECT 1;\n```\n\n';
  const both = hostile.flatMap(([name, text]) => [
    [name, text] as const,
    [`${name} beside executable SQL`, `${sql}${text}`] as const,
  ]);

  it.each(both)('holds for %s', async (_, text) => {
    const start = performance.now();
    const document = await readDocument('a.md', Buffer.from(text));
    // A worker's start-up on a busy machine comes on top.
    expect(performance.now() - start).toBeLessThan(PARSE_LIMIT_WALL_MS + 5000);
    for (const { code, message } of document.problems) {
      expect(code).toBe('unreadable');
      expect(message).toMatch(/parsing took longer|the parser failed|nested deeper/);
    }
  });

  // Found by timing repetitions of markup: each took from two to sixty seconds unnoticed.
  it.each([
    ['closing brackets', ']\n'.repeat(15_000)],
    ['setext underlines', '--\n'.repeat(15_000)],
    ['empty quotes', '\n> \n'.repeat(8000)],
    ['emphasis', `${'_a '.repeat(3900)}\n${'a_ '.repeat(3900)}`],
    ['footnotes', `a${'[^a'.repeat(1490)}\n${`${'a b '.repeat(200)}\n`.repeat(100)}`],
    ['images', `a${'!['.repeat(1490)}\n${`${'a b '.repeat(200)}\n`.repeat(100)}`],
    ['comments', `a${'<!--'.repeat(1490)}\n${`${'a b '.repeat(200)}\n`.repeat(100)}`],
    ['lists in quotes', '> - > - > - > - > - > a\n'.repeat(3000)],
    ['quotes in lists', '- > a\n'.repeat(3990)],
    ['table rows', `${'|-'.repeat(240)}\n`.repeat(190)],
  ])('is watched over the reference reader for %s, and the fast ones need no watch', (_, text) => {
    const bytes = Buffer.from(text);
    expect(isSlowForReference(bytes)).toBe(true);
    if (isSuspect(bytes)) return;
    const start = performance.now();
    expect(parseFast('a.md', bytes, null)).not.toBeNull();
    expect(performance.now() - start).toBeLessThan(PARSE_LIMIT_MS / 2);
  });

  it.each([
    ['key: value lines', `a:${' '.repeat(9000)}\u2028x\n`.repeat(10)],
    ['delimiter rows', `--|--${' '.repeat(9000)}x\n`.repeat(10)],
    ['long words', `${'a'.repeat(9900)}\n`.repeat(9)],
    ['long paths', `${'a/'.repeat(4900)}\n`.repeat(9)],
    ['paths with an end that is none', `${'a/b.mdx/'.repeat(1200)}\n`.repeat(9)],
    ['revisions', `${'(r1): a/b.md '.repeat(700)}\n`.repeat(9)],
    ['ids', `V-${'AA-'.repeat(3000)}_\n`.repeat(9)],
  ])('is not needed for our own reading of %s', (_, text) => {
    const bytes = Buffer.from(text);
    expect(isSuspect(bytes)).toBe(false);
    const start = performance.now();
    expect(parseFast('a.md', bytes, null)).not.toBeNull();
    expect(performance.now() - start).toBeLessThan(PARSE_LIMIT_MS);
  });

  it('lets many suspects wait for each other', async () => {
    const text = Buffer.from(`${sql}${'word '.repeat(2001)}`);
    expect(isSlowForReference(text)).toBe(true);
    const all = await Promise.all(Array.from({ length: 8 }, (_, index) => readDocument(`${index}.md`, text)));
    expect(all.map(({ problems }) => problems)).toEqual(all.map(() => []));
    expect(new Set(all.map(({ digest }) => digest)).size).toBe(1);
  });
});

it('ordinary documents are no suspects', () => {
  const found: string[] = [];
  const walk = (folder: string, want: RegExp) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path, want);
      else if (want.test(entry.name)) found.push(path);
    }
  };
  walk(join(repository, 'knowledge'), /\.md$/);
  const own = found.length;
  walk(join(repository, 'node_modules'), /^readme\.md$/i);
  const suspects = found.filter((path) => isSuspect(readFileSync(path)));
  expect(own).toBeGreaterThan(5);
  expect(found.length - own).toBeGreaterThan(100);
  expect(suspects.filter((path) => !path.includes('node_modules'))).toEqual([]);
  expect(suspects.length).toBeLessThan(found.length / 20);
});

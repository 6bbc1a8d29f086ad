import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import type { Document } from '../../src/parse/document.js';
import { parseByFastReaders, parseByReference, parseDocument } from '../../src/parse/parse-document.js';
import { readersDisagree } from '../../src/parse/readers-disagree.js';
import { compareReaders } from '../equality/compare.js';
import { generate, mutate } from '../equality/fragments.js';
import { Random } from '../equality/random.js';
import { readSource } from '../equality/sources.js';

const { tests } = createRequire(import.meta.url)('commonmark-spec') as {
  tests: readonly { number: number; markdown: string }[];
};

describe('the two readers give the same facts', () => {
  it('for every example of CommonMark', () => {
    const texts = tests.map(({ number, markdown }) => ({ number, text: markdown.replaceAll('→', '\t') }));
    expect(texts.length).toBe(652);
    expect(texts.filter(({ text }) => compareReaders(text))).toEqual([]);
  });

  // What the extensions of GFM do, in words of our own (github.github.com/gfm).
  it.each([
    ['a table', '| a | b |\n| --- | --- |\n| c | d |\n'],
    ['alignment and ragged pipes', '| abc | defghi |\n:-: | -----------:\nbar | baz\n'],
    ['escaped pipes, in code too', '| f\\|oo |\n| ------ |\n| b `\\|` az |\n| b **\\|** im |\n'],
    ['a table that a quote ends', '| a | b |\n| - | - |\n| c | d |\n> e\n'],
    ['a table that a blank line ends', '| a | b |\n| - | - |\n| c | d |\ne\n\ne\n'],
    ['too few columns in the delimiter row', '| a | b |\n| --- |\n| c |\n'],
    ['rows with too few and too many cells', '| a | b |\n| - | - |\n| c |\n| d | e | f |\n'],
    ['a table without rows', '| a | b |\n| - | - |\n'],
    ['a table in the midst of a paragraph', 'text\n| a |\n|---|\n| b |\n'],
    ['a table in a list', '- | a |\n  |---|\n  | b |\n'],
    ['cells that are empty', '| a || b |\n|---|---|---|\n|||\n|  | |\n'],
    ['one column by a colon', 'a\n:-\nb\n'],
    ['task lists', '- [ ] foo\n- [x] [a](b)\n  - [x] baz\n'],
    ['strike-through', '# ~~Hi~~ Hello, ~there~ ~~~no~~~ world!\n'],
    ['strike-through and emphasis', '# *a ~b* c~ and ~d *e~ f*\n'],
    ['addresses that swallow marks', '# www.a.b/_c_ http://a.b/*c* a_b@c.de _x_\n'],
    ['addresses with trails', '# www.a.b/(c)). https://a.b?c=d&copy; _e_\n'],
    ['addresses in brackets', '# [www.a.b/_c_] [t](http://a.b/_c_)\n'],
    ['footnotes', '# a[^n] ![^n] [^no]\n\n[^n]: b\n\n    # c\nd\n'],
  ])('for %s', (_, text) => {
    expect(compareReaders(text)).toBeNull();
  });

  // Each was seen differently once; found by fragments thrown together.
  it.each([
    ['a tag outside of a list goes on with its item', '+ x\n<e>\n#'],
    ['a tag in a lazy line, and text', '- a\n<e>\n  b\nc\n# d'],
    ['a lone tag below text, above the delimiter row of a table', 'a\n<b>\n:-\n| c |\n\n# d'],
    ['code that begins outside of a quote', '><!--\n    >\n2. :\n\n    ;'],
    ['code that begins outside of a list', '  1. \n    <\n     d'],
    ['a fence that a list ends after a blank line', '1. ```\n\nk'],
    ['a fence that a list ends after blanks', '- ```\n  a\n   \n    \nb'],
    ['a fence that the file ends', '-\t```\n\n '],
    ['a fence that the file ends behind the mark of its quote', '>```\n>'],
    ['a fence that the file ends behind marks, after a line of code', '- > ~~~\n  > a\n  > '],
    ['a fence that the file ends behind a mark and half a tab', '>```\n>\t'],
    ['underlined lines that end with CR', 'p\rd\n-'],
    ['a tab before the blanks of what would be a hard line break', 'a\t  \nb\n-'],
    ['a line end in code in a heading', '1. x``\n``\n\t-'],
    ['blanks before a line that goes on with code', '`\n `\n-'],
    ['blanks on both sides of such code', '` a\n `\n-'],
    ['an address after a blank that does not break', '\u00a0www.[]()'],
    ['footnotes in footnotes', '[^a]:[^a]:\n\t```\n     >'],
    ['an opening mark between letter and punctuation', '# d*_*'],
    ['definitions above an underlined heading', '[foo]: /url\nbar\n===\n'],
    ['blanks behind definitions', "[a]:\n  /url\n  'title'  \n"],
    ['links in an image', '![[[a](u)](v)](w)\n'],
  ])('where %s', (_, text) => {
    expect(compareReaders(text)).toBeNull();
  });

  it('for documents of fragments and mutants of our own', () => {
    const random = new Random(20_260_516);
    const texts = readSource('knowledge').documents.map(({ text }) => text);
    for (let count = 0; count < 1500; count++) {
      const text = count % 2 === 0 ? generate(random) : mutate(random, texts);
      expect(compareReaders(text), JSON.stringify(text)).toBeNull();
    }
  });
});

describe('a document with executable SQL', () => {
  const text = '---\nkind: ddl\n---\n\n# A <b>\n\n```sql migration\nSELECT 1;\n```\n\n| a |\n|---|\n| b |\n';
  const read = (): Document => parseDocument('a.sql.md', Buffer.from(text));

  it('is read where the readers agree, with its raw HTML', () => {
    expect(read()).toMatchObject({ problems: [], html: [{ start: { line: 5, column: 5 } }] });
    expect(read()).toEqual(parseByReference('a.sql.md', Buffer.from(text)));
  });

  it('has no raw HTML in its facts if nothing in it is executable', () => {
    const plain = Buffer.from(text.replace('sql migration', 'sql'));
    expect([parseDocument('a.md', plain).html, parseByReference('a.md', plain).html]).toEqual([[], []]);
  });

  // No text is known that the readers see differently, so one of them is made to.
  const fast = parseByFastReaders('a.sql.md', Buffer.from(text));
  const reading = {
    frontMatter: { header: fast.header, problems: fast.problems },
    blocks: { ...fast, code: [{ first: 7, last: 9, language: 'sql', closed: true }] },
  };
  it.each([
    ['a fenced code block here', '7:1', { fences: [] }],
    ['a fenced code block here', '7:1', { fences: [{ ...fast.fences[0]!, end: 90 }] }],
    ['a table here', '11:1', { tables: [] }],
    ['a heading here', '5:1', { headings: [], tables: [] }],
    ['code here', '7:1', { code: [] }],
  ])('is refused where one of them sees %s', (what, at, other) => {
    const problem = readersDisagree(reading, { ...reading, blocks: { ...reading.blocks, ...other } })!;
    expect(problem).toMatchObject({ code: 'unreadable', help: expect.stringContaining('plainly') });
    expect(problem.message).toBe(`two readers of Markdown understand this document differently: ${what}`);
    expect(`${problem.position.start.line}:${problem.position.start.column}`).toBe(at);
  });

  it('is refused where they read another header', () => {
    const other = { ...reading, frontMatter: { header: null, problems: [] } };
    expect(readersDisagree(reading, other)?.message).toContain('front matter');
    expect(readersDisagree(reading, reading)).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import type { Mention, MentionKind } from '../../src/parse/document.js';
import { parseDocument } from '../../src/parse/parse-document.js';

const mentions = (text: string) => parseDocument('a.md', Buffer.from(text)).mentions;
const of = (kind: MentionKind, text: string) =>
  mentions(text)
    .filter((mention) => mention.kind === kind)
    .map(({ value }) => value);
const placed = ({ value, position }: Mention) => [value, position.start, position.end];

describe('paths', () => {
  it.each<[string, readonly string[]]>([
    ['see knowledge/a/b.md.', ['knowledge/a/b.md']],
    ['`a/b.md` and [x](c/d.md#anchor)', ['a/b.md', 'c/d.md']],
    ['a/b.md, c/d.md; (e/f.md)', ['a/b.md', 'c/d.md', 'e/f.md']],
    ['knowledge/*/x-*.md', ['knowledge/*/x-*.md']],
    ['../a/b.md and ./c.md', ['../a/b.md', './c.md']],
    ['a/b.sql.md', ['a/b.sql.md']],
    ['a/b.md/c.md', ['a/b.md/c.md']],
    ['a/b.md.bak', ['a/b.md']],
    ['tài-liệu/báo.md', ['tài-liệu/báo.md']],
    ['knowledge/gone\u0301.md', ['knowledge/gon\u00e9.md']],
    ['⚠\ufe0fa/b.md', ['a/b.md']],
    ['/srv/a.md', ['srv/a.md']],
    ['𝒳𝒴/𝒵.md', ['𝒳𝒴/𝒵.md']],
    ['🙂a/b.md🙂', ['a/b.md']],
    ['a/b.md𝒳', []],
    ['a/b.mdé c/d.md', ['c/d.md']],
    ['.md a.md x/.md', ['x/.md']],
    ['a/b.md.md.mdx', ['a/b.md.md']],
    ['a.md/b', []],
    ['https://example.org/a/b.md', []],
    ['<https://example.org/a%20b/c.md?x=d/e.md>, a/b.md', ['a/b.md']],
    ['[x](https://example.org/a/b.md),c/d.md', ['c/d.md']],
    ['b.md', []],
    ['a/b.mdx', []],
    ['a/b.md-x', []],
    ['a/b.md/', []],
    ['a/b.txt', []],
    ['a//b.md', ['a//b.md']],
    ['//a/b.md', ['a/b.md']],
    ['**a/b.md** *a/c.md* _a/d.md_ __a/e.md__', ['a/b.md', 'a/c.md', 'a/d.md', 'a/e.md']],
    ['~~a/b.md~~ ***a/c.md*** **_a/d.md_** _**a/e.md**_', ['a/b.md', 'a/c.md', 'a/d.md', 'a/e.md']],
    ['**a/b.md is** *or a/c.md* _or a/d.md_', ['a/b.md', 'a/c.md', 'a/d.md']],
    ['**`a/b.md`** [**a/c.md**](x)', ['a/b.md', 'a/c.md']],
    ['**a/*.md** *a/b-*.md*', ['a/*.md', 'a/b-*.md']],
    ['**_drafts/a.md** and _drafts/b.md', ['_drafts/a.md', '_drafts/b.md']],
    ['_a/b.md is_ and ~a/c.md', ['_a/b.md', '~a/c.md']],
    ['**/a/b.md */b.md *.x/a.md ~/c.md', ['**/a/b.md', '*/b.md', '*.x/a.md', '~/c.md']],
    ['./a/b.md and **./a/c.md**', ['a/b.md', 'a/c.md']],
    ['a/b.md__x a/b.md_x', []],
    ['**b.md**', []],
  ])('%s', (text, expected) => {
    expect(of('path', text)).toEqual(expected);
  });

  it.each<[string, string | null]>([
    ['a/b.md (r2)', 'r2'],
    ['`a/b.md` (r12)', 'r12'],
    ['[x](a/b.md) (r3)', 'r3'],
    ['DDL (r2): a/b.md', 'r2'],
    ['DDL (r2): `a/b.md`', 'r2'],
    ['**a/b.md** (r4)', 'r4'],
    ['_a/b.md_ (r5)', 'r5'],
    ['DDL (r2): **a/b.md**', 'r2'],
    ['a/b.md (`r2`)', 'r2'],
    ['a/b.md (**r2**)', 'r2'],
    ['`a/b.md` **(r2)**', 'r2'],
    ['a/b.md (r2, 2026-01-01)', 'r2'],
    ['a/b.md (r2; reviewed by somebody who took a long time for it)', 'r2'],
    ['a/b.md (rev r2)', 'r2'],
    ['a/b.md (r2 and more)', null],
    ['a/b.md', null],
    ['a/b.md and more (r2)', null],
    ['a/b.md (revised)', null],
    [`a/b.md${' '.repeat(60)}(r2)`, null],
  ])('the revision beside the path: %s', (text, revision) => {
    const found = mentions(`${text}\n`).find(({ kind }) => kind === 'path')!;
    expect(found.revision).toBe(revision);
    const at = found.revisionPosition;
    if (revision) expect(text.slice(at!.start.column - 1, at!.end.column - 1)).toBe(revision);
    else expect(at).toBeNull();
  });
});

it('the revision on the line below the path, in the same paragraph', () => {
  const beside = (text: string) =>
    mentions(text).map(({ revision, revisionPosition }) => [revision, revisionPosition?.start]);
  expect(beside('a/b.md\n(r2)')).toEqual([['r2', { line: 2, column: 2 }]]);
  expect(beside('> a/b.md\n> (r2)')).toEqual([['r2', { line: 2, column: 4 }]]);
  expect(beside('a/b.md\n\n(r2)')).toEqual([[null, undefined]]);
});

const HEX = '023a3be5c0ffee00112233445566778899aabbccddeeff00112233445566e93e';

describe('digests', () => {
  it('of 64 digits, upper case too, so that a rule can complain', () => {
    expect(of('digest', `x ${HEX}, \`${HEX.toUpperCase()}\``)).toEqual([HEX, HEX.toUpperCase()]);
    expect(of('digest', `${HEX}0 a${HEX} ${HEX.slice(1)}`)).toEqual([]);
  });

  it.each<[string, readonly string[]]>([
    ['023a3be5…e93eab', ['023a3be5…e93eab']],
    ['023a3be5...e93eab.', ['023a3be5...e93eab']],
    ['(023a3be5…)', ['023a3be5…']],
    ['cafe…', []],
    ['0a23456789abcdef01…abcdef', ['0a23456789abcdef01…abcdef']],
    ['023A3BE5…E93EAB', ['023A3BE5…E93EAB']],
    ['023a3be5 … e93eab', ['023a3be5 … e93eab']],
    ['023a3be5&hellip;e93eab', ['023a3be5&hellip;e93eab']],
    ['023a3be5 … ', []],
    ['x023a3be5…e93eab', []],
    ['023a3be5…e93eabz', []],
  ])('abbreviated: %s', (text, expected) => {
    expect(of('abbreviated-digest', text)).toEqual(expected);
  });
});

describe('ids', () => {
  it.each<[string, readonly string[]]>([
    ['C-06', ['C-06']],
    ['G-02, PF-3; (V-17) **D-01**', ['G-02', 'PF-3', 'V-17', 'D-01']],
    ['PF-1..PF-10', ['PF-1', 'PF-10']],
    ['PF-1 … PF-10, PF-1–PF-3', ['PF-1', 'PF-10', 'PF-1', 'PF-3']],
    ['V-14en', ['V-14en']],
    ['V-PROD-SYS', ['V-PROD-SYS']],
    ['N1 and N12.', ['N1', 'N12']],
    ['C-06.', ['C-06']],
    ['| V-01 | x |\n| - | - |\n| V-02 | C-07 |', ['V-01', 'V-02', 'C-07']],
    ['_V-99_ __C-06__ **_PF-3_** _G-02 is_ (_N1_)', ['V-99', 'C-06', 'PF-3', 'G-02', 'N1']],
    ['x_V-99 V-99_x __V-1____ V-99_-x /_V-99_', []],
    ['C‑06 and V‑PROD‑SYS', ['C-06', 'V-PROD-SYS']],
    ['P0-2', []],
    ['SHA-256', []],
    ['UTF-8', []],
    ['ID-5', []],
    ['knowledge/x-V-1.md', []],
    ['C-06.md', []],
    ['a/C-06/b.md', []],
    ['C-06-x', []],
    ['C-06.1', []],
    ['N123', []],
    ['eC-06', []],
    ['éC-06', []],
    ['v.C-06', []],
    ['V-a', []],
  ])('%s', (text, expected) => {
    expect(of('id', text)).toEqual(expected);
  });

  it('of sections', () => {
    expect(of('section', 'see §7, §3.2 and §12.')).toEqual(['§7', '§3.2', '§12']);
    expect(of('section', 'see § 7, §\u00a03.2 and § seven')).toEqual(['§7', '§3.2']);
  });
});

describe('where a mention stands', () => {
  const document = [
    '---',
    'kind: note',
    'ddl:',
    '  document: "é/a.md"',
    'see: 𝒳 C-06',
    '---',
    '',
    '𝒳𝒳 C-07 in b/c.md',
    '- law: d/e.md (r2)',
    '',
    '```yaml',
    'gate: G-01',
    '```',
    '',
    '```sql',
    'SELECT 1; -- V-01',
    '```',
    '',
    '    V-02 in code',
    '',
  ].join('\n');

  it('is exact, in UTF-16 columns', () => {
    expect(mentions(document).map(placed)).toEqual([
      ['é/a.md', { line: 4, column: 14 }, { line: 4, column: 20 }],
      ['C-06', { line: 5, column: 9 }, { line: 5, column: 13 }],
      ['b/c.md', { line: 8, column: 14 }, { line: 8, column: 20 }],
      ['C-07', { line: 8, column: 6 }, { line: 8, column: 10 }],
      ['d/e.md', { line: 9, column: 8 }, { line: 9, column: 14 }],
      ['G-01', { line: 12, column: 7 }, { line: 12, column: 11 }],
    ]);
  });

  it('has its key', () => {
    expect(mentions(document).map((mention) => [mention.in, mention.key])).toEqual([
      ['header', 'ddl.document'],
      ['header', 'see'],
      ['prose', null],
      ['prose', null],
      ['key-value', 'law'],
      ['yaml', 'gate'],
    ]);
  });
});

describe('key: value lines', () => {
  const keyValues = (text: string) =>
    parseDocument('a.md', Buffer.from(text)).keyValues.map(({ key, value, position }) => [
      key,
      value,
      position.start.column,
      position.end.column,
    ]);

  it.each<[string, readonly unknown[]]>([
    ['a: b', ['a', 'b', 4, 5]],
    ['a:   b  c  ', ['a', 'b  c', 6, 10]],
    ['- a: b', ['a', 'b', 6, 7]],
    ['a (old): a', ['a (old)', 'a', 10, 11]],
    ['a:', ['a', '', 3, 3]],
    ['a: a: a', ['a', 'a: a', 4, 8]],
    ['a:\tb', ['a', 'b', 4, 5]],
  ])('%s', (text, expected) => {
    expect(keyValues(text)).toEqual([expected]);
  });

  it.each(['a:b', 'https://example.org', '1a: b', 'a b: c', '# a: b', '| a: b | c |\n| - | - |'])(
    'not %s',
    (text) => {
      expect(keyValues(text)).toEqual([]);
    },
  );
});

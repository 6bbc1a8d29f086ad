import fc from 'fast-check';
import type { Root, Table } from 'mdast';
import { toString as plainText } from 'mdast-util-to-string';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { describe, expect, it } from 'vitest';
import { encodeMarkdown, encodeTerminal, showUnprintable } from '../../src/render/encode.js';

const parser = unified().use(remarkParse).use(remarkGfm).freeze();

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '|',
          '\n',
          '\r\n',
          '`',
          '*',
          '_',
          '__',
          '~',
          '~~',
          '<b>',
          '<!--',
          '-->',
          '&amp;',
          '&#124;',
          '\\',
          '\\|',
        ],
        ...[
          '[a](b)',
          '![x](y)',
          '[^1]',
          'www.a.bc',
          'https://a.bc',
          'http:',
          '//',
          'a@b.cd',
          'mailto:a@b.c',
          'xmpp:a@b',
        ],
        ...[
          ' ',
          '  ',
          '\t',
          '#',
          '1.',
          '- ',
          '+ ',
          '---',
          ':-:',
          '|---|',
          '> ',
          '$',
          'a',
          'B',
          '0',
          '\u001b[31m',
        ],
        ...[
          'ww',
          'w.',
          'ftp://x.y',
          'ＷＷＷ．',
          'é',
          '\u202e',
          '\u00a0',
          '😀',
          '.',
          ':',
          '/',
          '-',
          '=',
          '(',
          ')',
        ],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

/** What Markdown cannot carry is shown as an escape; the test below says what that is. */
const carried = showUnprintable;

describe('encodeMarkdown', () => {
  it('gives back every value after a parse of the table', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(hostile, hostile), { minLength: 1, maxLength: 4 }), (rows) => {
        const lines = rows.map(([a, b]) => `| ${encodeMarkdown(a)} | ${encodeMarkdown(b)} | end |`);
        const tree = parser.parse(`| a | b | c |\n|---|---|---|\n${lines.join('\n')}\n\nafter\n`) as Root;
        expect(tree.children.map(({ type }) => type)).toEqual(['table', 'paragraph']);
        const cells = (tree.children[0] as Table).children.slice(1).map((row) => row.children);
        expect(cells.map((row) => row.map((cell) => plainText(cell)))).toEqual(
          rows.map(([a, b]) => [carried(a), carried(b), 'end']),
        );
        // A link can only be one that the reader made of decoded text, which has no place in the source.
        for (const child of cells.flat().flatMap((cell) => cell.children))
          expect(child.type === 'text' || (child.type === 'link' && !child.position)).toBe(true);
      }),
      { numRuns: 4000 },
    );
  });

  it('gives back every value after a parse of a list item', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const tree = parser.parse(`- label: ${encodeMarkdown(value)}\n- next\n`) as Root;
        expect(tree.children.map(({ type }) => type)).toEqual(['list']);
        const list = tree.children[0] as { children: unknown[] };
        expect(list.children).toHaveLength(2);
        expect(plainText(list.children[0])).toBe(value === '' ? 'label:' : `label: ${carried(value)}`);
      }),
      { numRuns: 3000 },
    );
  });

  it('leaves ordinary names, digests and numbers readable', () => {
    for (const plain of [
      'cutter_governance.manifest_envelope',
      'PRIMARY KEY (envelope_id, unit_local_id)',
      '64711523',
    ])
      expect(encodeMarkdown(plain)).toBe(plain);
    expect(encodeMarkdown('86|2026-05-16 02:27:27.789235+00')).toBe('86&#x7C;2026-05-16 02:27:27.789235+00');
  });
});

describe('showUnprintable', () => {
  it('changes control, direction and unassignable characters only', () => {
    expect(showUnprintable('a\u001b[31m\u0000\u202e\ud800b\u{1ffff}')).toBe(
      'a\\u001b[31m\\u0000\\u202e\\ud800b\\u{1ffff}',
    );
    const ordinary = 'é 日本 😀 \t\n\r | ` <b> \u00a0';
    expect(showUnprintable(ordinary)).toBe(ordinary);
  });
});

describe('encodeTerminal', () => {
  it('leaves no control or direction character', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        expect(encodeTerminal(value)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSigns, Sign } from '../../src/parse/line-signs.js';

/** What must be found, by a pattern for each sign; `N` may be found without a number behind it. */
const PATTERNS: readonly (readonly [RegExp, number])[] = [
  [/\.md/, Sign.path],
  [/[0-9a-fA-F]{64}/, Sign.digest],
  [/…|\.\.\./, Sign.abbreviation],
  [/(?:[CGVD]|PF)-|N/, Sign.id],
  [/§/, Sign.section],
  [/</, Sign.tag],
  [/:/, Sign.colon],
];

const naive = (piece: string) =>
  PATTERNS.reduce((signs, [pattern, sign]) => (pattern.test(piece) ? signs | sign : signs), 0);

const word = fc.oneof(
  fc.constantFrom(
    'a/b.md',
    '…',
    '...',
    'C-06',
    'PF-3',
    'xF-1',
    'N1',
    '§2',
    '<a>',
    'key: v',
    'é',
    '😀',
    'plain',
    ' ',
  ),
  fc.integer({ min: 60, max: 140 }).map((size) => 'aB3'.repeat(size).slice(0, size)),
);
const line = fc.array(word, { maxLength: 4 }).map((words) => words.join(' '));

describe('signs of lines', () => {
  it('are those that a pattern for each finds in it', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const signs = new LineSigns(lines.join('\n'));
        let start = 0;
        for (const text of lines) {
          expect(signs.of(start, start + text.length)).toBe(naive(text));
          start += text.length + 1;
        }
      }),
    );
  });

  it('are the same where pieces are asked for in any order', () => {
    const orders = fc.array(fc.tuple(fc.nat(400), fc.nat(60)), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), orders, (lines, pieces) => {
        const text = lines.join('\n');
        const signs = new LineSigns(text);
        for (const [start, size] of pieces) {
          const held = signs.of(start, start + size);
          const expected = naive(text.slice(start, start + size));
          expect(held & expected).toBe(expected);
        }
      }),
    );
  });
});

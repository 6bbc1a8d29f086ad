import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SourceText } from '../../src/parse/source-text.js';

const of = (text: string) => new SourceText(Buffer.from(text));

describe('lines', () => {
  it.each([
    ['', ['']],
    ['a', ['a']],
    ['a\n', ['a']],
    ['\n', ['']],
    ['a\nb', ['a', 'b']],
    ['a\r\nb\rc\nd', ['a', 'b', 'c', 'd']],
    ['\r\r\n\n', ['', '', '']],
    ['a\u2028b\u0085c\vd\f', ['a\u2028b\u0085c\vd\f']],
  ])('of %j', (text, lines) => {
    const source = of(text);
    expect(Array.from({ length: source.lineCount }, (_, index) => source.line(index + 1))).toEqual(lines);
  });

  it('are empty outside of the file', () => {
    const source = of('a\nb\n');
    expect([source.line(0), source.line(3), source.line(4), source.line(99)]).toEqual(['', '', '', '']);
    expect(source.lineStart(99)).toBe(4);
    expect(source.lineStartByte(99)).toBe(4);
  });
});

describe('places', () => {
  it('count astral characters as two units and four bytes', () => {
    const source = of('a😀b\r\né𝒳\n');
    expect(source.pointAt(3)).toEqual({ line: 1, column: 4 });
    expect(source.pointAtByte(5)).toEqual({ line: 1, column: 4 });
    expect(source.pointAtByte(8)).toEqual({ line: 2, column: 1 });
    expect(source.pointAtByte(10)).toEqual({ line: 2, column: 2 });
    expect(source.pointAtByte(14)).toEqual({ line: 2, column: 4 });
    expect(source.lineStartByte(3)).toBe(15);
    expect(source.lineStart(3)).toBe(10);
  });

  it('of lines in bytes are the same in whichever order they are asked for', () => {
    const text = 'é—\r\n😀b\n\nßc\rd';
    const starts = [0, 7, 13, 14, 18];
    const lines = starts.map((_, index) => index + 1);
    const asked = (order: readonly number[]) => {
      const source = of(text);
      return order.map((line) => source.lineStartByte(line));
    };
    expect(asked(lines)).toEqual(starts);
    expect(asked([...lines].reverse())).toEqual([...starts].reverse());
    expect(asked([4, 2, 5, 99])).toEqual([14, 7, 18, Buffer.byteLength(text)]);
  });

  it('count a byte order mark inside of the text as a character', () => {
    expect(of('a\n\ufeffb').pointAtByte(5)).toEqual({ line: 2, column: 2 });
  });
});

/** Places of every character, counted one by one. */
function naive(text: string) {
  const places: { unit: number; byte: number; line: number; column: number }[] = [];
  let [unit, byte, line, column] = [0, 0, 1, 1];
  for (const character of text) {
    places.push({ unit, byte, line, column });
    unit += character.length;
    byte += Buffer.byteLength(character);
    const ends = character === '\n' || (character === '\r' && text[unit] !== '\n');
    if (ends) [line, column] = [line + 1, 1];
    else column += character.length;
  }
  places.push({ unit, byte, line, column });
  return places;
}

const text = fc
  .array(fc.constantFrom('a', 'é', '表', '😀', '\n', '\r', '\r\n', '\t', '\u2028', '\ufeff'), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''));

it('agrees with counting one by one', () => {
  fc.assert(
    fc.property(text, (value) => {
      fc.pre(!value.startsWith('\ufeff'));
      const source = of(value);
      for (const { unit, byte, line, column } of naive(value)) {
        expect(source.pointAt(unit)).toEqual({ line, column });
        expect(source.pointAtByte(byte)).toEqual({ line, column });
        expect(source.range(unit, unit)).toEqual(source.byteRange(byte, byte));
        if (column === 1) expect([source.lineStart(line), source.lineStartByte(line)]).toEqual([unit, byte]);
      }
      const lines = value.split(/\r\n|\n|\r/);
      for (const [index, line] of lines.entries()) expect(source.line(index + 1)).toBe(line);
    }),
    { numRuns: 1000 },
  );
});

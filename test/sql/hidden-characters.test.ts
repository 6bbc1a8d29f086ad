import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { brief, readFence, readText } from './read.js';

beforeAll(loadGrammar);

const hidden = (sql: string) =>
  brief(readFence('migration', sql).problems.filter(({ rule }) => rule === 'sql-hidden-characters')).map(
    (text) => text.replace('sql-hidden-characters ', ''),
  );

describe('what a reviewer cannot see', () => {
  it.each<[string, string]>([
    ['vertical tab', '\v'],
    ['form feed', '\f'],
    ['bell', '\u0007'],
    ['backspace', '\b'],
    ['escape', '\u001b'],
    ['delete', '\u007f'],
    ['next line', '\u0085'],
    ['control sequence introducer', '\u009b'],
    ['no-break space', '\u00a0'],
    ['soft hyphen', '\u00ad'],
    ['combining grapheme joiner', '\u034f'],
    ['Arabic letter mark', '\u061c'],
    ['Hangul filler', '\u115f'],
    ['Ogham space', '\u1680'],
    ['Mongolian vowel separator', '\u180e'],
    ['en quad', '\u2000'],
    ['hair space', '\u200a'],
    ['zero-width space', '\u200b'],
    ['zero-width joiner', '\u200d'],
    ['left-to-right mark', '\u200e'],
    ['line separator', '\u2028'],
    ['paragraph separator', '\u2029'],
    ['right-to-left override', '\u202e'],
    ['narrow no-break space', '\u202f'],
    ['word joiner', '\u2060'],
    ['invisible times', '\u2062'],
    ['right-to-left isolate', '\u2067'],
    ['Braille blank', '\u2800'],
    ['ideographic space', '\u3000'],
    ['Hangul filler letter', '\u3164'],
    ['private use', '\ue000'],
    ['variation selector', '\ufe0f'],
    ['byte order mark', '\ufeff'],
    ['half-width filler', '\uffa0'],
    ['interlinear annotation', '\ufff9'],
    ['musical begin beam', '\u{1d173}'],
    ['tag letter', '\u{e0061}'],
    ['variation selector 17', '\u{e0100}'],
  ])('%s', (_, character) => {
    const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    // In a comment, after a character of two units: the place counts UTF-16.
    expect(hidden(`-- 😀${character}x\nCREATE SCHEMA a;`)).toContain(
      `3:6 hidden or ambiguous character U+${code} in executable SQL`,
    );
    expect(hidden(`COMMENT ON SCHEMA a IS 'x${character}';`)).toContain(
      `3:26 hidden or ambiguous character U+${code} in executable SQL`,
    );
  });

  it('line ends with a carriage return', () => {
    const text = '```sql migration\r\nCREATE SCHEMA a;\r\n```\r\n';
    expect(brief(readText(text).problems)).toEqual([
      'sql-hidden-characters 2:17 hidden or ambiguous character U+000D in executable SQL',
    ]);
  });

  it('a carriage return alone, wherever it stands, as it moves the line numbers', () => {
    const text = 'Text.\r# Title\n\n```sql migration\nCREATE SCHEMA a;\n```\n';
    expect(brief(readText(text).problems)).toEqual([
      'sql-hidden-characters 1:6 a carriage return without a line feed, in a document with executable SQL',
    ]);
    expect(readText('Text.\r# Title\n\n```sql\nSELECT 1;\n```\n').problems).toEqual([]);
  });

  it('what stands far to the right', () => {
    const far = ' '.repeat(200);
    expect(hidden(`CREATE SCHEMA a;${far}DROP SCHEMA b;`)).toEqual([
      '3:17 200 blanks within a line of executable SQL',
    ]);
    expect(hidden(`CREATE SCHEMA a;${far}\nDROP SCHEMA b;`)).toEqual([]);
    expect(hidden(`CREATE SCHEMA a;${' '.repeat(80)}-- note`)).toEqual([]);
  });
});

describe('what a reviewer sees as something else', () => {
  it.each<[string, string, string]>([
    ['a decomposed letter', "SELECT 'cafe\u0301';", 'text that is not in Unicode form NFC'],
    ['the Greek question mark', '-- a\u037e', 'text that is not in Unicode form NFC'],
    ['the Kelvin sign', "SELECT '\u212a';", 'text that is not in Unicode form NFC'],
    ['an overlay on a sign', "SELECT '=\u0338';", 'text that is not in Unicode form NFC'],
    [
      'a Cyrillic letter among Latin ones',
      'DROP SCHEMA p\u0430yments;',
      'a word of mixed scripts: "p\u0430yments"',
    ],
    ['a Greek letter among Latin ones', 'DROP SCHEMA \u03bfrders;', 'a word of mixed scripts: "\u03bfrders"'],
    ['an Armenian letter', 'DROP SCHEMA \u0585rders;', 'a word of mixed scripts: "\u0585rders"'],
    ['a Coptic letter', 'DROP SCHEMA \u2c9frders;', 'a word of mixed scripts: "\u2c9frders"'],
    ['letters of another width', 'DROP SCHEMA \uff41b;', 'a styled form of a plain letter: "\uff41"'],
    ['mathematical letters', 'DROP SCHEMA \u{1d41a}b;', 'a styled form of a plain letter: "\u{1d41a}"'],
    ['a Roman numeral', 'DROP SCHEMA \u2160b;', 'a styled form of a plain letter: "\u2160"'],
    [
      'hyphens that are letters',
      'DELETE FROM a.b \u2010\u2010x',
      'a sign that is no sign of SQL: "\u2010\u2010x"',
    ],
    ['a semicolon that is a letter', 'DELETE FROM a.b \uff1b', 'a sign that is no sign of SQL: "\uff1b"'],
    ['curly quotes', 'DELETE FROM a.b \u201cx\u201d', 'a sign that is no sign of SQL: "\u201cx\u201d"'],
    ['an escaped name', 'DROP SCHEMA U&"\\0061";', 'Unicode escapes: U&"\\0061"'],
    ['an escaped text', "COMMENT ON SCHEMA a IS u&'\\0061';", "Unicode escapes: u&'\\0061'"],
  ])('%s', (_, sql, message) => {
    expect(hidden(sql).map((text) => text.replace(/^\S+ /, ''))).toEqual([message]);
  });

  it.each([
    '-- Größe, café, naïve — “quoted” … → 表 таблица πίνακας 😀 m² №1',
    "COMMENT ON SCHEMA a IS 'Größe — “quoted” 😀';",
    'COMMENT ON SCHEMA größe IS NULL;',
    'COMMENT ON SCHEMA "a b – c" IS NULL;',
    'COMMENT ON SCHEMA таблица IS NULL;',
    'COMMENT ON SCHEMA 表名 IS NULL; -- ID番号',
    "COMMENT ON SCHEMA a IS $$ a – b $$;\n\tCOMMENT ON SCHEMA a IS E'–';",
    "COMMENT ON SCHEMA nguyễn IS 'Điều 44 triển khai';",
  ])('and nothing is said of %s', (sql) => {
    expect(hidden(sql)).toEqual([]);
  });

  it('says nothing of SQL that is only shown', () => {
    expect(readText('```sql\nSELECT p\u0430yments; -- \u00a0\n```\n').problems).toEqual([]);
  });

  it('takes time in proportion to the text', () => {
    const start = performance.now();
    hidden(`-- ${' '.repeat(400_000)}\n-- ${'a'.repeat(200_000)}\n/*${'\n'.repeat(10_000)}*/`);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

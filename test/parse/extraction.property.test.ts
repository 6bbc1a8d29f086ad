import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.js';
import type { FenceRole } from '../../src/parse/document.js';
import { parseDocument } from '../../src/parse/parse-document.js';

/*
 * Bytes in = bytes out: what is put between the fence lines of a role is what is extracted, whatever it is and
 * whatever stands around it.
 */

const word = fc.constantFrom(
  'SELECT',
  'café',
  'таблица',
  '表',
  '𝒳😀',
  "'it''s'",
  '"x"',
  '$$',
  '--',
  '/*',
  '*/',
  ';',
  '\t',
  '    ',
  '`',
  '``',
  '~',
  '~~',
  '# no heading',
  '> no quote',
  '- no item',
  '<!-- no comment -->',
  '</details>',
  '---',
  '|',
  '\\',
  '&amp;',
  '[a]: b',
  '\u2028',
  '\u00a0',
  '\u0085',
  '\ufeff',
  'e\u0301',
);
const line = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '));
const block = (lines: fc.Arbitrary<string[]>, end: string) =>
  lines.map((all) => all.map((text) => text + end).join(''));
const content = (end: string) =>
  fc.oneof(
    block(fc.array(line, { maxLength: 6 }), end),
    block(fc.array(line, { maxLength: 3 }), end).map((text) => `${text}${end}${end}`),
    fc.constant(''),
    fc.constant(end),
  );

interface Piece {
  readonly role: FenceRole | null;
  readonly marker: '`' | '~';
  readonly length: number;
  readonly content: string;
  readonly before: string;
}

const prose = (end: string) =>
  fc
    .constantFrom(
      'Text.',
      '# Heading',
      '- item\n- item',
      '> quote',
      '| a | b |\n| - | - |\n| é | 𝒳 |',
      '    indented code',
      '<details>',
      '[link](b.md) *strong* `code`',
      '```text\nSELECT 1;\n```',
      '* * *',
      'Überschrift\n===',
      '1. one\n\n   two',
      '[^1]: note',
    )
    .map((text) => `${text.replaceAll('\n', end)}${end}${end}`);

const piece = (end: string): fc.Arbitrary<Piece> =>
  fc.record({
    role: fc.constantFrom<FenceRole | null>('migration', 'rollback', 'verify', null),
    marker: fc.constantFrom('`', '~'),
    length: fc.integer({ min: 3, max: 6 }),
    content: content(end),
    before: prose(end),
  });

/** A line of content that would close the fence is no content of it. */
function closes({ marker, length, content: text }: Piece): boolean {
  return text.split(/\r\n|\n|\r/).some((one) => {
    const run = /^ {0,3}(`+|~+)[ \t]*$/.exec(one)?.[1] ?? '';
    return run.startsWith(marker) && run.length >= length;
  });
}

function documentOf(pieces: readonly Piece[], end: string): string {
  return pieces
    .map(({ role, marker, length, content: text, before }) => {
      const fence = marker.repeat(length);
      return `${before}${fence}sql${role ? ` ${role}` : ''}${end}${text}${fence}${end}${end}`;
    })
    .join('');
}

function expectSameBytes(pieces: readonly Piece[], end: string): void {
  const bytes = Buffer.from(documentOf(pieces, end));
  const { fences, problems } = parseDocument('a.md', bytes);
  expect(problems).toEqual([]);
  const sql = fences.filter(({ language }) => language === 'sql');
  expect(sql.map(({ role }) => role)).toEqual(pieces.map(({ role }) => role));
  for (const [index, fence] of sql.entries()) {
    expect(fence).toMatchObject({ atRoot: true, closed: true });
    expect(bytes.toString('utf8', fence.start, fence.end)).toBe(pieces[index]!.content);
    expect(fence.digest).toBe(sha256(pieces[index]!.content));
    expect(fence.lastLine - fence.firstLine + 1).toBe(pieces[index]!.content.split(end).length - 1);
  }
  for (const role of ['migration', 'rollback', 'verify'] as const) {
    const slices = sql
      .filter((fence) => fence.role === role)
      .map(({ start, end: to }) => bytes.subarray(start, to));
    const put = pieces.filter((one) => one.role === role).map((one) => one.content);
    expect(sha256(Buffer.concat(slices))).toBe(sha256(put.join('')));
  }
}

describe('extraction', () => {
  it('gives back the bytes that were put in', () => {
    fc.assert(
      fc.property(fc.array(piece('\n'), { minLength: 1, maxLength: 5 }), (pieces) => {
        fc.pre(!pieces.some(closes));
        expectSameBytes(pieces, '\n');
      }),
      { numRuns: 400 },
    );
  });

  it('gives back the bytes of a document with CR LF line ends', () => {
    fc.assert(
      fc.property(fc.array(piece('\r\n'), { minLength: 1, maxLength: 4 }), (pieces) => {
        fc.pre(!pieces.some(closes));
        expectSameBytes(pieces, '\r\n');
      }),
      { numRuns: 200 },
    );
  });

  it('takes a fence at the end of a file without a line end', () => {
    fc.assert(
      fc.property(piece('\n'), (one) => {
        fc.pre(!closes(one));
        const text = documentOf([one], '\n').trimEnd();
        const fence = parseDocument('a.md', Buffer.from(text)).fences.at(-1)!;
        expect(fence.closed).toBe(true);
        expect(fence.digest).toBe(sha256(one.content));
      }),
      { numRuns: 100 },
    );
  });

  it('takes what is not closed to the end of the file, and says so', () => {
    fc.assert(
      fc.property(content('\n'), (text) => {
        fc.pre(!closes({ marker: '~', length: 3, content: text, role: null, before: '' }));
        const bytes = Buffer.from(`~~~sql migration\n${text}`);
        const [fence] = parseDocument('a.md', bytes).fences;
        expect(fence).toMatchObject({ closed: false, role: 'migration' });
        expect(bytes.toString('utf8', fence!.start, fence!.end)).toBe(text);
      }),
      { numRuns: 100 },
    );
  });
});

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Range } from '../../src/base/position.js';
import { applyFixes, type Fixable } from '../../src/fix/apply-fixes.js';
import { sameSql } from '../../src/fix/same-sql.js';
import { parseDocument } from '../../src/parse/parse-document.js';
import { SourceText } from '../../src/parse/source-text.js';
import type { SqlFacts } from '../../src/sql/facts.js';
import { loadGrammar } from '../../src/sql/grammar.js';
import { readSql } from '../../src/sql/read-sql.js';

const DOCUMENT = `---
kind: ddl
document_path: knowledge/ä.sql.md
---

# Tiêu đề 😀

| a | b |
| - | - |
| 1 | 2 |

\`\`\`sql migration
CREATE TABLE shop.parcel (label text);
\`\`\`
Text between.
\`\`\`sql rollback
DROP TABLE shop.parcel;
\`\`\`
   \`\`\`sql
SELECT 'prose';
   \`\`\`
\`\`\`sql fixture
INSERT INTO shop.parcel VALUES ('x');`;

const documents = fc
  .constantFrom('\n', '\r\n')
  .map((end) => Buffer.from(DOCUMENT.replaceAll('\n', end)))
  .map((bytes) => ({
    bytes,
    source: new SourceText(bytes),
    document: parseDocument('knowledge/a.md', bytes),
  }));

/** Edits anywhere, of any length, that insert single marks: what they insert can be found again. */
const edits = fc.array(
  fc.record({ at: fc.nat(DOCUMENT.length + 20), length: fc.constantFrom(0, 0, 1, 5, 40) }),
  { maxLength: 12 },
);

function finding(position: Range, text: string): Fixable {
  const fix = { title: 'test', kind: 'safe' as const, edits: [{ position, text }] };
  return { ruleId: 'test', severity: 'error', message: 'test', file: 'knowledge/a.md', position, fix };
}

const MARK = '\u2603';

/** A mark in place of some characters; places are those of whole characters, as those of findings are. */
function marked(source: SourceText, at: number, length: number): Fixable {
  const whole = (offset: number) =>
    /^[\udc00-\udfff]/.test(source.text.slice(offset)) ? offset - 1 : offset;
  const start = Math.min(at, source.text.length);
  const end = Math.min(start + length, source.text.length);
  return finding(source.range(whole(start), whole(end)), MARK);
}

function digests({ units }: SqlFacts) {
  return units.map(({ role, digest, size }) => ({ role, digest, size }));
}

describe('applied fixes', () => {
  beforeAll(() => loadGrammar());

  it('never touch the SQL that runs, and never get past the comparison with what it was', () => {
    const seen = { refused: 0, same: 0 };
    fc.assert(
      fc.property(documents, edits, ({ bytes, source, document }, places) => {
        const findings = places.map(({ at, length }) => marked(source, at, length));
        const { bytes: after, applied } = applyFixes(document, bytes, findings);
        const text = Buffer.from(after).toString();
        for (const { start, end } of document.fences.filter(({ role }) => role !== null))
          expect(text).toContain(Buffer.from(bytes.subarray(start, end)).toString());
        seen.refused += findings.length - applied.length;
        const read = parseDocument('knowledge/a.md', after);
        if (!sameSql(document, read)) return;
        seen.same += 1;
        expect(digests(readSql(read, after))).toEqual(digests(readSql(document, bytes)));
      }),
      { numRuns: 500 },
    );
    expect(Object.values(seen).every((count) => count > 50)).toBe(true);
  });

  it('leave every other byte as it was', () => {
    fc.assert(
      fc.property(documents, edits, ({ bytes, source, document }, places) => {
        const findings = places.map(({ at }) => marked(source, at, 0));
        const { bytes: after, applied } = applyFixes(document, bytes, findings);
        const text = Buffer.from(after).toString();
        expect(text.split(MARK).length - 1).toBe(applied.length);
        expect(text.replaceAll(MARK, '')).toBe(source.text);
      }),
    );
  });

  it('are the first of those that overlap, each as a whole or not at all', () => {
    const bytes = Buffer.from('one two three');
    const document = parseDocument('a.md', bytes);
    const at = (from: number, to: number): Range => ({
      start: { line: 1, column: from },
      end: { line: 1, column: to },
    });
    const both = {
      ...finding(at(1, 4), '1'),
      fix: {
        title: '',
        kind: 'safe' as const,
        edits: [
          { position: at(1, 4), text: '1' },
          { position: at(9, 14), text: '3' },
        ],
      },
    };
    const result = applyFixes(document, bytes, [finding(at(1, 8), 'X'), both, finding(at(9, 14), 'Y')]);
    expect(Buffer.from(result.bytes).toString()).toBe('X Y');
    expect(result.applied).toHaveLength(2);
  });

  it('end lines as the document does', () => {
    const bytes = Buffer.from('a\r\nb');
    const end = { line: 2, column: 1 };
    const result = applyFixes(parseDocument('a.md', bytes), bytes, [finding({ start: end, end }, 'x\ny\n')]);
    expect(Buffer.from(result.bytes).toString()).toBe('a\r\nx\r\ny\r\nb');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adopt } from '../../src/fix/adopt/adopt.js';
import { parseDocument } from '../../src/parse/parse-document.js';
import { OLDER_REPORT } from './older-report.js';

const PATH = 'knowledge/parcel-production-execution-report-2026-02-03.md';

async function adopted(text: string, path = PATH): Promise<string> {
  return Buffer.from(await adopt(path, Buffer.from(text), 'execution-report')).toString();
}

/** Every word and mark of a text with how often it is there; line ends and blanks are layout. */
function words(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const token of text.split(/(?<=[^\p{L}\p{N}_])|(?=[^\p{L}\p{N}_])/u))
    if (token.trim() !== '') found.set(token, (found.get(token) ?? 0) + 1);
  return found;
}

function missing(before: string, after: string): string[] {
  const kept = words(after);
  return [...words(before)].filter(([word, count]) => (kept.get(word) ?? 0) < count).map(([word]) => word);
}

describe('an older report', () => {
  it('becomes a governed document, line by line', async () => {
    await expect(await adopted(OLDER_REPORT)).toMatchFileSnapshot('older-report-adopted.md');
  });

  it('reads in the present form as it was meant', async () => {
    const document = parseDocument(PATH, Buffer.from(await adopted(OLDER_REPORT)));
    expect(document.problems).toEqual([]);
    expect(document.header?.origin).toBe('front-matter');
    expect(document.header?.data).toMatchObject({
      author: 'Agent (one: two, "three")',
      verifier: "Reviewer's office — PENDING",
      date: '2026-02-03',
      change: '',
      record: { path: '', sha256: '' },
    });
    expect(document.headings.map(({ depth, text }) => `${depth} ${text.slice(0, 6)}`)).toEqual([
      '1 Parcel',
      '2 §1 — A',
      '2 §2 — E',
      '3 §2.1 —',
      '2 §3 — V',
      '2 §4 — C',
      '2 §5 — N',
      '2 §6 — C',
    ]);
    const cells = document.tables.map(({ rows }) => rows.map((row) => row.cells.length));
    expect(cells).toEqual([
      [4, 4],
      // What is missing in a short row, nobody can tell.
      [5, 5, 3],
    ]);
    expect(document.strayDelimiters).toEqual([]);
    expect(document.tables[1]!.rows[0]!.cells[1]!.text).toBe('parcel rows|max(updated_at)');
  });

  it('has nothing left to adopt', async () => {
    const once = await adopted(OLDER_REPORT);
    expect(await adopted(once)).toBe(once);
  });

  it('keeps its line ends, and whether the last line has one', async () => {
    const crlf = OLDER_REPORT.trimEnd().replaceAll('\n', '\r\n');
    const after = await adopted(crlf);
    expect(after).toBe((await adopted(OLDER_REPORT)).trimEnd().replaceAll('\n', '\r\n'));
  });

  it('loses no word, whatever has happened to its lines', async () => {
    const lines = OLDER_REPORT.split('\n');
    const strange = fc.constantFrom(
      '',
      '',
      '---',
      '===',
      '```',
      '```sql migration',
      '~~~~',
      '> quote',
      '    code',
      '# Title',
      '§7 — Late',
      '|',
      '|---|',
      '| a | b |',
      'a | b',
      '| `a|b | c\\|d |',
      '|---|---|',
      'key: value',
      'constructor: x',
      '- key: value',
      '<b>',
      'a: "b" # c',
      '\t',
    );
    const edit = fc.record({
      at: fc.nat(lines.length),
      remove: fc.nat(3),
      insert: fc.array(strange, { maxLength: 3 }),
    });
    let changed = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(edit, { maxLength: 8 }),
        fc.constantFrom('\n', '\r\n'),
        async (edits, end) => {
          const mutated = [...lines];
          for (const { at, remove, insert } of edits) mutated.splice(at, remove, ...insert);
          const text = mutated.join(end);
          const before = parseDocument(PATH, Buffer.from(text));
          // What starts with a rule is front matter that is not closed: nothing is adopted of what cannot be read.
          if (before.problems.length > 0) return;
          const after = await adopted(text).catch((error: Error) => {
            // Below HTML a fence is none until a blank line ends the HTML: that is for a person.
            expect(error.message).toMatch(/cannot be adopted: its SQL would be read differently$/);
            expect(text).toMatch(/<b>[\s\S]*```sql/);
            return null;
          });
          if (after === null) return;
          expect(missing(text, after)).toEqual([]);
          expect(await adopted(after)).toBe(after);
          expect(sql(after)).toEqual(sql(text));
          if (after !== text) changed += 1;
        },
      ),
      { numRuns: 120 },
    );
    expect(changed).toBeGreaterThan(80);
  }, 60_000);
});

function sql(text: string) {
  return parseDocument(PATH, Buffer.from(text))
    .fences.filter(({ role }) => role !== null)
    .map(({ role, digest }) => ({ role, digest }));
}

describe('the kind of an older document', () => {
  const guess = async (path: string, title: string) => {
    const text = `${title}\nrevision: r1\ndate: 2026-02-03\nText.\n`;
    const after = Buffer.from(await adopt(path, Buffer.from(text))).toString();
    return /^kind: (.*)$/m.exec(after)![1];
  };

  it.each([
    ['knowledge/a.md', 'Parcel — Production Execution Report', 'execution-report'],
    ['knowledge/parcel-dry-run-report-2026-02-02.md', 'Parcel', 'dry-run-report'],
    ['knowledge/a-dry-run-review.md', 'Parcel', 'review'],
    ['knowledge/a.sql.md', 'Parcel', 'ddl'],
    ['knowledge/a.md', 'Governed Migration Protocol', 'law'],
  ])('of %s "%s" is %s', async (path, title, kind) => {
    expect(await guess(path, title)).toBe(kind);
  });

  it.each([
    ['knowledge/a.md', 'Parcel', 'its words do not say'],
    ['knowledge/a.md', 'Command Review Package', 'several: command-package, review'],
  ])('of %s "%s" is asked for', async (path, title, message) => {
    await expect(guess(path, title)).rejects.toMatchObject({
      code: 'wrong-kind',
      message: expect.stringContaining(message),
      help: 'name it with --kind',
    });
  });

  it('is the one that the document says', async () => {
    const text = 'Report\nkind: note\nrevision: r1\ndate: 2026-02-03\n';
    const after = Buffer.from(await adopt('knowledge/a.md', Buffer.from(text))).toString();
    expect(after).toBe(
      '---\nkind: note\nrevision: r1\ndate: 2026-02-03\ndocument_path: knowledge/a.md\n---\n\n# Report\n',
    );
    await expect(adopt('knowledge/a.md', Buffer.from(text), 'law')).rejects.toMatchObject({
      message: 'knowledge/a.md says that it is of kind note, not law',
    });
  });
});

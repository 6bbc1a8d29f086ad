import { DIGEST } from '../../base/digest.js';
import type { Range } from '../../base/position.js';
import type { FullEntry } from '../../model/entry.js';
import { type DigestFault, digestFault, digestFaultsIn } from '../digest-form.js';
import type { DocumentRule, Finding } from '../rule.js';

export const digestFormat: DocumentRule = {
  id: 'digest-format',
  scope: 'document',
  group: 'provenance',
  severity: 'error',
  what: 'What is meant as a digest and is none: capital letters, a digit too many or too few, a placeholder.',
  why: 'It looks like proof and compares equal to nothing; nobody can tell what bytes it was of.',
  fix: 'Write the 64 lower-case hex digits of the SHA-256.',
  check({ entry, report }) {
    const places = new Set<string>();
    for (const finding of [...inFrontMatter(entry), ...(isWritten(entry) ? inText(entry) : [])]) {
      const { line, column } = finding.position.start;
      // A value of a line or a cell is also text.
      if (places.has(`${line}:${column}`)) continue;
      places.add(`${line}:${column}`);
      report(finding);
    }
  },
};

/**
 * Governed text that a person wrote. A note may speak of digests of any kind, and a generated report shows values of
 * the database, which may look like anything.
 */
function isWritten({ kind, document }: FullEntry): boolean {
  if (kind === null) return document.header?.origin === 'legacy';
  return kind !== 'note' && kind !== 'dry-run-report' && kind !== 'execution-report';
}

/** The schemas of governed kinds judge their fields; a note has none for its pins. */
function inFrontMatter({ kind, document, pins }: FullEntry): Finding[] {
  if ((kind !== null && kind !== 'note') || document.header?.origin !== 'front-matter') return [];
  return pins.flatMap(({ key, fields }) =>
    fields.flatMap(({ name, value, position }) => {
      if (name === 'revision' || DIGEST.test(value)) return [];
      const fault = digestFault(value, 'sha256');
      const whole = {
        written: value,
        what: fault?.what ?? 'it is not written in hex digits',
        meant: fault?.meant ?? null,
      };
      return [finding(whole, position, `${key}.${name}`)];
    }),
  );
}

function inText({ document }: FullEntry): Finding[] {
  const lines = new Map(document.prose.map(({ line, text }) => [line, text]));
  const values = document.keyValues.map(({ key, value, position }) => ({ name: key, text: value, position }));
  const cells = document.tables.flatMap(({ header, rows }) =>
    rows.flatMap((row) =>
      row.cells.map(({ text, position }, index) => {
        const label = header.cells.length === 2 && index === 1 ? row.cells[0]!.text : '';
        const name = nameOf(label) ? label : (header.cells[index]?.text ?? '');
        return { name, text, position };
      }),
    ),
  );
  const named = [...values, ...cells].flatMap(({ name, text, position }) => {
    const kind = nameOf(name);
    const fault = kind && digestFault(text, kind);
    return fault ? [finding(fault, wordIn(lines, position, fault.written), name.trim())] : [];
  });
  const loose = document.prose.flatMap(({ line, text }) =>
    digestFaultsIn(text).map((fault) => {
      const end = fault.index + fault.written.length;
      const position = { start: { line, column: fault.index + 1 }, end: { line, column: end + 1 } };
      return finding(fault, position, 'this');
    }),
  );
  return [...named, ...loose];
}

/** What the name of a key or the head of a column says its values are. */
function nameOf(name: string): 'sha256' | 'digest' | null {
  const words = name.trim();
  if (/(?:^|[\s_.-])sha-?256$/i.test(words)) return 'sha256';
  return /(?:^|[\s_.-])digest$/i.test(words) ? 'digest' : null;
}

/** The place of a word inside a value, which may stand in code marks there. */
function wordIn(lines: ReadonlyMap<number, string>, { start, end }: Range, word: string): Range {
  const text = lines.get(start.line) ?? '';
  const index = text.indexOf(word, start.column - 1);
  if (start.line !== end.line || index < 0 || index + word.length > end.column - 1) return { start, end };
  return {
    start: { line: start.line, column: index + 1 },
    end: { line: start.line, column: index + word.length + 1 },
  };
}

function finding({ written, what, meant }: DigestFault, position: Range, name: string): Finding {
  return {
    message: `${name} is no digest: ${what}`,
    position,
    expected: meant ?? '64 lower-case hex digits',
    observed: written,
    ...(meant === null
      ? {}
      : {
          fix: { title: 'write it in lower case', kind: 'safe', edits: [{ position, text: meant }] },
        }),
  };
}

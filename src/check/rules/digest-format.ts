import { DIGEST } from '../../base/digest.js';
import type { Range } from '../../base/position.js';
import { type FullEntry, isGoverned } from '../../model/entry.js';
import type { Document, Table } from '../../parse/document.js';
import { type DigestFault, digestFault, digestFaultsIn } from '../digest-form.js';
import { proseAt } from '../prose-line.js';
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
function isWritten(entry: FullEntry): boolean {
  const { kind, document } = entry;
  if (!isGoverned(entry)) return kind === null && document.header?.origin === 'legacy';
  return kind !== 'dry-run-report' && kind !== 'execution-report';
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
  const values = document.keyValues.flatMap(({ key, value, position }) => {
    const kind = nameOf(key);
    return kind ? [{ name: key, kind, text: value, position }] : [];
  });
  const named = [...values, ...document.tables.flatMap(namedCells)].flatMap(
    ({ name, kind, text, position }) => {
      const fault = digestFault(text, kind);
      return fault ? [finding(fault, wordIn(document, position, fault.written), name.trim())] : [];
    },
  );
  const loose = document.prose.flatMap(({ line, text }) =>
    digestFaultsIn(text).map((fault) => {
      const end = fault.index + fault.written.length;
      const position = { start: { line, column: fault.index + 1 }, end: { line, column: end + 1 } };
      return finding(fault, position, 'this');
    }),
  );
  return [...named, ...loose];
}

/** Cells whose column is headed as one of digests; in a table of two columns also those whose row begins so. */
function namedCells({ header, rows }: Table) {
  const kinds = header.cells.map(({ text }) => nameOf(text));
  const labelled = header.cells.length === 2;
  if (!labelled && kinds.every((kind) => kind === null)) return [];
  return rows.flatMap(({ cells }) =>
    cells.flatMap(({ text, position }, index) => {
      const label = labelled && index === 1 ? cells[0]!.text : '';
      const byLabel = nameOf(label);
      const kind = byLabel ?? kinds[index] ?? null;
      const name = byLabel ? label : (header.cells[index]?.text ?? '');
      return kind ? [{ name, kind, text, position }] : [];
    }),
  );
}

/** What the name of a key or the head of a column says its values are. */
function nameOf(name: string): 'sha256' | 'digest' | null {
  const word = /(?:^|[\s_.-])(sha-?256|digest)$/i.exec(name.trim())?.[1];
  if (word === undefined) return null;
  return word.toLowerCase() === 'digest' ? 'digest' : 'sha256';
}

/** The place of a word inside a value, which may stand in code marks there. */
function wordIn(document: Document, { start, end }: Range, word: string): Range {
  const text = proseAt(document, start.line) ?? '';
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

import { changed, custom, type Operator, otherDigit, type Planting, planted } from '../operator.js';
import type { Line, Original, Originals } from '../originals.js';

/* Digests that are not of what is there. */

const inHeader = (pattern: RegExp) => (line: Line) =>
  line.region === 'front matter' && pattern.test(line.text);
const DOCUMENT = 'document-digest-matches';
const SQL = 'sql-digest-matches';
const pinned = (line: Line) =>
  inHeader(/^ {2,}sha256: /)(line) &&
  /document: |revision: /.test(line.document.lines[line.number - 2]!.text);
/** A row that ends with the digest of the document that it names. */
const listed = ({ region, text }: Line) =>
  region === 'table' && /knowledge\/\S+\.md \| r1 \| [0-9a-f]{64} \|$/.test(text);
/** A row with the digest of SQL and the document that it was taken from. */
const extracted = ({ region, text }: Line) =>
  region === 'table' && /[0-9a-f]{64} \| extracted from /.test(text);

/** Every pin of a document: the line of its `document:` and the document that it names. */
function* pins({ all }: Originals): Generator<{ line: Line; target: Original }> {
  for (const target of all)
    for (const other of all)
      for (const line of other.lines)
        if (
          line.region === 'front matter' &&
          line.text.endsWith(`document: ${target.path}`) &&
          other !== target
        )
          yield { line, target };
}

/** A change of what is pinned; the finding is in the line of a pin's digest. */
function* targetChanged(
  originals: Originals,
  field: string,
  change: (target: Original) => string | null,
): Generator<Planting> {
  for (const { line, target } of pins(originals)) {
    const text = change(target);
    const digest = line.document.lines
      .slice(line.number, line.number + 4)
      .find((one) => one.text.trim().startsWith(`${field}: `));
    if (text !== null && text !== target.text && digest)
      yield planted({ [target.path]: text }, { file: line.document.path, line: digest.number });
  }
}

const target = (name: string, change: (text: string) => string, most?: number) =>
  custom(
    DOCUMENT,
    name,
    (originals) => targetChanged(originals, 'sha256', ({ text }) => change(text)),
    most === undefined ? {} : { most },
  );

export const DOCUMENT_DIGESTS: readonly Operator[] = [
  changed(DOCUMENT, 'a digit of a pin', pinned, (text) => otherDigit(text), { most: 8 }),
  changed(DOCUMENT, 'the last digit of a pin', pinned, (text) =>
    text.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
  ),
  changed(DOCUMENT, 'a digit in a table of references', listed, (text) => otherDigit(text), { most: 8 }),
  changed(DOCUMENT, 'the digest of the row above', listed, (text, { document, number }) => {
    const other = document.lines[number - 2]!;
    return listed(other) ? text.replace(/[0-9a-f]{64}/, /[0-9a-f]{64}/.exec(other.text)![0]) : null;
  }),
  changed(DOCUMENT, 'a digit beside the source of SQL', extracted, (text) => otherDigit(text)),
  changed(DOCUMENT, 'a digest in capitals, and wrong, beside a path', listed, (text) =>
    otherDigit(text).replace(/[0-9a-f]{64}/, (digest) => digest.toUpperCase()),
  ),
  target('a letter of what is pinned', (text) => text.replace('change', 'chance'), 15),
  target('a blank at the end of a line of it', (text) => text.replace('\n\n##', ' \n\n##')),
  target('no line feed at its end', (text) => text.replace(/\n$/, '')),
  target('a blank line at its end', (text) => `${text}\n`),
  target('line ends of Windows', (text) => text.replaceAll('\n', '\r\n')),
  target('a letter in another Unicode form', (text) => text.replace(/^# (.)/m, '# $1\u0301')),
];

/** SQL of one role changed; a fence's text comes in as lines. */
function sqlChanged(
  name: string,
  role: 'migration' | 'rollback',
  change: (text: string) => string,
  most?: number,
): Operator {
  const fence = new RegExp(`(\`\`\`sql ${role}\\n)([\\s\\S]*?)(\`\`\`\\n)`);
  return custom(
    SQL,
    name,
    (originals) =>
      targetChanged(originals, `${role}_sha256`, ({ text }) =>
        text.replace(fence, (_, open: string, sql: string, close: string) => open + change(sql) + close),
      ),
    most === undefined ? {} : { most },
  );
}

const key =
  (pattern: RegExp) =>
  ({ region, text }: Line) =>
    region === 'text' && pattern.test(text);

export const SQL_DIGESTS: readonly Operator[] = [
  changed(
    SQL,
    'a digit of a pin of SQL',
    inHeader(/^ +(?:migration|rollback)_sha256: /),
    (text) => otherDigit(text),
    { most: 8 },
  ),
  changed(
    SQL,
    'the digest of the document in place of its SQL',
    inHeader(/^ +(?:migration|rollback)_sha256: /),
    (text, { document, number }) => {
      const own = document.lines.slice(0, number - 1).findLast((one) => /^ +sha256: /.test(one.text))!;
      return text.replace(/[0-9a-f]{64}/, /[0-9a-f]{64}/.exec(own.text)![0]);
    },
  ),
  changed(
    SQL,
    'migration and rollback exchanged',
    inHeader(/^ {2}rollback_sha256: /),
    (text, { document, number }) =>
      text.replace(/[0-9a-f]{64}/, /[0-9a-f]{64}/.exec(document.lines[number - 2]!.text)![0]),
  ),
  changed(
    SQL,
    'a digit in a check that the provenance answers',
    ({ region, text, document, number }) =>
      region === 'fence' &&
      text.startsWith('-- expect: ') &&
      /evidence: provenance/.test(document.lines[number - 2]!.text),
    (text) => otherDigit(text),
  ),
  changed(SQL, 'a digit in a line of a report', key(/^- (?:migration|rollback)_sql_sha256: /), (text) =>
    otherDigit(text),
  ),
  sqlChanged('a letter of a comment', 'migration', (sql) => sql.replace(/^(?=[A-Z])/m, '-- Nothing.\n'), 8),
  sqlChanged('a blank at the end of a line', 'migration', (sql) => sql.replace(';\n', '; \n')),
  sqlChanged('a word in small letters', 'migration', (sql) => sql.replace('CREATE TABLE', 'create table')),
  sqlChanged('a type', 'migration', (sql) => sql.replace(' text ', ' varchar ')),
  sqlChanged('NOT NULL taken away', 'migration', (sql) => sql.replace(' NOT NULL,', ',')),
  sqlChanged('a blank line at the end', 'migration', (sql) => `${sql}\n`),
  sqlChanged('CASCADE in the rollback', 'rollback', (sql) => sql.replace(';', ' CASCADE;')),
  sqlChanged('a blank line in the rollback', 'rollback', (sql) => sql.replace('\n\n', '\n\n\n')),
];

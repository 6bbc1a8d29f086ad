import { changed, custom, edited, type Operator, planted } from '../operator.js';
import { type Line, lineWith } from '../originals.js';

/* Statements about values and numbers that the values and the SQL do not bear out. */

const EQUAL = 'pass-means-equal';
const passed = ({ region, text }: Line) =>
  region === 'table' && /\| PASS \| [^|]+ \|$/.test(text) && cells(text).length === 6;

function cells(row: string): string[] {
  return row.slice(2, -2).split(' | ');
}

const observed = (
  name: string,
  change: (value: string, row: string[], line: Line) => string | null,
  most?: number,
) =>
  changed(
    EQUAL,
    name,
    passed,
    (text, line) => {
      const row = cells(text);
      const value = change(row[3]!, row, line);
      return value === null || value === row[3] ? null : `| ${row.with(3, value).join(' | ')} |`;
    },
    most === undefined ? {} : { most },
  );

export const PASSES: readonly Operator[] = [
  observed(
    'another digit',
    (value) => (/\d$/.test(value) ? value.replace(/.$/, (digit) => String((Number(digit) + 1) % 10)) : null),
    8,
  ),
  observed('a digit too many', (value) => (/\d$/.test(value) ? `${value}0` : null)),
  observed(
    'the value of the row below',
    (_, __, { document, number }) => {
      const below = document.lines[number]!;
      return passed(below) ? cells(below.text)[3]! : null;
    },
    8,
  ),
  observed('a word in place of the value', () => 'same'),
  observed('another case', (value) => (/^[a-z]/.test(value) ? value.toUpperCase() : null)),
  observed('a value that is empty', () => ''),
  observed('the last of several lines left out', (value) =>
    value.includes(' ⏎ ') ? value.slice(0, value.lastIndexOf(' ⏎ ')) : null,
  ),
  observed('two lines that changed places', (value) => {
    const [first, second, ...more] = value.split(' ⏎ ');
    return second === undefined ? null : [second, first, ...more].join(' ⏎ ');
  }),
  observed('a remark that is no remark', (value) => `${value} (nearly)`),
  changed(EQUAL, 'expected and id exchanged', passed, (text) => {
    const [id, what, expected, ...more] = cells(text);
    return `| ${[expected, what, id, ...more].join(' | ')} |`;
  }),
];

const COLUMNS = 'column-count-claims';
const TABLES = /\b(manifest_envelope|manifest_unit_block)\b/;
const sentence = ({ region, text }: Line) =>
  (region === 'text' || region === 'table' || region === 'front matter') &&
  TABLES.test(text) &&
  /\d+ columns\b/.test(text) &&
  !/\d+ columns:/.test(text);
const counted = ({ region, text }: Line) =>
  region === 'table' && /\| (?:manifest_\w+ column count|\S+logical_unit columns) \|/.test(text);
const expectation = ({ document, number, text, role }: Line) =>
  role === 'verify' &&
  text.startsWith('-- expect: ') &&
  /(?:column count|logical_unit columns)$/.test(document.lines[number - 2]!.text);
const more = (number: string) => String(Number(number) + 1);
const less = (number: string) => String(Number(number) - 1);

/** A column more or less in the SQL; the finding is at what other documents say of it. */
function columns(name: string, change: (lines: string[], line: Line) => void): Operator {
  return custom(
    COLUMNS,
    name,
    function* (originals) {
      for (const table of ['manifest_envelope', 'manifest_unit_block']) {
        const ddl = originals.get('ddl');
        const create = lineWith(ddl, new RegExp(`^CREATE TABLE \\S+\\.${table} `));
        const files = edited(ddl, (lines) => change(lines, create));
        const claims = originals.lines.filter((line) => line.document !== ddl && says(line, table));
        for (const line of claims) yield planted(files, { file: line.document.path, line: line.number });
      }
    },
    { most: 8 },
  );
}

function says(line: Line, table: string): boolean {
  if (expectation(line)) return line.document.lines[line.number - 2]!.text.includes(table);
  return (sentence(line) || counted(line)) && line.text.includes(table);
}

export const COLUMN_COUNTS: readonly Operator[] = [
  changed(
    COLUMNS,
    'a column too many in words',
    sentence,
    (text) => text.replace(/\d+(?= columns\b)/, more),
    { most: 6 },
  ),
  changed(COLUMNS, 'a column too few in words', sentence, (text) => text.replace(/\d+(?= columns\b)/, less), {
    most: 6,
  }),
  changed(
    COLUMNS,
    'a column too many in a row of a report',
    counted,
    (text) => text.replaceAll(/(?<=\| )\d+(?= \|)/g, more),
    { most: 8 },
  ),
  changed(COLUMNS, 'a column too few in a check', expectation, (text) => text.replace(/\d+/, less)),
  columns('a column added to the SQL', (lines, { number }) => lines.splice(number, 0, '    added text,')),
  columns('a column taken from the SQL', (lines, { number }) => lines.splice(number + 1, 1)),
];

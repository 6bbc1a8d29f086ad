import type { Fix } from '../../base/diagnostic.js';
import type { Document, Row, Table } from '../../parse/document.js';
import { barsInCode, cellCount } from '../../parse/table-row.js';
import { proseAt } from '../prose-line.js';
import type { DocumentRule, Finding } from '../rule.js';
import { counted } from '../words.js';

export const malformedTable: DocumentRule = {
  id: 'malformed-table',
  scope: 'document',
  group: 'document',
  severity: 'error',
  what: 'A table row with more or fewer cells than its header, or a delimiter row that belongs to no table.',
  why: 'Surplus cells are not shown at all, and a value under the wrong heading says something else.',
  fix: 'Write `\\|` for a bar inside a cell, keep each row on one line, and put a blank line below a table.',
  check({ entry: { document }, report }) {
    for (const table of document.tables) {
      for (const row of table.rows) {
        if (row.cells.length !== table.header.cells.length)
          report({
            ...judge(row, table),
            related: [header(table, document.path)],
            ...escapeBars(document, row, table),
          });
      }
    }
    for (const position of document.strayDelimiters)
      report({
        message: 'table delimiter row belongs to no table: the header above is broken over lines',
        position,
        help: 'write the header, and each row, on one line; all of them have as many cells as this row',
      });
  },
};

function judge({ cells, position }: Row, table: Table): Finding {
  const most = table.header.cells.length;
  const surplus = cells[most];
  const found = {
    message: `row has ${counted(cells.length, 'cell')}, expected ${most}`,
    expected: counted(most, 'cell'),
    observed: counted(cells.length, 'cell'),
  };
  if (surplus) {
    const end = cells.at(-1)!.position.end;
    const help = 'write \\| where a cell holds a bar';
    return { ...found, position: { start: surplus.position.start, end }, help };
  }
  const stuck = cells[0]?.position.start.column === position.start.column;
  const help = stuck
    ? 'a line directly below a table is a row of it; put a blank line between them'
    : 'write every cell, also an empty one';
  return { ...found, position, help };
}

function header(table: Table, file: string) {
  const cells = counted(table.header.cells.length, 'cell');
  return { file, position: table.header.position, message: `the header has ${cells}` };
}

/**
 * A bar in a code span divides cells like any other, which its author did not know: where escaping all of them makes
 * the row as long as its header, that is what was meant. Nobody can tell which cell is missing from a short row.
 */
function escapeBars(
  document: Document,
  { cells, position }: Row,
  table: Table,
): { fix: Fix } | Record<never, never> {
  const { line } = position.start;
  const text = proseAt(document, line);
  // In a quote or list the line has more than the row, and is read otherwise.
  if (text === undefined || cellCount(text) !== cells.length) return {};
  const bars = barsInCode(text);
  if (bars.length === 0 || cells.length - bars.length !== table.header.cells.length) return {};
  const edits = bars.map((index) => {
    const at = { line, column: index + 1 };
    return { position: { start: at, end: at }, text: '\\' };
  });
  return { fix: { title: 'write \\| for a bar inside a code span', kind: 'safe', edits } };
}

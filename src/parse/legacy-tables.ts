import type { Row, Table } from './document.js';

const DELIMITER_CELL = /^:?-{2,}:?$/;

/**
 * Tables of a document that was written before the format. Its blank lines are gone, so Markdown reads everything
 * below the first table as more rows of it: a row without its leading `|` ends the table, and a delimiter row
 * makes the row above it the header of the next one.
 */
export function splitLegacyTables(tables: readonly Table[]): Table[] {
  return tables.flatMap(({ header, rows }) => {
    const found: { header: Row; rows: Row[] }[] = [{ header, rows: [] }];
    let open = found[0];
    for (const [index, row] of rows.entries()) {
      const next = rows[index + 1];
      if (!hasLeadingPipe(row)) open = undefined;
      else if (next && isDelimiter(next)) {
        open = { header: row, rows: [] };
        found.push(open);
      } else if (!isDelimiter(row)) open?.rows.push(row);
    }
    return found.map(toTable);
  });
}

function hasLeadingPipe({ cells, position }: Row): boolean {
  const first = cells[0]?.position.start;
  return first !== undefined && first.column > position.start.column;
}

function isDelimiter(row: Row): boolean {
  return hasLeadingPipe(row) && row.cells.every(({ text }) => DELIMITER_CELL.test(text));
}

function toTable({ header, rows }: { header: Row; rows: Row[] }): Table {
  const last = rows.at(-1) ?? header;
  return { header, rows, position: { start: header.position.start, end: last.position.end } };
}

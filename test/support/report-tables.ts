import type { Nodes, Table } from 'mdast';
import { toString as textOf } from 'mdast-util-to-string';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';

/** A table as a reader of the rendered report sees it. */
export interface SeenTable {
  /** Heading above it. */
  readonly section: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Reads a report as GitHub would: its tables, and the kinds of its nodes. */
export function readReport(markdown: string): { tables: SeenTable[]; kinds: Set<string> } {
  const tree = unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter).parse(markdown);
  const tables: SeenTable[] = [];
  const kinds = new Set<string>();
  let section = '';
  visit(tree, (node) => {
    kinds.add(node.type);
    if (node.type === 'heading') section = textOf(node);
    if (node.type !== 'table') return;
    const [header = [], ...rows] = (node as Table).children.map((row) =>
      row.children.map((cell) => textOf(cell)),
    );
    tables.push({ section, header, rows });
  });
  return { tables, kinds };
}

/** Rows of all tables whose header starts with these words. */
export function rowsUnder(tables: readonly SeenTable[], ...header: string[]): (readonly string[])[] {
  return tables
    .filter((table) => header.every((word, at) => table.header[at] === word))
    .flatMap(({ rows }) => rows);
}

function visit(node: Nodes, see: (node: Nodes) => void): void {
  see(node);
  if ('children' in node) for (const child of node.children) visit(child, see);
}

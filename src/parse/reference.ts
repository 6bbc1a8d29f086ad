import GithubSlugger from 'github-slugger';
import type { Code, Nodes, TableRow } from 'mdast';
import { toString as plainText } from 'mdast-util-to-string';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { type Processor, unified } from 'unified';
import type { Range } from '../base/position.js';
import { type Blocks, type CodeLines, leadsInside, fenceLines as linesOfFence } from './blocks.js';
import type { Fence, Heading, Link, Row, Table } from './document.js';
import { type FenceShape, readFence } from './fences.js';
import type { SourceText } from './source-text.js';

/** How many fence lines the parser itself saw of a code block: none if it is indented, two if it is closed. */
const fenceLines = new WeakMap<Nodes, number>();

function countFenceLines(this: Processor): void {
  const data = this.data();
  data.fromMarkdownExtensions ??= [];
  data.fromMarkdownExtensions.push({
    enter: {
      codeFencedFenceSequence() {
        const code = this.stack.findLast((node) => node.type === 'code') as Code;
        fenceLines.set(code, (fenceLines.get(code) ?? 0) + 1);
      },
    },
  });
}

/** Addresses in text are no references into the repository: the tree is not searched for them. */
function leaveAddresses(this: Processor): void {
  const data = this.data();
  const extensions = (data.fromMarkdownExtensions ?? []).flat();
  data.fromMarkdownExtensions = extensions.map((extension) => ({ ...extension, transforms: [] }));
}

const parser = unified()
  .use(remarkParse)
  .use(countFenceLines)
  .use(remarkFrontmatter, ['yaml'])
  .use(remarkGfm)
  .use(leaveAddresses)
  .freeze();

/** Names of the constructs that look for an address at each word. */
const ADDRESS_CONSTRUCTS = ['wwwAutolink', 'protocolAutolink', 'emailAutolink'];

/** What every address in text has. */
const ADDRESS_SIGN = /@|www\.|https?:/i;

/** They are a fifth of the reader's work, and find nothing in a document without such a sign. */
function withoutAddresses(this: Processor): void {
  const data = this.data();
  data.micromarkExtensions = (data.micromarkExtensions ?? []).map((extension) => ({
    ...extension,
    text: Object.fromEntries(
      Object.entries(extension.text ?? {}).flatMap(([code, constructs]) => {
        const kept = [constructs ?? []].flat().filter(({ name = '' }) => !ADDRESS_CONSTRUCTS.includes(name));
        return kept.length > 0 ? [[code, kept]] : [];
      }),
    ),
  }));
}

const addressless = parser().use(withoutAddresses).freeze();

/** The reference reader: CommonMark with GFM and front matter by remark. It keeps facts only, no node. */
export function readReferenceBlocks(source: SourceText): Blocks {
  const headings: Heading[] = [];
  const fences: Fence[] = [];
  const tables: Table[] = [];
  const links: Link[] = [];
  const html: Range[] = [];
  const code: CodeLines[] = [];
  const slugger = new GithubSlugger();
  const reader = ADDRESS_SIGN.test(source.text) ? parser : addressless;
  visit(reader.parse(source.text), 0, (node, depth) => {
    if (!node.position) return;
    const position = range(node);
    if (node.type === 'heading') {
      const text = plainText(node).replace(/\r\n?/g, '\n');
      headings.push({ depth: node.depth, text, slug: slugger.slug(text), position });
    } else if (node.type === 'code') {
      const shape = fenceShape(source, node, depth === 1);
      const fence = shape && readFence(source, shape);
      if (fence) fences.push(fence);
      const { start, end } = position;
      code.push(
        fence ? linesOfFence(fence) : { first: start.line, last: end.line, language: null, closed: false },
      );
    } else if (node.type === 'table') {
      const [header, ...rows] = node.children.map(readRow);
      if (header) tables.push({ header, rows, position });
    } else if (node.type === 'link' || node.type === 'definition' || node.type === 'image') {
      if (leadsInside(node.url)) links.push({ url: node.url, position });
    } else if (node.type === 'html') {
      html.push(position);
    }
  });
  return { headings, fences, tables, links, code, html };
}

/** Sees each node before those in it, with the number of nodes that it is in. */
function visit(node: Nodes, depth: number, see: (node: Nodes, depth: number) => void): void {
  see(node, depth);
  if ('children' in node) for (const child of node.children) visit(child, depth + 1, see);
}

function range(node: Nodes): Range {
  const { start, end } = node.position!;
  return { start: { line: start.line, column: start.column }, end: { line: end.line, column: end.column } };
}

function readRow(row: TableRow): Row {
  const cells = row.children.map((cell) => {
    const first = cell.children[0]?.position;
    const last = cell.children.at(-1)?.position;
    const outer = range(cell);
    const start = first ? { line: first.start.line, column: first.start.column } : outer.start;
    const end = last ? { line: last.end.line, column: last.end.column } : outer.end;
    return { text: plainText(cell), position: { start, end } };
  });
  return { cells, position: range(row) };
}

/** Where a fenced code block is; null for indented code. */
function fenceShape(source: SourceText, node: Code, rootChild: boolean): FenceShape | null {
  const { start, end } = node.position!;
  const seen = fenceLines.get(node);
  if (seen === undefined) return null;
  const closed = seen === 2;
  // What is not closed ends with its container: at the end of its last line, which may be empty, or where the next
  // one starts.
  const endsBeforeLine = closed || (end.column === 1 && end.line > start.line && !isBlank(source, end.line));
  const lastLine = endsBeforeLine ? end.line - 1 : end.line;
  const offset = source.lineStart(start.line) + start.column - 1;
  return { line: start.line, start: offset, lastLine, closed, rootChild };
}

function isBlank(source: SourceText, line: number): boolean {
  return line <= source.lineCount && source.line(line).trim() === '';
}

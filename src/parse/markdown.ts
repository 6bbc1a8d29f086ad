import GithubSlugger from 'github-slugger';
import type { Code, Nodes, Parents, Root, TableRow } from 'mdast';
import { toString as plainText } from 'mdast-util-to-string';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { type Processor, unified } from 'unified';
import { visitParents } from 'unist-util-visit-parents';
import { sha256 } from '../base/digest.js';
import type { Range } from '../base/position.js';
import { headingAnchor, htmlAnchors } from './anchors.js';
import type { Fence, FenceRole, Heading, Link, Row, Table } from './document.js';
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

const parser = unified()
  .use(remarkParse)
  .use(countFenceLines)
  .use(remarkFrontmatter, ['yaml'])
  .use(remarkGfm)
  .freeze();

/** What the syntax tree contributes to a document's facts. */
export interface Blocks {
  readonly headings: readonly Heading[];
  readonly anchors: readonly string[];
  readonly fences: readonly Fence[];
  readonly tables: readonly Table[];
  readonly links: readonly Link[];
  readonly html: readonly Range[];
  /** Lines (1-based) inside code blocks, with the block's language, null for other code. */
  readonly codeLines: ReadonlyMap<number, string | null>;
}

/** Parses CommonMark with GFM and front matter, and keeps facts only: no node leaves this function. */
export function readBlocks(source: SourceText): Blocks {
  const headings: Heading[] = [];
  const anchors: string[] = [];
  const fences: Fence[] = [];
  const tables: Table[] = [];
  const links: Link[] = [];
  const html: Range[] = [];
  const codeLines = new Map<number, string | null>();
  const slugger = new GithubSlugger();
  visitParents(parser.parse(source.text) as Root, (node: Nodes, ancestors: readonly Parents[]) => {
    // Nodes made by the autolink transform have no position; they are addresses, never references.
    if (!node.position) return;
    const position = range(node);
    if (node.type === 'heading') {
      const text = plainText(node);
      headings.push({ depth: node.depth, text, slug: slugger.slug(text), position });
      const own = headingAnchor(text);
      if (own !== null) anchors.push(own);
    } else if (node.type === 'code') {
      const fence = readFence(source, node, ancestors.length === 1);
      if (fence) fences.push(fence);
      const language = fence ? fence.language : null;
      for (let line = position.start.line; line <= position.end.line; line++) codeLines.set(line, language);
    } else if (node.type === 'table') {
      const [header, ...rows] = node.children.map(readRow);
      if (header) tables.push({ header, rows, position });
    } else if (node.type === 'link' || node.type === 'definition' || node.type === 'image') {
      links.push({ url: node.url, position });
    } else if (node.type === 'html') {
      html.push(position);
      for (const anchor of htmlAnchors(node.value)) anchors.push(anchor);
    }
  });
  return { headings, anchors, fences, tables, links, html, codeLines };
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

const ROLES: readonly FenceRole[] = ['migration', 'rollback', 'fixture', 'preflight', 'verify'];

/** Facts of a fenced code block; null for indented code. Bytes come from the source, never from the tree. */
function readFence(source: SourceText, node: Code, rootChild: boolean): Fence | null {
  const { start, end } = node.position!;
  const seen = fenceLines.get(node);
  if (seen === undefined) return null;
  const closed = seen === 2;
  // What is not closed ends with its container: in the midst of its last line, or where the next one starts.
  const endsBeforeLine = closed || (end.column === 1 && end.line > start.line);
  const lastLine = endsBeforeLine ? end.line - 1 : end.line;
  const first = source.lineStartByte(start.line + 1);
  const last = Math.max(first, source.lineStartByte(lastLine + 1));
  // The info string as it is written: what a character reference or an escape makes of it names no role.
  const info = source
    .line(start.line)
    .slice(start.column - 1)
    .replace(/^(?:`+|~+)[ \t]*|[ \t]+$/g, '');
  return {
    info,
    language: /^[^ \t]*/.exec(info)![0],
    role: ROLES.find((role) => new RegExp(`^sql[ \\t]+${role}$`).test(info)) ?? null,
    position: { start: { line: start.line, column: start.column }, end: lineEnd(source, start.line) },
    start: first,
    end: last,
    firstLine: start.line + 1,
    lastLine,
    atRoot: rootChild && start.column === 1,
    closed,
    digest: sha256(source.bytes.subarray(first, last)),
  };
}

function lineEnd(source: SourceText, line: number) {
  return { line, column: source.line(line).length + 1 };
}

import type { Blocks } from './blocks.js';
import type { Document, Header, HeaderScalar, Mention, Problem } from './document.js';
import type { FrontMatter } from './front-matter.js';
import type { FrontMatterLines } from './front-matter-lines.js';
import { readLegacyHeader } from './legacy-header.js';
import { splitLegacyTables } from './legacy-tables.js';
import { readLines } from './line-facts.js';
import { LineSigns } from './line-signs.js';
import { ANY_MENTION, findMentions } from './mentions.js';
import type { SourceText } from './source-text.js';
import { readSuppressions } from './suppressions.js';

/** What a document is made from: its bytes, and what the readers of front matter and Markdown say about them. */
export interface Readings {
  readonly path: string;
  readonly digest: string;
  readonly source: SourceText;
  readonly lines: FrontMatterLines | null;
  readonly frontMatter: FrontMatter;
  readonly blocks: Blocks;
}

/** Puts the facts of a document together; whichever reader found its blocks, the rest is read here. */
export function documentFacts({
  path,
  digest,
  source,
  lines,
  frontMatter,
  blocks: read,
}: Readings): Document {
  const { problems } = frontMatter;
  const header = frontMatter.header ?? legacyHeader(source, read, problems);
  // Only a document with a header of the old form lacks the blank lines that end a table.
  const legacy = header?.origin === 'legacy';
  const blocks = legacy ? { ...read, tables: splitLegacyTables(read.tables) } : read;
  const signs = new LineSigns(source.text);
  const mentions: Mention[] = [];
  for (const value of frontMatter.header?.values ?? []) readHeaderMentions(source, signs, value, mentions);
  const facts = readLines(source, blocks, signs, (lines?.last ?? 0) + 1);
  return {
    path,
    digest,
    size: source.bytes.length,
    problems,
    header,
    headings:
      facts.legacyHeadings.length === 0 ? blocks.headings : [...blocks.headings, ...facts.legacyHeadings],
    fences: blocks.fences,
    tables: blocks.tables,
    strayDelimiters: facts.strayDelimiters,
    keyValues: facts.keyValues,
    yamlValues: facts.yamlValues,
    links: facts.links.length === 0 ? blocks.links : [...blocks.links, ...facts.links],
    mentions: mentions.length === 0 ? facts.mentions : [...mentions, ...facts.mentions],
    suppressions: readSuppressions(source, (lines?.last ?? 0) + 1, blocks.code),
    anchors: facts.anchors,
    html: blocks.html,
    prose: facts.prose,
  };
}

/** A document of which nothing but its bytes is known. */
export function emptyDocument(path: string, digest: string, size: number, problem: Problem): Document {
  const none = {
    headings: [],
    fences: [],
    tables: [],
    strayDelimiters: [],
    keyValues: [],
    yamlValues: [],
    links: [],
    mentions: [],
    suppressions: [],
    anchors: [],
    html: [],
    prose: [],
  };
  return { path, digest, size, problems: [problem], header: null, ...none };
}

function legacyHeader(source: SourceText, { code }: Blocks, problems: readonly Problem[]): Header | null {
  if (problems.length > 0) return null;
  return readLegacyHeader(source, (line) => code.some(({ first, last }) => first <= line && line <= last));
}

function readHeaderMentions(
  source: SourceText,
  signs: LineSigns,
  { path: key, position: { start, end } }: HeaderScalar,
  found: Mention[],
): void {
  const from = source.lineStart(start.line) + start.column - 1;
  const to = source.lineStart(end.line) + end.column - 1;
  const held = signs.of(from, to);
  if ((held & ANY_MENTION) === 0) return;
  findMentions(source, source.text.slice(from, to), from, { in: 'header', key }, held, found);
}

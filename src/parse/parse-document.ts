import { sha256 } from '../base/digest.js';
import type { Range } from '../base/position.js';
import type { Document, Fence, Heading, KeyValue, Mention, Problem, ProseLine } from './document.js';
import { frontMatterLines, readFrontMatter } from './front-matter.js';
import { readKeyValue, readLegacyHeader } from './legacy-header.js';
import { splitLegacyTables } from './legacy-tables.js';
import { type Blocks, readBlocks } from './markdown.js';
import { findMentions } from './mentions.js';
import { refuseBytes, refuseDepth } from './refusals.js';
import { SourceText } from './source-text.js';

/**
 * Facts of one file: a pure function of its path and bytes. Bytes that are refused give a document without facts
 * and with the reason as its problem.
 */
export function parseDocument(path: string, bytes: Uint8Array): Document {
  const refused = refuseBytes(bytes);
  if (refused) return emptyDocument(path, bytes, refused);
  const source = new SourceText(bytes);
  const tooDeep = refuseDepth(source.text);
  if (tooDeep) return emptyDocument(path, bytes, tooDeep);
  const markdown = readBlocks(source);
  const legacy = frontMatterLines(source) === null;
  const blocks = legacy ? { ...markdown, tables: splitLegacyTables(markdown.tables) } : markdown;
  const { header, problems } = readFrontMatter(source);
  const lines = readLines(source, blocks);
  return {
    path,
    digest: sha256(bytes),
    size: bytes.length,
    problems,
    header:
      header ??
      (problems.length === 0 ? readLegacyHeader(source, (line) => blocks.codeLines.has(line)) : null),
    headings: [...blocks.headings, ...lines.legacyHeadings],
    anchors: blocks.anchors,
    fences: blocks.fences,
    tables: blocks.tables,
    strayDelimiters: lines.strayDelimiters,
    keyValues: lines.keyValues,
    links: blocks.links,
    mentions: [...headerMentions(source, header?.values ?? []), ...lines.mentions],
    html: blocks.html,
    prose: lines.prose,
  };
}

/** A document of which nothing but its bytes is known. */
export function emptyDocument(path: string, bytes: Uint8Array, problem: Problem): Document {
  const none = {
    headings: [],
    anchors: [],
    fences: [],
    tables: [],
    strayDelimiters: [],
    keyValues: [],
    links: [],
    mentions: [],
    html: [],
    prose: [],
  };
  return { path, digest: sha256(bytes), size: bytes.length, problems: [problem], header: null, ...none };
}

function headerMentions(
  source: SourceText,
  values: readonly { path: string; value: string; position: Range }[],
) {
  return values.flatMap(({ path, position }) => {
    const from = source.lineStart(position.start.line) + position.start.column - 1;
    const to = source.lineStart(position.end.line) + position.end.column - 1;
    return findMentions(source, source.text.slice(from, to), from, { in: 'header', key: path });
  });
}

interface Lines {
  readonly keyValues: readonly KeyValue[];
  readonly mentions: readonly Mention[];
  readonly prose: readonly ProseLine[];
  readonly strayDelimiters: readonly Range[];
  readonly legacyHeadings: readonly Heading[];
}

const DELIMITER_ROW = /^\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)+\|?$/;
const LEGACY_HEADING = /^§\d+(?:\.\d+)*\s+[—–-]\s+\S/;

/** Walks the lines outside front matter and code; fenced YAML is read for mentions, other code is not. */
function readLines(source: SourceText, blocks: Blocks): Lines {
  const keyValues: KeyValue[] = [];
  const mentions: Mention[] = [];
  const prose: ProseLine[] = [];
  const strayDelimiters: Range[] = [];
  const legacyHeadings: Heading[] = [];
  const inTable = linesOf(blocks.tables);
  const inHeading = linesOf(blocks.headings);
  const fenceMarkers = linesOfFenceMarkers(blocks.fences);
  for (let line = (frontMatterLines(source)?.last ?? 0) + 1; line <= source.lineCount; line++) {
    const text = source.line(line);
    const start = source.lineStart(line);
    const language = blocks.codeLines.get(line);
    if (language !== undefined) {
      if ((language === 'yaml' || language === 'yml') && !fenceMarkers.has(line))
        mentions.push(
          ...findMentions(source, text, start, { in: 'yaml', key: readKeyValue(source, line)?.key ?? null }),
        );
      continue;
    }
    const keyValue = inTable.has(line) || inHeading.has(line) ? null : readKeyValue(source, line);
    if (keyValue) keyValues.push(keyValue);
    const place = { in: keyValue ? ('key-value' as const) : ('prose' as const), key: keyValue?.key ?? null };
    mentions.push(...findMentions(source, text, start, place));
    if (text.trim() !== '') prose.push({ line, text });
    const whole = source.range(start, start + text.length);
    if (!inTable.has(line) && DELIMITER_ROW.test(text.trim())) strayDelimiters.push(whole);
    if (!inHeading.has(line) && LEGACY_HEADING.test(text))
      legacyHeadings.push({ depth: 2, text, slug: '', position: whole });
  }
  return { keyValues, mentions, prose, strayDelimiters, legacyHeadings };
}

function linesOf(blocks: readonly { readonly position: Range }[]): Set<number> {
  const lines = new Set<number>();
  for (const { position } of blocks) {
    for (let line = position.start.line; line <= position.end.line; line++) lines.add(line);
  }
  return lines;
}

function linesOfFenceMarkers(fences: readonly Fence[]): Set<number> {
  return new Set(fences.flatMap((fence) => [fence.firstLine - 1, fence.lastLine + 1]));
}

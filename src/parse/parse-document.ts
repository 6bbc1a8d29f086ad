import { sha256 } from '../base/digest.js';
import type { Blocks } from './blocks.js';
import type { Document, Problem } from './document.js';
import { documentFacts, emptyDocument, type Readings } from './document-facts.js';
import { readBlocks } from './fast/read-blocks.js';
import { type FrontMatter, readFrontMatter } from './front-matter.js';
import { type FrontMatterLines, frontMatterLines } from './front-matter-lines.js';
import { holdsExecutableSql, NO_BLOCKS, NO_FRONT_MATTER } from './parse-fast.js';
import { readPlainFrontMatter } from './plain-front-matter.js';
import { readersDisagree } from './readers-disagree.js';
import { readReferenceBlocks } from './reference.js';
import { refuseBytes, refuseDepth } from './refusals.js';
import { SourceText } from './source-text.js';

/**
 * Facts of one file: a pure function of its path and bytes. Bytes that are refused give a document without facts
 * and with the reason as its problem. A document with executable SQL is read by both readers of Markdown and of
 * front matter, and refused where they disagree. It loads all of them; `readDocument` loads what a file needs.
 */
export function parseDocument(path: string, bytes: Uint8Array): Document {
  return parse(path, bytes, (source, lines) => {
    const blocks = blocksOf(source, lines, readBlocks);
    if (!holdsExecutableSql(blocks)) return { blocks, frontMatter: frontMatterOf(source, lines) };
    const reference = referenceReadings(source, lines);
    const plain = lines && readPlainFrontMatter(source, lines);
    const other = { blocks, frontMatter: plain ? { header: plain, problems: [] } : reference.frontMatter };
    return (
      readersDisagree(other, reference) ?? { ...other, blocks: { ...blocks, html: reference.blocks.html } }
    );
  });
}

/** Facts of one file by the fast readers alone, as far as they decide. */
export function parseByFastReaders(path: string, bytes: Uint8Array): Document {
  return parse(path, bytes, (source, lines) => ({
    blocks: blocksOf(source, lines, readBlocks),
    frontMatter: frontMatterOf(source, lines),
  }));
}

/** Facts of one file by the reference readers alone: what the fast ones are held to. */
export function parseByReference(path: string, bytes: Uint8Array): Document {
  return parse(path, bytes, (source, lines) => {
    const read = referenceReadings(source, lines);
    const html = holdsExecutableSql(read.blocks) ? read.blocks.html : [];
    return { ...read, blocks: { ...read.blocks, html } };
  });
}

/** What the readers of front matter and Markdown say about a document. */
export type Reading = Pick<Readings, 'frontMatter' | 'blocks'>;

function parse(
  path: string,
  bytes: Uint8Array,
  read: (source: SourceText, lines: FrontMatterLines | null) => Reading | Problem,
): Document {
  const digest = sha256(bytes);
  const refused = refuseBytes(bytes);
  if (refused) return emptyDocument(path, digest, bytes.length, refused);
  const source = new SourceText(bytes);
  const tooDeep = refuseDepth(source);
  if (tooDeep) return emptyDocument(path, digest, bytes.length, tooDeep);
  const lines = frontMatterLines(source);
  const reading = read(source, lines);
  if ('code' in reading) return emptyDocument(path, digest, bytes.length, reading);
  return documentFacts({ path, digest, source, lines, ...reading });
}

function frontMatterOf(source: SourceText, lines: FrontMatterLines | null): FrontMatter {
  if (!lines) return NO_FRONT_MATTER;
  const header = readPlainFrontMatter(source, lines);
  return header ? { header, problems: [] } : readFrontMatter(source, lines);
}

function referenceReadings(source: SourceText, lines: FrontMatterLines | null): Reading {
  const frontMatter = lines ? readFrontMatter(source, lines) : NO_FRONT_MATTER;
  return { frontMatter, blocks: blocksOf(source, lines, readReferenceBlocks) };
}

/** Front matter that is not closed takes the whole file: nothing in it is Markdown. */
function blocksOf(
  source: SourceText,
  lines: FrontMatterLines | null,
  read: (source: SourceText, first: number) => Blocks,
): Blocks {
  return lines && !lines.closed ? NO_BLOCKS : read(source, (lines?.last ?? 0) + 1);
}

import { sha256 } from '../base/digest.js';
import type { Blocks } from './blocks.js';
import type { Document } from './document.js';
import { documentFacts, emptyDocument } from './document-facts.js';
import { readBlocks } from './fast/read-blocks.js';
import type { FrontMatter } from './front-matter.js';
import { type FrontMatterLines, frontMatterLines } from './front-matter-lines.js';
import { readPlainFrontMatter } from './plain-front-matter.js';
import { refuseBytes, refuseDepth } from './refusals.js';
import { SourceText } from './source-text.js';

export const NO_BLOCKS: Blocks = { headings: [], fences: [], tables: [], links: [], code: [], html: [] };
export const NO_FRONT_MATTER: FrontMatter = { header: null, problems: [] };

/**
 * Facts of one file by the fast readers: a pure function of its path and bytes. Null where they may not decide
 * alone: the document holds executable SQL, or front matter that is more than plain.
 * @param readWhole reads front matter that is more than plain
 */
export function parseFast(
  path: string,
  bytes: Uint8Array,
  readWhole: ((source: SourceText, lines: FrontMatterLines) => FrontMatter) | null,
): Document | null {
  const digest = sha256(bytes);
  const refused = refuseBytes(bytes);
  if (refused) return emptyDocument(path, digest, bytes.length, refused);
  const source = new SourceText(bytes);
  const tooDeep = refuseDepth(source);
  if (tooDeep) return emptyDocument(path, digest, bytes.length, tooDeep);
  const lines = frontMatterLines(source);
  const frontMatter = lines ? readFrontMatter(source, lines, readWhole) : NO_FRONT_MATTER;
  if (!frontMatter) return null;
  const blocks = lines?.closed === false ? NO_BLOCKS : readBlocks(source, (lines?.last ?? 0) + 1);
  if (holdsExecutableSql(blocks)) return null;
  return documentFacts({ path, digest, source, lines, frontMatter, blocks });
}

function readFrontMatter(
  source: SourceText,
  lines: FrontMatterLines,
  readWhole: Parameters<typeof parseFast>[2],
): FrontMatter | null {
  const header = readPlainFrontMatter(source, lines);
  return header ? { header, problems: [] } : (readWhole?.(source, lines) ?? null);
}

/** Whether a reader saw a fence that names a role. */
export function holdsExecutableSql({ fences }: Blocks): boolean {
  return fences.some(({ role }) => role !== null);
}

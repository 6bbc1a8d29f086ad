import { sha256 } from '../base/digest.js';
import type { Blocks } from './blocks.js';
import type { Document } from './document.js';
import { documentFacts, emptyDocument } from './document-facts.js';
import { readBlocks } from './fast/read-blocks.js';
import type { FrontMatter } from './front-matter.js';
import { frontMatterLines } from './front-matter-lines.js';
import { readPlainFrontMatter } from './plain-front-matter.js';
import { refuseBytes, refuseDepth } from './refusals.js';
import { SourceText } from './source-text.js';

export const NO_BLOCKS: Blocks = { headings: [], fences: [], tables: [], links: [], code: [], html: [] };
export const NO_FRONT_MATTER: FrontMatter = { header: null, problems: [] };

/**
 * Facts of one file by the fast readers alone: a pure function of its path and bytes. Null where they may not
 * decide alone: the document holds executable SQL, or front matter that is more than plain.
 */
export function parseFast(path: string, bytes: Uint8Array): Document | null {
  const digest = sha256(bytes);
  const refused = refuseBytes(bytes);
  if (refused) return emptyDocument(path, digest, bytes.length, refused);
  const source = new SourceText(bytes);
  const tooDeep = refuseDepth(source);
  if (tooDeep) return emptyDocument(path, digest, bytes.length, tooDeep);
  const lines = frontMatterLines(source);
  const header = lines && readPlainFrontMatter(source, lines);
  if (lines && !header) return null;
  const blocks = readBlocks(source, (lines?.last ?? 0) + 1);
  if (holdsExecutableSql(blocks)) return null;
  return documentFacts({ path, digest, source, lines, frontMatter: { header, problems: [] }, blocks });
}

/** Whether a reader saw a fence that names a role. */
export function holdsExecutableSql({ fences }: Blocks): boolean {
  return fences.some(({ role }) => role !== null);
}

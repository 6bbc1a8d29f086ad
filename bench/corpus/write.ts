import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CorpusOptions, corpus } from './corpus.js';
import type { Defect } from './page.js';

/**
 * Writes a corpus with its configuration below a folder, in place of an earlier one there. Document by document:
 * memory does not grow with the corpus.
 */
export function writeCorpus(
  root: string,
  options: CorpusOptions,
): { documents: number; bytes: number; defects: number } {
  rmSync(join(root, 'knowledge'), { recursive: true, force: true });
  const folders = new Set<string>();
  const defects: Defect[] = [];
  let documents = 0;
  let bytes = 0;
  for (const { path, text, defect } of corpus(options)) {
    const file = join(root, path);
    const folder = dirname(file);
    if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
    folders.add(folder);
    const encoded = Buffer.from(text);
    writeFileSync(file, encoded);
    documents += 1;
    bytes += encoded.length;
    if (defect) defects.push(defect);
  }
  writeFileSync(join(root, 'probatum.config.yaml'), 'corpus:\n  - knowledge/**/*.md\n');
  writeFileSync(join(root, 'planted-defects.json'), `${JSON.stringify(defects, null, 1)}\n`);
  return { documents, bytes, defects: defects.length };
}

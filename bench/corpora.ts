import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { writeCorpus } from './corpus/write.js';

/** A folder of Markdown documents that is measured. */
export interface Corpus {
  readonly root: string;
  readonly documents: number;
  /** Of 10^6 bytes. */
  readonly megabytes: number;
}

/** A generated corpus without planted defects. */
export function generated(root: string, documents: number): Corpus {
  const { bytes } = writeCorpus(root, { documents, seed: 1, defects: 0 });
  return { root, documents, megabytes: bytes / 1e6 };
}

/** A corpus of one document of 11 KB: the law, which refers to no other. */
export function oneDocument(root: string): Corpus {
  const { bytes } = writeCorpus(root, { documents: 1, seed: 1, defects: 0 });
  return { root, documents: 1, megabytes: bytes / 1e6 };
}

/** A copy of a real repository's work tree, with a configuration that takes all its documents as notes. */
export function realRepository(source: string, root: string): Corpus {
  cpSync(source, root, { recursive: true, verbatimSymlinks: true });
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.md'));
  const bytes = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name)).length);
  const config = ['corpus: ["**/*.md"]', 'kinds:', '  - files: ["**/*.md"]', '    kind: note', ''];
  writeFileSync(join(root, 'probatum.config.yaml'), config.join('\n'));
  return { root, documents: files.length, megabytes: bytes.reduce((sum, one) => sum + one, 0) / 1e6 };
}

/** Removes what earlier runs left beside the documents. */
export function forgetCache({ root }: Corpus): void {
  rmSync(join(root, '.probatum'), { recursive: true, force: true });
  rmSync(join(root, 'node_modules', '.cache'), { recursive: true, force: true });
}

/** Five documents with one more line than when they were made, another one each time. */
export function changeFive({ root, documents }: Corpus): () => void {
  const files = readdirSync(join(root, 'knowledge'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /-report-\d+-/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
  const step = Math.floor(files.length / 5);
  const chosen = Array.from({ length: 5 }, (_, index) => files[index * step + Math.floor(step / 2)]!);
  const sizes = chosen.map((file) => readFileSync(file).length);
  let round = 0;
  return () => {
    round += 1;
    for (const [index, file] of chosen.entries()) {
      truncateSync(file, sizes[index]);
      appendFileSync(file, `\nRead again, time ${round} of ${documents}.\n`);
    }
  };
}

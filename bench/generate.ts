/**
 * Writes a corpus of governed documents, the same one for the same arguments:
 * `tsx bench/generate.ts FOLDER [--documents 10000] [--seed 1] [--defects 0.01]`.
 * Planted defects are listed in FOLDER/planted-defects.json.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeCorpus } from './corpus/write.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    documents: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    defects: { type: 'string', default: '0' },
  },
});
const [folder] = positionals;
const options = {
  documents: Number(values.documents),
  seed: Number(values.seed),
  defects: Number(values.defects),
};
if (!folder || positionals.length > 1 || !(options.documents >= 1) || !(options.defects <= 1)) {
  console.error('usage: tsx bench/generate.ts FOLDER [--documents N] [--seed N] [--defects RATE]');
  process.exitCode = 2;
} else {
  const { documents, bytes, defects } = writeCorpus(resolve(folder), options);
  const megabytes = (bytes / 1e6).toFixed(1);
  console.log(`${documents} documents, ${megabytes} MB, ${defects} planted defects in ${folder}`);
}

/**
 * The speed of `probatum lint` beside its limits and its peers, on the same files in the same run:
 * `npm run bench -- [--long] [--large] [--real FOLDER] [--documents N] [--runs N] [--only ROW,…] [--write]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { generated } from './corpora.js';
import { installPeers } from './peers.js';
import { renderRows, writePage } from './render.js';
import { coldRow, largeRow, type Row, realRow, singleRow, warmRows } from './rows.js';

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    large: { type: 'boolean', default: false },
    real: { type: 'string' },
    documents: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '3' },
    only: { type: 'string', default: 'cold,real,warm,single' },
    write: { type: 'boolean', default: false },
  },
});
const work = mkdtempSync(join(tmpdir(), 'probatum-bench-'));
const options = {
  documents: Number(values.documents),
  runs: Number(values.runs),
  long: values.long,
  real: values.real === undefined ? null : resolve(values.real),
  work,
};
const wanted = new Set([...values.only.split(','), ...(values.large ? ['cold', 'large'] : [])]);

try {
  installPeers();
  const corpus = generated(join(work, 'corpus'), options.documents);
  const rows: Row[] = [];
  const add = async (name: string, measureRows: () => Promise<Row[]>) => {
    if (!wanted.has(name)) return;
    console.error(`measuring: ${name}`);
    rows.push(...(await measureRows()));
  };
  await add('cold', () => coldRow(corpus, options));
  await add('real', () => realRow(options));
  await add('warm', () => warmRows(corpus, options));
  await add('single', () => singleRow(options));
  await add('large', () => largeRow(rows[0]!.measured[0]!, options));
  const text = renderRows(rows, `npm run bench -- ${process.argv.slice(2).map(nameOnly).join(' ')}`.trim());
  console.log(text);
  if (options.real === null) console.error('no real repository: give one with --real FOLDER');
  if (!options.long) console.error('the slow peers read a part of the documents: give --long for all');
  if (!values.large) console.error('no corpus of ten times the documents: give --large');
  if (values.write) {
    const page = join(dirname(fileURLToPath(import.meta.url)), '..', 'docs', 'performance.md');
    writePage(page, text);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** The path of a folder says more about a machine than about the measurement. */
function nameOnly(argument: string): string {
  return argument.startsWith('/') ? argument.split('/').filter(Boolean).at(-1)! : argument;
}

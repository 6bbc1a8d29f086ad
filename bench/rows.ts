import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Corpus, changeFive, forgetCache, generated, oneDocument, realRepository } from './corpora.js';
import { type Contender, type Measured, measure, median } from './measure.js';
import { markdownlint, prettier, remark, rumdl } from './peers.js';

/** One row of the speed table: what was measured, and what was to be reached. */
export interface Row {
  readonly work: string;
  readonly measured: readonly Measured[];
  readonly targets: readonly Target[];
}

/** A target with the figure that was found: reached where it is at most, or at least, the limit. */
export interface Target {
  readonly text: string;
  readonly found: number;
  readonly limit: number;
  readonly atMost: boolean;
  readonly unit: string;
}

/** How the benchmark is run. */
export interface BenchOptions {
  readonly documents: number;
  readonly runs: number;
  /** Whether the slow peers read everything, and not a part. */
  readonly long: boolean;
  readonly real: string | null;
  /** Folder for the corpora. */
  readonly work: string;
}

const bench = dirname(fileURLToPath(import.meta.url));
const cli = join(dirname(bench), 'dist', 'cli.js');
/** What the slow peers read where they are not given everything. */
const SLICE = 1000;

/** `lint` of a corpus by the built program. */
function ours({ root }: Corpus, args: readonly string[] = [], before?: () => void): Contender {
  const line = [cli, '--root', root, 'lint', ...args];
  return { name: 'probatum', command: process.execPath, args: line, cwd: root, ...(before && { before }) };
}

/** `lint` that finds no cache, and leaves one. */
function oursCold(corpus: Corpus): Contender {
  return ours(corpus, [], () => forgetCache(corpus));
}

function limit({ root }: Corpus): Contender {
  const args = [join(bench, 'limit.mjs'), root];
  return { name: 'read + SHA-256', command: process.execPath, args, cwd: root, timesItself: true };
}

function bareNode({ root }: Corpus): Contender {
  return { name: 'bare node', command: process.execPath, args: ['-e', '0'], cwd: root };
}

function by(measured: readonly Measured[], name: string): number {
  return median(measured.find((one) => one.name === name)!);
}

/** 10,000 generated documents, nothing cached; time and memory. */
export async function coldRow(corpus: Corpus, options: BenchOptions): Promise<Row[]> {
  const slice = options.long
    ? corpus
    : generated(join(options.work, 'slice'), Math.min(SLICE, options.documents));
  const factor = corpus.documents / slice.documents;
  const native = rumdl(corpus.root);
  const measured = await measure(
    [oursCold(corpus), limit(corpus), bareNode(corpus), ...(native ? [native] : [])],
    options.runs,
  );
  const slow = [markdownlint(slice.root), prettier(slice.root), remark(slice.root)];
  const part = (
    await measure(
      slow.map((one) => ({ ...one, atMost: 1 })),
      1,
    )
  ).map((one) => ({
    ...one,
    name: factor === 1 ? one.name : `${one.name}, ${slice.documents} documents`,
  }));
  const own = by(measured, 'probatum');
  const markdownlintWall = median(part[0]!) * factor;
  const scaled = factor === 1 ? '' : ` (${factor.toFixed(0)} x ${slice.documents} documents)`;
  const targets: Target[] = [
    {
      text: 'read + SHA-256, times',
      found: own / by(measured, 'read + SHA-256'),
      limit: 15,
      atMost: true,
      unit: 'x',
    },
    {
      text: `faster than markdownlint-cli2${scaled}`,
      found: markdownlintWall / own,
      limit: 60,
      atMost: false,
      unit: 'x',
    },
  ];
  if (native)
    targets.push({
      text: 'faster than rumdl',
      found: by(measured, native.name) / own,
      limit: 2,
      atMost: false,
      unit: 'x',
    });
  const peak = measured[0]!.peakMegabytes;
  const memory =
    peak === null ? [] : [{ text: 'peak memory', found: peak, limit: 200, atMost: true, unit: ' MB' }];
  const size = `${corpus.documents} documents, ${corpus.megabytes.toFixed(0)} MB`;
  return [{ work: `cold, ${size}`, measured: [...measured, ...part], targets: [...targets, ...memory] }];
}

/** A real repository, nothing cached. */
export async function realRow(options: BenchOptions): Promise<Row[]> {
  if (options.real === null) return [];
  const corpus = realRepository(options.real, join(options.work, 'real'));
  const native = rumdl(corpus.root);
  const measured = await measure(
    [
      oursCold(corpus),
      limit(corpus),
      bareNode(corpus),
      ...(native ? [native] : []),
      { ...markdownlint(corpus.root), atMost: 1 },
    ],
    options.runs,
  );
  const own = by(measured, 'probatum');
  const found = by(measured, 'markdownlint-cli2') / own;
  const targets: Target[] = [
    { text: 'faster than markdownlint-cli2', found, limit: 10, atMost: false, unit: 'x' },
  ];
  if (native)
    targets.push({
      text: 'rumdl, times',
      found: own / by(measured, native.name),
      limit: 1.2,
      atMost: true,
      unit: 'x',
    });
  const name = options.real.split('/').filter(Boolean).at(-1)!.replace('+', '/');
  const work = `cold, real: ${name}, ${corpus.documents} documents, ${corpus.megabytes.toFixed(0)} MB`;
  return [{ work, measured, targets }];
}

/** The same corpus again: nothing changed, and five documents changed. */
export async function warmRows(corpus: Corpus, { runs }: BenchOptions): Promise<Row[]> {
  const rounds = Math.max(runs, 5);
  const row = async (work: string, most: number, before?: () => void): Promise<Row> => {
    // Fills the cache, or brings it up to date.
    await measure([ours(corpus)], 1);
    const measured = await measure([ours(corpus, [], before), bareNode(corpus)], rounds);
    return { work, measured, targets: [overNode(measured, most)] };
  };
  return [
    await row(`warm, nothing changed, ${corpus.documents} documents`, 120),
    await row(`warm, 5 changed of ${corpus.documents}`, 150, changeFive(corpus)),
  ];
}

/** One document, no cache. */
export async function singleRow({ work, runs }: BenchOptions): Promise<Row[]> {
  const corpus = oneDocument(join(work, 'single'));
  const native = rumdl(corpus.root);
  const peers = [markdownlint(corpus.root), ...(native ? [native] : [])];
  const own = ours(corpus, ['--no-cache']);
  const measured = await measure([own, bareNode(corpus), ...peers], Math.max(runs, 10));
  return [{ work: 'one document, no cache', measured, targets: [overNode(measured, 100)] }];
}

/** Ten times the documents against the time of the corpus above. */
export async function largeRow(smaller: Measured, options: BenchOptions): Promise<Row[]> {
  const corpus = generated(join(options.work, 'large'), options.documents * 10);
  const contenders = [oursCold(corpus), limit(corpus)];
  const measured = await measure(contenders, 1);
  const found = by(measured, 'probatum') / median(smaller);
  const text = `the time of ${options.documents} documents, times`;
  const work = `cold, ${corpus.documents} documents, ${corpus.megabytes.toFixed(0)} MB`;
  return [{ work, measured, targets: [{ text, found, limit: 11, atMost: true, unit: 'x' }] }];
}

function overNode(measured: readonly Measured[], most: number): Target {
  const found = by(measured, 'probatum') - by(measured, 'bare node');
  return { text: 'over bare node', found, limit: most, atMost: true, unit: ' ms' };
}

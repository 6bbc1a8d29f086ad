import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareReaders, shrink } from './compare.js';
import { generate, mutate } from './fragments.js';
import { Random } from './random.js';
import { readSource, type Source } from './sources.js';

/*
 * Whether the fast readers and the reference readers give the same facts, for many documents:
 *   npm run equality -- [COUNT] [--seed N] [--report FILE] [FOLDER…]
 * every document of the folders, then COUNT documents, half from fragments and half by mutation of those of the
 * folders. It stops at the first disagreement and prints the smallest form of it that it finds. The report is
 * written while it runs, with what was compared so far.
 */

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

interface Count {
  readonly source: string;
  documents: number;
  bytes: number;
}

function main(): void {
  const { count, seed, report, folders } = readArguments(process.argv.slice(2));
  const sources = folders.map(readSource);
  const counts: Count[] = [];
  // Of the code that was loaded, which may not be the newest one when the run ends.
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: repository, encoding: 'utf8' });
  const date = new Date().toISOString().slice(0, 10);
  const run = `Run on ${date} at commit \`${commit.trim()}\`, Node ${process.version}, seed ${seed}.`;
  const write = () => {
    if (report !== null) writeFileSync(report, `${HEAD}\n${run}\n\n${table(counts)}\n`);
  };
  for (const source of sources) compareSource(source, counts);
  compareRandom(sources, count, seed, counts, write);
  write();
  console.log(table(counts));
}

/** It is written only where every document was the same: at a disagreement the run stops. */
function table(counts: readonly Count[]): string {
  const rows = counts.map(
    ({ source, documents, bytes }) => `| ${source} | ${documents} | ${(bytes / 1e6).toFixed(1)} | 0 |`,
  );
  return ['| Source | Documents | MB | Disagreements |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

const HEAD = `# The two readers of Markdown, compared

\`npm run equality\` compares every fact of a document as the fast readers and as the reference readers give it. It
reads all documents of the folders it is given, then generates documents from fragments of Markdown and by mutation
of those documents, and stops at the first disagreement. See [parsing](parsing.md).
`;

function readArguments(given: readonly string[]) {
  const rest = [...given];
  const option = (name: string) => {
    const at = rest.indexOf(name);
    return at < 0 ? null : rest.splice(at, 2)[1]!;
  };
  const seed = Number(option('--seed') ?? 1);
  const report = option('--report');
  const count = /^\d+$/.test(rest[0] ?? '') ? Number(rest.shift()) : 1_000_000;
  const folders = rest.length > 0 ? rest : [join(repository, 'knowledge'), join(repository, 'test')];
  return { count, seed, report, folders };
}

function compareSource({ name, documents }: Source, counts: Count[]): void {
  const counted: Count = { source: name, documents: 0, bytes: 0 };
  counts.push(counted);
  for (const { path, text } of documents) compareOne(text, `${name}/${path}`, counted);
  console.log(`${name}: ${counted.documents} documents`);
}

function compareRandom(
  sources: readonly Source[],
  count: number,
  seed: number,
  counts: Count[],
  write: () => void,
): void {
  const random = new Random(seed);
  const texts = sources.flatMap(({ documents }) => documents.map(({ text }) => text));
  const fragments: Count = { source: 'generated from fragments', documents: 0, bytes: 0 };
  const mutants: Count = { source: 'mutated from the documents above', documents: 0, bytes: 0 };
  counts.push(fragments, mutants);
  const start = performance.now();
  for (let number = 1; number <= count; number++) {
    if (number % 2 === 0) compareOne(mutate(random, texts), `mutant ${number}`, mutants);
    else compareOne(generate(random), `document ${number}`, fragments);
    if (number % 10_000 !== 0) continue;
    console.log(`${number} of ${count}, ${((performance.now() - start) / 1000).toFixed(0)} s`);
    write();
  }
}

function compareOne(text: string, name: string, count: Count): void {
  count.documents += 1;
  count.bytes += Buffer.byteLength(text);
  if (!compareReaders(text)) return;
  const smallest = shrink(text);
  const { fact, fast, reference } = compareReaders(smallest)!;
  console.log(`${name}: the readers disagree about ${fact} of\n${JSON.stringify(smallest)}`);
  console.log(`fast      ${JSON.stringify(fast)}\nreference ${JSON.stringify(reference)}`);
  process.exit(1);
}

main();

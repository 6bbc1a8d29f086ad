import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Count, compareShare, type Far, type Share, type Told } from './share.js';

/*
 * Whether the fast readers and the reference readers give the same facts, for many documents:
 *   npm run equality -- [COUNT] [--seed N] [--jobs N] [--report FILE] [FOLDER…]
 * every document of the folders, then COUNT documents, half from fragments and half by mutation of those of the
 * folders. The processes (`--jobs`) divide the documents among them, each with a seed of its own, counted from
 * `--seed`. The run stops at the first disagreement and prints the smallest form of it that it finds. The report is
 * written while it runs, with what was compared so far.
 */

const here = fileURLToPath(import.meta.url);
const repository = dirname(dirname(dirname(here)));

function main(): void {
  const given = process.argv.slice(2);
  const { count, seed, jobs, report, folders } = readArguments(given);
  // Of the code that was loaded, which may not be the newest one when the run ends.
  const commit = revision('HEAD');
  const date = new Date().toISOString().slice(0, 10);
  const command = ['npm run equality --', ...given.map((word) => basename(word))].join(' ');
  const run = `Run on ${date} at commit \`${commit}\` (the readers: tree \`${revision('HEAD:src/parse')}\`), Node ${process.version}, by
\`${command}\``;
  const progress = new Progress(count, jobs, (counts, state) => {
    if (report !== null) writeFileSync(report, `${HEAD}\n${run}\n\n${state}\n\n${table(counts)}\n`);
  });
  const children: ChildProcess[] = [];
  for (let index = 0; index < jobs; index++) {
    const part = Math.floor(count / jobs) + (index < count % jobs ? 1 : 0);
    const child = fork(here);
    children.push(child);
    child.send({ count: part, seed: seed + index, folders, index, jobs } satisfies Share);
    child.on('message', (told: Told) => {
      if ('counts' in told) progress.add(index, told);
      else {
        console.log(told.disagreement);
        process.exitCode = 1;
        for (const other of children) other.kill();
      }
    });
    child.on('exit', (code) => {
      if (code !== 0) process.exitCode = 1;
    });
  }
}

/** The short name of what Git has under a name; the tree of a folder stays the same where a commit is moved. */
function revision(name: string): string {
  return execFileSync('git', ['rev-parse', '--short', name], { cwd: repository, encoding: 'utf8' }).trim();
}

/** Adds up what the processes say. */
class Progress {
  private readonly shares = new Map<number, Far>();
  private readonly start = performance.now();
  private said = 0;

  constructor(
    private readonly total: number,
    private readonly jobs: number,
    private readonly write: (counts: readonly Count[], state: string) => void,
  ) {}

  add(index: number, told: Far): void {
    this.shares.set(index, told);
    const shares = [...this.shares.values()];
    if (shares.length === this.jobs && shares.every(({ ended }) => ended)) {
      this.write(this.sum(), 'It ended without a disagreement.');
      console.log(table(this.sum()));
    } else if (this.generated >= this.said + 10_000) {
      this.said = this.generated;
      const state = `${this.generated} of ${this.total}`;
      console.log(`${state}, ${((performance.now() - this.start) / 1000).toFixed(0)} s`);
      this.write(this.sum(), `It was not at its end yet: ${state} generated documents.`);
    }
  }

  private get generated(): number {
    return [...this.shares.values()].reduce((sum, { generated }) => sum + generated, 0);
  }

  private sum(): Count[] {
    const sums = new Map<string, Count>();
    for (const { source, documents, bytes } of [...this.shares.values()].flatMap(({ counts }) => counts)) {
      const sum = sums.get(source) ?? { source, documents: 0, bytes: 0 };
      sums.set(source, { source, documents: sum.documents + documents, bytes: sum.bytes + bytes });
    }
    return [...sums.values()];
  }
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
  const jobs = Number(option('--jobs') ?? 1);
  const report = option('--report');
  const count = /^\d+$/.test(rest[0] ?? '') ? Number(rest.shift()) : 1_000_000;
  const folders = rest.length > 0 ? rest : [join(repository, 'knowledge'), join(repository, 'test')];
  return { count, seed, jobs, report, folders };
}

if (process.send) {
  process.once('message', (share: Share) => {
    compareShare(share, (told) => process.send?.(told));
  });
} else main();

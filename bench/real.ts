/**
 * Real repositories as corpora of notes: what the rules find in them, and every link between their documents judged a
 * second time by a program that shares no code with the compiler:
 * `tsx bench/real.ts [--sample 200] [--seed 1] FOLDER…`. The folders are copied, not written to.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { realRepository } from './corpora.js';
import { seeded } from './corpus/random.js';
import { installPeers } from './peers.js';
import { compare, type Finding } from './real/compare.js';
import { isThere, judgedLinks } from './real/links.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: 'string', default: '0' }, seed: { type: 'string', default: '1' } },
});
const cli = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist', 'cli.js');

function lint(root: string): Finding[] {
  const args = [cli, '--root', root, 'lint', '--format', 'json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    maxBuffer: 2 ** 30,
    encoding: 'utf8',
  });
  if (status !== 0 && status !== 1) throw new Error(`lint of ${root} ended with ${status}: ${stderr}`);
  return (JSON.parse(stdout) as { diagnostics: Finding[] }).diagnostics;
}

function counts(rules: readonly string[]): string {
  const found = new Map<string, number>();
  for (const rule of rules) found.set(rule, (found.get(rule) ?? 0) + 1);
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([rule, count]) => `${rule} ${count}`)
    .join(', ');
}

installPeers();
const sampled: string[] = [];
console.log(
  '| Repository | Documents | MB | Seconds | Findings | Links | Broken, both | Only reported | Only missed |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
for (const folder of positionals) {
  const work = mkdtempSync(join(tmpdir(), 'probatum-real-'));
  try {
    const { root, documents, megabytes } = realRepository(resolve(folder), join(work, 'corpus'));
    const start = performance.now();
    const findings = lint(root);
    const seconds = (performance.now() - start) / 1000;
    const result = compare(judgedLinks(root), findings, (path, anchor) => isThere(root, path, anchor));
    const name = basename(folder).replace('+', '/');
    const cells = [
      name,
      documents,
      megabytes.toFixed(1),
      seconds.toFixed(1),
      counts(findings.map((one) => one.ruleId)),
    ];
    const { links, both, onlyReported, onlyMissed } = result;
    console.log(`| ${[...cells, links, both.length, onlyReported.length, onlyMissed.length].join(' | ')} |`);
    for (const one of onlyReported) console.error(`only reported: ${name} ${one}`);
    for (const one of onlyMissed) console.error(`missed: ${name} ${one}`);
    sampled.push(...result.all.map((line) => `${name} ${line}`));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

// Half of the sample are references that were reported, as far as there are so many.
const random = seeded(Number(values.seed));
const shuffled = sampled.map((line) => ({ line, key: random.next() })).sort((a, b) => a.key - b.key);
for (const reported of [true, false]) {
  const of = shuffled.filter(({ line }) => line.includes(' REPORTED ') === reported);
  for (const { line } of of.slice(0, Number(values.sample) / 2)) console.log(line);
}

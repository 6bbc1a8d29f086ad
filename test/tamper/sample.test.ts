import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { random } from '../faults/programme.js';
import { verifyAll } from './answers.js';
import { attacks } from './attacks.js';
import { Bench } from './bench.js';
import { buildCorpus, type TamperCorpus } from './corpus.js';
import { runFlips, trustedFiles } from './flips.js';
import { copyOf, runAttack } from './programme.js';

/** One change in so many; `npm run test:tamper` has them all. */
const EVERY = 250;
const SEED = 5;

/** The attacks that say most: what only the signature shows, and what the work tree alone cannot show. */
const TRIED = [
  /^run rewritten, signed by a stranger; its review gone/,
  /^run rewritten, sealed anew, not signed; its review gone/,
  /^run rewritten, signed by a key that has expired; its review gone/,
  /^everything of another run/,
  /^review of the package swapped for an older one, lock/,
  /^review signed by a person without the role/,
  /^the authorization's window moved/,
  /^SQL changed, all pins/,
  /^the same, and the whole run rewritten/,
];

describe('a sealed run that somebody changes', () => {
  let corpus: TamperCorpus;
  const folders: string[] = [];
  beforeAll(async () => {
    corpus = await buildCorpus();
  }, 300_000);
  afterAll(() => {
    corpus?.close();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  test('is verified as it is', async () => {
    expect(await verifyAll(corpus.root)).toEqual({ outcome: 'nothing', words: [], note: '' });
  });

  test('is found out by every change of a byte that has a meaning', async () => {
    const root = copyOf(corpus.root);
    folders.push(root);
    const bench = await Bench.open(root, [corpus.execution, corpus.rehearsal]);
    const sampled = (file: string) => (file.includes('backup') ? 500 : 10_000);
    const programme = { share: 0.15, every: EVERY, sampled, whole: false, hand: null };
    const tallies = await runFlips(bench, programme, { lane: 0, lanes: 1, random: random(SEED) });
    expect(tallies.flatMap(({ wrong }) => wrong)).toEqual([]);
    const tried = tallies.reduce((all, one) => all + one.tried, 0);
    const found = tallies.reduce((all, one) => all + one.found + one.refused, 0);
    expect(tried).toBeGreaterThan(1000);
    // What may be passed over is next to nothing.
    expect(found / tried).toBeGreaterThan(0.98);
  }, 300_000);

  test('is found out where a file is not there, unless it is an artefact', async () => {
    const root = copyOf(corpus.root);
    folders.push(root);
    const bench = await Bench.open(root, [corpus.execution, corpus.rehearsal]);
    const needed = trustedFiles(root).filter((file) =>
      /(?:record\.json|journal\.jsonl|seal\.json)$/.test(file),
    );
    expect(needed).toHaveLength(6);
    for (const file of needed)
      expect([file, (await bench.with(file, null, () => bench.full())).outcome]).toEqual([file, 'found']);
  }, 300_000);

  test('is found out by attacks, or is known not to be', async () => {
    const chosen = attacks(corpus).filter(({ name }) => TRIED.some((one) => one.test(name)));
    expect(chosen).toHaveLength(TRIED.length);
    const wrong = [];
    for (const attack of chosen) {
      const result = await runAttack(corpus, attack);
      if (result.wrong) wrong.push(result);
    }
    expect(wrong).toEqual([]);
  }, 300_000);
});

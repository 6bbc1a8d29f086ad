import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CorpusOptions, corpus } from '../../bench/corpus/corpus.js';
import { writeCorpus } from '../../bench/corpus/write.js';
import { loadConfig } from '../../src/load/config.js';
import { compile } from '../../src/pipeline.js';

/* The generated corpora of the benchmark: clean but for the defects that they say they hold. */

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'probatum-corpus-'));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

async function findings(options: CorpusOptions): Promise<string[]> {
  writeCorpus(root, options);
  const { model, diagnostics } = await compile(loadConfig(root));
  expect(model.entries.size).toBe(options.documents);
  return diagnostics.map(({ file, position, ruleId }) => `${file}:${position.start.line} ${ruleId}`).sort();
}

it('a corpus without planted defects gives no diagnostic', async () => {
  expect(await findings({ documents: 210, seed: 5, defects: 0 })).toEqual([]);
});

it('every planted defect is found at its line, and nothing else', async () => {
  const options = { documents: 310, seed: 2, defects: 0.8 };
  const planted = [...corpus(options)].flatMap(({ defect }) => defect ?? []);
  expect(planted.length).toBeGreaterThan(200);
  expect(await findings(options)).toEqual(
    planted.map(({ file, line, rule }) => `${file}:${line} ${rule}`).sort(),
  );
});

it('the same seed gives the same bytes, and another one others', () => {
  const bytes = (seed: number) => [...corpus({ documents: 50, seed, defects: 0.1 })];
  expect(bytes(7)).toEqual(bytes(7));
  expect(bytes(8)).not.toEqual(bytes(7));
});

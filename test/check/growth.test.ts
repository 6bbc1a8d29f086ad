import { describe, expect, it } from 'vitest';
import { applyToCorpus, findingSettings } from '../../src/check/apply-settings.js';
import { RULES } from '../../src/check/rules/index.js';
import { runRules } from '../../src/check/run-rules.js';
import { readFacts } from '../../src/engine/read-facts.js';
import { FORMAT_KINDS } from '../../src/model/kinds.js';
import { buildModel } from '../../src/model/model.js';
import { SHAPES } from '../support/large-documents.js';

/*
 * A document of anybody's making costs in proportion to its size. Four times the bytes may cost a bit more than four
 * times the processor time, but not sixteen times; what costs little at that size is not looked at.
 */

const SMALL = 25_000;
const LARGE = 4 * SMALL;
const LITTLE_MS = 250;
const MOST_TIMES = 9;

/** Documents that were written before the format are judged by most rules. */
const HEADER = '# Title\n\nchange: x\nrevision: r1\n\n';
const NOTE = '---\nkind: note\n---\n\n# Other\n';
const OTHERS = ['knowledge/other.md', `knowledge/${'a'.repeat(100)}.md`];

const read = (path: string, text: string) => readFacts(path, new TextEncoder().encode(text), FORMAT_KINDS);
const others = await Promise.all(OTHERS.map((path) => read(path, NOTE)));
const settings = findingSettings({ rules: {}, overrides: [] }, RULES, false);

/** Processor time, in milliseconds, that a document takes from its bytes to its findings. */
async function cost(text: string): Promise<number> {
  const before = process.cpuUsage();
  const entries = [...others, await read('knowledge/a.md', text)];
  const sources = entries.map(() => ({ bytes: Buffer.from(text) }));
  const model = buildModel(entries, ['knowledge/**/*.md'], () => true);
  applyToCorpus(entries, runRules(entries, sources, model, RULES), settings);
  return process.cpuUsage(before).user / 1000;
}

describe('the cost of a document grows as its size does', () => {
  it.each(SHAPES)('$name', async ({ text }) => {
    const [small, large] = [HEADER + text(SMALL), HEADER + text(LARGE)];
    const first = await cost(large);
    if (first < LITTLE_MS) return;
    // What else the machine does makes one of several measurements too long, and none too short.
    const least = Math.min(first, await cost(large));
    const most = Math.max(LITTLE_MS, MOST_TIMES * (await cost(small)));
    expect(least).toBeLessThan(most);
  });
});

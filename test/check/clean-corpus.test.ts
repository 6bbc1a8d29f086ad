import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/load/config.js';
import { compile } from '../../src/pipeline.js';

it("this repository's own documents give no diagnostic", async () => {
  const { model, diagnostics } = await compile(loadConfig(join(import.meta.dirname, '../..')));
  expect(model.entries.size).toBeGreaterThan(0);
  expect(diagnostics.map(({ ruleId, file, message }) => ({ ruleId, file, message }))).toEqual([]);
});

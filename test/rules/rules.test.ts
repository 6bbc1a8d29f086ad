import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import { RULES } from '../../src/check/rules/index.js';
import { defaultConfig, loadConfig } from '../../src/load/config.js';
import { CONFIG_FILE } from '../../src/load/config-yaml.js';
import { compile } from '../../src/pipeline.js';

/*
 * Every folder here is a rule, every folder in it a small corpus: `valid*` gives no diagnostic at all, `invalid-*`
 * gives exactly those of its expected.json. It may have a configuration of its own. `UPDATE=1 npx vitest run test/rules` rewrites them; read the difference.
 */

const FOLDER = import.meta.dirname;

interface Expected {
  readonly ruleId: string;
  readonly severity: string;
  readonly file: string;
  readonly start: readonly [line: number, column: number];
  readonly end: readonly [line: number, column: number];
  readonly message?: string;
}

const ruleFolders = folders(FOLDER);

describe('fixtures', () => {
  it('every fixture folder has its rule, and every rule its fixture folder', () => {
    expect(ruleFolders).toEqual(RULES.map(({ id }) => id).sort());
  });

  it.each(ruleFolders)('%s has valid and invalid fixtures', (rule) => {
    const cases = folders(join(FOLDER, rule));
    expect(cases.filter((name) => !/^(?:valid|invalid)(?:-|$)/.test(name))).toEqual([]);
    expect(cases.some((name) => name.startsWith('valid'))).toBe(true);
    expect(cases.some((name) => name.startsWith('invalid-'))).toBe(true);
  });
});

describe.each(ruleFolders)('%s', (rule) => {
  it.each(folders(join(FOLDER, rule)))('%s', async (name) => {
    const root = join(FOLDER, rule, name);
    const found = await lint(root);
    if (name.startsWith('valid')) {
      expect(found).toEqual([]);
      return;
    }
    const file = join(root, 'expected.json');
    if (process.env.UPDATE === '1') writeFileSync(file, print(found));
    expect(existsSync(file), `${file} is missing; write it with UPDATE=1`).toBe(true);
    const expected = JSON.parse(readFileSync(file, 'utf8')) as Expected[];
    expect(found.map((one, index) => withoutMessage(one, expected[index]))).toEqual(expected);
    expect(found.map(({ ruleId }) => ruleId)).toContain(rule);
  });
});

async function lint(root: string): Promise<Expected[]> {
  const configured = existsSync(join(root, CONFIG_FILE));
  const config = configured ? loadConfig(root) : defaultConfig(root);
  return (await compile(config, {}, true)).diagnostics.map(toExpected);
}

function toExpected({ ruleId, severity, file, position, message }: Diagnostic): Expected {
  const { start, end } = position;
  return { ruleId, severity, file, start: [start.line, start.column], end: [end.line, end.column], message };
}

/** A message is compared only where expected.json has one. */
function withoutMessage(found: Expected, expected: Expected | undefined): Expected {
  if (!expected || 'message' in expected) return found;
  const { message, ...rest } = found;
  return rest;
}

/** One diagnostic a line, so that a changed one is one changed line. */
function print(diagnostics: readonly Expected[]): string {
  return `[\n${diagnostics.map((one) => `  ${JSON.stringify(one)}`).join(',\n')}\n]\n`;
}

function folders(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readConfigYaml } from '../../src/load/config-yaml.js';
import { schemaErrors } from '../../src/load/schemas.js';
import { probatum, REPOSITORY, temporaryFolders } from '../cli/probatum.js';

/*
 * The examples of the documentation, run as they stand there: a fence below a line that ends with a file's name and a
 * colon is that file, and one below "prints" is what is printed.
 */

const execute = promisify(execFile);
const folder = temporaryFolders();

function page(name: string): string {
  return readFileSync(join(REPOSITORY, 'docs', name), 'utf8');
}

/** A folder with the files of a page, in which the package can be imported as one that is installed. */
function filesOf(text: string): string {
  const files = [...text.matchAll(/`([^`\n]+\.[a-z]+)`:\n\n```\w+\n([\s\S]*?)^```$/gm)];
  const root = folder(Object.fromEntries(files.map(([, path, body]) => [path!, body!])));
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(REPOSITORY, join(root, 'node_modules/probatum'));
  return root;
}

function printed(text: string): string {
  return /prints\n\n```text\n([\s\S]*?)^```$/m.exec(text)![1]!;
}

/** Checks a module's types against those of the built package. */
async function typeErrors(cwd: string, file: string): Promise<string> {
  const tsc = join(REPOSITORY, 'node_modules/.bin/tsc');
  const options = ['--noEmit', '--allowJs', '--checkJs', '--strict', '--skipLibCheck', '--types', ''];
  const target = ['--module', 'nodenext', '--target', 'es2023', '--lib', 'es2023,dom'];
  const done = await execute(tsc, [...options, ...target, file], { cwd }).catch((error) => error);
  return done.stdout;
}

describe('the example of the API', () => {
  const text = page('api.md');

  it('prints what it is said to print', async () => {
    const cwd = filesOf(text);
    const { stdout, stderr } = await execute(process.execPath, ['count.mjs'], { cwd });
    expect(stderr).toBe('');
    expect(stdout.replace(/[0-9a-f]{8}$/m, 'DIGEST')).toBe(printed(text));
  });

  it('fits the types of the package', async () => {
    expect(await typeErrors(filesOf(text), 'count.mjs')).toBe('');
  });
});

describe('the example of a plugin', () => {
  const text = page('custom-rules.md');

  it('prints what it is said to print', async () => {
    const { code, out, err } = await probatum(['lint'], { cwd: filesOf(text) });
    expect({ code, out, err }).toEqual({ code: 1, out: printed(text), err: '' });
  });

  it('fits the types of the package', async () => {
    expect(await typeErrors(filesOf(text), 'rules/team.mjs')).toBe('');
  });

  it('finds a ddl document that no review names, and none that one names', async () => {
    const cwd = filesOf(text);
    const script = `
      import { compile, loadConfig } from 'probatum';
      const { plugins } = loadConfig('.');
      const config = { ...loadConfig(${JSON.stringify(REPOSITORY)}), plugins };
      const { diagnostics } = await compile({ config, plugins: true });
      console.log(JSON.stringify(diagnostics.map(({ ruleId, file }) => ruleId + ' ' + file.split('/').at(-1))));`;
    const { stdout } = await execute(process.execPath, ['--input-type=module', '--eval', script], { cwd });
    const found = JSON.parse(stdout) as string[];
    expect(found.length).toBeGreaterThan(0);
    expect(found.every((one) => /^team\/sign-off .*\.sql\.md$/.test(one))).toBe(true);
    expect(found.join()).not.toContain('p0-2-ddl-draft');
  });
});

describe('the configurations of the documentation', () => {
  const blocks = ['configuration.md', 'custom-rules.md', 'run.md', 'seals.md', 'signatures.md'].flatMap(
    (name) =>
      [...page(name).matchAll(/```yaml\n([\s\S]*?)^```$/gm)].map(([, body]) => [name, body!] as const),
  );

  it('are found', () => expect(blocks.length).toBeGreaterThan(5));

  it.each(blocks)('of %s keep the schema: %j', (_, body) => {
    expect(schemaErrors('config', readConfigYaml(body).data)).toEqual([]);
  });
});

describe('the API', () => {
  const importing = (body: string) =>
    execute(
      process.execPath,
      ['--input-type=module', '--eval', `import * as probatum from 'probatum';${body}`],
      {
        cwd: filesOf(page('api.md')),
      },
    );

  it.each([
    ['an option that there is not', '{ rooot: "." }', 'compile has no option "rooot"'],
    ['a configuration for options', 'probatum.loadConfig(".")', 'compile has no option "corpus"'],
    [
      'two corpora',
      '{ root: ".", config: probatum.loadConfig(".") }',
      'compile takes root or config, not both',
    ],
  ])('refuses %s', async (_, options, message) => {
    const body = `await probatum.compile(${options}).catch(({ code, message }) => console.log(code, message));`;
    expect((await importing(body)).stdout).toBe(`bad-argument ${message}\n`);
  });
});

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/load/config.js';
import { probatum, temporaryFolders } from '../cli/probatum.js';

/* What a plugin finds is kept between two runs, and judged anew where a file that it imports changed. */

const folder = temporaryFolders();

const plugin = (importing: string) => `${importing}
const start = { line: 1, column: 1 };
const check = ({ report }) => report({ message: word, position: { start, end: start } });
export default [
  { id: 'team/says', scope: 'document', group: 'claims', severity: 'error', what: 'W.', why: 'W.', fix: 'F.', check },
];
`;
const says = (word: string) => `export const word = ${JSON.stringify(word)};\n`;
const manifest = (more: object) => JSON.stringify({ name: 'team', type: 'module', ...more });

function corpus(importing: string, files: Readonly<Record<string, string>>): string {
  return folder({
    'probatum.config.yaml': 'plugins: [rules/main.mjs]\n',
    'knowledge/a.md': '---\nkind: note\n---\n',
    'rules/main.mjs': plugin(importing),
    ...files,
  });
}

async function messages(cwd: string): Promise<string[]> {
  const { out } = await probatum(['lint', '--format', 'json'], { cwd });
  return JSON.parse(out).diagnostics.map(({ message }: { message: string }) => message);
}

const write = (path: string, text: string) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

type Case = [
  how: string,
  importing: string,
  files: Readonly<Record<string, string>>,
  edited: string,
  linked?: string | undefined,
];

const CASES: Case[] = [
  ['a relative path', "import { word } from '../lib/word.mjs';", {}, 'lib/word.mjs'],
  [
    'a relative path with an escape and a query',
    "import { word } from '../lib/the%20word.mjs?1';",
    {},
    'lib/the word.mjs',
  ],
  [
    'the imports of the package',
    "import { word } from '#word';",
    { 'package.json': manifest({ imports: { '#word': { node: './lib/word.mjs' } } }) },
    'lib/word.mjs',
  ],
  [
    'a pattern in the imports of the package, behind another file',
    "export * from '#lib/more.mjs'; import { word } from '#lib/more.mjs';",
    {
      'package.json': manifest({ imports: { '#lib/*.mjs': './lib/*.mjs' } }),
      'lib/more.mjs': "// don't\n/* don't */ export * from '#lib/word.mjs';",
    },
    'lib/word.mjs',
  ],
  [
    'the name of the package itself',
    "import { word } from 'team/word';",
    { 'package.json': manifest({ exports: { './word': './lib/word.mjs' } }) },
    'lib/word.mjs',
  ],
  [
    'the name of a workspace',
    "import { word } from '@team/words';",
    {
      'package.json': manifest({ workspaces: ['packages/*'] }),
      'packages/words/package.json': manifest({ name: '@team/words', main: 'index' }),
    },
    'packages/words/index.js',
    'packages/words',
  ],
  [
    'the name of a workspace that the imports give',
    "import { word } from '#word';",
    {
      'package.json': manifest({ imports: { '#word': '@team/words/x' } }),
      'packages/words/package.json': manifest({ name: '@team/words', exports: { './x': './index.js' } }),
    },
    'packages/words/index.js',
    'packages/words',
  ],
  [
    'a name that is calculated, which is not cached',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: text of the plugin
    "const name = 'word'; const { word } = await import(`../lib/${name}.mjs`);",
    {},
    'lib/word.mjs',
  ],
  [
    'a name that is calculated, behind a comment',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: text of the plugin
    "const name = 'word'; const { word } = await import /* it */ (`../lib/${name}.mjs`);",
    {},
    'lib/word.mjs',
  ],
  [
    'a name that is calculated, by a function of its own name',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: text of the plugin
    "import { createRequire } from 'node:module'; const load = createRequire(import.meta.url); const name = 'word'; const { word } = load(`../lib/${name}.mjs`);",
    {},
    'lib/word.mjs',
  ],
  [
    'a name with an escape of JavaScript',
    "import { word } from '../lib/w\\u006frd.mjs';",
    {},
    'lib/word.mjs',
  ],
  ['a name with another quote', `import { word } from "../lib/word's.mjs";`, {}, "lib/word's.mjs"],
];

describe('an imported file of a plugin that changes', () => {
  it.each<Case>(CASES)(
    'is noticed where it is imported by %s',
    async (_, importing, files, edited, linked) => {
      const root = corpus(importing, files);
      write(join(root, edited), says('one'));
      if (linked) {
        mkdirSync(join(root, 'node_modules/@team'), { recursive: true });
        symlinkSync(join(root, linked), join(root, 'node_modules/@team/words'), 'dir');
      }
      expect(await messages(root)).toEqual(['one']);
      write(join(root, edited), says('two'));
      expect(await messages(root)).toEqual(['two']);
    },
  );

  it('is not looked at in an installed package', async () => {
    const root = corpus("import { word } from 'words';", {
      'node_modules/words/package.json': manifest({ name: 'words', main: 'index.js' }),
      'node_modules/words/index.js': says('one'),
    });
    const [before] = loadConfig(root).plugins;
    write(join(root, 'node_modules/words/index.js'), says('two'));
    const [after] = loadConfig(root).plugins;
    expect(after).toEqual(before);
    expect(after?.isWhole).toBe(true);
  });

  it.each<[string, string, boolean]>([
    ['a name from elsewhere', 'const x = (name) => import(name);', false],
    ['a sum', "const x = () => import('./a' + '.mjs');", false],
    ['a required name', 'const x = (name) => require(name);', false],
    ['a text', "const x = () => import('./a.mjs');", true],
    ['a text with options', "const x = () => import('./a.json', { with: { type: 'json' } });", true],
    ['where the plugin is', 'const x = import.meta.url;', true],
  ])('counts as known or not: %s', (_, text, isWhole) => {
    const root = corpus(text, {});
    expect(loadConfig(root).plugins[0]?.isWhole).toBe(isWhole);
  });

  it('counts as not known where only the package manager finds it', () => {
    const importing = "import { word } from 'words';";
    const found = (files: Record<string, string>) => loadConfig(corpus(importing, files)).plugins[0]?.isWhole;
    expect(found({ '.pnp.cjs': '' })).toBe(false);
    expect(found({ '.pnp.cjs': '', 'node_modules/words/index.js': '' })).toBe(true);
    expect(found({})).toBe(true);
  });
});

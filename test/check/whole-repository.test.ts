import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../src/load/config.js';
import { compile } from '../../src/pipeline.js';

/* A corpus that is all Markdown of a repository: there, not all that looks like a path means one of its documents. */

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'probatum-whole-'));
  write('README.md', 'Nothing.');
  write('guide/start.md', 'Nothing.');
  write('data/list.txt', 'Nothing.');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), `---\nkind: note\n---\n\n${text}\n`);
}

async function findings(text: string, corpus = ['**/*.md']): Promise<string[]> {
  write('guide/deep/page.md', text);
  const { diagnostics } = await compile({ ...defaultConfig(root), corpus });
  return diagnostics.map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

describe('paths that name no document of the repository', () => {
  it.each([
    ['an address', 'See https://example.org/guide/gone.md or <https://example.org/guide/gone.md>.'],
    ['an address in a link', '[x](https://example.org/guide/gone.md)'],
    [
      'a relative link that resolves',
      '[x](../start.md), [y](../../README.md#top) and [z][z]\n\n[z]: ../start.md',
    ],
    ['a link out of the repository', '[x](../../../other/gone.md)'],
    ['a link to a file that is no document', '[x](../../data/list.txt)'],
    ['an example', 'Copy it to `guide/NNNN-title.md`, or see charts/*.md.'],
    ['a way from this folder', 'It stands in `../start.md`.'],
  ])('%s', async (_, text) => {
    expect(await findings(text)).toEqual([]);
  });
});

it.each([
  ['a link', '[x](../gone.md)', 'no-broken-reference: link to "guide/gone.md", which is no document'],
  ['a link at the top', '[x](../../gone.md)', 'no-broken-reference: link to "gone.md", which is no document'],
  [
    'a link to a folder with a dot',
    '[x](../../.github/template.md)',
    'no-broken-reference: link to ".github/template.md", which is not there',
  ],
  [
    'a definition',
    '[x][x]\n\n[x]: ../gone.md',
    'no-broken-reference: link to "guide/gone.md", which is no document',
  ],
])('%s to a document that is not there is reported once', async (_, text, expected) => {
  expect(await findings(text)).toEqual([expected]);
});

it.each([
  ['a path', 'See guide/gone.md.', 'no-broken-reference: no document "guide/gone.md"'],
  ['a path with *', 'See guide/gone-*.md.', 'no-empty-glob: no document matches "guide/gone-*.md"'],
])('%s in the text of a governed document is held to it', async (_, text, expected) => {
  const path = 'guide/ledger-ddl.sql.md';
  const fields = [
    'kind: ddl',
    `document_path: ${path}`,
    'change: ledger',
    'revision: r1',
    'date: 2026-05-01',
  ];
  const scope = [
    'scope: { creates: [schema ledger], alters: [], drops: [], writes_rows: [] }',
    'depends_on: []',
  ];
  const fences = [
    '```sql migration',
    'CREATE SCHEMA ledger;',
    '```',
    '```sql rollback',
    'DROP SCHEMA ledger;',
    '```',
  ];
  const lines = ['---', ...fields, ...scope, '---', '', text, '', ...fences, ''];
  writeFileSync(join(root, path), lines.join('\n'));
  const { diagnostics } = await compile({ ...defaultConfig(root), corpus: ['**/*.md'] });
  expect(diagnostics.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([expected]);
});

it.each([
  ['without leading bars', 'Name | Type\n-----|-----\nid | text\n'],
  ['without rows', '| Name | Type |\n|------|------|\n'],
  ['with an empty cell first', '| Name | Type |\n|------|------|\n|      | text |\n'],
])('a table %s is whole, also in a document without front matter', async (_, table) => {
  writeFileSync(join(root, 'guide/plain.md'), `# Tables\n\n${table}\nEnd.\n`);
  const { diagnostics } = await compile({ ...defaultConfig(root), corpus: ['**/*.md'] });
  expect(diagnostics.map(({ ruleId }) => ruleId)).toEqual(['front-matter-required']);
});

it('a glob that is one file claims no other file at the top', async () => {
  write('CHANGES.md', 'Nothing.');
  expect(
    await findings('[x](../../CHANGES.md) and [y](../start.md)', ['README.md', 'guide/**/*.md']),
  ).toEqual([]);
});

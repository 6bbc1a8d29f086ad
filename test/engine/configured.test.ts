import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { incrementalCompile } from '../../src/incremental.js';
import { loadConfig } from '../../src/load/config.js';
import { compile } from '../../src/pipeline.js';
import { probatum, temporaryFolders } from '../cli/probatum.js';

/*
 * What a configuration changes is the same whether documents are read one by one, in threads, or not at all because the
 * cache has them.
 */

const folder = temporaryFolders();

const PLUGIN = (message: string) => `
const about = { group: 'claims', severity: 'warning', what: 'W.', why: 'W.', fix: 'F.' };
const position = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
export const rules = [
  {
    ...about,
    id: 'team/alone',
    scope: 'document',
    check: ({ entry, report }) => {
      if (entry.document.prose.some(({ text }) => text.includes('TODO'))) report({ message: '${message}', position });
      if (entry.document.path.endsWith('-7.md')) throw new Error('not this one');
    },
  },
  {
    ...about,
    id: 'team/beside-others',
    scope: 'corpus',
    collect: ({ document }) => document.prose.length,
    check: ({ entry, model, collected, report }) => {
      const count = model.referrers(entry.document.path).length;
      if (entry.document.path.endsWith('pages/7.md'))
        report({ message: 'm', position: { start: { line: 99, column: 1 }, end: { line: 99, column: 2 } } });
      if (count > 0) report({ message: count + ' referrers, ' + collected + ' lines', position });
    },
  },
];
`;

const CONFIG = `
kinds:
  - files: [knowledge/plain/**]
    kind: note
customKinds:
  page:
    schema: page.schema.json
rules:
  team/beside-others: info
overrides:
  - files: [knowledge/plain/1*.md]
    rules:
      no-broken-reference: off
plugins: [rules.mjs]
`;

/** Enough documents for threads. */
function corpus(): string {
  const root = folder({
    'probatum.config.yaml': CONFIG,
    'page.schema.json': '{ "type": "object", "required": ["title"] }',
    'rules.mjs': PLUGIN('a TODO'),
  });
  for (const part of ['plain', 'pages']) mkdirSync(join(root, 'knowledge', part), { recursive: true });
  for (let index = 0; index < 250; index++) {
    const accepted = '<!-- probatum-disable-next-line no-broken-reference: it is elsewhere -->\n';
    const text = `${index % 3 === 0 ? accepted : ''}See knowledge/nothing.md.\n\n${index % 10 === 0 ? 'TODO\n' : ''}`;
    writeFileSync(join(root, `knowledge/plain/${index}-${index % 50}.md`), text);
    const title = index % 5 === 0 ? '' : 'title: a title\n';
    const link = `See knowledge/plain/${index}-${index % 50}.md.\n`;
    writeFileSync(join(root, `knowledge/pages/${index}.md`), `---\nkind: page\n${title}---\n\n${link}`);
  }
  return root;
}

describe('a configured corpus', () => {
  it('gives the same findings anew, in threads and from the cache', async () => {
    const root = corpus();
    const config = loadConfig(root);
    const expected = await compile(config, {}, true);
    const count = (rule: string) => expected.diagnostics.filter(({ ruleId }) => ruleId === rule).length;
    expect(count('team/alone')).toBe(25);
    expect(count('team/beside-others')).toBe(250);
    expect(count('plugin-failed')).toBe(6);
    expect(count('front-matter-schema')).toBe(50);
    expect(expected.suppressed.length).toBeGreaterThan(20);
    for (const round of ['in threads', 'from the cache']) {
      const { diagnostics, suppressed } = await incrementalCompile(config, true, true)();
      expect(diagnostics, round).toEqual(expected.diagnostics);
      expect(suppressed, round).toEqual(expected.suppressed);
    }
  });

  it('is judged anew where its plugins change, or are not there', async () => {
    const root = folder({
      'probatum.config.yaml': 'plugins: [rules.mjs]\n',
      'rules.mjs': PLUGIN('a TODO'),
      'knowledge/a.md': '---\nkind: note\n---\n\nTODO\n',
    });
    const messages = async (plugins: boolean) => {
      const { diagnostics } = await incrementalCompile(loadConfig(root), true, plugins)();
      return diagnostics.map(({ message }) => message);
    };
    expect(await messages(true)).toEqual(['a TODO']);
    expect(await messages(false)).toEqual([]);
    writeFileSync(join(root, 'rules.mjs'), PLUGIN('another TODO'));
    expect(await messages(true)).toEqual(['another TODO']);
  });

  it('is judged anew where the configuration changes and keeps its size and time', async () => {
    const write = (level: string) => `rules:\n  no-broken-reference: ${level}\n`;
    const text = '---\nkind: note\n---\n\nSee knowledge/nothing.md.\n';
    const root = folder({ 'probatum.config.yaml': write('warning'), 'knowledge/a.md': text });
    const file = join(root, 'probatum.config.yaml');
    const { atime, mtime } = statSync(file);
    const severities = async () => {
      const { diagnostics } = await incrementalCompile(loadConfig(root), true)();
      return diagnostics.map(({ severity }) => severity);
    };
    expect(await severities()).toEqual(['warning']);
    writeFileSync(file, write("'error'"));
    utimesSync(file, atime, mtime);
    expect(statSync(file).size).toBe(write('warning').length);
    expect(await severities()).toEqual(['error']);
    writeFileSync(file, 'rules:\n  no-such-rule: off\n');
    await expect(severities()).rejects.toThrow('no-such-rule');
  });

  it('cannot be linted where a plugin cannot be loaded any more, whatever the cache has', async () => {
    const cwd = folder({
      'probatum.config.yaml': 'plugins: [rules.mjs]\n',
      'rules.mjs': "export { rules } from './part.mjs';\n",
      'part.mjs': PLUGIN('a TODO'),
      'knowledge/a.md': '---\nkind: note\n---\n\nTODO\n',
    });
    expect((await probatum(['lint'], { cwd })).out).toContain('a TODO');
    rmSync(join(cwd, 'part.mjs'));
    const { code, err } = await probatum(['lint'], { cwd });
    expect({ code, named: err.includes('part.mjs') }).toEqual({ code: 2, named: true });
  });
});

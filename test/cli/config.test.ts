import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { RULES } from '../../src/check/rules/index.js';
import { repinExample } from '../../src/demo/repin.js';
import { loadConfig } from '../../src/load/config.js';
import { compile, preparePlan } from '../../src/pipeline.js';
import { type ChangeParts, DOCUMENTS, TARGET, URL_VARIABLE, writeChange } from '../support/change.js';
import { probatum, temporaryFolders } from './probatum.js';

const folder = temporaryFolders();
const NOTE = '---\nkind: note\n---\n';

describe('suppressed findings', () => {
  const accepted = `${NOTE}\n<!-- probatum-disable-next-line no-broken-reference: it is elsewhere -->\nSee knowledge/none.md and knowledge/none-2.md.\n`;

  it('are counted, and are no findings', async () => {
    const files = { 'knowledge/a.md': accepted, 'knowledge/b.md': accepted };
    const cwd = folder(files);
    const { code, out } = await probatum(['lint', '--format', 'json'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      diagnostics: [],
      summary: { documents: 2, errors: 0, warnings: 0, suppressed: 4 },
    });
    expect((await probatum(['lint'], { cwd })).out).toBe('2 documents, no findings, 4 suppressed\n');
    const one = await probatum(['lint', 'knowledge/b.md'], { cwd });
    expect(one.out).toBe('1 document, no findings, 2 suppressed\n');
  });

  it('of a rule that is off count neither as suppressed nor as a comment without use', async () => {
    const config = 'rules: { no-broken-reference: off }\n';
    const cwd = folder({ 'probatum.config.yaml': config, 'knowledge/a.md': accepted });
    expect((await probatum(['lint'], { cwd })).out).toBe('1 document, no findings\n');
  });

  it('are findings for verify all the same', async () => {
    const cwd = folder({ 'knowledge/a.md': accepted });
    writeFileSync(join(cwd, 'probatum.config.yaml'), 'rules: { no-broken-reference: off }\n');
    const { code, out } = await probatum(['verify'], { cwd });
    expect(code).toBe(1);
    expect(out).toContain('[no-broken-reference]');
  });
});

/** A plugin that leaves a trace of being loaded. */
const PLUGIN = `import { writeFileSync } from 'node:fs';
writeFileSync(new URL('loaded', import.meta.url), '');
export const rules = [
  {
    id: 'team/no-todo',
    scope: 'document',
    group: 'document',
    severity: 'error',
    what: 'A line that says TODO.',
    why: 'What is open is not governed.',
    fix: 'Do it.',
    check({ entry, report }) {
      for (const { line, text } of entry.document.prose) {
        const column = text.indexOf('TODO') + 1;
        if (column === 0) continue;
        const position = { start: { line, column }, end: { line, column: column + 4 } };
        report({ message: 'TODO', position, help: 'do it' });
      }
    },
  },
];
`;
const TODO = `${NOTE}\n\nSome text, TODO: more.\n`;

describe('plugins', () => {
  const corpus = (config = '') =>
    folder({
      'probatum.config.yaml': `plugins: [./rules/no-todo.mjs]\n${config}`,
      'rules/no-todo.mjs': PLUGIN,
      'knowledge/a.md': TODO,
    });
  const loaded = (cwd: string) => existsSync(join(cwd, 'rules/loaded'));

  it('judge in lint, like the rules of the tool', async () => {
    const { code, out } = await probatum(['lint'], { cwd: corpus() });
    expect(code).toBe(1);
    expect(out).toContain('error: TODO [team/no-todo]\n --> knowledge/a.md:6:12\n');
  });

  it('judge again where a module that they import has changed', async () => {
    const cwd = folder({
      'probatum.config.yaml': 'plugins: [./rules/no-todo.mjs]\n',
      'rules/no-todo.mjs': `import { WORD } from './words/word.mjs';\n${PLUGIN.replaceAll("'TODO'", 'WORD')}`,
      'rules/words/word.mjs': "export { WORD } from '../text.mjs';\n",
      'rules/text.mjs': "export const WORD = 'TODO';\n",
      'knowledge/a.md': TODO,
    });
    expect((await probatum(['lint'], { cwd })).code).toBe(1);
    writeFileSync(join(cwd, 'rules/text.mjs'), "export const WORD = 'FIXME';\n");
    expect((await probatum(['lint'], { cwd })).code).toBe(0);
  });

  it('have levels and suppressions like the rules of the tool', async () => {
    const off = await probatum(['lint'], { cwd: corpus('rules: { team/no-todo: off }\n') });
    expect(off).toMatchObject({ code: 0, out: '1 document, no findings\n' });
    const cwd = corpus();
    const comment = '<!-- probatum-disable-next-line team/no-todo: somebody will -->';
    writeFileSync(join(cwd, 'knowledge/a.md'), `${NOTE}\n${comment}\nTODO\n`);
    expect((await probatum(['lint'], { cwd })).out).toBe('1 document, no findings, 1 suppressed\n');
    // Whoever does not load the rule cannot say whether the comment is of use.
    const without = await probatum(['lint', '--no-plugins'], { cwd });
    expect(without).toMatchObject({ code: 0, out: '1 document, no findings\n' });
  });

  it('are not loaded where nobody wants them, and what the configuration says of them is no error then', async () => {
    const cwd = corpus('rules: { team/no-todo: warning }\n');
    const { code, out } = await probatum(['lint', '--no-plugins'], { cwd });
    expect({ code, out }).toEqual({ code: 0, out: '1 document, no findings\n' });
    expect(loaded(cwd)).toBe(false);
    await probatum(['lint'], { cwd });
    expect(loaded(cwd)).toBe(true);
  });

  it.each([
    ['verify'],
    ['plan', 'knowledge/a.md'],
    ['rehearse', 'knowledge/a.md'],
    ['extract', 'knowledge/a.md'],
  ])('are never loaded by %s', async (...args) => {
    const cwd = corpus();
    const { out, err } = await probatum(args, { cwd });
    expect(out + err).not.toContain('team/no-todo');
    expect(loaded(cwd)).toBe(false);
  });
});

describe('a configuration that is changed together with the documents', () => {
  const made: string[] = [];
  afterAll(() => {
    for (const root of made) rmSync(root, { recursive: true, force: true });
  });

  /** A reviewed change whose pins all hold, and the most that its author can say in the configuration. */
  async function attack(parts: ChangeParts) {
    const binding = { system_identifier: '7000000000000000001', database: 'shop', role: 'owner' };
    const root = await writeChange(binding, parts);
    made.push(root);
    const trusted = ['provenance', 'authority'];
    const off = RULES.filter(({ id, group }) => !trusted.includes(group) && !KEPT.includes(id));
    const levels = off.map(({ id }) => `  ${id}: off\n`).join('');
    const target = `targets:\n  ${TARGET}:\n    engine: postgres\n    connection: { env: ${URL_VARIABLE} }\n`;
    const kinds = 'kinds:\n  - files: [knowledge/**]\n    kind: note\n';
    writeFileSync(join(root, 'probatum.config.yaml'), `rules:\n${levels}${kinds}${target}`);
    return root;
  }
  const KEPT = [
    'encoding',
    'readable',
    'front-matter-yaml',
    'front-matter-required',
    'front-matter-schema',
    'plugin-failed',
  ];

  it('plans and runs no statement that the format refuses', async () => {
    const root = await attack({ migration: "DO $$ BEGIN PERFORM pg_read_file('/etc/passwd'); END $$;\n" });
    expect(await probatum(['lint'], { cwd: root })).toMatchObject({ code: 0 });
    const environment = { cwd: root, env: { [URL_VARIABLE]: 'postgres://u@127.0.0.1:1/shop' } };
    for (const args of [
      ['plan', DOCUMENTS.package],
      ['rehearse', DOCUMENTS.package],
      ['run', DOCUMENTS.package, '--target', TARGET],
    ]) {
      const { code, out, err } = await probatum(args, environment);
      expect({ code, out }, args[0]).toEqual({ code: 1, out: '' });
      expect(err).toContain('[statement-allowed]');
    }
  });

  it.each<[string, ChangeParts]>([
    ['declared-scope', { scope: { creates: [], alters: [], writesRows: [] } }],
    ['qualified-names', { migration: 'CREATE TABLE item (id integer);\n' }],
    ['check-read-only', { verify: '-- V-1: t\n-- expect: 1\nSELECT pg_sleep(1);\n' }],
    ['no-raw-html-beside-sql', { prose: '<!-- nothing to see -->\n\n' }],
  ])('plans nothing that %s refuses', async (rule, parts) => {
    const compilation = await compile(loadConfig(await attack(parts)));
    expect(compilation.diagnostics).toEqual([]);
    const { errors } = preparePlan(compilation, DOCUMENTS.package);
    expect(errors.map(({ ruleId }) => ruleId)).toContain(rule);
  });

  it('hides no review that cannot be read, and no finding in one', async () => {
    const root = await attack({});
    expect(await probatum(['plan', DOCUMENTS.package], { cwd: root })).toMatchObject({ code: 0 });
    const run = () =>
      probatum(['run', DOCUMENTS.package, '--target', TARGET], {
        cwd: root,
        env: { [URL_VARIABLE]: 'postgres://u@127.0.0.1:1/shop' },
      });
    expect((await run()).err).toContain('ECONNREFUSED');
    const second = join(root, 'knowledge/reviews/second.md');
    writeFileSync(second, '---\nkind: review\nverdict: fail\nverdict: fail\n---\n');
    expect(await run()).toMatchObject({ code: 1, err: expect.stringContaining('[front-matter-yaml]') });
    rmSync(second);
    const review = join(root, DOCUMENTS.packageReview);
    const comment = '<!-- probatum-disable-next-line no-broken-reference: nobody needs it -->';
    writeFileSync(
      review,
      `${readFileSync(review, 'utf8')}\n${comment}\nBut see knowledge/reviews/first.md.\n`,
    );
    await repinExample(root);
    expect(await run()).toMatchObject({ code: 1, err: expect.stringContaining('[no-broken-reference]') });
  });
});

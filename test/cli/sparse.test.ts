import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { whyUnproved } from '../../src/commands/resume-proof.js';
import type { Environment } from '../../src/commands/terminal.js';
import { loadConfig } from '../../src/load/config.js';
import type { RunRecord } from '../../src/record/record.js';
import { Repository } from './git-repository.js';
import { probatum, temporaryFolders } from './probatum.js';

/* What a sparse checkout leaves out of the work tree is there: git's index has it. */

const folder = temporaryFolders();

const NOTE = '---\nkind: note\n---\n';
const A = 'knowledge/in/a.md';
const LINKS =
  'See knowledge/out/b.md, [b](../out/b.md#b), [p](../../assets/p.png), [d](../../assets/).\n\n' +
  '[gone](../out/gone.md), [none](../out/b.md#none), [no picture](../../assets/q.png)\n';
/** What is wrong with them wherever they are judged. */
const FOUND = [`${A} no-broken-reference`, `${A} no-broken-anchor`, `${A} no-broken-reference`];

function sparse(): Repository {
  const made = new Repository(folder());
  made.commit({
    [A]: `${NOTE}\n${LINKS}`,
    'knowledge/out/b.md': `${NOTE}\n# B\n`,
    'assets/p.png': 'picture',
    'README.md': NOTE,
  });
  made.git('sparse-checkout', 'init', '--cone');
  made.git('sparse-checkout', 'set', 'knowledge/in');
  expect(made.git('ls-files', '-t')).toContain('S knowledge/out/b.md');
  return made;
}

describe('lint in a sparse checkout', () => {
  it('finds what is wrong, and nothing that was only left out', async () => {
    const made = sparse();
    for (const options of [['--no-cache'], [], []])
      expect(await made.lint(options), options.join(' ')).toMatchObject({ found: FOUND, documents: 2 });
  });

  it('says the same of what is staged, and of what changed since a revision', async () => {
    const made = sparse();
    made.write({ [A]: `${NOTE}\n${LINKS}\nMore.\n` });
    expect(await made.lint(['--since', 'HEAD'])).toMatchObject({ found: FOUND });
    made.git('add', A);
    expect(await made.lint(['--staged'])).toMatchObject({ found: FOUND });
  });

  it('goes by the disk where a file is there, and by the index when it is staged as removed', async () => {
    const made = sparse();
    made.write({ 'knowledge/out/b.md': `${NOTE}\n# None\n` });
    const there = await made.lint([]);
    expect(there.found.filter((one) => one.endsWith('no-broken-anchor'))).toHaveLength(1);
    made.write({ 'knowledge/out/b.md': null });
    made.git('rm', '--cached', '--sparse', '--quiet', 'knowledge/out/b.md');
    const { found } = await made.lint([]);
    expect(found.filter((one) => one.endsWith('no-broken-reference'))).toHaveLength(5);
  });

  it('works in a further work tree of the repository', async () => {
    const made = sparse();
    const other = folder();
    made.git('worktree', 'add', '--quiet', join(other, 'tree'), 'HEAD');
    const tree = Object.create(made, { folder: { value: join(other, 'tree') } }) as Repository;
    tree.git('sparse-checkout', 'set', 'knowledge/in');
    writeFileSync(join(tree.folder, 'note.md'), NOTE);
    expect(await tree.lint([])).toMatchObject({ found: FOUND, documents: 2 });
  });
});

describe('every other command in a sparse checkout', () => {
  it.each([
    { args: ['verify'] },
    { args: ['status'] },
    { args: ['plan', A] },
    { args: ['lint', '--fix'] },
    { args: ['new', 'note', '--change', 'x'] },
  ])('$args: ends with 2 and names a document that is left out', async ({ args }) => {
    const made = sparse();
    const { code, out, err } = await probatum(args, { cwd: made.folder });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('the sparse checkout leaves out "knowledge/out/b.md", a document of the corpus');
    made.git('sparse-checkout', 'disable');
    expect((await probatum(args, { cwd: made.folder })).err).not.toContain('sparse');
  });
});

describe('a sparse checkout without what the whole corpus is judged by', () => {
  it.each([
    ['probatum.config.yaml', 'corpus: ["knowledge/**/*.md"]\n'],
    ['probatum.lock', 'no line of a lock file\n'],
  ])('is refused where it leaves out %s', async (name, text) => {
    const made = new Repository(folder());
    made.commit({ [A]: `${NOTE}\n`, [name]: text });
    made.git('sparse-checkout', 'set', '--no-cone', 'knowledge/');
    for (const args of [['lint'], ['lint', '--no-cache'], ['verify']]) {
      const { code, out, err } = await probatum(args, { cwd: made.folder });
      expect({ code, out }, args.join(' ')).toEqual({ code: 2, out: '' });
      expect(err).toContain(`the sparse checkout leaves out "${name}"`);
    }
  });
});

describe('resume in a sparse checkout', () => {
  it('sends nothing more where a document is left out', async () => {
    const { folder: root } = sparse();
    const record = { plan: { package: { path: A } } } as RunRecord;
    const environment = { cwd: root, root, variables: process.env, now: () => new Date() } as Environment;
    expect(await whyUnproved(environment, loadConfig(root), record)).toBe(
      'the sparse checkout leaves out "knowledge/out/b.md", a document of the corpus',
    );
  });
});

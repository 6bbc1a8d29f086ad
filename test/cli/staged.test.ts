import { symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Repository } from './git-repository.js';
import { probatum, temporaryFolders } from './probatum.js';

const folder = temporaryFolders();

const NOTE = '---\nkind: note\n---\n';
/** A row with a cell too few. */
const TORN = `${NOTE}\n| Name | Value |\n| --- | --- |\n| a |\n`;
const naming = (...paths: string[]) => `${NOTE}\n${paths.map((path) => `See ${path}.\n`).join('\n')}`;

const ddl = (name: string, columns: string) => `---
kind: ddl
document_path: knowledge/${name}.sql.md
change: ${name}
revision: r1
date: 2026-01-01
scope:
  creates: [app.${name}]
  alters: []
  drops: []
  writes_rows: []
depends_on: []
---

\`\`\`sql migration
CREATE TABLE app.${name} (
    ${columns}
);
\`\`\`

\`\`\`sql rollback
DROP TABLE app.${name};
\`\`\`
`;

const A = 'knowledge/a.md';
const B = 'knowledge/b.md';

function repository(files: { readonly [path: string]: string } = {}): Repository {
  const made = new Repository(folder());
  if (Object.keys(files).length > 0) made.commit(files);
  return made;
}

describe('probatum lint --staged', () => {
  it('judges the index and not the work tree, in both directions', async () => {
    const made = repository({ [A]: NOTE, [B]: NOTE });
    made.write({ [A]: TORN });
    made.git('add', A);
    made.write({ [A]: NOTE });
    expect(await made.lint(['--staged'])).toEqual({
      code: 1,
      err: '',
      found: [`${A} malformed-table`],
      documents: 1,
    });
    made.git('add', A);
    made.write({ [B]: `${NOTE}fine\n` });
    made.git('add', B);
    made.write({ [A]: TORN, [B]: TORN });
    expect(await made.lint(['--staged'])).toEqual({ code: 0, err: '', found: [], documents: 1 });
  });

  it('takes from the index which files links can lead to', async () => {
    const made = repository({ [A]: NOTE, 'knowledge/pics/one.png': '1', 'knowledge/x.md': NOTE });
    made.write({ [A]: `${NOTE}\n![i](pics/one.png) ![i](pics/two.png) ![i](pics/three.png) [f](pics)\n` });
    made.write({ 'knowledge/pics/two.png': '2', 'knowledge/pics/three.png': '3' });
    made.git('add', A, 'knowledge/pics/three.png');
    made.git('rm', '--cached', '--quiet', 'knowledge/x.md');
    made.write({ 'knowledge/pics/three.png': null });
    expect((await made.lint(['--staged'])).found).toEqual([`${A} no-broken-reference`]);
    made.git('add', 'knowledge/pics/two.png');
    expect((await made.lint(['--staged'])).found).toEqual([]);
    expect((await made.lint([])).found).toEqual([`${A} no-broken-reference`]);
    // What is taken out of the index is not there, although the work tree has it.
    made.write({ [A]: `${NOTE}\n[x](x.md)\n` });
    made.git('add', A);
    expect((await made.lint(['--staged'])).found).toEqual([`${A} no-broken-reference`]);
    expect((await made.lint([])).found).toEqual([]);
  });

  it('shows nothing of documents that are not staged', async () => {
    const made = repository({ [A]: TORN, [B]: NOTE });
    expect(await made.lint(['--staged'])).toEqual({ code: 0, err: '', found: [], documents: 0 });
    expect((await made.lint([])).found).toEqual([`${A} malformed-table`]);
  });

  it('judges a repository without a commit', async () => {
    const made = repository();
    made.write({ [A]: TORN, [B]: TORN });
    made.git('add', A);
    expect(await made.lint(['--staged'])).toEqual({
      code: 1,
      err: '',
      found: [`${A} malformed-table`],
      documents: 1,
    });
  });

  it('takes files that are not in the index for absent, ignored ones too', async () => {
    const made = repository({ '.gitignore': 'drafts/\n', 'knowledge/z.md': NOTE });
    made.write({ [A]: naming(B, 'knowledge/drafts/c.md'), [B]: NOTE, 'knowledge/drafts/c.md': NOTE });
    made.git('add', A);
    expect((await made.lint(['--staged'])).found).toEqual([
      `${A} no-broken-reference`,
      `${A} no-broken-reference`,
    ]);
    made.git('add', B);
    expect((await made.lint(['--staged'])).found).toEqual([`${A} no-broken-reference`]);
    made.git('add', '--force', 'knowledge/drafts/c.md');
    expect(await made.lint(['--staged'])).toMatchObject({ code: 0, documents: 3 });
  });

  it('takes a file that is only intended to be added for absent', async () => {
    const made = repository({ [A]: NOTE });
    made.write({ [A]: naming(B), [B]: TORN });
    made.git('add', A);
    made.git('add', '--intent-to-add', B);
    expect((await made.lint(['--staged'])).found).toEqual([`${A} no-broken-reference`]);
  });

  it('shows who names a document that is removed or moved, though they did not change', async () => {
    const made = repository({ [A]: naming(B), [B]: NOTE, 'knowledge/c.md': `${NOTE}\n[b](b.md)\n` });
    made.git('rm', '--quiet', '--cached', B);
    expect(await made.lint(['--staged'])).toMatchObject({
      code: 1,
      found: [`${A} no-broken-reference`, 'knowledge/c.md no-broken-reference'],
      documents: 2,
    });
    made.git('reset', '--quiet');
    made.git('mv', B, 'knowledge/d.md');
    expect(await made.lint(['--staged'])).toMatchObject({
      found: [`${A} no-broken-reference`, 'knowledge/c.md no-broken-reference'],
      documents: 3,
    });
  });

  it('reads a staged document whose file is gone', async () => {
    const made = repository({ [B]: NOTE });
    made.write({ [A]: TORN });
    made.git('add', A);
    made.write({ [A]: null, [B]: null });
    expect(await made.lint(['--staged'])).toMatchObject({ found: [`${A} malformed-table`], documents: 1 });
  });

  it('shows all findings where the configuration is staged, and refuses one that is not', async () => {
    const made = repository({ 'probatum.config.yaml': 'corpus: [knowledge/**/*.md]\n', [A]: TORN });
    made.write({ 'probatum.config.yaml': 'corpus: ["knowledge/*.md"]\n' });
    const refused = await made.lint(['--staged']);
    expect(refused).toMatchObject({ code: 2, found: [] });
    expect(refused.err).toMatch(
      /^error: probatum\.config\.yaml on disk is not the one in git's index\n {2}stage it/,
    );
    made.git('add', '--all');
    expect((await made.lint(['--staged'])).found).toEqual([`${A} malformed-table`]);
    made.git('commit', '--quiet', '--message', 'config');
    utimesSync(join(made.folder, 'probatum.config.yaml'), 1, 1);
    expect(await made.lint(['--staged'])).toMatchObject({ code: 0, found: [] });
    made.git('rm', '--quiet', '--cached', 'probatum.config.yaml');
    expect((await made.lint(['--staged'])).code).toBe(2);
  });

  it('takes the files that the configuration names for a part of it', async () => {
    const made = repository({
      'probatum.config.yaml': 'corpus: [knowledge/**/*.md]\nplugins: [./rules/own.mjs]\n',
      'rules/own.mjs': 'export default { rules: [] };\n',
      [A]: TORN,
    });
    const lint = () => made.lint(['--staged', '--no-plugins']);
    expect(await lint()).toMatchObject({ code: 0, found: [] });
    made.write({ 'rules/own.mjs': 'export default { rules: [] }; // more\n' });
    const refused = await lint();
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("rules/own.mjs on disk is not the one in git's index");
    made.git('add', '--all');
    expect((await lint()).found).toEqual([`${A} malformed-table`]);
  });

  it('works in a corpus below the root of the repository, and with names of any kind', async () => {
    const made = repository();
    const odd = 'knowledge/sp ace "quote"\tтест [x] \n line.md';
    made.write({
      'sub/probatum.config.yaml': 'corpus: [knowledge/**/*.md]\n',
      [`sub/${odd}`]: TORN,
      'sub/knowledge/re\u0301sume\u0301.md': TORN,
      'knowledge/outside.md': TORN,
    });
    made.git('add', '--all');
    made.write({ [`sub/${odd}`]: NOTE, 'sub/knowledge/re\u0301sume\u0301.md': NOTE });
    const { found, code } = await made.lint(['--staged'], { cwd: join(made.folder, 'sub/knowledge') });
    expect(found).toEqual(['knowledge/r\u00e9sum\u00e9.md malformed-table', `${odd} malformed-table`]);
    expect(code).toBe(1);
    const named = await made.lint(['--staged', 'knowledge/re\u0301sume\u0301.md'], {
      cwd: join(made.folder, 'sub'),
    });
    expect(named.found).toEqual(['knowledge/r\u00e9sum\u00e9.md malformed-table']);
  });

  it('takes links for no documents, and reads those of a submodule on disk', async () => {
    const inner = repository({ 'in.md': NOTE });
    const made = repository({ [A]: NOTE });
    made.git(
      '-c',
      'protocol.file.allow=always',
      'submodule',
      '--quiet',
      'add',
      inner.folder,
      'knowledge/sub',
    );
    made.git('commit', '--quiet', '--message', 'submodule');
    symlinkSync('a.md', join(made.folder, 'knowledge/link.md'));
    made.write({ [B]: naming('knowledge/sub/in.md', 'knowledge/link.md') });
    made.git('add', '--all');
    // On disk the link is a document by now; in the index it is none.
    made.write({ 'knowledge/link.md': null });
    made.write({ 'knowledge/link.md': NOTE });
    expect((await made.lint(['--staged'])).found).toEqual([`${B} no-broken-reference`]);
  });

  it('judges the bytes of the index where line ends or filters make others on disk', async () => {
    const made = repository();
    made.git('config', 'filter.mark.clean', 'tr x y');
    made.git('config', 'filter.mark.smudge', 'tr y x');
    made.write({
      '.gitattributes': '*.crlf.md text eol=crlf\n*.mark.md filter=mark\n',
      'knowledge/a.crlf.md': `${NOTE}one\r\ntwo\r\n`,
      'knowledge/b.mark.md': `${NOTE}\n| A | B |\n| --- | --- |\n| x |\n`,
    });
    made.git('add', '--all');
    const digest = (path: string) => made.git('cat-file', 'blob', `:${path}`);
    expect(digest('knowledge/a.crlf.md')).toBe(`${NOTE}one\ntwo\n`);
    expect(digest('knowledge/b.mark.md')).toContain('| y |');
    const { out } = await probatum(['lint', '--staged', '--format', 'pretty'], { cwd: made.folder });
    expect(out).toContain('7 | | y |');
    // The same files, on disk with other line ends: a digest over the index' bytes is the one that holds.
    const { createHash } = await import('node:crypto');
    const sha256 = createHash('sha256').update(`${NOTE}one\ntwo\n`).digest('hex');
    made.write({
      'knowledge/c.md': `---\nkind: note\n---\n\nknowledge/a.crlf.md has sha256 ${sha256.slice(0, 12)}…${sha256.slice(-6)}.\n`,
    });
    made.git('add', '--all');
    expect((await made.lint(['--staged', 'knowledge/c.md'])).found).toEqual([]);
    expect((await made.lint(['knowledge/c.md'])).found).toEqual(['knowledge/c.md abbreviated-digest']);
  });

  it('sees what git was told not to look at', async () => {
    const made = repository({ [A]: NOTE, [B]: NOTE });
    made.write({ [A]: TORN, [B]: TORN });
    made.git('add', '--all');
    made.git('update-index', '--assume-unchanged', A);
    made.git('update-index', '--skip-worktree', B);
    made.write({ [A]: NOTE, [B]: null });
    expect((await made.lint(['--staged'])).found).toEqual([`${A} malformed-table`, `${B} malformed-table`]);
  });

  it('works in a hook of a linked work tree, with the index that git names there', async () => {
    const made = repository({ [A]: NOTE, [B]: NOTE });
    made.git('worktree', 'add', '--quiet', 'linked', '-b', 'other');
    const linked = join(made.folder, 'linked');
    made.write({ [`linked/${A}`]: TORN, [`linked/${B}`]: TORN });
    const directory = made.git('-C', 'linked', 'rev-parse', '--git-dir').trim();
    // `git commit PATH` makes an index of its own for the hook.
    made.git('-C', 'linked', 'read-tree', '--index-output=.other-index', 'HEAD');
    const env = { GIT_DIR: directory, GIT_INDEX_FILE: join(linked, '.other-index') };
    made.git('-C', 'linked', 'add', A);
    expect((await made.lint(['--staged'], { cwd: linked, env })).found).toEqual([]);
    expect((await made.lint(['--staged'], { cwd: linked, env: { GIT_DIR: directory } })).found).toEqual([
      `${A} malformed-table`,
    ]);
  });

  it('works where git names its folder relative to where a hook runs', async () => {
    const made = repository();
    made.write({ 'sub/knowledge/a.md': TORN });
    made.git('add', '--all');
    made.write({ 'sub/knowledge/a.md': NOTE });
    const { code, out } = await probatum(['--root', 'sub', 'lint', '--staged'], {
      cwd: made.folder,
      env: { GIT_DIR: '.git', GIT_INDEX_FILE: '.git/index' },
    });
    expect(out).toContain('knowledge/a.md:7:1');
    expect(code).toBe(1);
  });

  it('ends with 2 outside of a repository, and at conflicts', async () => {
    const outside = folder({ [A]: NOTE });
    const nowhere = await probatum(['lint', '--staged'], { cwd: outside });
    expect({ code: nowhere.code, out: nowhere.out }).toEqual({ code: 2, out: '' });
    expect(nowhere.err).toMatch(/^error: .* is in no git work tree\n$/);

    const made = repository({ [A]: NOTE });
    made.git('checkout', '--quiet', '-b', 'other');
    made.commit({ [A]: `${NOTE}one\n` });
    made.git('checkout', '--quiet', 'main');
    made.commit({ [A]: `${NOTE}two\n` });
    expect(() => made.git('merge', 'other')).toThrow();
    const conflict = await made.lint(['--staged']);
    expect(conflict).toMatchObject({ code: 2, found: [] });
    expect(conflict.err).toBe(
      `error: unmerged in the index: ${A}\n  resolve them, and stage the result with "git add"\n`,
    );
  });

  it('ends with 2 where git is missing', async () => {
    const made = repository({ [A]: NOTE });
    const { code, err } = await made.lint(['--staged'], { env: { PATH: '/nowhere' } });
    expect({ code, err }).toEqual({
      code: 2,
      err: 'error: git could not be started (ENOENT)\n  install git\n',
    });
  });
});

describe('probatum lint --since', () => {
  it('shows what changed in a submodule, though the change says that it is to be ignored', async () => {
    const inner = repository({ 'a.md': NOTE });
    const made = repository({ 'knowledge/b.md': NOTE });
    made.git(
      '-c',
      'protocol.file.allow=always',
      'submodule',
      '--quiet',
      'add',
      inner.folder,
      'knowledge/sub',
    );
    made.commit();
    made.git('checkout', '--quiet', '-b', 'change');
    inner.commit({ 'a.md': TORN });
    made.git('-C', 'knowledge/sub', 'pull', '--quiet', '--ff-only');
    made.git('config', '--file', '.gitmodules', 'submodule.knowledge/sub.ignore', 'all');
    made.git('add', '.gitmodules');
    made.git('-c', 'submodule.knowledge/sub.ignore=none', 'add', '--force', 'knowledge/sub');
    made.commit();
    expect((await made.lint(['--since', 'main'])).found).toEqual(['knowledge/sub/a.md malformed-table']);
  });

  it('shows what was committed, staged, edited and added since the merge base, and who names it', async () => {
    const torn = (name: string) => `knowledge/${name}.md`;
    const made = repository({
      ...Object.fromEntries(['committed', 'staged', 'edited', 'old'].map((name) => [torn(name), NOTE])),
      [torn('names')]: naming(torn('edited'), torn('gone')),
      [torn('gone')]: NOTE,
      [torn('untouched')]: TORN,
    });
    made.git('checkout', '--quiet', '-b', 'work');
    made.commit({ [torn('committed')]: TORN, [torn('gone')]: null });
    made.git('checkout', '--quiet', 'main');
    made.commit({ [torn('old')]: `${NOTE}main only\n` });
    made.git('checkout', '--quiet', 'work');
    made.write({ [torn('staged')]: TORN });
    made.git('add', '--all');
    made.write({ [torn('edited')]: TORN, 'knowledge/new folder/new.md': TORN });
    const { code, found, documents } = await made.lint(['--since', 'main']);
    expect(found).toEqual([
      'knowledge/committed.md malformed-table',
      'knowledge/edited.md malformed-table',
      'knowledge/names.md no-broken-reference',
      'knowledge/new folder/new.md malformed-table',
      'knowledge/staged.md malformed-table',
    ]);
    expect({ code, documents }).toEqual({ code: 1, documents: 5 });
    expect((await made.lint(['--since', 'main', 'knowledge/new folder'])).documents).toBe(1);
    expect((await made.lint(['--since', 'HEAD'])).found).not.toContain(
      'knowledge/committed.md malformed-table',
    );
  });

  it('shows a finding that a changed document causes in one that does not name it', async () => {
    const [claims, claimed] = ['knowledge/other.sql.md', 'knowledge/item.sql.md'];
    const made = repository({
      [claims]: `${ddl('other', 'id bigint NOT NULL')}\nThe table app.item has 2 columns.\n`,
      [claimed]: ddl('item', 'id bigint NOT NULL,\n    label text'),
    });
    expect((await made.lint([])).found).toEqual([]);
    made.write({ [claimed]: ddl('item', 'id bigint NOT NULL') });
    expect((await made.lint(['--since', 'HEAD'])).found).toEqual([`${claims} column-count-claims`]);
    made.git('add', '--all');
    expect((await made.lint(['--staged'])).found).toEqual([`${claims} column-count-claims`]);
  });

  it('shows all findings where the configuration changed', async () => {
    const made = repository({ [A]: TORN });
    made.write({ 'probatum.config.yaml': 'corpus: [knowledge/**/*.md]\n' });
    expect((await made.lint(['--since', 'HEAD'])).found).toEqual([`${A} malformed-table`]);
  });

  it.each<[string, string, RegExp]>([
    [
      'a revision that does not exist',
      'nothing',
      /^error: there is no commit "nothing" in the repository\n$/,
    ],
    ['an option', '--output=x', /^error: there is no commit "--output=x" in the repository\n$/],
    ['nothing', '', /^error: there is no commit "" in the repository\n$/],
    ['a file', `HEAD:${A}`, /^error: there is no commit/],
    [
      'a commit without a common ancestor',
      'orphan',
      /^error: "orphan" and HEAD have no common ancestor\n {2}a shallow/,
    ],
  ])('ends with 2 for %s', async (_, revision, message) => {
    const made = repository({ [A]: NOTE });
    made.git('checkout', '--quiet', '--orphan', 'orphan');
    made.git('commit', '--quiet', '--message', 'orphan');
    made.git('checkout', '--quiet', 'main');
    const { code, err, found } = await made.lint([`--since=${revision}`]);
    expect({ code, found }).toEqual({ code: 2, found: [] });
    expect(err).toMatch(message);
  });
});

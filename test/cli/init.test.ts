import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { validateWorkflow } from '@action-validator/core';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { sha256 } from '../../src/base/digest.js';
import { Repository } from './git-repository.js';
import { CLI, probatum, REPOSITORY, temporaryFolders } from './probatum.js';

/* What a repository gets by `init`: shown first, written when asked for, and nothing of others replaced. */

const folder = temporaryFolders();
const WORKFLOW = '.github/workflows/probatum.yml';
const HOOKS = '.pre-commit-config.yaml';
const ALWAYS = ['probatum.config.yaml', 'knowledge/README.md', HOOKS, '.gitignore'];

const empty = (files = {}) => {
  const made = new Repository(folder());
  made.write(files);
  return made;
};

const init = ({ folder: cwd }: { folder: string }, ...args: string[]) => probatum(['init', ...args], { cwd });

interface Shown {
  readonly written: boolean;
  readonly ci: readonly string[];
  readonly files: readonly { readonly path: string; readonly action: string; readonly text?: string }[];
}

async function json(made: Repository, ...args: string[]): Promise<Shown & { code: number }> {
  const { code, out } = await init(made, '--format', 'json', ...args);
  return { code, ...(JSON.parse(out) as Shown) };
}

const actions = ({ files }: Shown) => Object.fromEntries(files.map(({ path, action }) => [path, action]));

describe('probatum init', () => {
  it('shows what it would write as a patch that git applies, and writes nothing', async () => {
    const made = empty();
    const { code, out, err } = await init(made, '--ci', 'github', 'gitlab');
    expect(code).toBe(1);
    expect(err).toBe('nothing was written; write it with --write\n');
    expect(readdirSync(made.folder)).toEqual(['.git']);
    execFileSync('git', ['apply'], { cwd: made.folder, input: out });
    expect(await init(made)).toMatchObject({ code: 0, out: '', err: 'nothing to do\n' });
  });

  it('writes what makes an empty repository one that lint and verify hold for clean', async () => {
    const made = empty();
    const { code, out, err } = await init(made, '--write');
    expect({ code, out }).toEqual({ code: 0, out: '' });
    for (const path of ALWAYS) expect(err).toContain(`written  ${path}\n`);
    expect(err).toContain('no workflow: name a system with --ci github or --ci gitlab\n');
    expect(err).toContain('next: install probatum');
    for (const command of ['lint', 'verify'])
      expect(await probatum([command], { cwd: made.folder })).toMatchObject({ code: 0, err: '' });
    const law = await probatum(['new', 'law'], { cwd: made.folder });
    expect(law).toMatchObject({ code: 0, out: expect.stringMatching(/^knowledge\//) });
    expect((await probatum(['lint', '--max-warnings', '0'], { cwd: made.folder })).code).toBe(0);
    expect((await init(made)).err).toContain('nothing to do\n');
  });

  it.each([
    ['nothing', {}, undefined, []],
    ['a folder of GitHub', { '.github/CODEOWNERS': '' }, undefined, ['github']],
    ['a folder of GitLab', { '.gitlab/CODEOWNERS': '' }, undefined, ['gitlab']],
    ['an origin at GitHub', {}, 'git@github.com:a/b.git', ['github']],
    ['an origin at a GitLab', {}, 'https://gitlab.example.org/a/b.git', ['gitlab']],
    ['a folder and an origin', { '.gitlab/CODEOWNERS': '' }, 'git@github.com:a/b.git', ['gitlab']],
  ])('takes the workflow by what is there: %s', async (_, files, origin, ci) => {
    const made = empty(files);
    if (origin) made.git('remote', 'add', 'origin', origin);
    expect((await json(made)).ci).toEqual(ci);
    expect((await json(made, '--ci', 'none')).ci).toEqual([]);
  });

  it('replaces nothing, and says what has to be added to what others use too', async () => {
    const files = {
      'probatum.config.yaml': 'corpus: [docs/*.md]\n',
      [HOOKS]: 'repos: []\n',
      '.gitlab-ci.yml': 'test: {script: [make]}\n',
      '.gitignore': 'node_modules/',
      'docs/a.md': '---\nkind: note\n---\n',
    };
    const made = empty(files);
    const { code, err } = await init(made, '--write');
    expect(code).toBe(0);
    expect(err).toContain('kept     probatum.config.yaml: it is there already\n');
    expect(err).toContain(`kept     ${HOOKS}: others use it too; add to it what is needed of this:\n`);
    expect(err).toContain('          - id: probatum-lint\n');
    expect(err).toContain('    probatum verify:\n');
    expect(err).toContain('written  .gitignore\n');
    for (const [path, text] of Object.entries({ ...files, '.gitignore': 'node_modules/\n.probatum/\n' }))
      expect(readFileSync(join(made.folder, path), 'utf8')).toBe(text);
    expect(existsSync(join(made.folder, 'knowledge'))).toBe(false);
  });

  it('writes with --force what is its own anew, and nothing else', async () => {
    const made = empty({
      'probatum.config.yaml': 'corpus: [docs/*.md]\n',
      [WORKFLOW]: 'name: mine\n',
      [HOOKS]: 'repos: []\n',
    });
    expect(actions(await json(made, '--force'))).toMatchObject({
      'probatum.config.yaml': 'replace',
      [WORKFLOW]: 'replace',
      [HOOKS]: 'explain',
    });
    const forced = await json(made, '--force', '--write');
    expect(forced).toMatchObject({ code: 0, written: true });
    expect(readFileSync(join(made.folder, WORKFLOW), 'utf8')).toContain('name: probatum\n');
    expect(readFileSync(join(made.folder, HOOKS), 'utf8')).toBe('repos: []\n');
  });

  it('writes a configuration with --force that cannot be read', async () => {
    const made = empty({ 'probatum.config.yaml': 'corpus: [x\n' });
    expect((await init(made, '--write')).code).toBe(2);
    expect((await init(made, '--write', '--force')).code).toBe(0);
    expect((await probatum(['lint'], { cwd: made.folder })).code).toBe(0);
  });

  it('adds no first document where there are some, or where they are looked for elsewhere', async () => {
    const made = empty({ 'knowledge/a.md': '---\nkind: note\n---\n' });
    expect(actions(await json(made))).not.toHaveProperty('knowledge/README.md');
  });

  it.each(['.gitignore', '.github'])('does not write through a link: %s', async (path) => {
    const made = empty();
    const outside = folder({ file: 'theirs\n' });
    symlinkSync(path === '.gitignore' ? join(outside, 'file') : outside, join(made.folder, path));
    const { code, err } = await init(made, '--ci', 'github', '--write');
    expect(code).toBe(2);
    expect(err).toContain(`${path} is a symbolic link`);
    expect(readdirSync(outside)).toEqual(['file']);
    expect(readdirSync(made.folder).sort()).toEqual(['.git', path].sort());
  });

  it('refuses a folder inside of a repository, where no hook would be found', async () => {
    const made = empty();
    mkdirSync(join(made.folder, 'docs'));
    const { code, err } = await init({ folder: join(made.folder, 'docs') }, '--write');
    expect(code).toBe(2);
    expect(err).toContain(`run it there, or with --root ${made.folder}`);
    expect((await init(made, '--ci', 'none', 'github')).code).toBe(2);
  });
});

const template = (name: string) => readFileSync(join(REPOSITORY, 'templates/init', name), 'utf8');

describe('what init writes', () => {
  it('is a configuration whose examples are valid', async () => {
    const text = template('probatum.config.yaml').replace(/^# (?=(?: |[a-z]+:$))/gm, '');
    expect(Object.keys(parse(text))).toEqual(['$schema', 'corpus', 'rules', 'signatures', 'targets']);
    const made = empty();
    await init(made, '--write');
    writeFileSync(join(made.folder, 'probatum.config.yaml'), text);
    expect(await probatum(['lint'], { cwd: made.folder })).toMatchObject({ code: 0, err: '' });
  });

  it('is a workflow that GitHub reads, which compares with the whole history and gets no rights', () => {
    const text = template('github.yml');
    expect(validateWorkflow(text)).toEqual({ actionType: 'workflow', errors: [] });
    expect(validateWorkflow(text.replace('runs-on', 'runs-in')).errors).not.toEqual([]);
    const { permissions, jobs } = parse(text);
    expect(jobs.documents.env.BASE).toContain("format('refs/remotes/origin/{0}', github.base_ref)");
    expect(permissions).toEqual({ contents: 'read' });
    const [checkout, node, install, lint, verify, lock] = jobs.documents.steps;
    expect(checkout.with).toEqual({ 'fetch-depth': 0, 'persist-credentials': false });
    for (const { uses } of [checkout, node]) expect(uses).toMatch(/^actions\/[a-z-]+@v\d+$/);
    expect(install.run).toBe('npm ci --ignore-scripts');
    expect(lint.run).toMatch(/ lint .*--format github \$\{BASE:\+--since "\$BASE"\}$/);
    expect(verify.run).toMatch(/ verify --format github \$\{BASE:\+--since "\$BASE"\}$/);
    expect(lock.run).toMatch(/ lock --check --format github \$\{BASE:\+--since "\$BASE"\}$/m);
    // What stands in a branch's name is a value of the environment, and never a part of a command.
    for (const { run = '' } of jobs.documents.steps) expect(run).not.toContain('${{');
  });

  it('are jobs for GitLab with a report each, which compare with the target branch', () => {
    const jobs = parse(template('gitlab-ci.yml'));
    expect(Object.keys(jobs)).toEqual(['.probatum', 'probatum lint', 'probatum verify']);
    expect(jobs['.probatum'].variables).toEqual({ GIT_DEPTH: '0' });
    const [install, base] = jobs['.probatum'].before_script;
    expect(install).toBe('npm ci --ignore-scripts');
    const origin = new Repository(folder());
    origin.commit();
    const clone = empty();
    clone.git('remote', 'add', 'origin', origin.folder);
    const shell = (branch: string) =>
      execFileSync('sh', ['-ec', `${base}\nprintf '<%s>' \${BASE:+--since "$BASE"}`], {
        cwd: clone.folder,
        encoding: 'utf8',
        env: { PATH: process.env.PATH, CI_MERGE_REQUEST_TARGET_BRANCH_NAME: branch },
      });
    expect(shell('main')).toBe('<--since><refs/remotes/origin/main>');
    expect(shell('')).toBe('<>');
    for (const name of ['lint', 'verify']) {
      const { extends: parent, script, artifacts } = jobs[`probatum ${name}`];
      const report = `probatum-${name}.json`;
      expect(parent).toBe('.probatum');
      expect(script[0]).toContain(` ${name} `);
      expect(script[0]).toContain(`--format gitlab --output ${report} \${BASE:+--since "$BASE"}`);
      if (name === 'verify') expect(script[1]).toMatch(/ lock --check \$\{BASE:\+--since "\$BASE"\}$/m);
      expect(artifacts).toEqual({ when: 'always', reports: { codequality: report } });
    }
  });
});

describe('the commands of the workflows', () => {
  const NOTE = '---\nkind: note\n---\n';
  const pinning = (name: string, text: string) =>
    `---\nkind: note\nbasis:\n  document: knowledge/${name}.md\n  sha256: ${sha256(Buffer.from(text))}\n---\n`;

  /** A clone as a system of continuous integration makes it, of a branch that has left the main one. */
  function clone(): Repository {
    const made = empty({ 'knowledge/a.md': NOTE, 'knowledge/b.md': pinning('a', NOTE) });
    // An old defect that nobody has touched.
    made.commit({ 'knowledge/old.md': pinning('b', 'something else') });
    made.git('remote', 'add', 'origin', made.folder);
    made.git('fetch', '--quiet', 'origin');
    made.git('checkout', '--quiet', '-b', 'change');
    const bin = join(made.folder, 'node_modules/.bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'probatum'), `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`);
    chmodSync(join(bin, 'probatum'), 0o755);
    made.write({
      'package.json': '{ "private": true }\n',
      '.git/info/exclude': 'node_modules/\npackage.json\n',
    });
    return made;
  }

  function shell(made: Repository, script: string, BASE: string) {
    const options = { cwd: made.folder, encoding: 'utf8' } as const;
    const env = { PATH: process.env.PATH, HOME: made.folder, BASE };
    const { status, stdout } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], { ...options, env });
    return { code: status, out: stdout };
  }

  const steps: Readonly<Record<string, { readonly run: string }>> = Object.fromEntries(
    parse(template('github.yml')).jobs.documents.steps.map((step: { name?: string }) => [step.name, step]),
  );

  it('pass a pull request that breaks nothing, and stop one that does at the line', () => {
    const made = clone();
    made.commit({ 'knowledge/c.md': NOTE });
    for (const name of ['lint', 'verify', 'lock'])
      expect(shell(made, steps[name]!.run, 'refs/remotes/origin/main')).toEqual({ code: 0, out: '' });
    made.commit({ 'knowledge/a.md': `${NOTE}\nMore.\n` });
    for (const name of ['lint', 'verify']) {
      const { code, out } = shell(made, steps[name]!.run, 'refs/remotes/origin/main');
      expect(code).toBe(1);
      expect(out).toMatch(/^::error file=knowledge\/b\.md,line=5,.*title=document-digest-matches::.*\n$/);
    }
  });

  it('check everything on the default branch', () => {
    const made = clone();
    for (const name of ['lint', 'verify']) {
      const { code, out } = shell(made, steps[name]!.run, '');
      expect(code).toBe(1);
      expect(out).toMatch(/^::error file=knowledge\/old\.md,/);
    }
    expect(shell(made, steps.lock!.run, '')).toEqual({ code: 0, out: '' });
  });

  it('ask for a lock file that the change has removed', () => {
    const made = clone();
    made.git('checkout', '--quiet', 'main');
    made.commit({ 'probatum.lock': '# none\n' });
    made.git('fetch', '--quiet', 'origin');
    made.git('checkout', '--quiet', '-B', 'change');
    made.commit({ 'probatum.lock': null });
    expect(shell(made, steps.lock!.run, 'refs/remotes/origin/main').code).toBe(1);
  });

  it('are the same for GitLab, in whose shell they run', () => {
    const made = clone();
    made.commit({ 'knowledge/a.md': `${NOTE}\nMore.\n` });
    const jobs = parse(template('gitlab-ci.yml'));
    for (const name of ['lint', 'verify']) {
      const script = jobs[`probatum ${name}`].script[0];
      expect(shell(made, script, 'refs/remotes/origin/main').code).toBe(1);
      const report = JSON.parse(readFileSync(join(made.folder, `probatum-${name}.json`), 'utf8'));
      expect(report).toMatchObject([{ location: { path: 'knowledge/b.md', lines: { begin: 5 } } }]);
    }
  });
});

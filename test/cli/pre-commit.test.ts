import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.js';
import { Repository } from './git-repository.js';
import { CLI, probatum, REPOSITORY, temporaryFolders } from './probatum.js';

/*
 * The hooks by the real program pre-commit: the manifest of this repository, and the configuration that `init` writes.
 * The manifest's hooks run as programs of the system here; `.ci/run` has pre-commit install them by npm, as it does for
 * its users.
 */

const HERE = spawnSync('pre-commit', ['--version']).status === 0;
if (!HERE && process.env.PROBATUM_REQUIRE_PRE_COMMIT === '1') throw new Error('pre-commit is not installed');
if (!HERE) console.warn('pre-commit is not installed: its tests are skipped');

const folder = temporaryFolders();
const HOOKS = '.pre-commit-hooks.yaml';
const NOTE = '---\nkind: note\n---\n';
const GOOD = `${NOTE}\n| Name | Value |\n| --- | --- |\n| a | 1 |\n`;
/** A row with a cell too few. */
const BAD = GOOD.replace('| a | 1 |', '| a |');
const A = 'knowledge/a.md';
const B = 'knowledge/b.md';

/** A note that pins another by its digest. */
const pinning = (path: string, text: string) =>
  `---\nkind: note\nbasis:\n  document: ${path}\n  sha256: ${sha256(Buffer.from(text))}\n---\n`;

/** A repository with hooks and a remote to push to. */
class Hooked extends Repository {
  private readonly env: NodeJS.ProcessEnv;

  constructor(home: string, programs: string) {
    super(folder());
    const path = [programs, process.env.PATH].join(delimiter);
    this.env = { PATH: path, HOME: this.folder, PRE_COMMIT_HOME: home, GIT_CONFIG_NOSYSTEM: '1' };
    const remote = folder();
    this.git('init', '--quiet', '--bare', remote);
    this.git('remote', 'add', 'origin', remote);
  }

  /** Runs a program as its user does. */
  run(command: string, ...args: string[]): { readonly code: number; readonly said: string } {
    const options = { cwd: this.folder, env: this.env, encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync(command, args, options);
    return { code: status ?? -1, said: `${stdout}${stderr}` };
  }

  /** Stages files, and commits what is staged through the hook. */
  attempt(files: { readonly [path: string]: string | null }) {
    this.write(files);
    if (Object.keys(files).length > 0) this.git('add', '--all', ...Object.keys(files));
    return this.run('git', 'commit', '--message', 'change');
  }

  push() {
    return this.run('git', 'push', 'origin', 'HEAD:main');
  }
}

function program(file: string): void {
  writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`);
  chmodSync(file, 0o755);
}

let home: string;
let programs: string;
let manifest: Repository;

beforeAll(() => {
  home = folder();
  programs = folder();
  program(join(programs, 'probatum'));
  manifest = new Repository(folder());
  copyFileSync(join(REPOSITORY, HOOKS), join(manifest.folder, HOOKS));
  manifest.commit();
});

/** Hooks of the manifest, in a repository with two documents, the second of which pins the first. */
function hooked(): Hooked {
  const made = new Hooked(home, programs);
  const hooks = ['lint', 'verify'].map((name) => `      - id: probatum-${name}\n        language: system\n`);
  const rev = manifest.git('rev-parse', 'HEAD').trim();
  const config = `repos:\n  - repo: ${manifest.folder}\n    rev: ${rev}\n    hooks:\n${hooks.join('')}`;
  made.commit({ '.pre-commit-config.yaml': config, [A]: GOOD, [B]: pinning(A, GOOD) });
  const installed = made.run('pre-commit', 'install', '-t', 'pre-commit', '-t', 'pre-push');
  expect(installed.code).toBe(0);
  return made;
}

describe.skipIf(!HERE)('the hooks of this repository, by pre-commit', () => {
  it('are a valid manifest', () => {
    const { code, said } = new Hooked(home, programs).run(
      'pre-commit',
      'validate-manifest',
      join(REPOSITORY, HOOKS),
    );
    expect({ code, said }).toEqual({ code: 0, said: '' });
  });

  it('stop a commit of a bad document with its finding, and let the mended one pass', () => {
    const made = hooked();
    const head = made.git('rev-parse', 'HEAD');
    const { code, said } = made.attempt({ 'knowledge/c.md': BAD });
    expect(code).toBe(1);
    expect(said).toMatch(/probatum lint\.+Failed/);
    expect(said).toContain('knowledge/c.md:7:1');
    expect(said).toContain('[malformed-table]');
    expect(said).not.toContain('probatum verify');
    expect(made.git('rev-parse', 'HEAD')).toBe(head);
    expect(made.attempt({ 'knowledge/c.md': GOOD })).toMatchObject({
      code: 0,
      said: expect.stringMatching(/probatum lint\.+Passed/),
    });
  });

  it('judge what is staged, and not what lies beside it', () => {
    const made = hooked();
    made.write({ 'knowledge/c.md': GOOD });
    made.git('add', '--all');
    made.write({ 'knowledge/c.md': BAD, 'knowledge/d.md': BAD });
    expect(made.attempt({}).code).toBe(0);
    expect(made.git('show', 'HEAD:knowledge/c.md')).toBe(GOOD);
    expect(made.git('status', '--short')).toContain('M knowledge/c.md');
  });

  it('stop a commit that only removes a document which another one rests on', () => {
    const { code, said } = hooked().attempt({ [A]: null });
    expect(code).toBe(1);
    expect(said).toContain('[no-broken-reference]');
  });

  it('stop a push with a broken pin, and let it go once the pin is renewed', () => {
    const made = hooked();
    expect(made.push().code).toBe(0);
    const changed = `${GOOD}\nMore.\n`;
    made.write({ [A]: changed });
    made.git('add', '--all');
    // As somebody does who is in a hurry.
    expect(made.run('git', 'commit', '--no-verify', '--message', 'quick').code).toBe(0);
    const before = made.git('ls-remote', 'origin', 'main');
    const { code, said } = made.push();
    expect(code).toBe(1);
    expect(said).toMatch(/probatum verify\.+Failed/);
    expect(said).toContain('[document-digest-matches]');
    expect(made.git('ls-remote', 'origin', 'main')).toBe(before);
    expect(made.attempt({ [B]: pinning(A, changed) }).code).toBe(0);
    expect(made.push()).toMatchObject({ code: 0, said: expect.stringMatching(/probatum verify\.+Passed/) });
  });
});

describe.skipIf(!HERE)('the hooks that init writes, by pre-commit', () => {
  it('are installed by one command, and run the tool of the repository', async () => {
    const made = new Hooked(home, folder());
    const bin = join(made.folder, 'node_modules/.bin');
    mkdirSync(bin, { recursive: true });
    program(join(bin, 'probatum'));
    made.write({ '.gitignore': 'node_modules/\n', 'package.json': '{ "private": true }\n' });
    expect((await probatum(['init', '--write'], { cwd: made.folder })).code).toBe(0);
    expect(made.run('pre-commit', 'install').code).toBe(0);
    const hooks = join(made.folder, '.git/hooks');
    for (const name of ['pre-commit', 'pre-push'])
      expect(existsSync(join(hooks, name)), readdirSync(hooks).join()).toBe(true);
    made.git('add', '--all');
    expect(made.attempt({ [A]: BAD })).toMatchObject({
      code: 1,
      said: expect.stringContaining('[malformed-table]'),
    });
    expect(made.attempt({ [A]: GOOD, [B]: pinning(A, GOOD) }).code).toBe(0);
    expect(made.push()).toMatchObject({ code: 0, said: expect.stringMatching(/probatum verify\.+Passed/) });
  });
});

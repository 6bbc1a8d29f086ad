import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import { EXAMPLE } from '../../src/demo/example.js';
import { Repository } from './git-repository.js';
import { copyExample, probatum, temporaryFolders } from './probatum.js';

/* A change may not say itself who may sign it: the policy of signatures is read from the branch that it is to join. */

const folder = temporaryFolders();
const REVIEWS = 'knowledge/dev/laws/dieu44-trien-khai/reviews';
const REVIEW = `${REVIEWS}/dot-iu-cutter-v0.2-p0-2-ddl-gpt-review-2026-05-16.md`;
const SIGNERS = 'governance/allowed_signers';
const CONFIG = 'probatum.config.yaml';

const keys = folder();
function publicKey(name: string): string {
  const file = join(keys, name);
  if (!existsSync(file)) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8').trim();
}

const signers = (...names: string[]) => names.map((name) => `${name} ${publicKey(name)}\n`).join('');

const policy = (...reviewers: string[]) => `corpus: [knowledge/**/*.md]
signatures:
  allowed_signers: ${SIGNERS}
  roles:
    reviewer: [${reviewers.join(', ')}]
  required:
    review: {role: reviewer}
`;

const NO_POLICY = 'corpus: [knowledge/**/*.md]\n';

/** A repository whose main branch trusts rita, on a branch for a change. */
function repository(files: { readonly [path: string]: string } = {}): Repository {
  const root = folder();
  copyExample(root);
  const made = new Repository(root);
  made.commit({ [CONFIG]: policy('rita'), [SIGNERS]: signers('rita'), ...files });
  made.git('checkout', '--quiet', '-b', 'change');
  return made;
}

async function sign({ folder: cwd }: Repository, name: string): Promise<void> {
  publicKey(name);
  const { code, err } = await probatum(['sign', REVIEW, '--key', join(keys, name), '--force'], { cwd });
  if (code !== 0) throw new Error(err);
}

interface Verified {
  readonly code: number;
  readonly err: string;
  /** Messages about signatures. */
  readonly refused: readonly string[];
}

async function verify({ folder: cwd }: Repository, ...args: string[]): Promise<Verified> {
  const { code, out, err } = await probatum(['verify', REVIEW, '--format', 'json', ...args], { cwd });
  const { diagnostics = [] } = (out === '' ? {} : JSON.parse(out)) as { diagnostics?: readonly Diagnostic[] };
  const refused = diagnostics.filter(({ ruleId }) => ruleId === 'signature-valid');
  return { code, err, refused: refused.map(({ message }) => message) };
}

/** What every one of these says, however it is asked. */
const WAYS = [
  ['--policy-from', 'main'],
  ['--since', 'main'],
] as const;

const NEEDS = 'it needs a signature by a reviewer; valid ones: none';

describe('a policy of signatures from a revision', () => {
  it('refuses a change that adds its own key and signs with it', async () => {
    const made = repository();
    made.write({ [CONFIG]: policy('rita', 'mallory'), [SIGNERS]: signers('rita', 'mallory') });
    await sign(made, 'mallory');
    made.commit();
    expect((await verify(made)).refused).toEqual([]);
    for (const way of WAYS) {
      const { code, err, refused } = await verify(made, ...way);
      expect(code).toBe(1);
      expect(err).toContain('note: signatures are judged by the policy and the signers of main;');
      expect(refused).toEqual([
        `${NEEDS} (by the policy of main)`,
        expect.stringMatching(
          /\.sig: its key SHA256:\S+ is nobody's in allowed_signers \(by the policy of main\)$/,
        ),
      ]);
    }
    const named = ['--since', 'main', '--policy-from', 'change'];
    expect(await verify(made, ...named)).toMatchObject({ refused: [], err: '' });
  });

  it.each([
    ['takes the policy away', { [CONFIG]: NO_POLICY }],
    ['asks for no signatures', { [CONFIG]: policy('rita').replace(/ {2}required:[\s\S]*/, '') }],
    [
      'names another file of signers',
      { [CONFIG]: policy('mallory').replace(SIGNERS, 'mine'), mine: signers('mallory') },
    ],
  ])('refuses a change that %s', async (_, files) => {
    const made = repository();
    made.commit(files);
    if (files[CONFIG]!.includes('mallory')) await sign(made, 'mallory');
    expect((await verify(made)).refused).toEqual([]);
    for (const way of WAYS) {
      const { code, refused } = await verify(made, ...way);
      expect({ code, refused }).toMatchObject({
        code: 1,
        refused: expect.arrayContaining([`${NEEDS} (by the policy of main)`]),
      });
    }
  });

  it('reads what the revision has, and not what a clone was told to take in its place', async () => {
    const made = repository();
    await sign(made, 'mallory');
    made.commit({ [SIGNERS]: signers('rita').replace(publicKey('rita'), publicKey('mallory')) });
    made.git('replace', `main:${SIGNERS}`, `HEAD:${SIGNERS}`);
    expect(made.git('show', `main:${SIGNERS}`)).toContain(publicKey('mallory'));
    for (const way of WAYS) expect((await verify(made, ...way)).code).toBe(1);
  });

  it('accepts what is signed by who may', async () => {
    const made = repository();
    await sign(made, 'rita');
    made.commit();
    for (const way of WAYS) expect(await verify(made, ...way)).toMatchObject({ refused: [], err: '' });
  });

  it('shows with --since what the policy of the change itself would refuse later', async () => {
    const made = repository();
    await sign(made, 'rita');
    made.commit({ [CONFIG]: policy('rob'), [SIGNERS]: signers('rob') });
    expect((await verify(made, '--policy-from', 'main')).refused).toEqual([]);
    expect(await verify(made, '--since', 'main')).toMatchObject({
      code: 1,
      refused: [
        `${NEEDS} (by the policy of the work tree)`,
        expect.stringContaining("is nobody's in allowed_signers (by the policy of the work tree)"),
      ],
    });
  });

  it('finds a signature that a change removes', async () => {
    const made = repository();
    await sign(made, 'rita');
    made.git('checkout', '--quiet', 'main');
    made.commit();
    made.git('checkout', '--quiet', '-B', 'change');
    made.commit({ [`${REVIEW}.sig`]: null });
    expect((await verify(made, '--since', 'main')).refused).toEqual([NEEDS]);
  });

  it('leaves a first policy to be judged by itself, and says so', async () => {
    const made = repository({ [CONFIG]: NO_POLICY });
    made.commit({ [CONFIG]: policy('rita') });
    for (const way of WAYS) {
      const { code, err, refused } = await verify(made, ...way);
      expect({ code, refused }).toEqual({ code: 1, refused: [NEEDS] });
      expect(err).toContain(
        'note: main has no policy of signatures: they are judged by that of the work tree',
      );
    }
  });

  it.each<[string, { readonly [path: string]: string }, string]>([
    ['has no signers', { [CONFIG]: policy('rita').replace(SIGNERS, 'gone') }, 'main has no gone'],
    ['has a folder for signers', { [CONFIG]: policy('rita').replace(SIGNERS, 'governance') }, 'is a folder'],
    ['cannot be read', { [CONFIG]: 'signatures: yes\n' }, `main: ${CONFIG} is not valid`],
    ['has an empty policy', { [CONFIG]: 'signatures:\n' }, `main: ${CONFIG} is not valid`],
    ['leads out of the repository', { [CONFIG]: policy('rita').replace(SIGNERS, '../s') }, 'is not valid'],
  ])('judges nothing by a revision that %s', async (_, files, message) => {
    const made = repository(files);
    made.commit({ [CONFIG]: policy('rita') });
    const { code, err } = await verify(made, '--since', 'main');
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it.each([
    ['the signers', SIGNERS, SIGNERS],
    ['the folder of the signers', 'governance', 'governance'],
    ['the configuration', CONFIG, CONFIG],
  ])('judges nothing by a revision in which %s is a symbolic link', async (_, path, link) => {
    const made = repository();
    made.git('checkout', '--quiet', 'main');
    made.move(path, 'elsewhere');
    symlinkSync('elsewhere', join(made.folder, path));
    made.commit();
    unlinkSync(join(made.folder, path));
    made.move('elsewhere', path);
    const { code, err } = await verify(made, '--policy-from', 'main');
    expect(code).toBe(2);
    expect(err).toMatch(new RegExp(`${link} is a symbolic link in commit [0-9a-f]{40}`));
  });

  it('judges nothing where the change has another configuration take the place of the one there', async () => {
    const made = repository();
    made.write({ [`knowledge/${CONFIG}`]: "corpus: ['**/*.md']\n" });
    const cwd = join(made.folder, 'knowledge');
    const { code, err } = await probatum(['verify', '--policy-from', 'main'], { cwd });
    expect(code).toBe(2);
    expect(err).toContain('main has its configuration in ., and the work tree in knowledge');
  });

  it('is the one of a corpus in a folder of its repository', async () => {
    const made = repository();
    made.git('checkout', '--quiet', 'main');
    for (const path of ['knowledge', 'governance', CONFIG]) {
      made.write({ 'corpus/.keep': '' });
      made.move(path, `corpus/${path}`);
    }
    made.commit();
    made.write({ [`corpus/${CONFIG}`]: NO_POLICY });
    const cwd = join(made.folder, 'corpus', 'knowledge');
    const { code, out } = await probatum(['verify', '--policy-from', 'main'], { cwd });
    expect(code).toBe(1);
    expect(out).toContain(`${NEEDS} (by the policy of main)`);
  });

  it('is warned of where a line of its signers cannot be read, as of one that the change adds', async () => {
    const line = (name: string) => `${name} valid-before="2027-01-01" ${publicKey(name)}\n`;
    const made = repository({ [SIGNERS]: signers('rita') + line('sam') });
    await sign(made, 'rita');
    made.commit({ [SIGNERS]: `${signers('rita') + line('sam')}${line('rob')}` });
    const { code, out } = await probatum(['verify', REVIEW, '--since', 'main', '--format', 'json'], {
      cwd: made.folder,
    });
    const { diagnostics } = JSON.parse(out) as { diagnostics: readonly Diagnostic[] };
    const why = 'cannot be read: its option valid-before="2027-01-01" cannot be read';
    const shown = diagnostics.filter(({ ruleId }) => ruleId === 'signature-valid');
    expect(shown.map((one) => [one.severity, one.file, one.position.start.line, one.message])).toEqual([
      ['warning', SIGNERS, 1, `line 2 of allowed_signers ${why} (by the policy of main)`],
      ['warning', SIGNERS, 3, `line 3 of allowed_signers ${why}`],
    ]);
    expect(code).toBe(diagnostics.some(({ severity }) => severity === 'error') ? 1 : 0);
  });

  it('has to be that of a commit', async () => {
    const { code, err } = await verify(repository(), '--policy-from', 'nowhere');
    expect(code).toBe(2);
    expect(err).toContain('there is no commit "nowhere" in the repository');
  });

  it('is not that of a tag which somebody gave the name of the branch', async () => {
    const made = repository();
    made.write({ [CONFIG]: policy('mallory'), [SIGNERS]: signers('mallory') });
    await sign(made, 'mallory');
    made.commit();
    made.git('tag', 'main');
    for (const way of WAYS) {
      const { code, err } = await verify(made, ...way);
      expect(code).toBe(2);
      expect(err).toContain('several branches or tags are called "main"');
    }
    expect(await verify(made, '--policy-from', 'refs/heads/main')).toMatchObject({ code: 1 });
  });

  it('counts for status and for run', async () => {
    const made = repository();
    made.commit({ [CONFIG]: NO_POLICY });
    const status = (...args: string[]) =>
      probatum(['status', 'dot-iu-cutter-v0.2-p0-2', ...args], { cwd: made.folder });
    expect((await status()).out).toContain('● ddl reviewed\n');
    expect((await status('--policy-from', 'main')).out).toContain(
      `○ ddl reviewed: ${REVIEW} does not count: ${NEEDS} (by the policy of main)`,
    );
    const args = ['run', EXAMPLE.package, '--target', 'production', '--policy-from', 'main'];
    const { code, err } = await probatum(args, { cwd: made.folder });
    expect(code).toBe(1);
    expect(err).toContain(
      `refused: ddl reviewed: ${REVIEW} does not count: ${NEEDS} (by the policy of main)\n`,
    );
    expect(err).toContain('refused: nothing was sent to the database\n');
  });
});

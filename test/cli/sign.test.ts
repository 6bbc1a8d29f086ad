import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.js';
import { EXAMPLE } from '../../src/demo/example.js';
import { copyExample, probatum, temporaryFolders } from './probatum.js';

/* Reviews that count only when they are signed: what `sign` writes, what `verify` finds, what `run` refuses. */

const folder = temporaryFolders();
const REVIEWS = 'knowledge/dev/laws/dieu44-trien-khai/reviews';
const DDL_REVIEW = `${REVIEWS}/dot-iu-cutter-v0.2-p0-2-ddl-gpt-review-2026-05-16.md`;
const PACKAGE_REVIEW = EXAMPLE.packageReview;

const keys = folder();
const key = (name: string) => join(keys, name);
function publicKey(name: string): string {
  if (!existsSync(key(name)))
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', key(name)]);
  return readFileSync(`${key(name)}.pub`, 'utf8').trim();
}

/** A copy of the example, whose reviews have to be signed by reviewers. */
function corpus({ signers = 1, authorization = false, reviewers = 'rita, rob' } = {}): string {
  const required = [`    review: {role: reviewer, signers: ${signers}}`];
  if (authorization) required.push('    authorization: {role: sovereign}');
  const config = `corpus: [knowledge/**/*.md]
signatures:
  allowed_signers: governance/allowed_signers
  roles:
    reviewer: [${reviewers}]
    sovereign: [sam]
  required:
${required.join('\n')}
`;
  const allowed = ['rita', 'rob', 'sam'].map((name) => `${name} ${publicKey(name)}\n`).join('');
  const root = folder({ 'probatum.config.yaml': config, 'governance/allowed_signers': allowed });
  copyExample(root);
  return root;
}

const sign = (root: string, document: string, ...args: string[]) =>
  probatum(['sign', document, ...args], { cwd: root });

/** What `sign` says beside what ssh-keygen does. */
const notes = (err: string) => err.split('\n').filter((line) => line.startsWith('note: '));

/** Puts other lines in the place of the signers'. @param lines a principal, options and the name of a key each */
const allow = (root: string, ...lines: readonly (readonly [string, string])[]) =>
  writeFileSync(
    join(root, 'governance/allowed_signers'),
    lines.map(([who, name]) => `${who} ${publicKey(name)}\n`).join(''),
  );

async function findings(root: string, document: string): Promise<string[]> {
  const { out } = await probatum(['verify', document, '--format', 'json'], { cwd: root });
  const { diagnostics } = JSON.parse(out) as { diagnostics: readonly Diagnostic[] };
  return diagnostics.filter(({ ruleId }) => ruleId === 'signature-valid').map(({ message }) => message);
}

describe('probatum sign', () => {
  it('writes a signature that verify and ssh-keygen accept', async () => {
    const root = corpus();
    const { code, out } = await sign(root, DDL_REVIEW, '--key', key('rita'));
    expect(code).toBe(0);
    expect(out).toContain(`signed ${DDL_REVIEW} for probatum-review\n`);
    expect(await findings(root, DDL_REVIEW)).toEqual([]);
    const args = [
      '-Y',
      'verify',
      '-f',
      'governance/allowed_signers',
      '-I',
      'rita',
      '-n',
      'probatum-review',
      '-s',
      `${DDL_REVIEW}.sig`,
    ];
    const said = execFileSync('ssh-keygen', args, { cwd: root, input: readFileSync(join(root, DDL_REVIEW)) });
    expect(said.toString()).toContain('Good "probatum-review" signature for rita');
  });

  it('signs with the one key of an agent', async () => {
    const root = corpus();
    const socket = join(folder(), 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    afterAll(() => void agent.kill());
    while (!existsSync(socket)) await new Promise((next) => setTimeout(next, 20));
    const env = { SSH_AUTH_SOCK: socket };
    const empty = await probatum(['sign', DDL_REVIEW], { cwd: root, env });
    expect(empty).toMatchObject({ code: 2, err: expect.stringContaining('the SSH agent holds 0 keys') });
    const add = (name: string) =>
      execFileSync('ssh-add', ['-q', key(name)], { env: { ...process.env, ...env }, stdio: 'ignore' });
    add('rob');
    expect((await probatum(['sign', DDL_REVIEW], { cwd: root, env })).code).toBe(0);
    expect(await findings(root, DDL_REVIEW)).toEqual([]);
    add('rita');
    const two = await probatum(['sign', DDL_REVIEW, '--force'], { cwd: root, env });
    expect(two).toMatchObject({ code: 2, err: expect.stringContaining('--key FILE') });
  });

  it.each([
    ['a note', 'knowledge/README.md', 'reviews and authorizations are signed'],
    ['a package', EXAMPLE.package, 'is a command-package'],
    ['nothing', 'knowledge/nothing.md', 'knowledge/nothing.md'],
  ])('does not sign %s', async (_, document, message) => {
    const root = corpus();
    const { code, err } = await sign(root, document, '--key', key('rita'));
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(existsSync(join(root, `${document}.sig`))).toBe(false);
  });

  it('does not sign a review with errors, and shows them', async () => {
    const root = corpus();
    const text = readFileSync(join(root, DDL_REVIEW), 'utf8');
    writeFileSync(join(root, DDL_REVIEW), text.replace('verdict: pass', 'verdict: passed'));
    const { code, err } = await sign(root, DDL_REVIEW, '--key', key('rita'));
    expect(code).toBe(1);
    expect(err).toContain('front-matter-schema');
    expect(err).toContain('not signed');
    expect(existsSync(join(root, `${DDL_REVIEW}.sig`))).toBe(false);
  });

  it('replaces a signature with --force only, and a second signer says a name', async () => {
    const root = corpus({ signers: 2 });
    await sign(root, DDL_REVIEW, '--key', key('rita'));
    const first = readFileSync(join(root, `${DDL_REVIEW}.sig`));
    const again = await sign(root, DDL_REVIEW, '--key', key('rob'));
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('--as NAME') });
    expect(readFileSync(join(root, `${DDL_REVIEW}.sig`))).toEqual(first);
    expect(await findings(root, DDL_REVIEW)).toEqual([
      'it needs signatures by 2 different people who are reviewer; valid ones: rita',
    ]);
    expect((await sign(root, DDL_REVIEW, '--key', key('rob'), '--as', 'rob')).code).toBe(0);
    expect(await findings(root, DDL_REVIEW)).toEqual([]);
  });
});

describe('signatures that do not count', () => {
  it('are missing, of another role, of other bytes, or of another document', async () => {
    const root = corpus();
    expect(await findings(root, DDL_REVIEW)).toEqual([
      'it needs a signature by a reviewer; valid ones: none',
    ]);
    await sign(root, DDL_REVIEW, '--key', key('sam'));
    expect(await findings(root, DDL_REVIEW)).toEqual([
      'it needs a signature by a reviewer; valid ones: none (sam has signed it, and is no reviewer)',
    ]);
    await sign(root, DDL_REVIEW, '--key', key('rita'), '--force');
    writeFileSync(join(root, DDL_REVIEW), `${readFileSync(join(root, DDL_REVIEW), 'utf8')}\nAnd more.\n`);
    expect(await findings(root, DDL_REVIEW)).toEqual([
      'it needs a signature by a reviewer; valid ones: none',
      `${DDL_REVIEW}.sig: it is not rita's signature of these bytes: they, or the signature, are others`,
    ]);
    renameSync(join(root, `${DDL_REVIEW}.sig`), join(root, `${PACKAGE_REVIEW}.sig`));
    expect(await findings(root, PACKAGE_REVIEW)).toContainEqual(
      expect.stringContaining("it is not rita's signature of these bytes"),
    );
  });

  it('are not those of another document whose name begins with its own', async () => {
    const root = corpus();
    const other = `${DDL_REVIEW}.old.md`;
    writeFileSync(join(root, other), 'What the signature is of.\n');
    await sign(root, DDL_REVIEW, '--key', key('rita'));
    const args = ['-q', '-Y', 'sign', '-f', key('rob'), '-n', 'probatum-review', join(root, other)];
    execFileSync('ssh-keygen', args, { stdio: 'ignore' });
    expect(await findings(root, DDL_REVIEW)).toEqual([]);
  });

  it('are twice the same person, or two names of one key', async () => {
    const root = corpus({ signers: 2 });
    await sign(root, DDL_REVIEW, '--key', key('rita'));
    await sign(root, DDL_REVIEW, '--key', key('rita'), '--as', 'again');
    const message = 'it needs signatures by 2 different people who are reviewer; valid ones: rita';
    expect(await findings(root, DDL_REVIEW)).toEqual([message]);
  });

  const [work, review] = ['knowledge/work.sql.md', 'knowledge/review.md'];
  /** Writes a document by Rita, and its review under another name. */
  function reviewOfRitasWork(root: string): void {
    const text = `---\nkind: ddl\ndocument_path: ${work}\nchange: c\nrevision: r1\ndate: 2026-01-01\nauthor: Rita\n---\n`;
    const sha256 = createHash('sha256').update(text).digest('hex');
    const header = `kind: review\ndocument_path: ${review}\nchange: c\nrevision: r1\ndate: 2026-01-01\nauthor: bob`;
    const subject = `subject:\n  document: ${work}\n  revision: r1\n  sha256: ${sha256}`;
    writeFileSync(join(root, work), text);
    writeFileSync(join(root, review), `---\n${header}\n${subject}\nverdict: pass\n---\n`);
  }

  it.each<[string, readonly (readonly [string, string])[]]>([
    [
      'first',
      [
        ['rita', 'rita'],
        ['rob', 'rita'],
      ],
    ],
    [
      'last',
      [
        ['rob', 'rita'],
        ['rita', 'rita'],
      ],
    ],
    [
      'for something else only',
      [
        ['rita namespaces="git"', 'rita'],
        ['rob namespaces="probatum-review"', 'rita'],
      ],
    ],
    [
      'until long ago',
      [
        ['rita valid-before="20200101"', 'rita'],
        ['rob', 'rita'],
      ],
    ],
    [
      'on a line that cannot be read',
      [
        ['rita valid-before="2020-01-01"', 'rita'],
        ['rob', 'rita'],
      ],
    ],
    [
      'by another key of the same two',
      [
        ['rob', 'rita'],
        ['rob', 'other'],
        ['rita', 'other'],
      ],
    ],
  ])('are those of who wrote what is judged under another name, whose key is named %s', async (_, lines) => {
    const root = corpus({ reviewers: 'rob' });
    reviewOfRitasWork(root);
    allow(root, ...lines);
    expect((await sign(root, review, '--key', key('rita'))).code).toBe(0);
    expect(await findings(root, review)).toContainEqual(
      expect.stringMatching(/\.sig: rita\b.* wrote knowledge\/work\.sql\.md, and a word on one's own work/),
    );
    expect(await findings(root, review)).toContain('it needs a signature by a reviewer; valid ones: none');
  });

  it('are those of who wrote what is judged, whatever name the review has', async () => {
    const root = corpus();
    reviewOfRitasWork(root);
    expect((await sign(root, review, '--key', key('rita'))).code).toBe(0);
    const own = `${review}.sig: rita wrote ${work}, and a word on one's own work does not count`;
    expect(await findings(root, review)).toEqual([
      'it needs a signature by a reviewer; valid ones: none',
      own,
    ]);
    await sign(root, review, '--key', key('rob'), '--as', 'rob');
    expect(await findings(root, review)).toEqual([own]);
  });

  it('are of two names that have a key in common, over whichever keys', async () => {
    const root = corpus({ signers: 2, reviewers: 'rita@home, rita, rob' });
    const two = 'it needs signatures by 2 different people who are reviewer; valid ones:';
    const one = 'rita@home (by a common key also rita: one person)';
    const same = 'rita (by a common key also rita@home: one person)';
    allow(root, ['rita@home', 'rita'], ['rita', 'rita'], ['rita', 'other']);
    await sign(root, DDL_REVIEW, '--key', key('rita'));
    expect(await findings(root, DDL_REVIEW)).toEqual([`${two} ${one}`]);
    await sign(root, DDL_REVIEW, '--key', key('other'), '--as', 'other');
    expect(await findings(root, DDL_REVIEW)).toEqual([`${two} ${same}`]);
    allow(root, ['rita@home', 'rita'], ['rita', 'other'], ['rita', 'sam'], ['rita@home', 'sam']);
    expect(await findings(root, DDL_REVIEW)).toEqual([`${two} ${same}`]);
    allow(root, ['rita@home', 'rita'], ['rob', 'other']);
    expect(await findings(root, DDL_REVIEW)).toEqual([]);
  });

  it('are any, where the configuration names no signers', async () => {
    const root = corpus();
    await sign(root, DDL_REVIEW, '--key', key('rita'));
    writeFileSync(join(root, 'probatum.config.yaml'), 'corpus: [knowledge/**/*.md]\n');
    expect(await findings(root, DDL_REVIEW)).toEqual([
      `${DDL_REVIEW}.sig: the configuration names no allowed_signers`,
    ]);
  });

  it('stop verify where the file of signers is not there', async () => {
    const root = corpus();
    renameSync(join(root, 'governance/allowed_signers'), join(root, 'governance/other'));
    const { code, err } = await probatum(['verify'], { cwd: root });
    expect(code).toBe(2);
    expect(err).toContain('cannot read governance/allowed_signers: ENOENT');
  });
});

describe('a key on two lines of allowed_signers', () => {
  it('signs for each person whose line lets it', async () => {
    const root = corpus();
    const line = 'rita namespaces="probatum-review"';
    allow(root, ['rita@home', 'rita'], [line, 'rita']);
    const signed = await sign(root, DDL_REVIEW, '--key', key('rita'));
    expect([signed.code, notes(signed.err)]).toEqual([0, []]);
    expect(await findings(root, DDL_REVIEW)).toEqual([]);
    allow(root, ['rita@home', 'rita'], ['rita valid-before="20200101Z"', 'rita']);
    expect(await findings(root, DDL_REVIEW)).toEqual([
      'it needs a signature by a reviewer; valid ones: none (rita@home has signed it, and is no reviewer; line 2 of allowed_signers: the key was valid until 2020-01-01T00:00:00.000Z)',
    ]);
  });
});

describe('a line of allowed_signers that cannot be read', () => {
  const why = 'line 2 of allowed_signers cannot be read: its option valid-before="2027-01-01" cannot be read';

  it('is why a signature is refused, and a warning at its place', async () => {
    const root = corpus();
    allow(root, ['rob', 'rob'], ['rita valid-before="2027-01-01"', 'rita']);
    await sign(root, DDL_REVIEW, '--key', key('rita'));
    expect(await findings(root, DDL_REVIEW)).toEqual([
      why,
      'it needs a signature by a reviewer; valid ones: none',
      `${DDL_REVIEW}.sig: ${why}`,
    ]);
    const { code, out } = await probatum(['verify', DDL_REVIEW], { cwd: root });
    expect(code).toBe(1);
    expect(out).toContain('governance/allowed_signers:2:1');
  });

  it('is a warning alone where others have signed', async () => {
    const root = corpus();
    allow(root, ['rob', 'rob'], ['rita valid-before="2027-01-01"', 'rita']);
    await sign(root, DDL_REVIEW, '--key', key('rob'));
    expect(await findings(root, DDL_REVIEW)).toEqual([why]);
    const { out } = await probatum(['verify', DDL_REVIEW], { cwd: root });
    expect(out).not.toContain('error');
    expect(out).toContain('accepted 1 signature\n');
  });
});

describe('a signature that will not count', () => {
  it.each<[string, readonly [string, string], string]>([
    ['is nobody’s', ['rita', 'rita'], "is nobody's in allowed_signers"],
    [
      'is for something else',
      ['eve namespaces="git"', 'eve'],
      'line 1 of allowed_signers allows the key for git, and not for probatum-review',
    ],
    [
      'has expired',
      ['eve valid-before="20200101Z"', 'eve'],
      'line 1 of allowed_signers: the key was valid until 2020-01-01T00:00:00.000Z',
    ],
    [
      'is of who has not the role',
      ['eve', 'eve'],
      'valid ones: none (eve has signed it, and is no reviewer)',
    ],
  ])('is written, and sign says what verify will say of a key that %s', async (_, line, why) => {
    const root = corpus();
    publicKey('eve');
    allow(root, line);
    const { code, err } = await sign(root, DDL_REVIEW, '--key', key('eve'), '--as', 'eve');
    expect(code).toBe(0);
    const said = (await findings(root, DDL_REVIEW)).map((one) => one.replace(/^.*\.sig: /, ''));
    expect(said).toContainEqual(expect.stringContaining(why));
    expect(notes(err).sort()).toEqual(said.map((one) => `note: verify will say: ${one}`).sort());
  });

  it('is written where the signers cannot be read, and sign says so', async () => {
    const root = corpus();
    renameSync(join(root, 'governance/allowed_signers'), join(root, 'governance/other'));
    const { code, err } = await sign(root, DDL_REVIEW, '--key', key('rita'));
    const note = 'note: verify will say: cannot read governance/allowed_signers: ENOENT';
    expect([code, notes(err)]).toEqual([0, [note]]);
    expect(existsSync(join(root, `${DDL_REVIEW}.sig`))).toBe(true);
  });

  it('is nothing that sign speaks of where the configuration names no signers', async () => {
    const root = corpus();
    writeFileSync(join(root, 'probatum.config.yaml'), 'corpus: [knowledge/**/*.md]\n');
    publicKey('mallory');
    const { code, err } = await sign(root, DDL_REVIEW, '--key', key('mallory'));
    expect([code, notes(err)]).toEqual([0, []]);
  });
});

describe('a signature beside no document', () => {
  it('is named by verify, and changes nothing', async () => {
    const root = corpus();
    await sign(root, DDL_REVIEW, '--key', key('rita'));
    const gone = [`${REVIEWS}/gone.md.sig`, `${REVIEWS}/gone.v2.md.rob.sig`];
    for (const path of [...gone, `${REVIEWS}/archive.tar.sig`]) writeFileSync(join(root, path), '');
    const { code, out } = await probatum(['verify', DDL_REVIEW], { cwd: root });
    expect(out).toContain(`\nsignatures beside no document: ${gone.join(', ')}\n`);
    const { out: json } = await probatum(['verify', DDL_REVIEW, '--format', 'json'], { cwd: root });
    expect(JSON.parse(json)).toMatchObject({ compared: { strays: gone } });
    for (const path of gone) rmSync(join(root, path));
    const without = await probatum(['verify', DDL_REVIEW], { cwd: root });
    expect(without.code).toBe(code);
    expect(without.out).not.toContain('beside no document');
  });
});

describe('probatum run', () => {
  const run = (root: string) => probatum(['run', EXAMPLE.package, '--target', 'production'], { cwd: root });

  it('refuses reviews that are not signed, each by name, and an authorization that is not there', async () => {
    const root = corpus({ authorization: true });
    const { code, err } = await run(root);
    expect(code).toBe(1);
    for (const [stage, review] of [
      ['ddl reviewed', DDL_REVIEW],
      ['rehearsal reviewed', EXAMPLE.dryRunReview],
      ['package reviewed', PACKAGE_REVIEW],
    ])
      expect(err).toContain(
        `refused: ${stage}: ${review} does not count: it needs a signature by a reviewer; valid ones: none\n`,
      );
    expect(err).toContain(
      `refused: no authorization of exactly these bytes of ${EXAMPLE.package} counts now\n`,
    );
    expect(err).toContain('refused: nothing was sent to the database\n');
  });

  it('is told beforehand by status, in the same words', async () => {
    const root = corpus({ authorization: true });
    const status = async () => (await probatum(['status', 'dot-iu-cutter-v0.2-p0-2'], { cwd: root })).out;
    const unsigned = await status();
    const needs = 'does not count: it needs a signature by a reviewer; valid ones: none';
    expect(unsigned).toContain(`○ ddl reviewed: ${DDL_REVIEW} ${needs}`);
    expect(unsigned).toContain(`○ package reviewed: ${PACKAGE_REVIEW} ${needs}`);
    expect(unsigned).toContain(`○ authorized: nobody has authorized ${EXAMPLE.package}`);
    await sign(root, DDL_REVIEW, '--key', key('rita'));
    expect(await status()).toContain('● ddl reviewed\n');
  });

  it('goes on to its target once they are', async () => {
    const root = corpus();
    for (const review of [DDL_REVIEW, EXAMPLE.dryRunReview, PACKAGE_REVIEW])
      await sign(root, review, '--key', key('rita'));
    const { code, err } = await run(root);
    expect(err).not.toContain('refused');
    expect(err).toContain('production');
    expect(code).toBe(2);
  });
});

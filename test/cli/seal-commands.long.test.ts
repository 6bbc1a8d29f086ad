import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSealKey } from '../../src/authority/seal-key.js';
import { UsageError } from '../../src/base/usage-error.js';
import { finish } from '../../src/commands/finish.js';
import { readRecord } from '../../src/record/store.js';
import { DOCUMENTS } from '../support/change.js';
import { forgeJournal, signaturesOf, statementOf } from '../support/forge-run.js';
import { environmentOf, newestRun } from '../support/run-probatum.js';
import {
  type Published,
  publish,
  RUN_SIGNED,
  runChange,
  SealedRuns,
  signer,
  verified,
} from '../support/sealed-run.js';
import { Repository } from './git-repository.js';
import { probatum } from './probatum.js';

/* Commands that seal: which key they take, when they refuse, and what they leave where something fails at the end. */

let runs: SealedRuns;
let key: string;
let pem: string;
/** A change that ran with the PEM key, in its folder and published. */
let done: string;
let published: Published;
let folder: string;

beforeAll(async () => {
  runs = await SealedRuns.open();
  key = runs.sshKey('ops');
  pem = runs.pemKey('pem');
  // Where OpenSSH finds no private key beside it.
  cpSync(`${key}.pub`, `${key}.alone`);
  done = await runs.change(RUN_SIGNED, signer(pem));
  const { code, out } = await runChange(done, '--seal-key', pem);
  expect([code, out]).toEqual([0, expect.stringContaining('/seal.json (signed by SHA256:')]);
  folder = newestRun(done)!;
  published = await publish(done);
});
afterAll(() => runs?.close());

const text = (root: string, path: string) => readFileSync(join(root, path), 'utf8');
const seal = () => readFileSync(join(folder, 'seal.json'), 'utf8');
const attest = (root: string, ...args: string[]) => probatum(['attest', ...args], { cwd: root });

describe('a run that has to be signed', () => {
  it.each<[string, () => string[], () => string, string]>([
    [
      'no key',
      () => [],
      () => signer(key),
      'it has to be signed by a person with the role operator, and no key is named',
    ],
    ['a key that nobody has', () => ['--seal-key', pem], () => signer(key), "is nobody's in allowed_signers"],
    [
      'the key of another person',
      () => ['--seal-key', key],
      () => signer(key, 'eve'),
      'its key is that of eve, who does not have the role operator',
    ],
    [
      'a key for reviews',
      () => ['--seal-key', key],
      () => signer(key, 'ops', 'namespaces="probatum-review"'),
      'allows the key for probatum-review, and not for probatum-run',
    ],
    [
      'a key that has expired',
      () => ['--seal-key', key],
      () => signer(key, 'ops', 'valid-before="20260101Z"'),
      'the key was valid until 2026-01-01',
    ],
    [
      'a public key without an agent',
      () => ['--seal-key', `${key}.alone`],
      () => signer(key),
      'no signature with',
    ],
    ['a key that is not there', () => ['--seal-key', 'nowhere'], () => signer(key), 'cannot read the key'],
  ])('is not begun with %s', async (_, args, allowed, message) => {
    const root = await runs.change(RUN_SIGNED, allowed());
    const { code, out, err } = await runChange(root, ...args());
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(newestRun(root)).toBeUndefined();
  });

  it('takes its key from the environment, too, and a rehearsal needs none', async () => {
    const root = await runs.change(RUN_SIGNED, signer(key));
    const rehearsed = await probatum(['rehearse', DOCUMENTS.package, '--format', 'json'], { cwd: root });
    expect(JSON.parse(rehearsed.out)).toMatchObject({ mode: 'rehearsal', signedBy: [] });
    const env = { PROBATUM_SEAL_KEY: relative(root, key) };
    const words = ['run', DOCUMENTS.package, '--target', 'production', '--format', 'json'];
    const { out } = await probatum(words, { cwd: root, env });
    const {
      status,
      signedBy,
      seal: path,
    } = JSON.parse(out) as { status: string; signedBy: string[]; seal: string };
    expect(status).toBe('succeeded');
    expect(signaturesOf(root, { ...published, seal: path }).map(({ keyid }) => keyid)).toEqual(signedBy);
    expect(signedBy).toEqual([expect.stringMatching(/^SHA256:/)]);
  });

  it('does not change how a run ended whose key is gone at its end, and keeps its digests', async () => {
    const root = runs.copyAll(done);
    const again = newestRun(root)!;
    rmSync(join(again, 'seal.json'));
    const { environment, printed } = environmentOf(root);
    const run = {
      status: 'succeeded',
      exitCode: 0,
      reason: '',
      folder: again,
      stored: readRecord(join(again, 'record.json')),
      fault: null,
    } as const;
    const sealKey = () => Promise.reject(new UsageError('bad-argument', 'the agent is gone'));
    expect(await finish(environment, run, { sealKey, format: 'pretty' })).toBe(0);
    expect(printed.err).toContain('not signed: the agent is gone\n');
    expect(printed.err).toContain(`probatum attest ${join(again, 'record.json')} --output`);
    expect(printed.out).toContain('seal.json (not signed)');
    const made = JSON.parse(readFileSync(join(again, 'seal.json'), 'utf8'));
    expect({ ...made, signatures: null }).toEqual({ ...JSON.parse(seal()), signatures: null });
    expect(made.signatures).toEqual([]);
  });
});

describe('probatum attest', () => {
  it('writes the same seal again, signatures and all, from the run and from what was published', async () => {
    expect(await attest(done, folder)).toMatchObject({ code: 0, out: seal() });
    const { code, out, err } = await attest(done, published.record);
    expect({ code, out }).toEqual({ code: 0, out: seal() });
    expect(err).toContain('artefacts/backup.tar.gz is not here');
    expect(text(done, published.seal)).toBe(seal());
  });

  it('adds a signature, and replaces one of the same key', async () => {
    const root = runs.copy(done);
    const output = ['--output', 'one.json'];
    expect((await attest(root, published.record, '--seal-key', key, ...output)).code).toBe(0);
    const [first, second] = signaturesOf(root, { ...published, seal: 'one.json' });
    expect(first).toEqual(JSON.parse(seal()).signatures[0]);
    expect(second!.keyid).toMatch(/^SHA256:/);
    expect((await attest(root, published.record, '--seal-key', pem)).out).toBe(seal());
    expect((await attest(root, published.record, ...output)).err).toContain('exists already');
  });

  it.each<[string, (root: string) => void, string]>([
    [
      'whose journal is another',
      (root) =>
        writeFileSync(join(root, published.journal), text(root, published.journal).replace(/[^\n]*\n$/, '')),
      'folds to another record',
    ],
    ['without its journal', (root) => rmSync(join(root, published.journal)), 'cannot read journal.jsonl'],
    [
      'whose artefact was exchanged',
      (root) => writeFileSync(join(root, published.folder, 'artefacts/migration.sql'), ''),
      'artefacts/migration.sql has another digest',
    ],
    [
      'whose plan does not have its digest',
      (root) =>
        forgeJournal(root, published, ([start]) => {
          (start!.plan as { change: string }).change = 'another';
        }),
      'its plan has digest',
    ],
  ])('refuses a record %s', async (_, change, message) => {
    const root = runs.copy(done);
    change(root);
    const { code, out, err } = await attest(root, published.record);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });

  it('refuses keys that cannot sign', async () => {
    const at = (name: string) => join(dirname(key), name);
    execFileSync(
      'openssl',
      ['genpkey', '-algorithm', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', at('ec.pem')],
      { stdio: 'ignore' },
    );
    execFileSync('openssl', ['pkey', '-in', pem, '-aes256', '-passout', 'pass:x', '-out', at('locked.pem')]);
    writeFileSync(at('torn.pem'), '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
    expect(() => readSealKey(at('ec.pem'))).toThrow(
      'is a key of type ec, and only ed25519 is signed with as PEM',
    );
    expect(() => readSealKey(at('locked.pem'))).toThrow(
      'is encrypted, and nobody is asked for its passphrase',
    );
    expect(() => readSealKey(at('torn.pem'))).toThrow('is no private key that can be read');
  });
});

describe('report --publish', () => {
  it.each<[string, (run: string) => void, string]>([
    ['a run without a seal', (run) => rmSync(join(run, 'seal.json')), 'there is no seal beside it'],
    [
      'a run with a seal that is none',
      (run) => writeFileSync(join(run, 'seal.json'), '{}\n'),
      'of its seal, it is no DSSE envelope',
    ],
  ])('refuses %s, and says how it is sealed', async (_, change, message) => {
    const root = runs.copyAll(done);
    const run = newestRun(root)!;
    change(run);
    const { code, err } = await probatum(['report', run, '--publish', '--force'], { cwd: root });
    expect(code).toBe(2);
    expect(err).toContain(message);
    const words = /probatum (attest .*)/.exec(err)![1]!.split(' ');
    expect((await probatum([...words, '--seal-key', pem], { cwd: root })).code).toBe(0);
    expect((await probatum(['report', run, '--publish', '--force'], { cwd: root })).code).toBe(0);
    expect((await verified(root)).found).toEqual([]);
  });
});

describe('resume', () => {
  it('seals a run whose process died between its record and its seal, and keeps a seal that is there', async () => {
    const root = runs.copyAll(done);
    const run = newestRun(root)!;
    const resume = () => probatum(['resume', run, '--seal-key', pem], { cwd: root });
    rmSync(join(run, 'seal.json'));
    rmSync(join(run, 'report.md'));
    expect((await resume()).code).toBe(0);
    expect(readFileSync(join(run, 'seal.json'), 'utf8')).toBe(seal());
    expect((await probatum(['resume', run], { cwd: root })).code).toBe(0);
    expect(readFileSync(join(run, 'seal.json'), 'utf8')).toBe(seal());
  });
});

describe('a signed seal that says something else', () => {
  it('is evidence: resume says so, and leaves it', async () => {
    const root = runs.copyAll(done);
    const run = newestRun(root)!;
    const made = JSON.parse(seal()) as { payload: string };
    const statement = Buffer.from(made.payload, 'base64').toString('utf8');
    const other = statement.replace(/"sha256":"[0-9a-f]{64}"/, `"sha256":"${'0'.repeat(64)}"`);
    const kept = JSON.stringify({ ...made, payload: Buffer.from(other).toString('base64') });
    writeFileSync(join(run, 'seal.json'), kept);
    const { err } = await probatum(['resume', run, '--seal-key', pem], { cwd: root });
    expect(err).toContain('is signed and says something else');
    expect(readFileSync(join(run, 'seal.json'), 'utf8')).toBe(kept);
  });
});

describe('the commit of a record', () => {
  const compared = async (root: string) => {
    const { found, compared } = await verified(root);
    return {
      found: found.filter((one) => !one.startsWith('seal-signature')),
      plans: compared.plans,
      absent: compared.absent,
    };
  };
  const noPlan = (why: string) => [expect.stringContaining(why), expect.stringContaining('backup.tar.gz')];

  it('gives the plan again, whatever the work tree has', async () => {
    const root = runs.copy(done);
    expect(await compared(root)).toMatchObject({ found: [], plans: 1 });
    writeFileSync(join(root, DOCUMENTS.ddl), text(root, DOCUMENTS.ddl).replace('# Item', '# Another'));
    expect(await compared(root)).toMatchObject({ plans: 1 });
  });

  it('that is not here is not compared', async () => {
    const root = runs.copy(done);
    rmSync(join(root, '.git'), { recursive: true });
    expect(await compared(root)).toEqual({ found: [], plans: 0, absent: noPlan('is not here') });
    new Repository(root).commit();
    expect(await compared(root)).toEqual({ found: [], plans: 0, absent: noPlan('is not here') });
  });

  it('shows a plan that was made up, with everything made anew', async () => {
    const root = runs.copy(done);
    forgeJournal(root, published, ([start], digest) => {
      const plan = start!.plan as { limits: { lockTimeoutMs: number } };
      plan.limits.lockTimeoutMs = 1;
      start!.planSha256 = digest(plan);
    });
    expect((await compared(root)).found).toEqual([
      expect.stringMatching(
        /^record-chain: \S+: the documents at commit [0-9a-f]{12} give plan [0-9a-f]{64}, and not [0-9a-f]{64}$/,
      ),
    ]);
  });

  it.each<[string, (corpus: { commit: string; changed: string[] }) => void, RegExp]>([
    [
      'that its documents were changed',
      ({ changed }) => changed.push(DOCUMENTS.law),
      /other documents of the plan differ \(none\) than it says \(knowledge\/law\.md\)/,
    ],
  ])('shows a record that says wrongly %s', async (_, change, message) => {
    const root = runs.copy(done);
    forgeJournal(root, published, ([start]) => change(start!.corpus as never));
    expect((await compared(root)).found).toEqual([expect.stringMatching(message)]);
  });

  it('shows a record that names a commit with other documents', async () => {
    const root = runs.copy(done);
    const repository = new Repository(root);
    repository.commit({ [DOCUMENTS.law]: `${text(root, DOCUMENTS.law)}\nMore.\n` });
    const commit = repository.git('rev-parse', 'HEAD').trim();
    forgeJournal(root, published, ([start]) => {
      start!.corpus = { commit, changed: [] };
    });
    expect((await compared(root)).found).toEqual(
      expect.arrayContaining([
        expect.stringContaining('other documents of the plan differ (knowledge/law.md) than it says (none)'),
      ]),
    );
  });

  it('is the one that was checked out, with what was not committed; what is no document of the plan does not count', async () => {
    const root = await runs.change();
    const repository = new Repository(root);
    writeFileSync(join(root, DOCUMENTS.packageReview), `${text(root, DOCUMENTS.packageReview)}\n`);
    repository.git('rm', '--quiet', '--cached', DOCUMENTS.law);
    repository.git('commit', '--quiet', '--message', 'without the law');
    expect((await runChange(root)).code).toBe(0);
    const made = await publish(root);
    const commit = repository.git('rev-parse', 'HEAD').trim();
    expect(statementOf(root, made).predicate.corpus).toEqual({ commit, changed: [DOCUMENTS.law] });
    expect(await compared(root)).toEqual({
      found: [],
      plans: 0,
      absent: noPlan('knowledge/law.md was not in commit'),
    });
  });

  it('is none outside of git', async () => {
    const root = await runs.change();
    rmSync(join(root, '.git'), { recursive: true });
    expect((await runChange(root)).code).toBe(0);
    const made = await publish(root);
    expect(statementOf(root, made).predicate.corpus).toEqual({ commit: null, changed: [] });
    expect(await compared(root)).toEqual({
      found: [],
      plans: 0,
      absent: noPlan('it was made outside of git'),
    });
  });

  it('is said to be unknown where git does not tell it', async () => {
    const root = await runs.change();
    writeFileSync(join(root, '.git/HEAD'), 'nonsense\n');
    const { code, err } = await runChange(root);
    expect(code).toBe(0);
    expect(err).toMatch(/^note: the record will name no commit: .* is in no git work tree/m);
  });
});

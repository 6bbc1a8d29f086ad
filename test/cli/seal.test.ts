import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/canonical-json.js';
import { sha256 } from '../../src/base/digest.js';
import type { Statement } from '../../src/record/statement.js';
import { DOCUMENTS } from '../support/change.js';
import {
  byEd25519,
  byOpenssh,
  forgeJournal,
  forgeSeal,
  type Signer,
  signaturesOf,
  statementOf,
} from '../support/forge-run.js';
import {
  configure,
  type Published,
  publish,
  RUN_SIGNED,
  runChange,
  SealedRuns,
  signer,
  verified,
} from '../support/sealed-run.js';
import { probatum, REPOSITORY } from './probatum.js';

/*
 * A run that was sealed and signed, and everything that can be done to its files by somebody who does not have the key:
 * verify says what is wrong.
 */

let runs: SealedRuns;
let key: string;
let stranger: string;
let pem: string;
let clean: string;
let published: Published;
let other: string;
let otherPublished: Published;

beforeAll(async () => {
  runs = await SealedRuns.open();
  key = runs.sshKey('ops');
  stranger = runs.sshKey('stranger');
  pem = runs.pemKey('pem');
  clean = await runs.change(RUN_SIGNED, signer(key));
  const { code, err } = await runChange(clean, '--seal-key', key);
  expect([code, err]).toEqual([0, expect.any(String)]);
  published = await publish(clean);
  other = await runs.change();
  expect((await runChange(other)).code).toBe(0);
  otherPublished = await publish(other);
});
afterAll(() => runs?.close());

/** The verifier that has nothing of the tool, told what the configuration says. */
function independent(root: string) {
  const config = readFileSync(join(root, 'probatum.config.yaml'), 'utf8');
  const signers = config.includes('allowed_signers') ? ['--signers', 'allowed_signers'] : [];
  const [, people] = /operator: \[(.*)\]/.exec(config) ?? [];
  const role = people === undefined ? [] : ['--role', people.replaceAll(' ', '')];
  const number = ['--number', /signers: (\d)/.exec(config)?.[1] ?? '1'];
  const script = join(REPOSITORY, 'docs/verify.py');
  return spawnSync('python3', [script, DOCUMENTS.execution, ...signers, ...role, ...number], {
    cwd: root,
    encoding: 'utf8',
  });
}

/** What verify finds in a copy after a change; the verifier of docs/verify.py comes to the same verdict. */
async function found(change: (root: string) => unknown): Promise<string[]> {
  const root = runs.copy(clean);
  await change(root);
  const { found } = await verified(root);
  const byHand = independent(root);
  expect([byHand.status, byHand.stdout]).toEqual(
    found.length === 0 ? [0, 'verified\n'] : [1, expect.not.stringContaining('verified')],
  );
  return found.map((one) =>
    one
      .replace(`seal-signature: the seal beside ${published.record}:`, 'SEAL')
      .replace(/\b[0-9a-f]{64}\b/g, 'DIGEST'),
  );
}

const edit = (root: string, path: string, change: (text: string) => string) =>
  writeFileSync(join(root, path), change(readFileSync(join(root, path), 'utf8')));
const allow =
  (...lines: string[]) =>
  (root: string) =>
    configure(root, RUN_SIGNED, lines.join(''));
const keyidOf = (file: string) =>
  execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`], { encoding: 'utf8' }).split(' ')[1]!;
const NONE = 'SEAL it needs a signature by a operator; valid ones: none';
const as = (statement: Statement) => statement;

describe('the seal of a run', () => {
  it('is that of the run, and counted as signed', async () => {
    const { found, compared } = await verified(clean);
    expect(found).toEqual([]);
    expect(compared).toMatchObject({ seals: 1, signedSeals: 1, plans: 1 });
  });

  it('names every file, with the digest of its bytes', () => {
    const { subject, predicate } = statementOf(clean, published);
    const digests = Object.fromEntries(subject.map(({ name, digest }) => [name, digest.sha256]));
    const here = (path: string) => sha256(readFileSync(join(clean, path)));
    const record = JSON.parse(readFileSync(join(clean, published.record), 'utf8'));
    expect(digests['report.md']).toBe(here(published.report));
    expect(digests['plan.json']).toBe(sha256(canonicalJson(record.plan)));
    for (const name of [
      'journal.jsonl',
      'record.json',
      'artefacts/migration.sql',
      'artefacts/schema-before.jsonl',
    ])
      expect([name, digests[name]]).toEqual([name, here(`${published.folder}/${name}`)]);
    expect(subject.map(({ name }) => name).slice(0, 4)).toEqual([
      'journal.jsonl',
      'record.json',
      'report.md',
      'plan.json',
    ]);
    expect(subject.length).toBe(4 + predicate.artefacts);
    expect(digests['artefacts/backup.tar.gz']).toBe(record.backup.sha256);
    expect(predicate.corpus).toEqual({
      commit: execFileSync('git', ['rev-parse', 'HEAD'], { cwd: clean, encoding: 'utf8' }).trim(),
      changed: [],
    });
  });

  it('without a key is none that is signed, and counted as such', async () => {
    const { found, compared } = await verified(other);
    expect(found).toEqual([]);
    expect(compared).toMatchObject({ seals: 1, signedSeals: 0 });
    expect(signaturesOf(other, otherPublished)).toEqual([]);
  });

  it('shows a journal whose end was cut off, with record and report made anew', async () => {
    expect(await found((root) => forgeJournal(root, published, (lines) => void lines.splice(-2)))).toEqual([
      'SEAL it says another finishedAt than the record',
      'SEAL it says another journal than the record',
      'SEAL it says another status than the record',
      'SEAL journal.jsonl has digest DIGEST, sealed was DIGEST',
      'SEAL record.json has digest DIGEST, sealed was DIGEST',
      'SEAL report.md has digest DIGEST, sealed was DIGEST',
    ]);
  });

  it('shows an artefact that was exchanged, with journal, record and report made anew', async () => {
    const rows = 'app.base 7\n';
    const problems = await found((root) => {
      writeFileSync(join(root, published.folder, 'artefacts/rows-before.txt'), rows);
      forgeJournal(root, published, (lines) => {
        for (const line of lines) if (line.path === 'artefacts/rows-before.txt') line.sha256 = sha256(rows);
      });
    });
    expect(problems).toContain('SEAL artefacts/rows-before.txt has digest DIGEST, sealed was DIGEST');
    expect(problems.filter((one) => !one.startsWith('SEAL '))).toEqual([]);
  });

  it('shows an artefact that was exchanged alone', async () => {
    const problems = await found((root) =>
      writeFileSync(join(root, published.folder, 'artefacts/migration.sql'), ''),
    );
    expect(problems).toEqual(['record-chain: artefact artefacts/migration.sql has another digest']);
  });

  it('shows a report that was edited and a record that does not name it', async () => {
    const problems = await found((root) => edit(root, published.report, (text) => `${text}Approved.\n`));
    expect(problems).toContain('SEAL report.md has digest DIGEST, sealed was DIGEST');
  });

  it.each<[string, (root: string) => unknown, string[]]>([
    ['is gone', (root) => rmSync(join(root, published.seal)), ['SEAL it is not there']],
    [
      'is that of another run',
      (root) => writeFileSync(join(root, published.seal), readFileSync(join(other, otherPublished.seal))),
      [
        expect.stringMatching(
          /^SEAL it is the seal of run \d{8}T\d{6}Z(-\d+)?, and not of \d{8}T\d{6}Z(-\d+)?$/,
        ) as string,
        NONE,
      ],
    ],
    ['is empty', (root) => writeFileSync(join(root, published.seal), ''), ['SEAL it is not JSON']],
    [
      'has a blank more',
      (root) => edit(root, published.seal, (text) => ` ${text}`),
      ['SEAL it is not in canonical form'],
    ],
    [
      'lacks its line end',
      (root) => edit(root, published.seal, (text) => text.trimEnd()),
      ['SEAL it is not in canonical form'],
    ],
    [
      'has a field more',
      (root) => edit(root, published.seal, (text) => text.replace('{', '{"note":"",')),
      ['SEAL it is no DSSE envelope'],
    ],
    [
      'has another type of payload',
      (root) => edit(root, published.seal, (text) => text.replace('vnd.in-toto', 'vnd.other')),
      ['SEAL its payload is of type "application/vnd.other+json", and not application/vnd.in-toto+json'],
    ],
    [
      'is nested without end',
      (root) => writeFileSync(join(root, published.seal), '['.repeat(500_000)),
      ['SEAL it is not JSON'],
    ],
    [
      'is too large',
      (root) => writeFileSync(join(root, published.seal), ' '.repeat(2_000_000)),
      ['SEAL it has 2000000 bytes, more than 1048576'],
    ],
    [
      'has a payload that is no statement',
      (root) => edit(root, published.seal, (text) => text.replace(/"payload":"[^"]*"/, '"payload":"e30="')),
      [expect.stringMatching(/^SEAL its payload is no statement about a run: /) as string],
    ],
    [
      'has a payload with another text of the same base64',
      (root) => edit(root, published.seal, (text) => text.replace(/"payload":"[^"]*"/, '"payload":"e31="')),
      ['SEAL its base64 is not in canonical form'],
    ],
  ])('that %s is found', async (_, change, problems) => {
    expect(await found(change)).toEqual(problems);
  });

  it.each<[string, (statement: Statement) => Statement, string[]]>([
    [
      'of another status',
      (one) => ({ ...one, predicate: { ...one.predicate, status: 'aborted' } }),
      ['SEAL it says another status than the record'],
    ],
    [
      'of another package',
      (one) => ({
        ...one,
        predicate: { ...one.predicate, package: { ...one.predicate.package, sha256: '0'.repeat(64) } },
      }),
      ['SEAL it says another package than the record'],
    ],
    [
      'without the report',
      (one) => ({ ...one, subject: one.subject.filter(({ name }) => name !== 'report.md') }),
      ['SEAL it does not name report.md'],
    ],
    [
      'with an artefact more',
      (one) => ({ ...one, subject: [...one.subject, { ...one.subject[0]!, name: 'artefacts/more.sql' }] }),
      ['SEAL it names artefacts/more.sql, which the record does not'],
    ],
    [
      'that names a file twice',
      (one) => ({ ...one, subject: [...one.subject, one.subject[0]!] }),
      ['SEAL it names journal.jsonl twice'],
    ],
    [
      'in another order',
      (one) => ({ ...one, subject: [...one.subject].reverse() }),
      ['SEAL its subjects are not in their order'],
    ],
    [
      'with another digest',
      (one) => ({
        ...one,
        subject: one.subject.map((file) =>
          file.name === 'plan.json' ? { ...file, digest: { sha256: '0'.repeat(64) } } : file,
        ),
      }),
      ['SEAL plan.json has digest DIGEST, sealed was DIGEST'],
    ],
  ])('with a statement %s is found, also where it is signed', async (_, change, problems) => {
    expect(await found((root) => forgeSeal(root, published, change, byOpenssh(key)))).toEqual(problems);
  });

  it('with a changed payload is no more what was signed', async () => {
    const signatures = signaturesOf(clean, published);
    const change = (one: Statement): Statement => ({
      ...one,
      predicate: { ...one.predicate, status: 'failed' },
    });
    expect(await found((root) => forgeSeal(root, published, change, () => signatures))).toEqual([
      'SEAL it needs a signature by a operator; valid ones: none',
      'SEAL it says another status than the record',
      "SEAL its signature is refused: it is not ops's signature of these bytes: they, or the signature, are others",
    ]);
  });
});

describe('a signature of a seal', () => {
  const reseal = (by: Signer) => (root: string) => forgeSeal(root, published, as, by);
  const both =
    (...changes: ((root: string) => unknown)[]) =>
    async (root: string) => {
      for (const change of changes) await change(root);
    };

  it.each<[string, () => (root: string) => unknown, string | null]>([
    [
      'of another namespace',
      () => reseal(byOpenssh(key, 'probatum-review')),
      'it was made for probatum-review, and not for probatum-run',
    ],
    ['by a stranger', () => reseal(byOpenssh(stranger)), `its key KEY is nobody's in allowed_signers`],
    [
      'by a stranger under the name of the key',
      () =>
        reseal(async (payload) =>
          (await byOpenssh(stranger)(payload)).map((one) => ({ ...one, keyid: keyidOf(key) })),
        ),
      'it names key KEY, and is of KEY',
    ],
    [
      'by a wildcard principal',
      () => allow(signer(key, '*')),
      'line 1 of allowed_signers names no single person: "\\*"',
    ],
    [
      'by several people',
      () => allow(signer(key, 'ops,eve')),
      'line 1 of allowed_signers names no single person: "ops,eve"',
    ],
    [
      'by a key for other namespaces',
      () => allow(signer(key, 'ops', 'namespaces="git"')),
      'line 1 of allowed_signers allows the key for git, and not for probatum-run',
    ],
    [
      'by a key that has expired',
      () => allow(signer(key, 'ops', 'valid-before="20260101Z"')),
      'line 1 of allowed_signers: the key was valid until 2026-01-01T00:00:00.000Z',
    ],
    [
      'by a key that is not valid yet',
      () => allow(signer(key, 'ops', 'valid-after="29990101Z"')),
      'line 1 of allowed_signers: the key is valid from 2999-01-01T00:00:00.000Z',
    ],
    ['that is left out', () => reseal(() => []), null],
    [
      'that is none',
      () => reseal(() => [{ keyid: keyidOf(key), sig: 'AAAA' }]),
      'it is neither a signature of OpenSSH nor one of Ed25519',
    ],
    [
      'in an armour of another form',
      () => (root) =>
        edit(root, published.seal, (text) =>
          text.replace(/(?<="sig":")[^"]*/, (sig) =>
            Buffer.from(
              Buffer.from(sig, 'base64')
                .toString('latin1')
                .replace(/\n(?=\S{4})/, '\r\n'),
            ).toString('base64'),
          ),
        ),
      'its armour is not as ssh-keygen writes it',
    ],
    [
      'by an Ed25519 key that is not the one it names',
      () => reseal(byEd25519(pem, keyidOf(key))),
      "it is not ops's signature of these bytes: they, or the signature, are others",
    ],
    [
      'by an Ed25519 key that is nobody’s',
      () => reseal(byEd25519(pem, keyidOf(pem))),
      `its key KEY is nobody's in allowed_signers`,
    ],
    [
      'by an Ed25519 key of a wildcard',
      () => both(reseal(byEd25519(pem, keyidOf(pem))), allow(signer(pem, '*'))),
      'line 1 of allowed_signers names no single person: "\\*"',
    ],
    [
      'by an Ed25519 key that has expired',
      () => both(reseal(byEd25519(pem, keyidOf(pem))), allow(signer(pem, 'ops', 'valid-before="20260101Z"'))),
      'line 1 of allowed_signers: the key was valid until 2026-01-01T00:00:00.000Z',
    ],
    [
      'by an Ed25519 key for other namespaces',
      () => both(reseal(byEd25519(pem, keyidOf(pem))), allow(signer(pem, 'ops', 'namespaces="git"'))),
      'line 1 of allowed_signers allows the key for git, and not for probatum-run',
    ],
  ])('%s does not count', async (_, change, reason) => {
    const problems = (await found(change())).map((one) => one.replaceAll(/SHA256:[A-Za-z0-9+/]{43}/g, 'KEY'));
    const refused = reason === null ? [] : [`SEAL its signature is refused: ${reason.replaceAll('\\', '')}`];
    expect(problems).toEqual([NONE, ...refused]);
  });

  it('by a person without the role does not count, and is named', async () => {
    expect(await found(allow(signer(key, 'eve')))).toEqual([
      `${NONE} (eve has signed it, and is no operator)`,
    ]);
  });

  it('by an Ed25519 key on a line that cannot be read is refused with the line', async () => {
    const line = signer(pem, 'ops', 'valid-before="2027-01-01"');
    const problems = await found(both(reseal(byEd25519(pem, keyidOf(pem))), allow(line)));
    expect(problems).toContain(
      'SEAL its signature is refused: line 1 of allowed_signers cannot be read: its option valid-before="2027-01-01" cannot be read',
    );
  });

  it('by an Ed25519 key as PEM counts', async () => {
    expect(await found(both(reseal(byEd25519(pem, keyidOf(pem))), allow(signer(pem))))).toEqual([]);
  });

  it('that nobody can judge is found', async () => {
    expect(await found((root) => configure(root, '', ''))).toEqual([
      'SEAL its signature is refused: the configuration names no allowed_signers',
    ]);
  });

  it('of two people is what the policy can ask for', async () => {
    const two = RUN_SIGNED.replace('[ops]', '[ops, pam]').replace('operator}', 'operator, signers: 2}');
    const allowed = signer(key) + signer(pem, 'pam');
    const wish = (root: string) => configure(root, two, allowed);
    expect(await found(wish)).toEqual([
      'SEAL it needs signatures by 2 different people who are operator; valid ones: ops',
    ]);
    const sign = async (root: string) => {
      const args = ['attest', published.record, '--seal-key', pem, '--output', published.seal, '--force'];
      expect(await probatum(args, { cwd: root })).toMatchObject({ code: 0 });
    };
    expect(await found(both(wish, sign))).toEqual([]);
  });
});

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.js';
import { probatum, REPOSITORY } from '../cli/probatum.js';
import { DOCUMENTS } from '../support/change.js';
import { byOpenssh, forgeJournal, forgeSeal } from '../support/forge-run.js';
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

/* The commands of docs/verify-by-hand.md as they stand there: they come to the verdict of `probatum verify`. */

const PAGE = readFileSync(join(REPOSITORY, 'docs/verify-by-hand.md'), 'utf8');

/** The page's commands without those of one way to sign; each section says its name first. */
function commands(not: string): string {
  const sections = PAGE.split(/^(?=##)/m).filter((section) => !section.includes(`# ${not}\n`));
  return sections
    .map((section) => {
      const fences = [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, body]) => body!);
      return `echo '${section.split('\n', 1)[0]}' >&2\n${fences.join('')}`;
    })
    .join('');
}

let runs: SealedRuns;
const keys: { [way: string]: string } = {};
const roots: { [way: string]: string } = {};
let published: Published;
let stranger: string;

beforeAll(async () => {
  runs = await SealedRuns.open();
  Object.assign(keys, { openssh: runs.sshKey('ops'), ed25519: runs.pemKey('pem') });
  stranger = runs.sshKey('stranger');
  for (const [way, key] of Object.entries(keys)) {
    const root = await runs.change(RUN_SIGNED, signer(key));
    expect((await runChange(root, '--seal-key', key)).code).toBe(0);
    published = await publish(root);
    mkdirSync(join(root, 'docs'));
    cpSync(join(REPOSITORY, 'docs/verify.py'), join(root, 'docs/verify.py'));
    roots[way] = root;
  }
});
afterAll(() => runs?.close());

/** Runs the commands: whether all went well, and in which section they ended. */
function byHand(root: string, way: string) {
  const not = way === 'openssh' ? 'Of Ed25519' : 'Of OpenSSH';
  const { status, stdout, stderr } = spawnSync('bash', [], {
    cwd: root,
    input: commands(not),
    encoding: 'utf8',
  });
  const section = stderr
    .split('\n')
    .filter((line) => line.startsWith('#'))
    .at(-1)!;
  return { good: status === 0, stdout, section: section.replace(/^#+ /, '') };
}

/** A copy of a sealed run, with the verifier beside it. */
function copy(way: string): { root: string; at: Published } {
  const root = runs.copy(roots[way]!);
  cpSync(join(roots[way]!, 'docs'), join(root, 'docs'), { recursive: true });
  const record = /^ {2}path: (.*)$/m.exec(
    readFileSync(join(root, DOCUMENTS.execution), 'utf8').split('record:')[1]!,
  )![1]!;
  const folder = record.replace('/record.json', '');
  return {
    root,
    at: { ...published, folder, record, journal: `${folder}/journal.jsonl`, seal: `${folder}/seal.json` },
  };
}

describe('docs/verify-by-hand.md', () => {
  it('has a verifier of at most 200 lines', () => {
    const lines = readFileSync(join(REPOSITORY, 'docs/verify.py'), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(200);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(130);
  });

  it.each(['openssh', 'ed25519'])('holds a good record for true that was signed with %s', async (way) => {
    const { root } = copy(way);
    const { good, stdout, section } = byHand(root, way);
    expect({ good, section }).toEqual({ good: true, section: 'In one go' });
    expect(stdout).toMatch(/\nverified\n$/);
    expect((await verified(root)).found).toEqual([]);
  });

  const edit = (root: string, path: string, change: (text: string) => string) =>
    writeFileSync(join(root, path), change(readFileSync(join(root, path), 'utf8')));

  it.each<[string, string, (root: string, at: Published) => unknown, string]>([
    [
      'a cut journal, made consistent',
      'openssh',
      (root, at) => forgeJournal(root, at, (lines) => void lines.splice(-2)),
      'The journal',
    ],
    [
      'a changed reason, made consistent',
      'openssh',
      (root, at) =>
        forgeJournal(root, at, (lines) => {
          lines.at(-1)!.reason = 'well done';
        }),
      'The seal',
    ],
    [
      'a changed line',
      'openssh',
      (root, at) => edit(root, at.journal, (text) => text.replace('"observed":["1"]', '"observed":["7"]')),
      'The journal',
    ],
    [
      'a line left out',
      'ed25519',
      (root, at) => edit(root, at.journal, (text) => text.replace(/\n[^\n]*\n/, '\n')),
      'The journal',
    ],
    [
      'an edited record',
      'openssh',
      (root, at) => edit(root, at.record, (text) => text.replace('"reason":"', '"reason":"surely ')),
      'The record of a report',
    ],
    [
      'an exchanged artefact',
      'openssh',
      (root, at) => writeFileSync(join(root, at.folder, 'artefacts/rollback.sql'), ''),
      'The seal',
    ],
    [
      'an exchanged artefact, made consistent',
      'ed25519',
      (root, at) => {
        writeFileSync(join(root, at.folder, 'artefacts/rows-before.txt'), '');
        forgeJournal(root, at, (lines) => {
          for (const line of lines) if (line.path === 'artefacts/rows-before.txt') line.sha256 = sha256('');
        });
      },
      'The seal',
    ],
    [
      'an edited report',
      'openssh',
      (root, at) => edit(root, at.report, (text) => `${text}Approved.\n`),
      'The seal',
    ],
    ['no seal', 'openssh', (root, at) => rmSync(join(root, at.seal)), 'The seal'],
    [
      'another type of payload',
      'openssh',
      (root, at) => edit(root, at.seal, (text) => text.replace('in-toto', 'other')),
      'The seal',
    ],
    [
      'another status in a payload that is signed again',
      'openssh',
      (root, at) =>
        forgeSeal(
          root,
          at,
          (one) => ({ ...one, predicate: { ...one.predicate, status: 'failed' } }),
          byOpenssh(keys.openssh!),
        ),
      'The seal',
    ],
    [
      'a signature by a stranger',
      'openssh',
      (root, at) => forgeSeal(root, at, (one) => one, byOpenssh(stranger)),
      'The signature',
    ],
    [
      'a signature for reviews',
      'openssh',
      (root, at) => forgeSeal(root, at, (one) => one, byOpenssh(keys.openssh!, 'probatum-review')),
      'Of OpenSSH',
    ],
    [
      'a signature of other bytes',
      'ed25519',
      (root, at) =>
        edit(root, at.seal, (text) =>
          text.replace(/"sig":"[^"]*/, `"sig":"${Buffer.alloc(64).toString('base64')}`),
        ),
      'Of Ed25519',
    ],
    ['no signature', 'ed25519', (root, at) => forgeSeal(root, at, (one) => one), 'The signature'],
    [
      'a key that has expired',
      'openssh',
      (root) => configure(root, RUN_SIGNED, signer(keys.openssh!, 'ops', 'valid-before="20260101Z"')),
      'Of OpenSSH',
    ],
    [
      'a wildcard',
      'openssh',
      (root) => configure(root, RUN_SIGNED, signer(keys.openssh!, '*')),
      'The signature',
    ],
  ])('does not hold for true %s, nor does verify', async (_, way, change, section) => {
    const { root, at } = copy(way);
    await change(root, at);
    expect(byHand(root, way)).toMatchObject({ good: false, section });
    expect((await verified(root)).found).not.toEqual([]);
  });

  /** What verify.py prints. */
  const verifier = (root: string, { report }: Published, ...args: string[]) =>
    spawnSync('python3', ['docs/verify.py', report, ...args], { cwd: root, encoding: 'utf8' }).stdout;
  const SIGNERS = ['--signers', 'allowed_signers'];

  it('has a verifier that says so where no signers were named', () => {
    const { root, at } = copy('openssh');
    expect(verifier(root, at)).toBe('the seal is signed, and no --signers were named\n');
    expect(verifier(root, at, ...SIGNERS)).toBe('verified\n');
  });

  it.each(['openssh', 'ed25519'])(
    'knows one person by each line of a key, as verify does: %s',
    async (way) => {
      const { root, at } = copy(way);
      const key = keys[way]!;
      const other = signer(key, 'ops@home', 'valid-after="20200101Z",namespaces="file,probatum-run"');
      configure(root, RUN_SIGNED, other + signer(key));
      expect((await verified(root)).found).toEqual([]);
      expect(verifier(root, at, ...SIGNERS, '--role', 'ops')).toBe('verified\n');
      const two = RUN_SIGNED.replace('[ops]', '[ops, ops@home]').replace('role: operator', '$&, signers: 2');
      configure(root, two, other + signer(key));
      expect((await verified(root)).found).toEqual([
        expect.stringContaining('valid ones: ops@home (by a common key also ops: one person)'),
      ]);
      const asked = [...SIGNERS, '--role', 'ops,ops@home', '--number', '2'];
      expect(verifier(root, at, ...asked)).toBe('a signature is missing\n');
    },
  );

  it('counts two keys of one person once, by a third that has the names of both', async () => {
    const { root, at } = copy('openssh');
    const two = RUN_SIGNED.replace('[ops]', '[ops, ops@home]').replace('role: operator', '$&, signers: 2');
    const args = ['attest', at.record, '--seal-key', keys.ed25519!, '--output', at.seal, '--force'];
    const lines = signer(keys.openssh!) + signer(keys.ed25519!, 'ops@home');
    configure(root, two, lines);
    expect((await probatum(args, { cwd: root })).code).toBe(0);
    const asked = [...SIGNERS, '--role', 'ops,ops@home', '--number', '2'];
    expect((await verified(root)).found).toEqual([]);
    expect(verifier(root, at, ...asked)).toBe('verified\n');
    const joined =
      signer(stranger, 'ops@home', 'namespaces="file"') + signer(stranger, 'ops', 'valid-before="20200101Z"');
    configure(root, two, lines + joined);
    expect((await verified(root)).found).toEqual([expect.stringContaining('one person')]);
    expect(verifier(root, at, ...asked)).toBe('a signature is missing\n');
  });

  it('shows documents that are not those of the commit, also where the seal was signed again', async () => {
    const { root, at } = copy('openssh');
    forgeJournal(root, at, ([start], digest) => {
      const plan = start!.plan as { law: { sha256: string } };
      plan.law.sha256 = sha256('another law');
      start!.planSha256 = digest(plan);
    });
    const args = ['attest', at.record, '--seal-key', keys.openssh!, '--output', at.seal, '--force'];
    expect((await probatum(args, { cwd: root })).code).toBe(0);
    expect(byHand(root, 'openssh')).toMatchObject({ good: false, section: 'The documents' });
    expect((await verified(root)).found).toContainEqual(
      expect.stringContaining('other documents of the plan differ (knowledge/law.md)'),
    );
  });
});

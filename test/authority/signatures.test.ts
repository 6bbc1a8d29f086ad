import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAllowedSigners } from '../../src/authority/allowed-signers.js';
import { judgeSignature } from '../../src/authority/judge-signature.js';
import { namesOfPerson } from '../../src/authority/same-person.js';
import { signBytes } from '../../src/authority/ssh-keygen.js';

/* Signatures as OpenSSH makes and checks them: what is refused, and with which words. */

const folder = mkdtempSync(join(tmpdir(), 'probatum-signatures-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const REVIEW = 'probatum-review';
const BYTES = Buffer.from('a verdict\n');
const NOW = new Date('2026-11-23T12:00:00Z');
const at = (name: string) => join(folder, name);
const publicKey = (name: string) => readFileSync(at(`${name}.pub`), 'utf8').trim();

function makeKey(name: string, ...type: string[]): void {
  execFileSync('ssh-keygen', ['-q', '-t', ...type, '-N', '', '-C', name, '-f', at(name)]);
}

let signature: Buffer;
beforeAll(async () => {
  makeKey('alice', 'ed25519');
  makeKey('mallory', 'ed25519');
  makeKey('rsa', 'rsa', '-b', '2048');
  makeKey('ecdsa', 'ecdsa');
  signature = await signBytes(BYTES, at('alice'), REVIEW);
});

const judge = (
  allowed: string,
  rest: { bytes?: Uint8Array; signature?: Uint8Array; namespace?: string } = {},
) =>
  judgeSignature({ bytes: BYTES, signature, namespace: REVIEW, ...rest }, readAllowedSigners(allowed), NOW);

describe('a signature', () => {
  it.each(['alice', 'rsa', 'ecdsa'])('of %s is accepted by ours and by ssh-keygen by hand', async (name) => {
    const made = await signBytes(BYTES, at(name), REVIEW);
    const allowed = `${name}@example.org namespaces="${REVIEW}" ${publicKey(name)}\n`;
    const verdict = await judge(allowed, { signature: made });
    const shown = execFileSync('ssh-keygen', ['-l', '-f', at(`${name}.pub`)], { encoding: 'utf8' });
    expect(verdict).toEqual({
      accepted: true,
      principals: [`${name}@example.org`],
      fingerprint: shown.split(' ')[1],
      unused: [],
    });
    writeFileSync(at('allowed'), allowed);
    writeFileSync(at('made.sig'), made);
    const byHand = [
      '-Y',
      'verify',
      '-f',
      at('allowed'),
      '-I',
      `${name}@example.org`,
      '-n',
      REVIEW,
      '-s',
      at('made.sig'),
    ];
    expect(spawnSync('ssh-keygen', byHand, { input: BYTES }).status).toBe(0);
  });

  it('made by ssh-keygen by hand is accepted', async () => {
    writeFileSync(at('document.md'), BYTES);
    execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-f', at('alice'), '-n', REVIEW, at('document.md')], {
      stdio: 'ignore',
    });
    const made = readFileSync(at('document.md.sig'));
    expect(await judge(`alice ${publicKey('alice')}`, { signature: made })).toMatchObject({ accepted: true });
  });

  it.each([
    [
      'of other bytes',
      { bytes: Buffer.from('another verdict\n') },
      (): string => `alice ${publicKey('alice')}`,
      "it is not alice's signature of these bytes",
    ],
    [
      'for another namespace',
      { namespace: 'probatum-authorization' },
      (): string => `alice ${publicKey('alice')}`,
      'it was made for probatum-review, and not for probatum-authorization',
    ],
    [
      'by a key that is nobody’s',
      {},
      (): string => `mallory ${publicKey('mallory')}`,
      "is nobody's in allowed_signers",
    ],
    ['where nobody is allowed', {}, (): string => '', "is nobody's in allowed_signers"],
    [
      'of a wildcard',
      {},
      (): string => `* ${publicKey('alice')}`,
      'line 1 of allowed_signers names no single person: "*"',
    ],
    ['of a pattern', {}, (): string => `*@example.org ${publicKey('alice')}`, 'names no single person'],
    [
      'of several people',
      {},
      (): string => `alice,bob ${publicKey('alice')}`,
      'names no single person: "alice,bob"',
    ],
    [
      'of a key for another namespace',
      {},
      (): string => `alice namespaces="git,file" ${publicKey('alice')}`,
      'allows the key for git, file, and not for probatum-review',
    ],
    [
      'of a key that has expired',
      {},
      (): string => `alice valid-before="20261123110000Z" ${publicKey('alice')}`,
      'the key was valid until 2026-11-23T11:00:00.000Z',
    ],
    [
      'of a key that is not valid yet',
      {},
      (): string => `alice valid-after="20261124Z" ${publicKey('alice')}`,
      'the key is valid from 2026-11-24T00:00:00.000Z',
    ],
    [
      'of a certificate authority',
      {},
      (): string => `alice cert-authority ${publicKey('alice')}`,
      'is about a certificate authority',
    ],
    [
      'behind an option that nobody knows',
      {},
      (): string => `alice no-such-option ${publicKey('alice')}`,
      'line 1 of allowed_signers cannot be read: its option no-such-option cannot be read',
    ],
    [
      'that is none',
      { signature: Buffer.from('-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n') },
      (): string => `alice ${publicKey('alice')}`,
      'it is no signature of OpenSSH',
    ],
    [
      'that is empty',
      { signature: Buffer.alloc(0) },
      (): string => `alice ${publicKey('alice')}`,
      'it is no signature of OpenSSH',
    ],
  ] as const)('%s is refused, and it is said why', async (_, rest, allowed, reason) => {
    const verdict = await judge(allowed(), rest);
    expect(verdict).toMatchObject({ accepted: false, reason: expect.stringContaining(reason) });
  });

  it('of a key with a window is accepted within it', async () => {
    const line = `alice valid-after="20261123",valid-before="20261124235959Z",namespaces="${REVIEW}" ${publicKey('alice')}`;
    expect(await judge(line)).toMatchObject({ accepted: true, principals: ['alice'] });
  });

  it('is accepted by a line that allows it, whatever another line says of the same key', async () => {
    const lines = `* ${publicKey('alice')}\nalice ${publicKey('alice')}\nbob valid-before="20200101Z" ${publicKey('alice')}`;
    expect(await judge(lines)).toMatchObject({
      accepted: true,
      principals: ['alice'],
      unused: [
        'line 1 of allowed_signers names no single person: "*"',
        'line 3 of allowed_signers: the key was valid until 2020-01-01T00:00:00.000Z',
      ],
    });
  });

  it('is accepted for every person whose line lets the key sign', async () => {
    const lines = `alice@home ${publicKey('alice')}\nalice namespaces="git" ${publicKey('alice')}\nalice@work namespaces="${REVIEW}" ${publicKey('alice')}`;
    expect(await judge(lines)).toMatchObject({ accepted: true, principals: ['alice@home', 'alice@work'] });
  });

  it('is refused with what is wrong of each line of its key', async () => {
    const lines = `alice namespaces="git" ${publicKey('alice')}\nbob valid-before="20200101Z" ${publicKey('alice')}`;
    expect(await judge(lines)).toEqual({
      accepted: false,
      reason: `line 1 of allowed_signers allows the key for git, and not for ${REVIEW}; line 2 of allowed_signers: the key was valid until 2020-01-01T00:00:00.000Z`,
    });
  });

  it.each([
    [
      'that has its key',
      (): string => `alice valid-before="2027-01-01" ${publicKey('alice')}`,
      /^line 1 of allowed_signers cannot be read: its option valid-before="2027-01-01" cannot be read$/,
    ],
    [
      'that has its key, and no person',
      (): string => `mallory ${publicKey('mallory')}\n${publicKey('alice')}`,
      /^line 2 of allowed_signers cannot be read: it has no key where one is expected$/,
    ],
    [
      'that may be that of its key',
      (): string => 'nonsense\nalice ssh-ed25519 AAAA!\nmore nonsense',
      /^its key SHA256:\S+ is nobody's in allowed_signers; line 1 of allowed_signers cannot be read: it has no key where one is expected \(and 2 more\)$/,
    ],
    [
      'that is about another key',
      (): string => `mallory valid-before="2027-01-01" ${publicKey('mallory')}`,
      /^its key SHA256:\S+ is nobody's in allowed_signers$/,
    ],
  ])('is refused with the line %s and cannot be read', async (_, allowed, reason) => {
    expect(await judge(allowed())).toEqual({ accepted: false, reason: expect.stringMatching(reason) });
  });

  it('with any byte changed is refused', async () => {
    const line = `alice ${publicKey('alice')}`;
    for (let index = 0; index < signature.length; index += 7) {
      const changed = Buffer.from(signature);
      changed[index] = changed[index]! ^ 1;
      const same = changed.toString('latin1').trim() === signature.toString('latin1').trim();
      expect([index, (await judge(line, { signature: changed })).accepted]).toEqual([index, same]);
    }
  });

  it('twice in a file is none', async () => {
    const twice = Buffer.concat([signature, signature]);
    expect(await judge(`alice ${publicKey('alice')}`, { signature: twice })).toMatchObject({
      accepted: false,
    });
  });
});

describe('allowed_signers', () => {
  it('is read as OpenSSH reads it: comments, quotes, options, Windows line ends', () => {
    const text = `# who\r\n\r\n"alice@example.org" namespaces="a b,c",valid-after="20260102030405Z" ${'ssh-ed25519 AAAA'} a comment\r\nnonsense\r\n`;
    const { signers, unreadable } = readAllowedSigners(text);
    expect(signers).toEqual([
      expect.objectContaining({
        line: 3,
        principals: ['alice@example.org'],
        namespaces: ['a b', 'c'],
        validAfter: new Date('2026-01-02T03:04:05Z'),
        validBefore: null,
        authority: false,
        keyType: 'ssh-ed25519',
        key: 'AAAA',
      }),
    ]);
    expect(unreadable).toMatchObject([{ line: 4, why: 'it has no key where one is expected' }]);
  });

  it('gives a date without Z the time zone of the machine', () => {
    const [signer] = readAllowedSigners('alice valid-before="20260102" ssh-ed25519 AAAA').signers;
    expect(signer!.validBefore).toEqual(new Date(2026, 0, 2));
  });
});

describe('a person', () => {
  const [K1, K2, K3] = ['AAAA1', 'AAAA2', 'AAAA3'].map((key) => `ssh-ed25519 ${key}`) as [
    string,
    string,
    string,
  ];
  const names = (lines: readonly string[], name: string) => [
    ...namesOfPerson(readAllowedSigners(lines.join('\n')), name),
  ];

  it.each<[string, readonly string[], readonly string[]]>([
    ['a key on two lines', [`home ${K1}`, `alice ${K1}`, `bob ${K2}`], ['home']],
    [
      'keys in a row, in whatever order',
      [`c ${K3}`, `b ${K3}`, `b ${K2}`, `home ${K2}`, `alice ${K2}`],
      ['home', 'b', 'c'],
    ],
    ['a line of several people', [`alice ${K1}`, `home,alice namespaces="git" ${K2}`], ['home']],
    [
      'a key that has expired or may not sign',
      [`home valid-before="20200101",namespaces="git" ${K1}`, `alice ${K1}`],
      ['home'],
    ],
    ['a line that cannot be read', [`home valid-before="2027-01-01" ${K1}`, `alice ${K1}`], ['home']],
    ['no pattern', [`* ${K1}`, `alice ${K1}`, `*,bob ${K2}`], []],
    ['no authority that may certify both', [`alice cert-authority ${K1}`, `bob cert-authority ${K1}`], []],
    ['no lines that begin with the type of a key', [`${K1} x`, `${K2} x`, `alice ${K1}`, `bob ${K2}`], []],
  ])('has all names that are joined by %s', (_, lines, others) => {
    expect(names(lines, 'alice').sort()).toEqual(['alice', ...others].sort());
  });
});

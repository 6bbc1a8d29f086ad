import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { UsageError } from '../base/usage-error.js';
import { ed25519Blob, signEd25519 } from './ed25519.js';
import { NAMESPACES } from './judge-signature.js';
import { signBytes } from './ssh-keygen.js';
import { canonicalArmour, fingerprintOf, readSignature } from './ssh-signature.js';

/** A signature over bytes with the key that made it, both as an envelope has them. */
export interface RunSignature {
  /** `SHA256:…`, as OpenSSH shows the public key. */
  readonly keyid: string;
  /** In base64: an armoured signature of OpenSSH, or the raw 64 bytes of Ed25519. */
  readonly sig: string;
}

/** A key that signs seals. */
export type SealKey = (bytes: Uint8Array) => Promise<RunSignature>;

const PKCS8 = '-----BEGIN PRIVATE KEY-----';

/**
 * The key of a file: an Ed25519 key as PEM (PKCS #8), or whatever OpenSSH signs with: a private key, or the public key
 * of one that an agent holds.
 * @throws UsageError `cannot-read`, `bad-argument`
 */
export function readSealKey(file: string): SealKey {
  let text: string;
  try {
    text = readFileSync(file, 'latin1');
  } catch (error) {
    throw new UsageError(
      'cannot-read',
      `cannot read the key ${file} (${(error as NodeJS.ErrnoException).code})`,
    );
  }
  if (text.startsWith('-----BEGIN ENCRYPTED PRIVATE KEY-----'))
    throw new UsageError(
      'bad-argument',
      `${file} is encrypted, and nobody is asked for its passphrase`,
      'an OpenSSH key can have one, and an agent can hold it',
    );
  return text.startsWith(PKCS8) ? ed25519Key(file, text) : opensshKey(file);
}

function ed25519Key(file: string, text: string): SealKey {
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch {
    throw new UsageError('bad-argument', `${file} is no private key that can be read`);
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new UsageError(
      'bad-argument',
      `${file} is a key of type ${key.asymmetricKeyType}, and only ed25519 is signed with as PEM`,
      'OpenSSH signs with others: name a key in its own form',
    );
  const keyid = fingerprintOf(ed25519Blob(key));
  return async (bytes) => ({ keyid, sig: signEd25519(bytes, key).toString('base64') });
}

function opensshKey(file: string): SealKey {
  return async (bytes) => {
    const armoured = canonicalArmour(await signBytes(bytes, file, NAMESPACES.run));
    const read = readSignature(Buffer.from(armoured));
    if (!read) throw new UsageError('bad-argument', `ssh-keygen made no signature with ${file}`);
    return { keyid: read.fingerprint, sig: Buffer.from(armoured).toString('base64') };
  };
}

import type { AllowedSigners } from './allowed-signers.js';
import { ED25519, verifiesEd25519 } from './ed25519.js';
import {
  judgeSignature,
  linesOfKey,
  NAMESPACES,
  refused,
  refusedBytes,
  type SignatureVerdict,
} from './judge-signature.js';
import type { RunSignature } from './seal-key.js';
import { canonicalArmour, fingerprintOf, readSignature } from './ssh-signature.js';

/** Bytes of a raw signature of Ed25519. */
const RAW = 64;

/**
 * Judges a signature of a run's seal: OpenSSH's own, or a raw one of Ed25519 by a key that `allowed_signers` has.
 * @param bytes what was signed: of a seal, the encoding of its payload @param at when the key has to be valid
 */
export async function judgeRunSignature(
  bytes: Uint8Array,
  { keyid, sig }: RunSignature,
  allowed: AllowedSigners,
  at: Date,
): Promise<SignatureVerdict> {
  const signature = Buffer.from(sig, 'base64');
  if (signature.length === RAW) return judgeRaw(bytes, keyid, signature, allowed, at);
  const read = readSignature(signature);
  if (!read) return refused('it is neither a signature of OpenSSH nor one of Ed25519');
  if (canonicalArmour(signature) !== signature.toString('latin1'))
    return refused('its armour is not as ssh-keygen writes it');
  if (read.fingerprint !== keyid) return refused(`it names key ${keyid}, and is of ${read.fingerprint}`);
  return judgeSignature({ bytes, signature, namespace: NAMESPACES.run }, allowed, at);
}

/** The name of the key is not signed; it only says which one to try. */
function judgeRaw(
  bytes: Uint8Array,
  keyid: string,
  signature: Buffer,
  allowed: AllowedSigners,
  at: Date,
): SignatureVerdict {
  const keys = [...allowed.signers.map((one) => one.key), ...allowed.unreadable.flatMap((line) => line.keys)];
  const key = keys.find((one) => fingerprintOf(Buffer.from(one, 'base64')) === keyid) ?? '';
  const named = { keyType: ED25519, key, fingerprint: keyid };
  const { usable, unused } = linesOfKey(allowed, named, NAMESPACES.run, at);
  if (usable.length === 0) return refused(unused.join('; '));
  const principals = [...new Set(usable.map((line) => line.principals[0]!))];
  return verifiesEd25519(bytes, signature, Buffer.from(key, 'base64'))
    ? { accepted: true, principals, fingerprint: keyid, unused }
    : refusedBytes(usable);
}

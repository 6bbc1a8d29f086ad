import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** How OpenSSH names these keys. */
export const ED25519 = 'ssh-ed25519';

/** A public key as `allowed_signers` has it, before base64: its type and its 32 bytes, each behind its length. */
export function ed25519Blob(key: KeyObject): Buffer {
  const { x } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  return Buffer.concat(
    [ED25519, Buffer.from(x!, 'base64url')].flatMap((part) => [lengthOf(part), Buffer.from(part)]),
  );
}

function lengthOf(part: string | Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(part.length);
  return length;
}

/** The raw signature of these bytes, 64 bytes. */
export function signEd25519(bytes: Uint8Array, key: KeyObject): Buffer {
  return sign(null, bytes, key);
}

/** Whether a raw signature of these bytes is that of a key. @param key its blob */
export function verifiesEd25519(bytes: Uint8Array, signature: Uint8Array, key: Buffer): boolean {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.subarray(-32).toString('base64url') };
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
  // What stands in allowed_signers as such a key may be none.
  return ed25519Blob(publicKey).equals(key) && verify(null, bytes, publicKey, signature);
}

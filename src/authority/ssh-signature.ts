import { createHash } from 'node:crypto';

/** What a signature of OpenSSH says of itself (PROTOCOL.sshsig); nothing of it is proved by reading it. */
export interface SshSignature {
  readonly namespace: string;
  /** The public key as a line of `allowed_signers` has it: type, and blob in base64. */
  readonly keyType: string;
  readonly key: string;
  /** `SHA256:…`, as `ssh-keygen -l` shows it. */
  readonly fingerprint: string;
}

const ARMOUR = /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)\n-----END SSH SIGNATURE-----\n?$/;

/** Reads an armoured signature; null where it is none, or holds more than one. */
export function readSignature(bytes: Uint8Array): SshSignature | null {
  const text = Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n');
  const armoured = ARMOUR.exec(text);
  if (!armoured) return null;
  const blob = Buffer.from(armoured[1]!, 'base64');
  if (blob.toString('latin1', 0, 6) !== 'SSHSIG' || blob.length < 10 || blob.readUInt32BE(6) !== 1)
    return null;
  const key = field(blob, 10);
  const namespace = key && field(blob, key.end);
  const type = key && field(key.value, 0);
  if (!namespace || !type) return null;
  return {
    namespace: namespace.value.toString('utf8'),
    keyType: type.value.toString('latin1'),
    key: key.value.toString('base64'),
    fingerprint: fingerprintOf(key.value),
  };
}

/** How OpenSSH shows a public key: `SHA256:…`. @param key its blob */
export function fingerprintOf(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The one text of an armoured signature, with 70 characters a line as ssh-keygen writes it: others would read the same. */
export function canonicalArmour(bytes: Uint8Array): string {
  const body = Buffer.from(bytes)
    .toString('latin1')
    .replace(/-----[A-Z ]+-----|\s/g, '');
  const lines =
    Buffer.from(body, 'base64')
      .toString('base64')
      .match(/.{1,70}/g) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
}

/** A length of four bytes, and as many bytes; null where they are not there. */
function field(blob: Buffer, at: number): { readonly value: Buffer; readonly end: number } | null {
  if (at + 4 > blob.length) return null;
  const end = at + 4 + blob.readUInt32BE(at);
  return end > blob.length ? null : { value: blob.subarray(at + 4, end), end };
}

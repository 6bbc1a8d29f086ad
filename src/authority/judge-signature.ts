import type { AllowedSigner, AllowedSigners } from './allowed-signers.js';
import { verifyBytes } from './ssh-keygen.js';
import { readSignature, type SshSignature } from './ssh-signature.js';

/** What a signature is accepted as, or why it is not. */
export type SignatureVerdict =
  | { readonly accepted: true; readonly principal: string; readonly fingerprint: string }
  | { readonly accepted: false; readonly reason: string };

/** Namespaces of signatures: one made for a review is none for an authorization. */
export const NAMESPACES = {
  review: 'probatum-review',
  authorization: 'probatum-authorization',
  run: 'probatum-run',
} as const;

export interface SignedBytes {
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly namespace: string;
}

/**
 * Judges a signature. OpenSSH decides; what is looked at beforehand only says why, and is never milder. A line that
 * names its principals by a pattern names nobody, so it proves nobody's word.
 * @param at when the key has to be valid
 */
export async function judgeSignature(
  { bytes, signature, namespace }: SignedBytes,
  { signers }: AllowedSigners,
  at: Date,
): Promise<SignatureVerdict> {
  const read = readSignature(signature);
  if (!read) return refused('it is no signature of OpenSSH');
  const unfit = unfitSignature(read, namespace);
  if (unfit !== null) return refused(unfit);
  const usable = usableLine(signers, read, namespace, at);
  if (typeof usable === 'string') return refused(usable);
  const { line, principal } = usable;
  const options = { signer: line.text, principal, namespace, at };
  if (await verifyBytes(bytes, signature, options))
    return { accepted: true, principal, fingerprint: read.fingerprint };
  return refusedBytes(principal);
}

/** A signature is refused, and why. */
export function refused(reason: string): SignatureVerdict {
  return { accepted: false, reason };
}

/** The key is allowed, and its signature is none of these bytes. */
export function refusedBytes(principal: string): SignatureVerdict {
  return refused(`it is not ${principal}'s signature of these bytes: they, or the signature, are others`);
}

/** The line of `allowed_signers` that lets a key sign in a namespace, and whose it is; why there is none. */
export function usableLine(
  signers: readonly AllowedSigner[],
  { keyType, key, fingerprint }: Pick<SshSignature, 'keyType' | 'key' | 'fingerprint'>,
  namespace: string,
  at: Date,
): { readonly line: AllowedSigner; readonly principal: string } | string {
  const lines = signers.filter((one) => one.keyType === keyType && one.key === key);
  if (lines.length === 0) return `its key ${fingerprint} is nobody's in allowed_signers`;
  const problems = lines.map((line) => lineProblem(line, namespace, at));
  const line = lines.find((_, index) => problems[index] === null);
  return line ? { line, principal: line.principals[0]! } : problems[0]!;
}

function unfitSignature({ namespace: made, keyType }: SshSignature, namespace: string): string | null {
  if (made !== namespace) return `it was made for ${made}, and not for ${namespace}`;
  return keyType.includes('-cert-') ? 'its key is a certificate, and only keys are allowed' : null;
}

/** Why a line of `allowed_signers` does not allow its key to sign; null where it does. */
function lineProblem(signer: AllowedSigner, namespace: string, at: Date): string | null {
  const { line, principals, namespaces, validAfter, validBefore, authority } = signer;
  const place = `line ${line} of allowed_signers`;
  if (authority) return `${place} is about a certificate authority, and only keys are allowed`;
  if (principals.length !== 1 || /[*?!]/.test(principals[0]!))
    return `${place} names no single person: "${principals.join(',')}"`;
  if (namespaces && !namespaces.includes(namespace))
    return `${place} allows the key for ${namespaces.join(', ')}, and not for ${namespace}`;
  if (validAfter && at < validAfter) return `${place}: the key is valid from ${validAfter.toISOString()}`;
  if (validBefore && at >= validBefore)
    return `${place}: the key was valid until ${validBefore.toISOString()}`;
  return null;
}

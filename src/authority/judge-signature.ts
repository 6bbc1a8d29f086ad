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
  const lines = signers.filter(({ keyType, key }) => keyType === read.keyType && key === read.key);
  if (lines.length === 0) return refused(`its key ${read.fingerprint} is nobody's in allowed_signers`);
  const problems = lines.map((line) => lineProblem(line, namespace, at));
  const usable = lines.find((_, index) => problems[index] === null);
  if (!usable) return refused(problems[0]!);
  const [principal] = usable.principals as [string];
  const options = { signer: usable.text, principal, namespace, at };
  if (await verifyBytes(bytes, signature, options))
    return { accepted: true, principal, fingerprint: read.fingerprint };
  return refused(`it is not ${principal}'s signature of these bytes: they, or the signature, are others`);
}

function refused(reason: string): SignatureVerdict {
  return { accepted: false, reason };
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

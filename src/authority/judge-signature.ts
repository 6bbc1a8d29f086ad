import {
  type AllowedSigner,
  type AllowedSigners,
  PRINCIPAL_PATTERN,
  type UnreadableLine,
} from './allowed-signers.js';
import { verifyBytes } from './ssh-keygen.js';
import { readSignature, type SshSignature } from './ssh-signature.js';

/** Whose a signature is. */
export interface AcceptedSignature {
  readonly accepted: true;
  /** One person's names: each has a line that lets the key sign. There is one at least. */
  readonly principals: readonly string[];
  readonly fingerprint: string;
  /** Why further lines of the key do not let it sign. */
  readonly unused: readonly string[];
}

/** What a signature is accepted as, or why it is not. */
export type SignatureVerdict = AcceptedSignature | { readonly accepted: false; readonly reason: string };

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
  allowed: AllowedSigners,
  at: Date,
): Promise<SignatureVerdict> {
  const read = readSignature(signature);
  if (!read) return refused('it is no signature of OpenSSH');
  const unfit = unfitSignature(read, namespace);
  if (unfit !== null) return refused(unfit);
  const { usable, unused } = linesOfKey(allowed, read, namespace, at);
  if (usable.length === 0) return refused(unused.join('; '));
  const principals = new Set<string>();
  for (const { text: signer, principals: names } of usable) {
    const principal = names[0]!;
    if (await verifyBytes(bytes, signature, { signer, principal, namespace, at })) principals.add(principal);
  }
  if (principals.size === 0) return refusedBytes(usable);
  return { accepted: true, principals: [...principals], fingerprint: read.fingerprint, unused };
}

/** A signature is refused, and why. */
export function refused(reason: string): SignatureVerdict {
  return { accepted: false, reason };
}

/** The key is allowed, and its signature is none of these bytes. */
export function refusedBytes(usable: readonly AllowedSigner[]): SignatureVerdict {
  const principals = new Set(usable.flatMap((line) => line.principals));
  return refused(
    `it is not ${[...principals].join(' or ')}'s signature of these bytes: they, or the signature, are others`,
  );
}

/** Lines of `allowed_signers` about one key. */
export interface LinesOfKey {
  /** Those that let it sign; each names one person. */
  readonly usable: readonly AllowedSigner[];
  /** Why the others do not, or why there are none; not empty where none is usable. */
  readonly unused: readonly string[];
}

/** The lines of `allowed_signers` about a key, judged for a namespace and a time. */
export function linesOfKey(
  { signers, unreadable }: AllowedSigners,
  { keyType, key, fingerprint }: Pick<SshSignature, 'keyType' | 'key' | 'fingerprint'>,
  namespace: string,
  at: Date,
): LinesOfKey {
  const usable: AllowedSigner[] = [];
  const unused: string[] = [];
  for (const line of signers.filter((one) => one.keyType === keyType && one.key === key)) {
    const problem = lineProblem(line, namespace, at);
    if (problem === null) usable.push(line);
    else unused.push(problem);
  }
  unused.push(...unreadable.filter(({ keys }) => keys.includes(key)).map(unreadableProblem));
  if (usable.length === 0 && unused.length === 0)
    unused.push(`its key ${fingerprint} is nobody's in allowed_signers`, ...mayBeOnOneOf(unreadable));
  return { usable, unused };
}

/** What is said of a line that cannot be read. */
export function unreadableProblem({ line, why }: Pick<UnreadableLine, 'line' | 'why'>): string {
  return `line ${line} of allowed_signers cannot be read: ${why}`;
}

/** Lines that could be a key's although it cannot be seen on them. */
function mayBeOnOneOf(unreadable: readonly UnreadableLine[]): string[] {
  const [first, ...others] = unreadable.filter(({ keys }) => keys.length === 0);
  if (!first) return [];
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return [`${unreadableProblem(first)}${more}`];
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
  if (principals.length !== 1 || PRINCIPAL_PATTERN.test(principals[0]!))
    return `${place} names no single person: "${principals.join(',')}"`;
  if (namespaces && !namespaces.includes(namespace))
    return `${place} allows the key for ${namespaces.join(', ')}, and not for ${namespace}`;
  if (validAfter && at < validAfter) return `${place}: the key is valid from ${validAfter.toISOString()}`;
  if (validBefore && at >= validBefore)
    return `${place}: the key was valid until ${validBefore.toISOString()}`;
  return null;
}

import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { compareText } from '../base/diagnostic.js';
import { judgeSignature, NAMESPACES, type SignatureVerdict } from './judge-signature.js';
import { namesOfPerson } from './same-person.js';
import { missingSigners, type SigningPolicy } from './signing-policy.js';

/** Kinds of document that are signed. */
export type SignedKind = 'review' | 'authorization';

/** Whether documents of a kind are signed. */
export function isSignedKind(kind: string | null): kind is SignedKind {
  return kind === 'review' || kind === 'authorization';
}

/** A document whose signatures are judged, with its bytes as they were compiled. */
export interface SignableDocument {
  readonly path: string;
  readonly kind: SignedKind;
  readonly bytes: Uint8Array;
}

/** A signature beside a document, and what came of it. */
export interface JudgedSignature {
  /** Path of the signature, relative to the root. */
  readonly path: string;
  readonly verdict: SignatureVerdict;
}

/** What the signatures of a document amount to. */
export interface DocumentSignatures {
  readonly document: string;
  readonly signatures: readonly JudgedSignature[];
  /** Why the document does not count by the policy; null where it does. */
  readonly missing: string | null;
}

/** What the signatures of a document are held against. */
export interface Judging {
  readonly root: string;
  readonly policy: SigningPolicy;
  /** When the keys have to be valid. */
  readonly at: Date;
  /**
   * Why a person may not give their word on this document, whatever their key may; null where they may.
   * @param names all that the person has, that of the signature first
   */
  readonly whyNot: (names: readonly string[]) => string | null;
}

/** Judges every signature beside a document, and whether the policy is kept. @param at when the keys have to be valid */
export async function judgeDocument(
  document: SignableDocument,
  { root, policy, at, whyNot }: Judging,
): Promise<DocumentSignatures> {
  const signatures: JudgedSignature[] = [];
  for (const path of signaturesBeside(root, document.path)) {
    const { size, isPlain } = fileAt(join(root, path));
    if (!isPlain || size > MOST_BYTES) {
      const reason = isPlain ? 'it is too large for a signature' : 'it is no plain file';
      signatures.push({ path, verdict: { accepted: false, reason } });
      continue;
    }
    const signed = {
      bytes: document.bytes,
      signature: readFileSync(join(root, path)),
      namespace: NAMESPACES[document.kind],
    };
    const verdict = await judgeSignature(signed, policy.allowed, at);
    const reason = verdict.accepted
      ? whyNot([...namesOfPerson(policy.allowed, verdict.principals[0]!)])
      : null;
    signatures.push({ path, verdict: reason === null ? verdict : { accepted: false, reason } });
  }
  const required = policy.required[document.kind];
  const missing = required ? missingSigners(required, policy, signatures) : null;
  return { document: document.path, signatures, missing };
}

/** Many times what a signature of the longest key takes. */
const MOST_BYTES = 64 * 1024;

function fileAt(path: string): { readonly size: number; readonly isPlain: boolean } {
  const stats = lstatSync(path);
  return { size: stats.size, isPlain: stats.isFile() };
}

/**
 * Paths of the signatures of a document: `DOCUMENT.sig`, and `DOCUMENT.NAME.sig` of further signers, unless a file
 * `DOCUMENT.NAME` is there whose signature that is.
 */
export function signaturesBeside(root: string, document: string): string[] {
  const [folder, name] = [dirname(document), basename(document)];
  const beside = readdirSync(join(root, folder)).filter((file) => file.startsWith(`${name}.`));
  const [signatures, others] = [beside.filter(isSignature), beside.filter((file) => !isSignature(file))];
  return signatures
    .filter((file) => !others.some((other) => file.startsWith(`${other}.`)))
    .map((file) => posix.join(folder, file))
    .sort(compareText);
}

/** Signatures beside no file, in the folders of documents that are signed. @param documents those documents */
export function straySignatures(root: string, documents: readonly string[]): string[] {
  const folders = [...new Set(documents.map((path) => dirname(path)))];
  return folders
    .flatMap((folder) => {
      const files = readdirSync(join(root, folder));
      const others = new Set(files.filter((file) => !isSignature(file)));
      const isOf = (file: string) =>
        [...file.matchAll(/\./g)].some(({ index }) => others.has(file.slice(0, index)));
      const stray = files.filter((file) => /\.md\.(?:.*\.)?sig$/.test(file) && !isOf(file));
      return stray.map((file) => posix.join(folder, file));
    })
    .sort(compareText);
}

function isSignature(file: string): boolean {
  return file.endsWith('.sig');
}

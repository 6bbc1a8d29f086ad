import { join } from 'node:path';
import {
  type DocumentSignatures,
  isSignedKind,
  judgeDocument,
  signaturesBeside,
} from '../authority/document-signatures.js';
import { unreadableProblem } from '../authority/judge-signature.js';
import { type SigningPolicy, signingPolicy } from '../authority/signing-policy.js';
import type { Diagnostic } from '../base/diagnostic.js';
import { FILE_START } from '../base/position.js';
import { readPlainFile } from '../base/read-plain-file.js';
import { foldedName } from '../check/folded-name.js';
import type { VerifyRuleId } from '../check/verify-rules.js';
import type { Config } from '../load/config.js';
import type { SignatureConfig } from '../load/config-types.js';
import type { Entry } from '../model/entry.js';
import { authorOf, judgedWork } from '../model/judged-work.js';
import type { Model } from '../model/model.js';
import { headerPosition, headerText } from '../parse/document.js';
import type { Compilation } from '../pipeline.js';

/** Judges the signatures of reviews and authorizations. @param at when the keys have to be valid */
export async function judgeSignatures(
  { config, files, model }: Compilation,
  entries: readonly Entry[],
  at: Date,
): Promise<DocumentSignatures[]> {
  const policy = readPolicy(config);
  const judged: DocumentSignatures[] = [];
  for (const entry of entries) {
    const { kind, document } = entry;
    if (!isSignedKind(kind)) continue;
    const { path } = document;
    const whyNot = (names: readonly string[]) => ownWork(model, entry, names);
    if (policy)
      judged.push(
        await judgeDocument(
          { path, kind, bytes: files.get(path)!.bytes },
          { root: config.root, policy, at, whyNot },
        ),
      );
    else
      judged.push({
        document: path,
        signatures: signaturesBeside(config.root, path).map(unjudged),
        missing: null,
      });
  }
  return config.policy?.differs ? judged.map((one) => asOf(one, config.policy!.revision)) : judged;
}

/** A signature of somebody's own work counts for nothing, whatever name stands in `author` of the review; a no does. */
function ownWork(model: Model, entry: Entry, names: readonly string[]): string | null {
  if (headerText(entry.document, 'verdict') === 'fail') return null;
  for (const work of judgedWork(model, entry)) {
    const name = names.find((one) => foldedName(one) === foldedName(authorOf(work)));
    if (name === undefined) continue;
    const who = name === names[0] ? name : `${name}, by a common key the same person as ${names[0]},`;
    return `${who} wrote ${work.document.path}, and a word on one's own work does not count`;
  }
  return null;
}

/** Reasons that say whose signers they speak of, where those are not the ones in the work tree. */
function asOf({ document, signatures, missing }: DocumentSignatures, revision: string): DocumentSignatures {
  const by = (reason: string) => byPolicyOf(revision, reason);
  return {
    document,
    signatures: signatures.map(({ path, verdict }) =>
      verdict.accepted ? { path, verdict } : { path, verdict: { ...verdict, reason: by(verdict.reason) } },
    ),
    missing: missing === null ? null : by(missing),
  };
}

function byPolicyOf(revision: string, reason: string): string {
  return `${reason} (by the policy of ${revision})`;
}

/** Why documents of a corpus do not count by its policy, by path. @param at when the keys have to be valid */
export async function unsignedDocuments(compilation: Compilation, at: Date): Promise<Map<string, string>> {
  const judged = await judgeSignatures(compilation, [...compilation.model.entries.values()], at);
  return new Map(
    judged.flatMap(({ document, missing }) => (missing === null ? [] : [[document, missing] as const])),
  );
}

/** A signature that nobody can judge proves nothing, and must not look as if it did. */
function unjudged(path: string): DocumentSignatures['signatures'][number] {
  return { path, verdict: { accepted: false, reason: 'the configuration names no allowed_signers' } };
}

/** Who may sign, and what has to be signed; null where the configuration says nothing of it. @throws UsageError as `signersOfWorkTree` does */
export function readPolicy({ root, signatures, policy }: Config): SigningPolicy | null {
  if (!signatures) return null;
  if (policy) return signingPolicy(signatures, policy.allowedSigners);
  return signingPolicy(signatures, signersOfWorkTree(root, signatures));
}

/** Text of the `allowed_signers` file. @throws UsageError where it cannot be read: then nobody may be taken for a signer */
export function signersOfWorkTree(root: string, { allowed_signers: path }: SignatureConfig): string {
  const help = 'signatures.allowed_signers of the configuration names it';
  return readPlainFile(join(root, path), path, help).toString('utf8');
}

/** Lines of `allowed_signers` that cannot be read: nobody may sign by them, and another line may be meant. */
export function signersFindings(config: Config): Diagnostic[] {
  const { signatures, policy } = config;
  if (!signatures) return [];
  const ruleId: VerifyRuleId = 'signature-valid';
  const help = 'bring it into the form of ssh-keygen(1), "ALLOWED SIGNERS"; dates are YYYYMMDD[HHMM[SS]][Z]';
  return readPolicy(config)!.allowed.unreadable.map((one): Diagnostic => {
    const problem = unreadableProblem(one);
    const start = { line: one.line, column: 1 };
    const common = { ruleId, severity: 'warning', file: signatures.allowed_signers, help } as const;
    return policy?.differs
      ? { ...common, message: byPolicyOf(policy.revision, problem), position: FILE_START }
      : { ...common, message: problem, position: { start, end: start } };
  });
}

/** What is wrong with the signatures of documents, at their first line, or at their kind. */
export function signatureFindings(
  { model }: Compilation,
  judged: readonly DocumentSignatures[],
): Diagnostic[] {
  const ruleId: VerifyRuleId = 'signature-valid';
  return judged.flatMap(({ document, signatures, missing }) => {
    const entry = model.entries.get(document)!;
    const position = headerPosition(entry.document, 'kind') ?? FILE_START;
    const refused = signatures.flatMap(({ path, verdict }) =>
      verdict.accepted ? [] : [`${path}: ${verdict.reason}`],
    );
    const messages = [...refused, ...(missing === null ? [] : [missing])];
    return messages.map(
      (message): Diagnostic => ({ ruleId, severity: 'error', file: document, message, position }),
    );
  });
}

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { judgeRunSignature } from '../authority/judge-run-signature.js';
import { refused, type SignatureVerdict } from '../authority/judge-signature.js';
import { missingSigners, type SigningPolicy } from '../authority/signing-policy.js';
import { UsageError } from '../base/usage-error.js';
import type { Config } from '../load/config.js';
import { preAuthEncoding } from '../record/dsse.js';
import { readSeal, type Seal, sealProblems } from '../record/seal.js';
import type { StoredRecord } from '../record/store.js';
import { sealBeside } from './seal.js';
import { readPolicy } from './signatures.js';
import type { Environment } from './terminal.js';

/** A record with what lies around it. */
export interface RecordedRun {
  /** Path of the record. */
  readonly file: string;
  readonly stored: StoredRecord;
  /** Bytes of its report. */
  readonly report: Uint8Array;
}

/** What is wrong with the seal of a record; empty where it is the run's, and signed as the configuration asks. */
export async function judgeSeal(
  environment: Environment,
  config: Config,
  run: RecordedRun,
  compared: { seals: number; signedSeals: number },
): Promise<string[]> {
  const path = sealBeside(run.file);
  if (!existsSync(path)) return ['it is not there'];
  try {
    const seal = readSeal(path);
    if (typeof seal === 'string') return [seal];
    compared.seals += 1;
    const policy = readPolicy(config);
    const verdicts = await judgeAll(seal, policy, environment.now());
    if (verdicts.some(({ accepted }) => accepted)) compared.signedSeals += 1;
    return [
      ...sealProblems(seal, run.file, run.stored, run.report),
      ...verdicts.flatMap((verdict) =>
        verdict.accepted ? [] : [`its signature is refused: ${verdict.reason}`],
      ),
      ...unsigned(run.stored, policy, verdicts),
    ];
  } catch (error) {
    if (error instanceof UsageError && error.code === 'cannot-read')
      return [error.message.replace(`${dirname(run.file)}/`, '')];
    throw error;
  }
}

async function judgeAll(
  { payload, signatures }: Seal,
  policy: SigningPolicy | null,
  at: Date,
): Promise<SignatureVerdict[]> {
  // What nobody can judge proves nothing, and must not look as if it did.
  if (!policy) return signatures.map(() => refused('the configuration names no allowed_signers'));
  const bytes = preAuthEncoding(payload);
  const verdicts: SignatureVerdict[] = [];
  for (const signature of signatures)
    verdicts.push(await judgeRunSignature(bytes, signature, policy.allowed, at));
  return verdicts;
}

/** What the policy asks for besides; a rehearsal proves nothing about a target, and needs no signature. */
function unsigned(
  { record }: StoredRecord,
  policy: SigningPolicy | null,
  verdicts: readonly SignatureVerdict[],
): string[] {
  const rule = policy?.required.run;
  if (!policy || !rule || record.mode !== 'run') return [];
  const missing = missingSigners(
    rule,
    policy,
    verdicts.map((verdict) => ({ verdict })),
  );
  return missing === null ? [] : [missing];
}

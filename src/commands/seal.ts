import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SealKey } from '../authority/seal-key.js';
import { type EnvelopeSignature, envelopeOf, envelopeText, preAuthEncoding } from '../record/dsse.js';
import { readSeal, sealProblems, statementToSeal } from '../record/seal.js';
import { statementBytes } from '../record/statement.js';
import { SEAL_FILE, type StoredRecord } from '../record/store.js';

/**
 * The seal of a run, as it is to be written. Signatures of the seal that is there stay where it says the same.
 * @param file of the record @param report the rendered report; null where there is none
 * @throws UsageError `bad-record` where the record does not follow from its journal
 */
export async function sealText(
  file: string,
  stored: StoredRecord,
  report: string | null,
  key: SealKey | null,
): Promise<{ readonly text: string; readonly signedBy: readonly string[] }> {
  const payload = statementBytes(statementToSeal(file, stored, report));
  const made = key ? [await key(preAuthEncoding(payload))] : [];
  const kept = signaturesOf(sealBeside(file), payload).filter(
    ({ keyid }) => !made.some((one) => one.keyid === keyid),
  );
  const signatures = [...kept, ...made];
  const text = envelopeText(envelopeOf(payload, signatures));
  return { text, signedBy: signatures.map(({ keyid }) => keyid) };
}

/** Why the seal beside a record is not that of the record and of this report; null where it is. */
export function sealProblem(file: string, stored: StoredRecord, report: string): string | null {
  const path = sealBeside(file);
  if (!existsSync(path)) return 'there is no seal beside it';
  const seal = readSeal(path);
  const [problem] = typeof seal === 'string' ? [seal] : sealProblems(seal, file, stored, report);
  return problem === undefined ? null : `of its seal, ${problem}`;
}

/** Whether a seal is there that somebody signed and that says something else: it is evidence, and not to be replaced by the way. */
export function signedOtherwise(file: string, stored: StoredRecord, report: string | null): boolean {
  if (!existsSync(sealBeside(file))) return false;
  const seal = readSeal(sealBeside(file));
  // What cannot be read may have been signed.
  if (typeof seal === 'string') return true;
  return (
    seal.signatures.length > 0 && !seal.payload.equals(statementBytes(statementToSeal(file, stored, report)))
  );
}

/** Path of the seal of a record. */
export function sealBeside(file: string): string {
  return join(dirname(file), SEAL_FILE);
}

/** How a seal is written again. */
export function attestHelp(file: string): string {
  return `write the seal again with: probatum attest ${file} --output ${sealBeside(file)} --force`;
}

/** Signatures of the seal that is there; none where it says anything else, or cannot be read. */
function signaturesOf(path: string, payload: Buffer): readonly EnvelopeSignature[] {
  if (!existsSync(path)) return [];
  const seal = readSeal(path);
  return typeof seal !== 'string' && seal.payload.equals(payload) ? seal.signatures : [];
}

import { dirname, join } from 'node:path';
import { sha256 } from '../base/digest.js';
import { readPlainFile } from '../base/read-plain-file.js';
import { UsageError } from '../base/usage-error.js';
import { type EnvelopeSignature, readEnvelope } from './dsse.js';
import { readStatement, runStatement, type Statement, statementProblems } from './statement.js';
import { JOURNAL_FILE, recordProblem, type StoredRecord } from './store.js';

/** A seal as it was read. */
export interface Seal {
  readonly statement: Statement;
  /** Bytes of the statement; what is signed is made of them. */
  readonly payload: Buffer;
  readonly signatures: readonly EnvelopeSignature[];
}

/** Reads a seal. @returns what is wrong where it is none @throws UsageError `cannot-read` */
export function readSeal(path: string): Seal | string {
  const read = readEnvelope(readPlainFile(path));
  if (typeof read === 'string') return read;
  const { envelope, payload } = read;
  const statement = readStatement(payload);
  return typeof statement === 'string' ? statement : { statement, payload, signatures: envelope.signatures };
}

/**
 * What is to be said of the run whose record this is.
 * @param path of the record, beside its journal @param report bytes of the rendered report, null where there are none
 * @throws UsageError `bad-record` where the record does not follow from its journal: nothing of it is to be believed
 */
export function statementToSeal(path: string, stored: StoredRecord, report: string | null): Statement {
  const problem = recordProblem(path, stored);
  if (problem) throw new UsageError('bad-record', `${path} is not sealed: ${problem}`);
  return statementOf(path, stored, report);
}

/** In what a seal differs from the record, journal and report that are there; empty where it says the same. */
export function sealProblems(
  { statement }: Seal,
  path: string,
  stored: StoredRecord,
  report: string | Uint8Array,
): string[] {
  return statementProblems(statement, statementOf(path, stored, report));
}

function statementOf(
  path: string,
  { record, sha256: digest }: StoredRecord,
  report: string | Uint8Array | null,
) {
  return runStatement(record, {
    journal: journalDigest(path),
    record: digest,
    report: report === null ? null : sha256(report),
  });
}

function journalDigest(path: string): string {
  return sha256(readPlainFile(join(dirname(path), JOURNAL_FILE)));
}

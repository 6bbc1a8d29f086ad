import { closeSync, existsSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../base/canonical-json.js';
import { sha256 } from '../base/digest.js';
import { readPlainFile } from '../base/read-plain-file.js';
import { UsageError } from '../base/usage-error.js';
import { schemaErrors } from '../load/schemas.js';
import { readInterrupted, readJournal } from './journal.js';
import { foldJournal, type RunRecord } from './record.js';

/** Names of the files in a run's folder. */
export const JOURNAL_FILE = 'journal.jsonl';
export const RECORD_FILE = 'record.json';
export const REPORT_FILE = 'report.md';
export const SEAL_FILE = 'seal.json';

/** A record with the digest of its file's exact bytes. */
export interface StoredRecord {
  readonly record: RunRecord;
  readonly sha256: string;
}

/** The one text of a record: canonical JSON and a line end. */
export function recordText(record: RunRecord): string {
  return `${canonicalJson(record)}\n`;
}

/**
 * Folds the journal in a run's folder and writes the record beside it; the name exists only when all of it is on disk.
 * @throws UsageError `cannot-write`
 */
export function writeRecord(folder: string): StoredRecord {
  const record = foldJournal(readJournal(join(folder, JOURNAL_FILE)));
  const bytes = Buffer.from(recordText(record));
  const path = join(folder, RECORD_FILE);
  if (existsSync(path)) throw new UsageError('cannot-write', `cannot write ${path} (EEXIST)`);
  replaceDurably(path, bytes);
  return { record, sha256: sha256(bytes) };
}

/** Writes a file whose name stands for all of its bytes, on disk, or for what it held before. @throws UsageError `cannot-write` */
export function replaceDurably(path: string, bytes: Uint8Array): void {
  try {
    writeDurably(`${path}.partial`, bytes);
    renameSync(`${path}.partial`, path);
    syncFolder(dirname(path));
  } catch (error) {
    throw new UsageError('cannot-write', `cannot write ${path} (${(error as NodeJS.ErrnoException).code})`);
  }
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w', 0o644);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A name is on disk when its folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Reads a record. @throws UsageError `cannot-read`, `bad-record` */
export function readRecord(path: string): StoredRecord {
  const bytes = readPlainFile(path);
  let data: unknown;
  try {
    data = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new UsageError('bad-record', `${path} is not JSON`);
  }
  const [error] = schemaErrors('record', data);
  if (error)
    throw new UsageError('bad-record', `${path} is not a run record: ${error.path}: ${error.message}`);
  return { record: data as RunRecord, sha256: sha256(bytes) };
}

/** The record of a run's folder: its file, or, where the run was interrupted, what its journal folds to. */
export function readRun(folder: string): StoredRecord {
  const file = join(folder, RECORD_FILE);
  if (existsSync(file)) return readRecord(file);
  const record = foldJournal(readInterrupted(join(folder, JOURNAL_FILE)));
  return { record, sha256: sha256(recordText(record)) };
}

/**
 * Why the journal in a run's folder is not the one that its record was folded from, by number of events and head, as the
 * record of an earlier version of the tool has them too; null where it is, or where there is no record yet.
 */
export function journalProblem(folder: string, { record }: StoredRecord): string | null {
  if (!existsSync(join(folder, RECORD_FILE))) return null;
  const path = join(folder, JOURNAL_FILE);
  try {
    const { lines, head } = readJournal(path);
    if (lines.length === record.journal.events && head === record.journal.head) return null;
    return `${path}: it is not the journal that ${RECORD_FILE} was made from`;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

/**
 * Why a record does not follow from the journal beside it, or its plan is not the one whose digest it has, in words that
 * name no folder; null where all is well.
 */
export function recordProblem(path: string, stored: StoredRecord): string | null {
  const plan = sha256(canonicalJson(stored.record.plan));
  if (plan !== stored.record.planSha256)
    return `its plan has digest ${plan}, and not ${stored.record.planSha256}`;
  try {
    const journal = readJournal(join(dirname(path), JOURNAL_FILE));
    const folded = sha256(recordText(foldJournal(journal)));
    return folded === stored.sha256 ? null : `the journal beside it folds to another record (${folded})`;
  } catch (error) {
    if (error instanceof UsageError || error instanceof TypeError)
      return error.message.replace(join(dirname(path), JOURNAL_FILE), JOURNAL_FILE);
    throw error;
  }
}

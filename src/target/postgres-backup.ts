import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { hashFile } from '../base/hash-file.js';
import { ArchiveReader } from './archive-reader.js';
import { writeAtomically } from './atomic-file.js';
import type { BackupProvider, BackupTools } from './backup-provider.js';
import type { Backup, BackupReading } from './engine.js';
import { outcome, output, start, type ToolRun } from './tool-run.js';

/** A table that somebody keeps locked must fail the backup, not hold it for ever. */
const LOCK_WAIT = '--lock-wait-timeout=60000';

/** What every dump says: never a prompt, and the exported snapshot where there is one. */
export function dumpOptions(snapshot: string | null): string[] {
  return ['--no-password', LOCK_WAIT, ...(snapshot === null ? [] : [`--snapshot=${snapshot}`])];
}

/** What is said of a dump that failed: for want of rights, also which are needed. They are PostgreSQL's own words. */
export function dumpFailure(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { message } = error;
  if (/permission denied for /.test(message)) return new Error(`${message}; ${READ_ALL}`);
  if (/row-level security policy for /.test(message)) return new Error(`${message}; ${BYPASS}`);
  return error;
}

const READ_ALL =
  'the role of the run has to be able to read all of the database: GRANT pg_read_all_data TO it (before PostgreSQL 14: USAGE on every schema, SELECT on every table and sequence; large objects: SELECT on each)';
const BYPASS = 'the role of the run has to see every row: make it BYPASSRLS, or the owner of the table';

/** What every restore says. The database is named here, as `pg_restore` prints the SQL without it. */
export function restoreOptions({ env }: ToolRun): string[] {
  return ['--no-password', '--exit-on-error', `--dbname=${env.PGDATABASE}`];
}

/** `pg_dump`'s custom format: one file, streamed through SHA-256. */
export function customFormat(tools: BackupTools): BackupProvider {
  return {
    extension: '.dump',
    limitations: [],
    async write(file, snapshot, onData) {
      const restore = tools.restore();
      // Both are looked for at once; of the first that is missing is told first.
      restore.catch(() => {});
      return writeDump(await tools.dump(), await restore, file, snapshot, onData);
    },
    digest: hashFile,
    read: async (file) => readDump(await tools.restore(), file),
    async restore(file, into) {
      await fromFile(file, (input) => output(into, restoreOptions(into), input));
    },
  };
}

/** @throws Error with the program's last line where it fails; then nothing is left at `file` */
async function writeDump(
  run: ToolRun,
  restore: ToolRun,
  file: string,
  snapshot: string | null,
  onData: () => void,
): Promise<Backup> {
  const child = start(run, ['--format=custom', ...dumpOptions(snapshot)], 'ignore', 'pipe');
  // Of a program that ends before anybody reads, Node throws the output away; a listener counts as a reader.
  child.stdout?.on('readable', () => {});
  const ended = outcome(run, child);
  const reader = new ArchiveReader(restore);
  const read = async function* (): AsyncGenerator<Uint8Array> {
    for await (const batch of inBatches(child.stdout as Readable, onData)) {
      reader.give(batch);
      yield batch;
    }
  };
  try {
    const { size, sha256 } = await writeAtomically(file, read(), () => ended);
    const reading = readWithAll(reader, restore, file);
    // Whoever asks for it is told; until then a failure is not an unhandled rejection.
    reading.catch(() => {});
    return { size, sha256, producer: `pg_dump custom (${run.tool.version})`, reading };
  } catch (error) {
    child.kill();
    child.stdout?.destroy();
    await Promise.all([ended.catch(() => {}), reader.abandon()]);
    throw dumpFailure(error);
  }
}

/** `pg_dump` writes pieces of some 8 KB: handed on one by one they keep a processor busy that its server needs. */
const BATCH = 256 * 1024;

/** @param onData called as soon as the first byte is there, when every table is locked and described */
async function* inBatches(source: Readable, onData: () => void): AsyncGenerator<Uint8Array> {
  let begun = false;
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    if (!begun) onData();
    begun = true;
    waiting.push(chunk);
    size += chunk.length;
    if (size < BATCH) continue;
    yield Buffer.concat(waiting, size);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(waiting, size);
}

/** What the reader beside the dump found; where it fell behind, the stored file is read. */
async function readWithAll(reader: ArchiveReader, run: ToolRun, file: string): Promise<BackupReading> {
  if (!(await reader.finish())) return readDump(run, file);
  const list = await fromFile(file, (input) => output(run, ['--list'], input));
  const method = `read in full by ${run.tool.version} as it was written, stored with the same digest`;
  return { entries: countEntries(list), method };
}

/**
 * Has `pg_restore` turn the whole archive into SQL that goes nowhere: every block is read and decompressed.
 * Listing alone finds neither truncation nor flipped bits.
 */
async function readDump(run: ToolRun, file: string): Promise<BackupReading> {
  const list = await fromFile(file, (input) => output(run, ['--list'], input));
  await fromFile(file, (input) => outcome(run, start(run, ['--file=-'], input, 'ignore')));
  return { entries: countEntries(list), method: `read in full by ${run.tool.version}` };
}

/** Entries in the list that `pg_restore` prints. */
export function countEntries(list: string): number {
  return list.split('\n').filter((line) => line.trim() !== '' && !line.startsWith(';')).length;
}

/** Gives an archive as standard input, so that the program may run elsewhere. */
async function fromFile<T>(file: string, act: (input: number) => Promise<T>): Promise<T> {
  const archive = await open(file, 'r');
  return act(archive.fd).finally(() => archive.close());
}

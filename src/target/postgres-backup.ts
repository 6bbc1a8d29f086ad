import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { writeAtomically } from './atomic-file.js';
import type { Backup, BackupReading } from './engine.js';
import type { Tool } from './tools.js';

/** How a client program is run: its environment, and the password that must not come out of it. */
export interface ToolRun {
  readonly tool: Tool;
  readonly env: Record<string, string>;
  readonly password: string | null;
}

/** A table that somebody keeps locked must fail the backup, not hold it for ever. */
const LOCK_WAIT = '--lock-wait-timeout=60000';

/**
 * Streams `pg_dump`'s custom format into `file`.
 * @throws Error with the program's last line where it fails; then nothing is left at `file`
 */
export async function writeDump(run: ToolRun, file: string, snapshot: string | null): Promise<Backup> {
  const options = ['--format=custom', '--no-password', LOCK_WAIT];
  if (snapshot !== null) options.push(`--snapshot=${snapshot}`);
  const child = start(run, options, 'ignore', 'pipe');
  const ended = outcome(run, child);
  try {
    const { size, sha256 } = await writeAtomically(file, child.stdout as Readable, () => ended);
    return { size, sha256, producer: `pg_dump custom (${run.tool.version})` };
  } catch (error) {
    child.kill();
    child.stdout?.destroy();
    await ended.catch(() => {});
    throw error;
  }
}

/**
 * Has `pg_restore` turn the whole archive into SQL that goes nowhere: every block is read and decompressed.
 * The table of contents alone proves nothing (measured: it found 0 of 5 truncations).
 */
export async function readDump(run: ToolRun, file: string): Promise<BackupReading> {
  const list = await restoreFrom(run, file, ['--list'], 'pipe');
  await restoreFrom(run, file, ['--file=-'], 'ignore');
  const entries = list.split('\n').filter((line) => line.trim() !== '' && !line.startsWith(';')).length;
  return { entries, method: `read in full by ${run.tool.version}` };
}

async function restoreFrom(
  run: ToolRun,
  file: string,
  options: readonly string[],
  output: 'pipe' | 'ignore',
): Promise<string> {
  const archive = await open(file, 'r');
  try {
    const child = start(run, options, archive.fd, output);
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    await outcome(run, child);
    return text;
  } finally {
    await archive.close();
  }
}

function start(
  run: ToolRun,
  options: readonly string[],
  input: 'ignore' | number,
  output: 'pipe' | 'ignore',
): ChildProcess {
  const [program = '', ...words] = run.tool.command;
  return spawn(program, [...words, ...options], { env: run.env, stdio: [input, output, 'pipe'] });
}

/** Resolves when the program ended well and all its output was delivered. */
function outcome(run: ToolRun, child: ChildProcess): Promise<void> {
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    complaint = (complaint + chunk).slice(-8_192);
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) return resolve();
      const why = lastError(complaint) || (signal ?? `exit code ${code}`);
      const program = basename(run.tool.command.at(-1) ?? '');
      reject(new Error(`${program} failed: ${withoutPassword(why, run.password)}`));
    });
  });
  // Awaited later, after the stream; until then a failure is not an unhandled rejection.
  ended.catch(() => {});
  return ended;
}

/** The last error that the program printed, without the DETAIL after it, which can hold row data. */
function lastError(complaint: string): string {
  const lines = complaint.trim().split('\n');
  return lines.findLast((line) => line.includes('error:')) ?? lines.at(-1) ?? '';
}

function withoutPassword(text: string, password: string | null): string {
  return password ? text.replaceAll(password, '***') : text;
}

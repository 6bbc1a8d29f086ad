import { type ChildProcess, spawn } from 'node:child_process';
import { basename } from 'node:path';
import type { Tool } from './tools.js';

/** How a client program is run: its environment, and the password that must not come out of it. */
export interface ToolRun {
  readonly tool: Pick<Tool, 'command' | 'version'>;
  readonly env: Record<string, string>;
  readonly password: string | null;
  /** Milliseconds after which it is ended. */
  readonly timeoutMs: number;
}

/** Milliseconds that an ended program has to go by itself. */
const GRACE_MS = 5_000;

/** Starts a program; its complaints are kept for `ended`. @param input file descriptor of its standard input */
export function start(
  run: ToolRun,
  options: readonly string[],
  input: 'ignore' | 'pipe' | number,
  output: 'pipe' | 'ignore',
): ChildProcess {
  const [program = '', ...words] = run.tool.command;
  return spawn(program, [...words, ...options], { env: run.env, stdio: [input, output, 'pipe'] });
}

/**
 * Resolves when the program ended well and all its output was delivered.
 * @throws Error with its last complaint, or where its time was up: then it is ended, and so is its output
 */
export function outcome(run: ToolRun, child: ChildProcess): Promise<void> {
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    complaint = (complaint + chunk).slice(-8_192);
  });
  const program = basename(run.tool.command.at(-1) ?? '');
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<void>((resolve, reject) => {
    timer = setTimeout(() => {
      const late = new Error(`${program} was ended: it took longer than backup.timeout, ${run.timeoutMs} ms`);
      reject(late);
      stop(child, late);
    }, run.timeoutMs);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) return resolve();
      const why = lastError(complaint) || (signal ?? `exit code ${code}`);
      reject(new Error(`${program} failed: ${withoutPassword(why, run.password)}`));
    });
  });
  // Awaited later, after the stream; until then a failure is not an unhandled rejection.
  ended.catch(() => {}).finally(() => clearTimeout(timer));
  return ended;
}

/** Ends a program, and its streams at once: a child of its own could keep them open. */
function stop(child: ChildProcess, why: Error): void {
  child.kill();
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  child.once('exit', () => clearTimeout(timer));
  child.stdout?.destroy(why);
  child.stdin?.destroy();
  child.stderr?.destroy();
}

/** Runs a program to its end and gives what it printed. @throws Error */
export async function output(
  run: ToolRun,
  options: readonly string[],
  input: 'ignore' | number = 'ignore',
): Promise<string> {
  const child = start(run, options, input, 'pipe');
  let text = '';
  child.stdout
    ?.setEncoding('utf8')
    .on('data', (chunk: string) => {
      text += chunk;
    })
    // `outcome` says why it broke off.
    .on('error', () => {});
  await outcome(run, child);
  return text;
}

/** The last error that the program printed, without the DETAIL after it, which can hold row data. */
function lastError(complaint: string): string {
  const lines = complaint.trim().split('\n');
  return lines.findLast((line) => line.includes('error:')) ?? lines.at(-1) ?? '';
}

function withoutPassword(text: string, password: string | null): string {
  return password ? text.replaceAll(password, '***') : text;
}

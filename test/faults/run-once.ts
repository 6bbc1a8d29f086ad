import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../src/base/usage-error.js';
import { finish } from '../../src/commands/finish.js';
import { startRun } from '../../src/execute/start-run.js';
import { loadConfig } from '../../src/load/config.js';
import type { JournalLine } from '../../src/record/events.js';
import { openTarget } from '../../src/target/open-target.js';
import { DOCUMENTS, TARGET, URL_VARIABLE } from '../support/change.js';
import { environmentOf } from '../support/run-probatum.js';
import type { Variant } from './lane.js';

/** What a process said: its exit code, null where it was killed. */
export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** The run's folder, where it is not the newest. */
  readonly folder?: string;
  /** What was found wrong while it ran. */
  readonly problems?: readonly string[];
}

export interface Surroundings {
  readonly onEvent?: (line: JournalLine) => void;
  readonly now?: () => Date;
}

/** A run of a variant in this process, from the plan that was made once. */
export async function runInProcess(
  { root, prepared, chain }: Variant,
  url: string,
  { onEvent = () => {}, now }: Surroundings = {},
): Promise<Said> {
  const { environment, printed } = environmentOf(root, { [URL_VARIABLE]: url }, now);
  const target = await openTarget(TARGET, loadConfig(root).targets, root, environment.variables);
  try {
    const finished = await startRun({
      ...prepared,
      chain,
      corpus: { commit: null, changed: [] },
      mode: 'run',
      targetName: TARGET,
      target,
      root,
      now: environment.now,
      onEvent,
    });
    const code = await finish(environment, finished, { sealKey: null, format: 'pretty' });
    return { code, ...printed };
  } catch (error) {
    return { code: exitCode(error), out: printed.out, err: `${printed.err}${(error as Error).message}` };
  } finally {
    await target.close();
  }
}

/** As the command line does. */
export function exitCode(error: unknown): number {
  if (!(error instanceof UsageError)) throw error;
  return error.code === 'record-lost' ? 4 : error.code === 'locked' ? 5 : 2;
}

/** A fault that the child brings upon itself; see preload.cjs. */
export type OwnFault =
  | { readonly kind: 'count'; readonly out: string }
  | { readonly kind: 'journal'; readonly number: number; readonly phase: 'before' | 'torn' | 'after' }
  | {
      readonly kind: 'io';
      readonly number: number;
      readonly how: 'kill' | 'error' | 'short' | 'partial';
      readonly sticky?: boolean;
    }
  | { readonly kind: 'clock'; readonly number: number; readonly milliseconds: number };

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const PRELOAD = fileURLToPath(new URL('./preload.cjs', import.meta.url));

/** Processes at once, however many lanes there are. */
const MOST_CHILDREN = 2;
const children: Promise<unknown>[] = [];

/** The built tool in a process of its own. @param onStart is given the process id */
export async function runChild(...parts: Parameters<typeof startChild>): Promise<Said> {
  while (children.length >= MOST_CHILDREN) await Promise.race(children);
  const child = startChild(...parts);
  children.push(child);
  return child.finally(() => children.splice(children.indexOf(child), 1));
}

function startChild(
  { root }: Variant,
  url: string,
  fault: OwnFault | null,
  onStart: (pid: number) => void = () => {},
  words: readonly string[] = ['run', DOCUMENTS.package, '--target', TARGET],
): Promise<Said> {
  if (!existsSync(CLI)) throw new Error('dist/cli.js is missing: run "npm run build"');
  const preload =
    fault === null ? {} : { NODE_OPTIONS: `--require ${PRELOAD}`, PROBATUM_FAULT: JSON.stringify(fault) };
  const child = spawn(process.execPath, [CLI, ...words], {
    cwd: root,
    env: { ...process.env, [URL_VARIABLE]: url, ...preload },
  });
  onStart(child.pid ?? 0);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

/** What a clean run does to files, in order. */
export interface FileOperation {
  readonly number: number;
  readonly operation: 'mkdir' | 'open' | 'write' | 'fsync' | 'rename' | 'truncate';
  readonly path: string;
}

export async function countOperations(variant: Variant, url: string): Promise<FileOperation[]> {
  const folder = mkdtempSync(join(tmpdir(), 'probatum-count-'));
  try {
    const out = join(folder, 'operations');
    const said = await runChild(variant, url, { kind: 'count', out });
    if (said.code !== 0 && said.code !== 3)
      throw new Error(`the clean run ended with ${said.code}: ${said.err}`);
    return readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as FileOperation);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

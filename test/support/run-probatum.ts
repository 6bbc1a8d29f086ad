import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createColors } from 'picocolors';
import { UsageError } from '../../src/base/usage-error.js';
import { chooseAuthorization } from '../../src/commands/authorizations.js';
import { finish } from '../../src/commands/finish.js';
import { chainOf, run } from '../../src/commands/run.js';
import type { Environment, Terminal } from '../../src/commands/terminal.js';
import { startRun } from '../../src/execute/start-run.js';
import { loadConfig } from '../../src/load/config.js';
import { compile, preparePlan } from '../../src/pipeline.js';
import type { ReviewedBytes } from '../../src/plan/reviewed-bytes.js';
import type { JournalLine } from '../../src/record/events.js';
import { openTarget } from '../../src/target/open-target.js';
import { CHANGE, DOCUMENTS, TARGET, URL_VARIABLE } from './change.js';

const CLI = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'dist', 'cli.js');

/** What a command printed, and its exit code. */
export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the built command line as a process of its own. */
export function probatum(
  root: string,
  args: readonly string[],
  variables: NodeJS.ProcessEnv = {},
): Promise<Printed> {
  if (!existsSync(CLI)) throw new Error('dist/cli.js is missing: run "npm run build"');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd: root,
      env: { ...process.env, ...variables },
    });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, out, err }));
  });
}

/** `probatum run` on the generated package, in a process of its own. */
export function runCli(root: string, url: string): Promise<Printed> {
  return probatum(root, ['run', DOCUMENTS.package, '--target', TARGET], { [URL_VARIABLE]: url });
}

/** A command's surroundings in this process, with all that it prints. */
export function environmentOf(root: string, variables: NodeJS.ProcessEnv = {}, now = () => new Date()) {
  const printed = { out: '', err: '' };
  const terminal: Terminal = {
    out: (text) => {
      printed.out += typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
    },
    err: (text) => {
      printed.err += text;
    },
    colors: createColors(false),
    errColors: createColors(false),
    interactive: false,
  };
  const environment: Environment = {
    cwd: root,
    root,
    variables: { ...process.env, ...variables },
    terminal,
    now,
    touched: () => {},
  };
  return { environment, printed };
}

/**
 * `probatum run` on the generated package in this process, which saves the start of another one.
 * @param now the clock of this machine
 */
export async function runQuick(root: string, url: string, now?: () => Date): Promise<Printed> {
  const { environment, printed } = environmentOf(root, { [URL_VARIABLE]: url }, now);
  try {
    const code = await run(environment, DOCUMENTS.package, { target: TARGET, format: 'pretty' });
    return { code, ...printed };
  } catch (error) {
    // As the command line does.
    if (!(error instanceof UsageError)) throw error;
    const err = `${printed.err}error: ${error.message}\n${error.help ? `  ${error.help}\n` : ''}`;
    return { code: error.code === 'locked' ? 5 : 2, out: printed.out, err };
  }
}

/** What a test does to a run from outside it. */
export interface Meddling {
  readonly onEvent?: (line: JournalLine, folder: string) => void;
  readonly now?: () => Date;
  readonly proveBackup?: boolean;
  /** Sees the bytes in memory, before anything is done with them. */
  readonly onBytes?: (bytes: ReviewedBytes) => void;
}

/** The run of the generated package in this process: each event is shown to the test before the run goes on. */
export async function runHere(
  root: string,
  url: string,
  { onEvent, now, proveBackup = false, onBytes }: Meddling,
): Promise<Printed> {
  const { environment, printed } = environmentOf(root, { [URL_VARIABLE]: url }, now);
  const config = loadConfig(root);
  const compilation = await compile(config);
  const prepared = preparePlan(compilation, DOCUMENTS.package);
  if (!('plan' in prepared)) throw new Error(JSON.stringify(prepared.errors, null, 2));
  onBytes?.(prepared.bytes);
  const at = { now: environment.now(), unsigned: new Map() };
  const { authorization, missing } = chooseAuthorization(compilation, prepared, at);
  if (missing.length > 0) throw new Error(missing.join('\n'));
  const target = await openTarget(TARGET, config.targets, root, environment.variables);
  try {
    const finished = await startRun({
      ...prepared,
      mode: 'run',
      targetName: TARGET,
      target,
      root,
      chain: chainOf(compilation, prepared),
      authorization,
      corpus: { commit: null, changed: [] },
      now: environment.now,
      proveBackup,
      onEvent: (line) => onEvent?.(line, newestRun(root) ?? ''),
    });
    const code = await finish(environment, finished, { sealKey: null, format: 'pretty' });
    return { code, ...printed };
  } finally {
    await target.close();
  }
}

/** A listener that acts once, at the first event that fits. */
export function onceAt(
  fits: (line: JournalLine) => boolean,
  act: (folder: string) => void,
): NonNullable<Meddling['onEvent']> {
  let done = false;
  return (line, folder) => {
    if (done || !fits(line)) return;
    done = true;
    act(folder);
  };
}

/** Fits the end of one command. */
export function afterStep(id: string): (line: JournalLine) => boolean {
  return (line) => line.type === 'step-finished' && line.id === id;
}

/** Folders of the runs of a change, oldest first. */
export function runFolders(root: string, change = CHANGE): string[] {
  const runs = join(root, '.probatum', 'runs', change);
  if (!existsSync(runs)) return [];
  return readdirSync(runs)
    .sort((a, b) => numberOf(a) - numberOf(b) || (a < b ? -1 : 1))
    .map((name) => join(runs, name));
}

/** `20260101T000000Z-2` comes after `20260101T000000Z`. */
function numberOf(name: string): number {
  const [, stamp = '', number = '1'] = /^(\d{8}T\d{6})Z(?:-(\d+))?$/.exec(basename(name)) ?? [];
  return Number(stamp.replace('T', '')) * 1000 + Number(number);
}

export function newestRun(root: string, change = CHANGE): string | undefined {
  return runFolders(root, change).at(-1);
}

/** Sends SQL in a session of its own and waits: what another person does in the middle of a run. */
export function psql(url: string, sql: string): string {
  return execFileSync('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', sql, url], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

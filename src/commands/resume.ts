import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import { resumeRun } from '../execute/resume-run.js';
import { readFolder, unreadableHelp } from '../execute/run-folder.js';
import { type Config, loadConfig } from '../load/config.js';
import type { RunRecord } from '../record/record.js';
import { JOURNAL_FILE, RECORD_FILE } from '../record/store.js';
import { openTarget } from '../target/open-target.js';
import { finish } from './finish.js';
import { runProgress } from './progress.js';
import { whyUnproved } from './resume-proof.js';
import { sealKeyFor } from './seal-key.js';
import { refuseShortQueryTimeout } from './short-query-timeout.js';
import type { Environment } from './terminal.js';

export interface ResumeOptions {
  readonly format: 'pretty' | 'json';
  /** File of the key that signs the seal. */
  readonly sealKey?: string;
}

/** `probatum resume RUN`: settles a run that died and finishes what is safe. @returns exit code (RUN, "Outcomes") */
export async function resume(environment: Environment, run: string, options: ResumeOptions): Promise<number> {
  const config = loadConfig(environment.root);
  const folder = findRun(environment, config.root, run);
  return settle(environment, config, folder, options).catch((error: unknown) => {
    throw advised(error, folder);
  });
}

async function settle(
  environment: Environment,
  config: Config,
  folder: string,
  options: ResumeOptions,
): Promise<number> {
  const { root, targets } = config;
  const record = recordOf(folder);
  const { target: named, mode, migration, plan } = record;
  refuseShortQueryTimeout(config, named.name, plan.limits);
  // A run that died is settled, also by who cannot sign: what is missing then, verify finds.
  const sealKey = await sealKeyFor(environment, config, options.sealKey, false);
  environment.began?.(basename(folder), mode);
  if (migration !== null) environment.touched();
  const target = await openTarget(named.name, targets, root, environment.variables, true);
  try {
    const finished = await resumeRun({
      folder,
      target,
      now: environment.now,
      whyUnproved: () => whyUnproved(environment, config, record),
      onEvent: await runProgress(environment),
    });
    return await finish(environment, finished, { sealKey, format: options.format });
  } finally {
    await target.close();
  }
}

/** What the run's files say of it. @throws UsageError where they are damaged: it is the journal that is gone on with */
function recordOf(folder: string): RunRecord {
  const { stored, problem } = readFolder(folder);
  if (problem !== null) throw new UsageError('bad-record', problem);
  if (!stored)
    throw new UsageError(
      'bad-record',
      `run ${basename(folder)} ended before its first event`,
      'Nothing was sent, and nothing is to be settled.',
    );
  return stored.record;
}

/** Damaged files are put right by who has a copy of them, whatever part of a resumption came upon them. */
function advised(error: unknown, folder: string): unknown {
  if (!(error instanceof UsageError) || error.code !== 'bad-record' || error.help !== undefined) return error;
  return new UsageError(error.code, error.message, unreadableHelp(folder));
}

/** The folder of a run that is named by its path or by its id. @throws UsageError */
function findRun({ cwd }: Environment, root: string, run: string): string {
  const named = resolve(cwd, run);
  const path = basename(named) === JOURNAL_FILE ? dirname(named) : named;
  if (isRun(path)) return path;
  const all = join(root, '.probatum', 'runs');
  const changes = existsSync(all) ? readdirSync(all) : [];
  const found = changes.map((change) => join(all, change, run)).filter(isRun);
  if (found.length === 1) return found[0]!;
  const help = found.length === 0 ? 'probatum runs lists them' : `say which: ${found.join(', ')}`;
  throw new UsageError('cannot-read', `no run ${run}`, help);
}

/** Whether a folder has anything of a run; its journal may be what was lost. */
function isRun(folder: string): boolean {
  return [JOURNAL_FILE, RECORD_FILE, 'artefacts'].some((name) => existsSync(join(folder, name)));
}

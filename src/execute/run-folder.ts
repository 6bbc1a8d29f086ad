import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import type { EarlierAttempt } from '../record/events.js';
import { readInterrupted } from '../record/journal.js';
import { JOURNAL_FILE, journalProblem, RECORD_FILE, readRun, type StoredRecord } from '../record/store.js';
import { lockState } from '../target/lock-file.js';

/** Folder of a change's runs. */
export function changeFolder(root: string, change: string): string {
  return join(root, '.probatum', 'runs', change);
}

/** `<change>/<UTC time>`, with a number behind it where two runs start in one second. */
export function makeRunFolder(of: string, at: Date): { folder: string; runId: string } {
  const stamp = at.toISOString().replace(/[-:]|\.\d+/g, '');
  try {
    mkdirSync(of, { recursive: true });
    const ignore = join(of, '..', '..', '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
    for (let number = 1; ; number++) {
      const runId = number === 1 ? stamp : `${stamp}-${number}`;
      const folder = join(of, runId);
      if (makeNew(folder)) return { folder, runId };
    }
  } catch (error) {
    throw new UsageError('cannot-write', `cannot make a folder for the run: ${(error as Error).message}`);
  }
}

/** Whether the folder is new; another run may make the same one at the same moment. */
function makeNew(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes what was never written to its end; its process is gone. */
export function removePartial(folder: string): void {
  for (const of of [folder, join(folder, 'artefacts')]) {
    if (!existsSync(of)) continue;
    for (const name of readdirSync(of))
      if (name.endsWith('.partial')) rmSync(join(of, name), { recursive: true, force: true });
  }
}

/** Whether a process of this machine is at work on a run. */
export function isAtWork(folder: string): boolean {
  return lockState(runLock(folder)).state === 'at-work';
}

/** Path whose lock the process holds that works on a run. */
export function runLock(folder: string): string {
  return join(folder, 'run');
}

/** Earlier runs of the same plan, also interrupted ones; a folder that cannot be read is left out. */
export function earlierAttempts(of: string, planSha256: string): EarlierAttempt[] {
  return runsIn(of).flatMap(({ stored }): EarlierAttempt[] => {
    if (!stored || stored.record.planSha256 !== planSha256) return [];
    const { runId, mode, status, reason } = stored.record;
    return [{ runId, mode, status, reason, recordSha256: stored.sha256 }];
  });
}

/**
 * Refuses to begin while a run of the change has sent SQL to the same target and nobody knows what became of it, or
 * while it cannot be read whether one has.
 * @throws UsageError `unresolved`
 */
export function refuseUnresolved(of: string, targetName: string): void {
  for (const run of runsIn(of)) {
    const { name, folder, stored, problem } = run;
    if (isAtWork(folder)) continue;
    // A rehearsal sends nothing to a target.
    if (problem !== null && stored?.record.mode !== 'rehearsal')
      throw new UsageError(
        'unresolved',
        `run ${name} cannot be read, so it is not known what it has sent: ${problem}`,
        unreadableHelp(folder),
      );
    if (!stored || !isUnsettled(run) || stored.record.target.name !== targetName) continue;
    if (!stored.record.migration) continue;
    const message = `run ${name} has sent its migration to ${targetName}, and what became of it is not known`;
    throw new UsageError('unresolved', message, `settle it first: probatum resume ${name}`);
  }
}

/** What to do about a run whose files are damaged. */
export function unreadableHelp(folder: string): string {
  return `put its files back from a copy and settle it: probatum resume ${basename(folder)}; or find out what it did to the database, and then move ${folder} elsewhere`;
}

/** Whether a run on a target has no end that is known, and no process of this machine works on it. */
export function isUnsettled({ folder, stored }: KnownRun): boolean {
  return stored?.record.mode === 'run' && stored.record.status === 'indeterminate' && !isAtWork(folder);
}

/** A folder of a run. */
export interface KnownRun {
  readonly name: string;
  readonly folder: string;
  /** What its record says; null where it cannot be read, or nothing had begun when its process died. */
  readonly stored: StoredRecord | null;
  /** Why it cannot be read, or why its record is not borne out by the journal beside it; null where all is well. */
  readonly problem: string | null;
}

/** The folders of a change's runs, oldest first, with what their records say. */
export function runsIn(of: string): KnownRun[] {
  if (!existsSync(of)) return [];
  return readdirSync(of, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => ({ name, folder: join(of, name), ...readFolder(join(of, name)) }));
}

/** What the files of one run say of it. */
export function readFolder(folder: string): Pick<KnownRun, 'stored' | 'problem'> {
  try {
    const stored = readRun(folder);
    return { stored, problem: journalProblem(folder, stored) };
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof TypeError)) throw error;
    return { stored: null, problem: hasBegun(folder) ? error.message : null };
  }
}

/** Nothing is done before the first event is on disk; what comes next is the folder of the artefacts. */
function hasBegun(folder: string): boolean {
  if (existsSync(join(folder, 'artefacts')) || existsSync(join(folder, RECORD_FILE))) return true;
  try {
    return readInterrupted(join(folder, JOURNAL_FILE)).lines.length > 0;
  } catch (error) {
    return !(error instanceof UsageError && error.code === 'cannot-read');
  }
}

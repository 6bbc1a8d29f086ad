import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import type { EarlierAttempt } from '../record/events.js';
import { readRun } from '../record/store.js';
import { isLocked } from '../target/lock-file.js';

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

/** Whether a process is at work on a run; one on another machine counts as at work. */
export function isAtWork(folder: string): boolean {
  return isLocked(runLock(folder));
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
 * Refuses to begin while a run of the change has sent SQL to the same target and nobody knows what became of it.
 * @throws UsageError `unresolved`
 */
export function refuseUnresolved(of: string, targetName: string): void {
  for (const { name, folder, stored } of runsIn(of)) {
    if (!stored || isAtWork(folder)) continue;
    const { mode, status, migration, target } = stored.record;
    if (mode !== 'run' || status !== 'indeterminate' || !migration || target.name !== targetName) continue;
    const problem = `run ${name} has sent its migration to ${targetName}, and what became of it is not known`;
    throw new UsageError('unresolved', problem, `settle it first: probatum resume ${name}`);
  }
}

/** The folders of a change's runs, oldest first, with what their records say; null where that cannot be read. */
export function runsIn(of: string) {
  if (!existsSync(of)) return [];
  return readdirSync(of, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const folder = join(of, name);
      return { name, folder, stored: readOrNull(folder) };
    });
}

function readOrNull(folder: string) {
  try {
    return readRun(folder);
  } catch (error) {
    if (error instanceof UsageError || error instanceof TypeError) return null;
    throw error;
  }
}

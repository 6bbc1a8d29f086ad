import { milliseconds } from '../base/duration.js';
import { UsageError } from '../base/usage-error.js';

/** How long one statement may go without an answer; an hour, unless the configuration knows better. */
const QUERY_TIMEOUT_MS = 3_600_000;
/** How long a program may take to write or read a backup; six hours, unless the configuration knows better. */
const BACKUP_TIMEOUT_MS = 21_600_000;

/** Milliseconds until a statement without an answer is given up. @throws UsageError bad-configuration */
export function queryTimeout(target: string, said: string | undefined): number {
  return timeLimit(target, 'query_timeout', said, QUERY_TIMEOUT_MS);
}

/** Milliseconds until a program that writes or reads a backup is ended. @throws UsageError bad-configuration */
export function backupTimeout(target: string, said: string | undefined): number {
  return timeLimit(target, 'backup.timeout', said, BACKUP_TIMEOUT_MS);
}

/** A time that no timer can keep is refused, as it would end everything at once. */
function timeLimit(target: string, name: string, said: string | undefined, otherwise: number): number {
  if (said === undefined) return otherwise;
  const timeout = milliseconds(said);
  if (timeout !== null) return timeout;
  const problem = `target ${target}: ${name} ${JSON.stringify(said)} is no time that can be kept`;
  throw new UsageError('bad-configuration', problem, 'Write a number and a unit, ms, s or min: 30min.');
}

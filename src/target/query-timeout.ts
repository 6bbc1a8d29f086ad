import { milliseconds } from '../base/duration.js';
import { UsageError } from '../base/usage-error.js';

/** How long one statement may go without an answer; an hour, unless the configuration knows better. */
const QUERY_TIMEOUT_MS = 3_600_000;

/**
 * Milliseconds until a statement without an answer is given up. A time that no timer can keep is refused, as it would
 * end every statement at once. @throws UsageError bad-configuration
 */
export function queryTimeout(name: string, said: string | undefined): number {
  if (said === undefined) return QUERY_TIMEOUT_MS;
  const timeout = milliseconds(said);
  if (timeout !== null) return timeout;
  const problem = `target ${name}: query_timeout ${JSON.stringify(said)} is no time that can be kept`;
  throw new UsageError('bad-configuration', problem, 'Write a number and a unit, ms, s or min: 30min.');
}

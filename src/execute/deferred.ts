import { DatabaseError } from '../target/engine.js';
import { readWriteCounts, writtenBetween } from '../target/write-counts.js';
import { migratingSession, type RunContext } from './context.js';
import { holdSettings } from './held-settings.js';
import { OWN } from './statements.js';

/** A trigger that defers itself anew is asked so often; one that goes on then may never end. */
const MOST_ROUNDS = 10;

/**
 * Has deferred constraints and triggers do their work now: what they refuse or write at COMMIT, after the last check,
 * nobody would have looked at. A trigger may defer others, or itself, anew, but only by writing a row: so they are made to
 * fire until none writes any.
 * @returns why the transaction must not go on, or null. @throws DatabaseError where the connection was lost
 */
export async function fireDeferred(context: RunContext): Promise<string | null> {
  const session = migratingSession(context);
  let before = await readWriteCounts(session);
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    try {
      await session.run(OWN.fireDeferred);
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.connectionLost) throw error;
      return `a deferred constraint or trigger: ${error.message}`;
    }
    const changed = await holdSettings(context);
    if (changed) return changed;
    const after = await readWriteCounts(session);
    if (writtenBetween(before, after).length === 0) return null;
    before = after;
  }
  return `deferred triggers still write rows after they were made to fire ${MOST_ROUNDS} times: ${AT_COMMIT}`;
}

const AT_COMMIT = 'what they would write at COMMIT, no check would see';

import { usedBefore } from '../authorization.js';
import { migratingSession } from '../context.js';
import { doneBefore } from '../replay.js';
import { LOCK_KEY, OWN } from '../statements.js';
import { denied, done, type Step } from './step.js';

/**
 * LOCK: two runs against one database; exactly one proceeds, the other never waits; and one plan is run once, one
 * authorization used once.
 */
export const lock: Step = {
  title: 'take the run lock',
  async run(context) {
    const { rows } = await migratingSession(context).run(OWN.tryLock, [LOCK_KEY]);
    if (rows[0]?.[0] !== 't') {
      context.state.lockedOut = true;
      return denied('another run holds the lock on this database');
    }
    const before = (await doneBefore(context)) ?? (await usedBefore(context));
    return before === null ? done(`advisory lock ${LOCK_KEY}`) : denied(before);
  },
};

import { closedWindow } from '../authorization.js';
import { migratingSession } from '../context.js';
import { identify } from '../identity-parts.js';
import { denied, done, type Step } from './step.js';

/** GUARD: is this the database that the package means? And is it the time? Asked on the very session that migrates. */
export const identity: Step = {
  title: 'identify the database',
  async run(context) {
    const { plan, mode } = context;
    const { identity: found, parts } = await identify(migratingSession(context), plan.target, mode);
    context.state.identity = found;
    context.emit({ type: 'identity-read', moment: 'before', identity: { ...found }, parts });
    const wrong = parts.filter(({ verdict }) => verdict !== 'PASS');
    context.state.identified = wrong.length === 0;
    if (wrong.length > 0)
      return denied(
        wrong
          .map(({ part, expected, observed }) => `${part} is ${observed}, expected ${expected}`)
          .join('; '),
      );
    const closed = await closedWindow(context, 'identity');
    if (closed) return denied(closed);
    return done(`system identifier ${found.system_identifier}`);
  },
};

import { confirmTakenBack, takeBack } from '../take-back.js';
import { type Step, skipped } from './step.js';

/** C-08: the way back, only if C-07 found something wrong; then the catalogue must equal C-03's. */
export const rollback: Step = {
  title: 'roll back',
  async run(context) {
    const { plan, state } = context;
    if (!state.undone) {
      if (state.verified === 'passed') return skipped('not triggered: verification passed');
      // No answer is not a failure: taking a committed change back on it would be a guess.
      if (state.verified === null) return skipped('verification could not be done; a person decides');
      if (plan.rollbackPolicy === 'by-hand')
        return skipped('verification failed; the package leaves the rollback to a person');
    }
    const result = await (state.undone ? confirmTakenBack(context) : takeBack(context));
    state.rolledBack = result.status === 'done';
    return result;
  },
};

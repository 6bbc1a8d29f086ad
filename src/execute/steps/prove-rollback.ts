import { takeBack } from '../take-back.js';
import { done, type Step, skipped } from './step.js';

/**
 * In a rehearsal that went through, at its very end: the reviewed rollback takes the migration back, by the very path of a
 * run that needs it. Who meets it for the first time on the night it is needed has not rehearsed it.
 */
export const proveRollback: Step = {
  title: 'prove the rollback',
  async run(context) {
    const { plan, state } = context;
    if (state.verified !== 'passed') return skipped('the rehearsal did not go through');
    if (!plan.rollback.statements.some(({ sent }) => sent)) return skipped('the rollback has no statement');
    const result = await takeBack(context);
    return result.status === 'done'
      ? done('rollback proved: the catalogue equals the snapshot')
      : {
          ...result,
          detail: `on the scratch database the rollback does not take the migration back: ${result.detail}`,
        };
  },
};

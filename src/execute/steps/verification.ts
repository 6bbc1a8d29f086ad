import { verificationGrid } from '../verification.js';
import type { Step } from './step.js';
import { summarise } from './summary.js';

/** C-07: the same grid after COMMIT, on a new session. */
export const verification: Step = {
  title: 'verify after COMMIT',
  async run(context) {
    const { target, state } = context;
    const session = await target.open();
    try {
      const verdicts = await verificationGrid(context, session, 'after-commit');
      const result = summarise(context, verdicts);
      state.verified = result.status === 'done' ? 'passed' : 'failed';
      return result;
    } finally {
      await session.close();
    }
  },
};

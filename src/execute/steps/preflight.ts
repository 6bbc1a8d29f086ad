import type { Verdict } from '../../record/events.js';
import { checkSql, observeReadOnly, recordCheck } from '../checks.js';
import { observeEvidence } from '../evidence.js';
import type { Step } from './step.js';
import { summarise } from './summary.js';

/** C-05: the package's checks on the state before the migration. */
export const preflight: Step = {
  title: 'preflight checks',
  async run(context) {
    const { plan, target, state } = context;
    const session = await target.open();
    const verdicts: Verdict[] = [];
    try {
      for (const check of plan.preflight.checks) {
        const seen = check.statement
          ? await observeReadOnly(context, session, checkSql(context, check))
          : observeEvidence(context, check, {
              identity: state.identity,
              before: null,
              own: null,
            });
        verdicts.push(recordCheck(context, check, 'preflight', seen));
      }
    } finally {
      await session.close();
    }
    return summarise(context, verdicts);
  },
};

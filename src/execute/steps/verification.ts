import type { Session } from '../../target/engine.js';
import type { RunContext } from '../context.js';
import { identify, SETTINGS_PART } from '../identity-parts.js';
import { verificationGrid } from '../verification.js';
import { failed, type Step } from './step.js';
import { summarise } from './summary.js';

/** C-07: the same grid after COMMIT, on a new session that is shown to be connected to the same database. */
export const verification: Step = {
  title: 'verify after COMMIT',
  async run(context) {
    const { target, state } = context;
    const session = await target.open();
    try {
      const otherwise = await otherThanBefore(context, session);
      // What another database, or other settings, say is no evidence against the migration: it was not verified.
      if (otherwise) return failed(`the new session ${otherwise}`);
      const { verdicts } = await verificationGrid(context, session, 'after-commit');
      const result = summarise(context, verdicts);
      state.verified = result.status === 'done' ? 'passed' : 'failed';
      return result;
    } finally {
      await session.close().catch(() => {});
    }
  },
};

async function otherThanBefore(context: RunContext, session: Session): Promise<string | null> {
  const { identity, parts } = await identify(session, context.plan.target, context.mode);
  context.emit({ type: 'identity-read', moment: 'after', identity: { ...identity }, parts });
  const elsewhere = 'is not connected to the migrated database';
  if (identity.system_identifier !== context.state.identity?.system_identifier)
    return `${elsewhere}: system identifier ${identity.system_identifier}`;
  const wrong = parts.filter(({ verdict }) => verdict !== 'PASS');
  if (wrong.length === 0) return null;
  const said = wrong.map(({ part, observed }) => `${part} ${observed}`).join(', ');
  return wrong.every(({ part }) => part === SETTINGS_PART) ? `has ${said}` : `${elsewhere}: ${said}`;
}

import type { Session } from '../../target/engine.js';
import { readIdentity } from '../../target/identity.js';
import type { RunContext } from '../context.js';
import { identityParts } from '../identity-parts.js';
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
      const elsewhere = await otherDatabase(context, session);
      // What another database says is no evidence against the migration: the verification was not done.
      if (elsewhere) return failed(`the new session is not connected to the migrated database: ${elsewhere}`);
      const { verdicts } = await verificationGrid(context, session, 'after-commit');
      const result = summarise(context, verdicts);
      state.verified = result.status === 'done' ? 'passed' : 'failed';
      return result;
    } finally {
      await session.close().catch(() => {});
    }
  },
};

async function otherDatabase(context: RunContext, session: Session): Promise<string | null> {
  const identity = await readIdentity(session);
  const parts = identityParts(context.plan.target, identity, context.mode);
  context.emit({ type: 'identity-read', moment: 'after', identity: { ...identity }, parts });
  const wrong = parts.filter(({ verdict }) => verdict !== 'PASS');
  if (identity.system_identifier !== context.state.identity?.system_identifier)
    return `system identifier ${identity.system_identifier}`;
  return wrong.length === 0 ? null : wrong.map(({ part, observed }) => `${part} ${observed}`).join(', ');
}

import { migratingSession } from '../context.js';
import { identify } from '../identity-parts.js';
import type { Gate } from './gate.js';

/** The migrating session, asked again, is the database that GUARD identified and the plan names. */
export const identity: Gate = async (context) => {
  const { plan, mode } = context;
  const { identity: found, parts } = await identify(migratingSession(context), plan.target, mode);
  const wrong = parts.filter(({ verdict }) => verdict !== 'PASS');
  const same = found.system_identifier === context.state.identity?.system_identifier;
  return {
    pass: wrong.length === 0 && same && context.state.identified,
    expected: parts.map(({ part, expected }) => `${part} ${expected}`).join(', '),
    observed: parts.map(({ part, observed }) => `${part} ${observed}`).join(', '),
  };
};

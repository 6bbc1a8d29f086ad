import type { Session } from '../target/engine.js';
import { putBackSettings, readSessionSettings } from '../target/held-settings.js';
import { migratingSession, type RunContext } from './context.js';

/**
 * Reads the settings that have to hold in the transactions of a run, where that was not done yet.
 * @param limit sets the limits of the transaction that is open
 */
export async function beginHolding(
  { state }: RunContext,
  session: Session,
  limit: () => Promise<unknown>,
): Promise<void> {
  if (state.held) return void (await limit());
  const outside = await readSessionSettings(session);
  await limit();
  state.held = { session: outside, transaction: await readSessionSettings(session) };
}

/**
 * Puts back what a trigger or function of the database has set since BEGIN: what follows was reviewed, and is judged,
 * under the settings of the tool.
 * @returns why the transaction must not go on, or null. @throws DatabaseError
 */
export async function holdSettings(context: RunContext): Promise<string | null> {
  const { held, putBack: told } = context.state;
  if (!held) throw new Error('the settings were not read at BEGIN');
  const { putBack, protecting } = await putBackSettings(migratingSession(context), held);
  const size = told.size;
  for (const name of putBack) told.add(name);
  if (told.size > size)
    context.emit({
      type: 'proof-read',
      name: 'settings put back',
      covers: COVERS,
      observed: [...told].sort(),
      reason: null,
    });
  if (protecting.length === 0) return null;
  return `a trigger or function of the database has set ${protecting.join(', ')}, under which nothing was reviewed`;
}

const COVERS =
  'what triggers and functions of the database had set when a statement was over: it was put back before the next one; not what was set and set back within one statement';

import { readSequences, sequencesAfterRollback } from '../target/effect-proofs.js';
import { DatabaseError } from '../target/engine.js';
import { migratingSession, type RunContext } from './context.js';
import { OWN } from './statements.js';

/**
 * Records, where the migration was not committed, which sequences do not stand where they stood at BEGIN: no ROLLBACK takes
 * back what was drawn from one. Where the connection is gone, that they were not read.
 */
export async function recordMovedSequences(context: RunContext): Promise<void> {
  const { effects } = context.state;
  // Before they were read, no reviewed statement was sent.
  if (!effects) return;
  const proof = sequencesAfterRollback(effects.sequences, await readAgain(context));
  const { name, covers, observed, reason } = proof;
  context.emit({ type: 'proof-read', name, covers, observed, reason });
}

async function readAgain(context: RunContext) {
  const session = migratingSession(context);
  try {
    await session.run(OWN.beginReading);
    const reading = await readSequences(session);
    await session.run(OWN.rollback);
    return reading;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return { unavailable: error.message };
  }
}

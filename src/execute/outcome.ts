import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationOutcome } from '../record/events.js';
import type { DatabaseError, Session } from '../target/engine.js';
import type { RunContext } from './context.js';
import { OWN } from './statements.js';

/** SQLSTATE classes that leave open whether COMMIT took effect: connection, operator intervention, internal. */
const UNCLEAR = /^(08|57|58|XX)/;
const ATTEMPTS = 20;
const PAUSE_MS = 500;

/** A transaction that may have to be asked about on another session. */
export interface OpenTransaction {
  readonly xid: string;
  /** Changes whenever the server loses its memory: then ids of transactions that were lost are given away again. */
  readonly serverLife: string;
}

export async function readServerLife(session: Session): Promise<string> {
  return (await session.run(OWN.serverLife)).rows[0]?.[0] ?? '';
}

/** What became of a transaction, and by what that is known. */
export interface Decision {
  readonly outcome: MigrationOutcome;
  readonly decidedBy: string;
}

/**
 * What became of a transaction whose COMMIT was not answered with COMMIT or ROLLBACK. A refusal by the server
 * (a deferred constraint) means not committed; a lost connection says nothing, so the server is asked for the
 * status of the transaction id. After a restart or a crash ids may have been reused, and the answer stays `unknown`.
 */
export async function decideOutcome(
  context: RunContext,
  transaction: OpenTransaction,
  error: DatabaseError,
): Promise<Decision> {
  if (!error.connectionLost && error.sqlstate && !UNCLEAR.test(error.sqlstate))
    return { outcome: 'not-committed', decidedBy: `the server refused COMMIT: ${error.message}` };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const decision = await ask(context, transaction);
    if (decision) return decision;
    await sleep(PAUSE_MS);
  }
  return {
    outcome: 'unknown',
    decidedBy: `COMMIT was not answered (${error.message}), and the server could not be asked`,
  };
}

async function ask(context: RunContext, { xid, serverLife }: OpenTransaction): Promise<Decision | null> {
  try {
    const session = await context.target.open();
    try {
      if ((await readServerLife(session)) !== serverLife)
        return {
          outcome: 'unknown',
          decidedBy: 'COMMIT was not answered, and the server was restarted or recovered from a crash since',
        };
      const status = (await session.run(OWN.transactionStatus, [xid])).rows[0]?.[0];
      const decidedBy = `pg_xact_status(${xid}) on a server that was not restarted: ${status}`;
      if (status === 'committed') return { outcome: 'committed', decidedBy };
      if (status === 'aborted') return { outcome: 'not-committed', decidedBy };
      return null;
    } finally {
      await session.close();
    }
  } catch {
    return null;
  }
}

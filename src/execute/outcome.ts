import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationOutcome, UnitName } from '../record/events.js';
import { DatabaseError, type Session } from '../target/engine.js';
import { type Identity, readIdentity } from '../target/identity.js';
import { type LedgerKey, settle } from '../target/ledger.js';
import type { RunContext } from './context.js';
import { OWN } from './statements.js';

/** SQLSTATE classes that leave open whether COMMIT took effect: connection, operator intervention, internal. */
const UNCLEAR = /^(08|57|58|XX)/;
/** How long a server that does not answer is asked; one question may take as long again as its connection's limits. */
const ASK_MS = 10_000;
const PAUSE_MS = 500;
/** How long a recovery waits for a transaction that holds its place in the ledger, before it ends its session. */
const FENCE_WAIT_MS = '1500';

/** A transaction that may have to be asked about on another session, even by another process. */
export interface OpenTransaction {
  readonly unit: UnitName;
  readonly xid: string;
  readonly attempt: number;
  readonly backend: { readonly pid: string; readonly startedAt: string };
  /** Changes whenever the server loses its memory: then ids of transactions that were lost are given away again. */
  readonly serverLife: string;
  readonly ledger: boolean;
}

export async function readServerLife(session: Session): Promise<string> {
  return (await session.run(OWN.serverLife)).rows[0]?.[0] ?? '';
}

/** Name of a transaction in the ledger: each attempt has a row of its own. */
export function ledgerKey(
  { ledgerId, planSha256 }: RunContext,
  { unit, attempt }: Pick<OpenTransaction, 'unit' | 'attempt'>,
): LedgerKey {
  return { runId: ledgerId, unit: attempt === 1 ? unit : `${unit}-${attempt}`, planSha256 };
}

/** What became of a transaction, and by what that is known. */
export interface Decision {
  readonly outcome: MigrationOutcome;
  readonly decidedBy: string;
}

/**
 * What became of a transaction whose COMMIT was not answered with COMMIT or ROLLBACK. A refusal by the server
 * (a deferred constraint) means not committed; a lost connection says nothing, so the server is asked.
 */
export async function decideOutcome(
  context: RunContext,
  transaction: OpenTransaction,
  error: DatabaseError,
): Promise<Decision> {
  if (!error.connectionLost && error.sqlstate && !UNCLEAR.test(error.sqlstate))
    return { outcome: 'not-committed', decidedBy: `the server refused COMMIT: ${error.message}` };
  return askServer(context, transaction, `COMMIT was not answered (${error.message})`);
}

/**
 * Asks the server what became of a transaction that nobody answers for any more. Where it wrote a row into the
 * ledger, that row decides, and taking its place proves that it cannot commit later. Elsewhere the status of its id
 * does; after a restart or a crash ids may have been reused, and the answer stays `unknown`.
 * @param why what makes the question necessary
 */
export async function askServer(
  context: RunContext,
  transaction: OpenTransaction,
  why: string,
): Promise<Decision> {
  let reason = 'the server could not be asked';
  const until = performance.now() + ASK_MS;
  for (let attempt = 0; attempt < 2 || performance.now() < until; attempt++) {
    if (attempt > 0) await sleep(PAUSE_MS);
    try {
      const session = await context.target.open();
      try {
        const answer = await (transaction.ledger ? askLedger : askStatus)(context, session, transaction);
        if (answer.outcome !== 'unknown') return { ...answer, decidedBy: `${why}; ${answer.decidedBy}` };
        if (answer.final) return { outcome: 'unknown', decidedBy: `${why}; ${answer.decidedBy}` };
        reason = answer.decidedBy;
      } finally {
        await session.close();
      }
    } catch (error) {
      reason = `the server could not be asked: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return { outcome: 'unknown', decidedBy: `${why}; ${reason}` };
}

interface Answer extends Decision {
  /** Whether asking again cannot give another answer. */
  readonly final?: boolean;
}

async function askLedger(
  context: RunContext,
  session: Session,
  transaction: OpenTransaction,
): Promise<Answer> {
  const elsewhere = await notTheSame(context, session);
  if (elsewhere)
    return { outcome: 'unknown', decidedBy: `the database that answers is another one: ${elsewhere}` };
  await session.run(OWN.limitFence, [FENCE_WAIT_MS]);
  const key = ledgerKey(context, transaction);
  const settled = await settle(session, key);
  if (settled === 'committed')
    return { outcome: 'committed', decidedBy: `its row ${key.unit} of run ${key.runId} is in the ledger` };
  if (settled === 'not-committed')
    return {
      outcome: 'not-committed',
      decidedBy: `its row ${key.unit} of run ${key.runId} is not in the ledger, and its place was taken: it cannot commit any more`,
    };
  await endBackend(session, transaction);
  return { outcome: 'unknown', decidedBy: 'its session is still open and could not be ended' };
}

/** A clone or a promoted standby has the ledger of its past, which says nothing of the database that was changed. */
async function notTheSame({ state }: RunContext, session: Session): Promise<string | null> {
  if (state.identity === null) return 'it was never identified';
  return differentParts(state.identity, await readIdentity(session));
}

/** In what two identities of one database must never differ; null where they do not. */
export function differentParts(then: Identity, now: Identity): string | null {
  const parts = ['system_identifier', 'database_oid', 'timeline', 'in_recovery', 'marker'] as const;
  const wrong = parts.filter((part) => now[part] !== then[part]);
  if (wrong.length === 0) return null;
  return wrong.map((part) => `${part} ${now[part]}, it was ${then[part]}`).join(', ');
}

async function askStatus(
  _: RunContext,
  session: Session,
  { xid, serverLife }: OpenTransaction,
): Promise<Answer> {
  if ((await readServerLife(session)) !== serverLife)
    return {
      outcome: 'unknown',
      final: true,
      decidedBy: 'the server was restarted or recovered from a crash since',
    };
  const status = (await session.run(OWN.transactionStatus, [xid])).rows[0]?.[0];
  const decidedBy = `pg_xact_status(${xid}) on a server that was not restarted: ${status}`;
  if (status === 'committed') return { outcome: 'committed', decidedBy };
  if (status === 'aborted') return { outcome: 'not-committed', decidedBy };
  return { outcome: 'unknown', decidedBy };
}

/**
 * Ends the session of a transaction that nobody answers for, if it is still that one, and waits until it is gone.
 * @throws DatabaseError
 */
export async function endBackend(
  session: Session,
  { backend }: Pick<OpenTransaction, 'backend'>,
): Promise<void> {
  if (backend.pid === '' || backend.startedAt === '') return;
  const until = performance.now() + ASK_MS;
  while (performance.now() < until) {
    try {
      const { rows } = await session.run(OWN.endBackend, [backend.pid, backend.startedAt]);
      if (rows.length === 0) return;
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.connectionLost) throw error;
      // A role may not end another's session; whoever waits for it sees that it is still there.
      return;
    }
    await sleep(PAUSE_MS / 5);
  }
}

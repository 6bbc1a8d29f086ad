import { DatabaseError } from '../target/engine.js';
import { LEDGER_TABLE, writeLedgerRow } from '../target/ledger.js';
import { readWriteCounts, type WriteCounts, writtenBetween } from '../target/write-counts.js';
import { closedWindow, nonceToUse } from './authorization.js';
import { migratingSession, type RunContext, type StepResult } from './context.js';
import { fireDeferred } from './deferred.js';
import { ledgerKey, type OpenTransaction } from './outcome.js';
import { OWN } from './statements.js';
import { denied, failed } from './steps/step.js';

/**
 * The last of a transaction before COMMIT: is it still the one that was begun, will COMMIT wait for the disk, its row in
 * the ledger, whether it may still be committed, and the word in the journal that COMMIT follows.
 * @returns why COMMIT must not be sent, or null. @throws DatabaseError where the connection was lost
 */
export async function sealTransaction(
  context: RunContext,
  transaction: OpenTransaction,
): Promise<StepResult | null> {
  const session = migratingSession(context);
  try {
    const xid = (await session.run(OWN.transactionId)).rows[0]?.[0];
    if (xid !== transaction.xid) return failed(`the transaction is ${xid}, begun was ${transaction.xid}`);
    await session.run(OWN.durable);
    const refusal = (await takePlace(context, transaction)) ?? (await lateWindow(context, transaction));
    if (refusal) return refusal;
    context.emit({ type: 'commit-sent', unit: transaction.unit });
    return null;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.connectionLost) throw error;
    return failed(`right before COMMIT: ${error.message}`);
  }
}

/** Writes the row in the ledger, and with that of a migration uses its authorization up. */
async function takePlace(context: RunContext, transaction: OpenTransaction): Promise<StepResult | null> {
  if (!transaction.ledger) return null;
  const nonce = nonceToUse(context, transaction.unit);
  const session = migratingSession(context);
  try {
    const before = await readWriteCounts(session);
    if (await writeLedgerRow(session, ledgerKey(context, transaction), nonce))
      return await besidesLedger(context, before);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.connectionLost) throw error;
    return failed(`the row in the ledger: ${error.message}`);
  }
  return nonce === null
    ? failed('the ledger did not take the row of the transaction')
    : denied(`another run has used the authorization ${context.authorization?.path} up meanwhile`);
}

/** The checks are over: a trigger of the ledger's table that writes now, or at COMMIT, would write unseen. */
async function besidesLedger(context: RunContext, before: WriteCounts): Promise<StepResult | null> {
  const refusal = await fireDeferred(context);
  if (refusal) return failed(refusal);
  const after = await readWriteCounts(migratingSession(context));
  const others = writtenBetween(before, after).filter((table) => table !== LEDGER_TABLE);
  return others.length === 0
    ? null
    : denied(`the row in the ledger wrote rows in ${others.join(', ')} as well`);
}

/** Taking a change back needs no permission. */
async function lateWindow(context: RunContext, { unit }: OpenTransaction): Promise<StepResult | null> {
  const closed = unit === 'migration' ? await closedWindow(context, 'commit') : null;
  return closed === null ? null : denied(closed);
}

import { performance } from 'node:perf_hooks';
import type { PlanStatement, PlanUnit } from '../plan/plan.js';
import type { MigrationOutcome, UnitName } from '../record/events.js';
import type { UnitText } from '../sql/unit-text.js';
import { DatabaseError, type Notice, type Session } from '../target/engine.js';
import { bounded } from '../target/sqlstate.js';
import { migratingSession, type RunContext } from './context.js';
import { beginHolding, holdSettings } from './held-settings.js';
import { type Decision, decideOutcome, type OpenTransaction, readServerLife } from './outcome.js';
import { OWN } from './statements.js';

/** Opens a transaction with the plan's limits, takes its id, and records who could still hold it open. */
export async function begin(context: RunContext, unit: UnitName): Promise<OpenTransaction> {
  const session = migratingSession(context);
  const serverLife = await readServerLife(session);
  const [pid, startedAt] = (await session.run(OWN.backend)).rows[0] ?? [];
  const ledger = keepsLedger(context);
  await session.run(OWN.begin);
  await beginHolding(context, session, () => setLimits(context, session));
  const xid = (await session.run(OWN.transactionId)).rows[0]![0]!;
  context.state.begun[unit] += 1;
  const attempt = context.state.begun[unit];
  const backend = { pid: pid ?? '', startedAt: startedAt ?? '' };
  context.emit({ type: 'transaction-started', unit, xid, attempt, backend, serverLife, ledger });
  return { unit, xid, attempt, backend, serverLife, ledger };
}

async function setLimits({ plan: { limits } }: RunContext, session: Session): Promise<void> {
  await session.run(OWN.limitLock, [String(limits.lockTimeoutMs)]);
  await session.run(OWN.limitStatement, [String(limits.statementTimeoutMs)]);
}

/** A rehearsal's database goes away with it: nobody will have to ask. */
function keepsLedger({ plan, mode }: RunContext): boolean {
  return mode === 'run' && plan.target.ledger === 'required';
}

/**
 * Sends a unit's reviewed statements, one message each, under the same settings.
 * @returns why one was refused, or null. @throws DatabaseError where the connection was lost
 */
export async function sendStatements(context: RunContext, name: UnitName): Promise<string | null> {
  const unit = context.plan[name];
  const text = context.bytes[name];
  for (const statement of unit.statements) {
    if (!statement.sent) continue;
    const refusal = await sendOne(context, name, unit, statement, text);
    if (refusal) return refusal;
    const changed = await holdSettings(context);
    if (changed) return `${unit.document}:${statement.line}: ${changed}`;
  }
  return null;
}

async function sendOne(
  context: RunContext,
  name: UnitName,
  unit: PlanUnit,
  statement: PlanStatement,
  text: UnitText,
): Promise<string | null> {
  const sql = text.bytes.subarray(statement.start, statement.end).toString('utf8');
  const started = performance.now();
  try {
    const { tag, notices, noticesDropped } = await migratingSession(context).run(sql);
    context.emit({
      type: 'statement-executed',
      unit: name,
      number: statement.number,
      sha256: statement.sha256,
      tag,
      milliseconds: Math.round(performance.now() - started),
      notices: noticeTexts(notices, noticesDropped),
    });
    return null;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const place = text.range(errorOffset(statement, sql, error.position), statement.end).start;
    const refused = {
      number: statement.number,
      line: place.line,
      column: place.column,
      message: error.message,
    };
    context.emit({ type: 'statement-refused', unit: name, ...refused });
    if (error.connectionLost) throw error;
    return `${unit.document}:${place.line}:${place.column}: ${error.message}`;
  }
}

/** Notices as they are recorded: as many and as long as a person reads, and what is left out is told. */
function noticeTexts(notices: readonly Notice[], dropped = 0): string[] {
  const texts = notices
    .slice(0, MOST_NOTICES)
    .map(({ severity, sqlstate, message }) => `${severity} ${sqlstate}: ${bounded(message)}`);
  const left = notices.length - texts.length + dropped;
  return left === 0 ? texts : [...texts, `${left} more were not recorded`];
}

const MOST_NOTICES = 100;

/** Server positions count code points from 1; offsets here are bytes of the unit. */
function errorOffset(statement: PlanStatement, sql: string, position: number | null): number {
  if (position === null) return statement.start;
  return statement.start + Buffer.byteLength([...sql].slice(0, position - 1).join(''));
}

/** Ends a transaction that must leave nothing. A lost connection ends it too: COMMIT was never sent. */
export async function abandon(context: RunContext, unit: UnitName, why: string): Promise<void> {
  let tag = '';
  try {
    tag = (await migratingSession(context).run(OWN.rollback)).tag;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
  }
  context.emit({
    type: 'transaction-ended',
    unit,
    tag,
    outcome: 'not-committed',
    decidedBy: `${why}; COMMIT was not sent`,
  });
}

/** Sends COMMIT and says what became of the transaction, and by what that is known; never guesses. */
export async function commit(context: RunContext, transaction: OpenTransaction): Promise<Decision> {
  const { unit } = transaction;
  const { outcome, tag, decidedBy } = await sendCommit(context, migratingSession(context), transaction);
  context.emit({ type: 'transaction-ended', unit, tag, outcome, decidedBy });
  return { outcome, decidedBy };
}

async function sendCommit(context: RunContext, session: Session, transaction: OpenTransaction) {
  try {
    const { tag } = await session.run(OWN.commit);
    // A failed transaction answers COMMIT with ROLLBACK, and no error.
    const outcome: MigrationOutcome =
      tag === 'COMMIT' ? 'committed' : tag === 'ROLLBACK' ? 'not-committed' : 'unknown';
    return { outcome, tag, decidedBy: `the server's answer to COMMIT: ${tag}` };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return {
      tag: error.connectionLost ? '' : 'ERROR',
      ...(await decideOutcome(context, transaction, error)),
    };
  }
}

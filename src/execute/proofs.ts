import type { Verdict } from '../record/events.js';
import { givenLine, NEXT_VALUE } from '../sql/given-line.js';
import {
  dataFileProof,
  type Proof,
  readDrawn,
  readSequences,
  readUnloggedTables,
  rowCounterProof,
  sequenceProof,
  unloggedProof,
} from '../target/effect-proofs.js';
import type { Session } from '../target/engine.js';
import type { RowChange } from '../target/row-changes.js';
import { noWalProof, walProof } from '../target/wal-proof.js';
import type { RunContext } from './context.js';
import { unexplainedMoves } from './sequence-moves.js';

/** Its row is written after the counters were read. */
const LEDGER_TABLE = 'probatum.run';

/** Reads, right after BEGIN, what effects are later told by. @param walPosition from before BEGIN */
export async function readEffectsBefore(
  context: RunContext,
  session: Session,
  xid: string,
  walPosition: string | null,
): Promise<void> {
  context.state.effects = {
    xid,
    walPosition,
    sequences: await readSequences(session),
    unloggedTables: await readUnloggedTables(session),
    written: new Set(),
  };
}

/**
 * Records, before COMMIT, what each way of seeing effects saw, and what it can see at all.
 * @returns sequences that our transaction has moved and that neither the migration's text nor a table which it wrote explains
 */
export async function recordProofsInside(
  context: RunContext,
  session: Session,
  rows: readonly RowChange[],
): Promise<readonly string[]> {
  const { effects, watch } = context.state;
  if (!effects || !watch) throw new Error('nothing was read at BEGIN');
  for (const { table } of rows) effects.written.add(table);
  context.state.counted = new Set(rows.map(({ table }) => table));
  const files = dataFileProof(watch.before, watch.own);
  for (const label of files.observed ?? []) effects.written.add(label.slice(label.lastIndexOf(' ') + 1));
  emit(context, rowCounterProof(rows));
  emit(context, files);
  const drawn = await readDrawn(session);
  const sequences = sequenceProof(effects.sequences, await readSequences(session), drawn);
  emit(context, sequences);
  emit(context, unloggedProof(effects.unloggedTables, await readUnloggedTables(session)));
  return unexplainedMoves(sequences, drawn, {
    before: watch.before,
    own: watch.own,
    text: context.bytes.migration.bytes.toString('utf8'),
    written: effects.written,
    isRestarted: restartedBy(context),
  });
}

/** Tells of a column whether a statement sets what its identity gives next. */
function restartedBy({ plan }: RunContext) {
  const given = plan.derived.find(({ subject }) => subject === 'given-parts')?.allowed ?? [];
  return (column: string) => given.includes(givenLine(NEXT_VALUE, column));
}

/**
 * Records, after COMMIT, what the write-ahead log holds of the transaction.
 * @returns FAIL where it holds rows that the counters did not show, and null where there is nothing to say against it
 */
export async function recordWalProof(context: RunContext, session: Session): Promise<Verdict | null> {
  const { effects, watch, log } = context.state;
  // What was read before the run was interrupted stays true.
  if (log) return log.reason === null ? null : 'FAIL';
  if (!effects || !watch) {
    emit(
      context,
      noWalProof('resumed after a crash: the position before BEGIN went with the process that died'),
    );
    return null;
  }
  const proof = await walProof(session, effects.walPosition, effects.xid);
  // Rows of a table that is new, or was written anew, need not have been counted.
  const before = new Set(watch.before.objects.map(({ name }) => name));
  const unseen = (proof.observed ?? []).filter(
    (table) => before.has(table) && !effects.written.has(table) && table !== LEDGER_TABLE,
  );
  const reason = unseen.length > 0 ? `the row counters did not show ${unseen.join(', ')}` : proof.reason;
  emit(context, { ...proof, reason });
  return unseen.length > 0 ? 'FAIL' : null;
}

function emit(context: RunContext, { name, covers, observed, reason }: Proof): void {
  context.emit({ type: 'proof-read', name, covers, observed, reason });
}

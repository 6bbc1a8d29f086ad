import { catalogueDelta } from '../../target/catalogue.js';
import { CatalogueWatch } from '../../target/catalogue-watch.js';
import { DatabaseError } from '../../target/engine.js';
import { prepareRowChanges } from '../../target/row-changes.js';
import { walPosition } from '../../target/wal-proof.js';
import { sealTransaction } from '../before-commit.js';
import { recordConcurrent } from '../concurrent.js';
import { migratingSession, type RunContext, type StepResult } from '../context.js';
import { fireDeferred } from '../deferred.js';
import { recordMovedSequences } from '../moved-sequences.js';
import type { OpenTransaction } from '../outcome.js';
import { readEffectsBefore } from '../proofs.js';
import { abandon, begin, commit, sendStatements } from '../transaction.js';
import { verificationGrid } from '../verification.js';
import { denied, done, failed, type Step } from './step.js';
import { stops, summarise } from './summary.js';

/** C-06: the reviewed statements in one transaction, verified inside it, and committed only then. */
export const migration: Step = {
  title: 'migrate in one transaction',
  async run(context) {
    await prepareRowChanges(migratingSession(context));
    const unsafe = await lostBackup(context);
    if (unsafe) return denied(unsafe);
    const position = await walPosition(migratingSession(context));
    const transaction = await begin(context, 'migration');
    const problem = await insideTransaction(context, transaction, position);
    if (problem) {
      await abandon(context, 'migration', problem.detail);
      context.state.outcome = 'not-committed';
      await recordMovedSequences(context);
      return problem;
    }
    // From here on only the server knows; what cannot be asked stays unknown.
    context.state.outcome = 'unknown';
    const { outcome, decidedBy } = await commit(context, transaction);
    context.state.outcome = outcome;
    if (outcome === 'not-committed') await recordMovedSequences(context);
    const sent = context.plan.migration.statements.filter((statement) => statement.sent).length;
    if (outcome === 'committed') return done(`${sent} statements, COMMIT`);
    return failed(
      outcome === 'unknown' ? `it is not known whether COMMIT took effect: ${decidedBy}` : decidedBy,
    );
  },
};

/** Whether a law has a gate for it or not, and whatever happened since: nothing begins without the way back. */
async function lostBackup({ state, target }: RunContext): Promise<string | null> {
  if (!state.backup || state.backupRead === null) return 'there is no backup that was read in full';
  const stored = await target.digestBackup(state.backup.file);
  return stored === state.backup.sha256
    ? null
    : `right before BEGIN the backup has sha256 ${stored}, written was ${state.backup.sha256}`;
}

/** Everything between BEGIN and COMMIT; null where COMMIT may be sent. */
async function insideTransaction(
  context: RunContext,
  transaction: OpenTransaction,
  walPosition: string | null,
): Promise<StepResult | null> {
  try {
    const drift = await driftSince(context);
    if (drift) return denied(drift);
    await readEffectsBefore(context, migratingSession(context), transaction.xid, walPosition);
    const refusal = (await sendStatements(context, 'migration')) ?? (await fireDeferred(context));
    if (refusal) return failed(refusal);
    const { verdicts, touched } = await verificationGrid(
      context,
      migratingSession(context),
      'in-transaction',
    );
    if (touched.length > 0)
      return denied(`another session changed what the plan refers to: ${touched.slice(0, 5).join(', ')}`);
    if (verdicts.some((verdict) => stops(context, verdict)))
      return denied(`verification in the transaction: ${summarise(context, verdicts).detail}`);
    return await sealTransaction(context, transaction);
  } catch (error) {
    if (error instanceof DatabaseError) return failed(error.message);
    // Whatever it is, COMMIT was not sent, and the record must not leave that open.
    await abandon(context, 'migration', error instanceof Error ? error.message : String(error));
    context.state.outcome = 'not-committed';
    await recordMovedSequences(context);
    throw error;
  }
}

/**
 * The backup and the preflight speak of the snapshot's catalogue: if something that the plan refers to changed since,
 * they prove nothing. What others changed besides is recorded, and is not ours.
 */
async function driftSince(context: RunContext): Promise<string | null> {
  const { state } = context;
  if (!state.catalogue) return 'there is no catalogue snapshot to compare with';
  state.watch = await CatalogueWatch.begin(migratingSession(context));
  const touched = recordConcurrent(
    context,
    'before-migration',
    catalogueDelta(state.catalogue, state.watch.before),
  );
  if (touched.length === 0) return null;
  return `the catalogue changed since the snapshot: ${touched.slice(0, 5).join(', ')}`;
}

import { catalogueDelta, catalogueText, deltaLines, withoutFilenodes } from '../target/catalogue.js';
import type { CatalogueWatch } from '../target/catalogue-watch.js';
import { readSequences } from '../target/effect-proofs.js';
import { DatabaseError } from '../target/engine.js';
import { prepareRowChanges } from '../target/row-changes.js';
import { sealTransaction } from './before-commit.js';
import { readInside, recordConcurrent, watched } from './concurrent.js';
import { migratingSession, type RunContext, type StepResult } from './context.js';
import { fireDeferred } from './deferred.js';
import { holdSettings } from './held-settings.js';
import type { OpenTransaction } from './outcome.js';
import { rollbackRows } from './rollback-rows.js';
import { done, failed } from './steps/step.js';
import { abandon, begin, commit, sendStatements } from './transaction.js';

/**
 * Takes a committed migration back: the reviewed rollback in one transaction, and the catalogue compared with the snapshot
 * before its COMMIT and after it. Runs whose verification failed and the trial of a rehearsal take this same path.
 */
export async function takeBack(context: RunContext): Promise<StepResult> {
  await prepareRowChanges(migratingSession(context));
  const transaction = await begin(context, 'rollback');
  const problem = await undo(context, transaction);
  if (problem) {
    await abandon(context, 'rollback', problem.detail);
    return problem;
  }
  const { outcome, decidedBy } = await commit(context, transaction);
  if (outcome !== 'committed') return failed(`the rollback is ${outcome}: ${decidedBy}`);
  return confirmTakenBack(context);
}

/** A rollback that is committed is only done once the catalogue is as it was. */
export async function confirmTakenBack(context: RunContext): Promise<StepResult> {
  const lines = await differences(context, 'D-ROLLBACK', 'after the rollback', false);
  if (lines.length > 0) return failed(`after the rollback the catalogue differs: ${lines.join(', ')}`);
  return done('rolled back; the catalogue equals the snapshot');
}

async function undo(context: RunContext, transaction: OpenTransaction): Promise<StepResult | null> {
  try {
    const changed = await holdSettings(context);
    if (changed) return failed(changed);
    // What others changed up to here must not be taken for the rollback's.
    const { last, own } = await readCatalogueAgain(context, true);
    const sequences = await readSequences(migratingSession(context));
    const refusal = (await sendStatements(context, 'rollback')) ?? (await fireDeferred(context));
    if (refusal) return failed(refusal);
    const lines = await differences(context, 'D-ROLLBACK-TX', 'before the COMMIT of the rollback', true);
    if (lines.length > 0) return failed(`the rollback does not restore the catalogue: ${lines.join(', ')}`);
    const others = await rollbackRows(context, { last, own, sequences });
    if (others.length > 0)
      return failed(`the rollback writes what the scope does not name: ${others.join(', ')}`);
    return await sealTransaction(context, transaction);
  } catch (error) {
    if (error instanceof DatabaseError) return failed(error.message);
    await abandon(context, 'rollback', error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/** Compares the catalogue with the snapshot and records the comparison as a check of its own. */
async function differences(
  context: RunContext,
  id: string,
  when: string,
  inside: boolean,
): Promise<string[]> {
  const watch = await readCatalogueAgain(context, inside);
  // A rewritten table keeps its new data file: nothing gives it the old one back.
  const before = withoutFilenodes(watch.before);
  const now = withoutFilenodes(watch.own);
  const same = catalogueText(before) === catalogueText(now);
  const found = deltaLines(catalogueDelta(before, now)).slice(0, 20);
  const lines = same || found.length > 0 ? found : ['details of an object'];
  context.emit({
    type: 'check-evaluated',
    id,
    title: `${when}, the catalogue equals the snapshot from before the migration`,
    moment: 'after-rollback',
    expected: [],
    observed: lines,
    verdict: same ? 'PASS' : 'FAIL',
    statementSha256: null,
    evidence: 'catalogue',
    reason: null,
  });
  return [...lines];
}

async function readCatalogueAgain(context: RunContext, inside: boolean): Promise<CatalogueWatch> {
  const watch = watched(context);
  const session = migratingSession(context);
  const foreign = inside ? await readInside(context, session) : await watch.readOutside(session);
  recordConcurrent(context, 'rollback', foreign);
  return watch;
}

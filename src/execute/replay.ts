import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import type { RunRecord } from '../record/record.js';
import { RECORD_FILE, readRecord } from '../record/store.js';
import { type LedgerRow, otherRuns } from '../target/ledger.js';
import { migratingSession, type RunContext } from './context.js';
import { runsIn } from './run-folder.js';

const HELP = 'a plan is run once; what is to be done again needs a package of its own, and its reviews';

/**
 * Why a plan must not be run: its migration is committed on this database by another run, and was not rolled back by
 * one. Asked behind the lock, so that no other run can be about to commit. An enrolled target answers from its ledger;
 * elsewhere the records of this folder do, and those that are published, as far as they speak of the same database.
 * @returns null where nothing is in the way
 * @throws DatabaseError
 */
export async function doneBefore(context: RunContext): Promise<string | null> {
  const { once, plan, ledgerId: runId, planSha256 } = context;
  if (once === null) return null;
  if (plan.target.ledger === 'required')
    return inLedger(await otherRuns(migratingSession(context), { runId, planSha256 }));
  return inRecords(context, once.published);
}

/** Every outcome that a row can tell is known here: what anything else means cannot be. */
function inLedger(rows: readonly LedgerRow[]): string | null {
  const strange = rows.find(({ outcome }) => outcome !== 'committed' && outcome !== 'fenced');
  if (strange) return `the ledger does not tell what became of run ${strange.runId} of this plan`;
  const committed = rows.filter(({ outcome }) => outcome === 'committed');
  const undone = new Set(committed.filter(({ unit }) => unit.startsWith('rollback')).map((row) => row.runId));
  const standing = committed.find(({ unit, runId }) => !unit.startsWith('rollback') && !undone.has(runId));
  if (!standing) return null;
  return `the ledger has this plan as committed by run ${standing.runId} at ${standing.recordedAt}: ${HELP}`;
}

function inRecords(context: RunContext, published: string): string | null {
  const { folder } = context;
  const here = runsIn(dirname(folder)).filter((run) => run.folder !== folder);
  for (const { name, stored } of here)
    if (stored && stands(context, stored.record))
      return `run ${name} has committed this plan on this database: ${HELP}`;
  for (const file of recordsIn(published)) {
    const record = readOrProblem(file);
    if (typeof record === 'string')
      return `a published record cannot be read, so it is not known what was committed: ${record}`;
    if (stands(context, record))
      return `run ${record.runId}, whose record is published, has committed this plan on this database: ${HELP}`;
  }
  return null;
}

/** Paths of the records that are published in a folder. */
export function recordsIn(published: string): string[] {
  if (!existsSync(published)) return [];
  const runs = readdirSync(published, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return runs.map(({ name }) => join(published, name, RECORD_FILE)).filter((file) => existsSync(file));
}

/** A record, or why it cannot be read. */
export function readOrProblem(file: string): RunRecord | string {
  try {
    return readRecord(file).record;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

/** Whether a run of the same plan changed this database for good; another one of that name, made since, has another oid. */
function stands({ planSha256, state }: RunContext, record: RunRecord): boolean {
  const { migration, rollback } = record;
  if (record.mode !== 'run' || record.planSha256 !== planSha256) return false;
  if (migration?.outcome !== 'committed' || rollback?.outcome === 'committed') return false;
  const then = record.identity.before?.identity;
  const parts = ['system_identifier', 'database_oid'] as const;
  return !then || !state.identity || parts.every((part) => then[part] === state.identity?.[part]);
}

import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import type { Plan } from '../plan/plan.js';
import type { ReviewedBytes } from '../plan/reviewed-bytes.js';
import type { ChainLink, EarlierAttempt, JournalLine, RunMode } from '../record/events.js';
import { Journal } from '../record/journal.js';
import { JOURNAL_FILE, readRun, type StoredRecord, writeRecord } from '../record/store.js';
import type { Session, Target } from '../target/engine.js';
import { TOOL } from '../version.js';
import type { RunContext } from './context.js';
import { execute, freshState, type RunResult } from './execute.js';

/** What a run needs from outside: everything that is not in the plan. */
export interface RunRequest {
  readonly plan: Plan;
  readonly planSha256: string;
  readonly bytes: ReviewedBytes;
  readonly mode: RunMode;
  readonly targetName: string;
  readonly target: Target;
  /** Root of the corpus; the run's folder is made below it. */
  readonly root: string;
  readonly chain: readonly ChainLink[];
  readonly now: () => Date;
  readonly onEvent: (line: JournalLine) => void;
  /** Prepares a scratch database before the first step; only rehearsals have it. */
  readonly buildScratch?: (session: Session, emit: RunContext['emit']) => Promise<void>;
}

export interface FinishedRun extends RunResult {
  /** Absolute path of the run's folder. */
  readonly folder: string;
  readonly stored: StoredRecord;
  /** A bug of the tool that ended a step; null where there was none. */
  readonly fault: unknown;
}

/**
 * Executes a plan from the first connection to the record. Until the target answers, nothing is written.
 * @throws UsageError where the run could not start
 */
export async function startRun(request: RunRequest): Promise<FinishedRun> {
  const { plan, mode, target, root, now } = request;
  const session = await target.open();
  const changeFolder = join(root, '.probatum', 'runs', plan.change);
  const earlier = earlierAttempts(changeFolder, request.planSha256);
  const { folder, runId } = makeFolder(changeFolder, now());
  const journal = new Journal(join(folder, JOURNAL_FILE), now, request.onEvent);
  const state = { ...freshState(), session };
  const context: RunContext = {
    plan,
    bytes: request.bytes,
    target,
    mode,
    folder,
    now,
    emit: (event) => journal.append(event),
    state,
  };
  try {
    const { engine, host, port, database, role } = target.endpoint;
    context.emit({
      type: 'run-started',
      runId,
      mode,
      tool: TOOL,
      plan,
      planSha256: request.planSha256,
      target: {
        name: request.targetName,
        engine,
        host,
        port,
        database,
        role,
        limitations: target.limitations,
      },
      chain: request.chain,
      earlier,
    });
    await request.buildScratch?.(session, context.emit);
    const result = await execute(context);
    return { ...result, folder, stored: writeRecord(folder), fault: state.fault };
  } catch (error) {
    if (state.outcome !== 'committed' && state.outcome !== 'unknown') throw error;
    const why = error instanceof Error ? error.message : String(error);
    const message = `the database was changed (migration: ${state.outcome}), but that could not be recorded: ${why}`;
    throw new UsageError('record-lost', message, `what was recorded is in ${folder}`);
  } finally {
    journal.close();
  }
}

/** `<change>/<UTC time>`, with a number behind it where two runs start in one second. */
function makeFolder(changeFolder: string, at: Date): { folder: string; runId: string } {
  const stamp = at.toISOString().replace(/[-:]|\.\d+/g, '');
  try {
    mkdirSync(changeFolder, { recursive: true });
    const ignore = join(changeFolder, '..', '..', '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
    for (let number = 1; ; number++) {
      const runId = number === 1 ? stamp : `${stamp}-${number}`;
      const folder = join(changeFolder, runId);
      if (makeNew(folder)) return { folder, runId };
    }
  } catch (error) {
    throw new UsageError('cannot-write', `cannot make a folder for the run: ${(error as Error).message}`);
  }
}

/** Whether the folder is new; another run may make the same one at the same moment. */
function makeNew(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Earlier runs of the same plan, also interrupted ones; a folder that cannot be read is left out. */
function earlierAttempts(changeFolder: string, planSha256: string): EarlierAttempt[] {
  if (!existsSync(changeFolder)) return [];
  return readdirSync(changeFolder)
    .sort()
    .flatMap((name): EarlierAttempt[] => {
      try {
        const { record, sha256 } = readRun(join(changeFolder, name));
        if (record.planSha256 !== planSha256) return [];
        const { runId, mode, status, reason } = record;
        return [{ runId, mode, status, reason, recordSha256: sha256 }];
      } catch (error) {
        if (error instanceof UsageError || error instanceof TypeError) return [];
        throw error;
      }
    });
}

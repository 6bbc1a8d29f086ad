import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { type UsageCode, UsageError } from '../base/usage-error.js';
import type { Plan } from '../plan/plan.js';
import type { ReviewedBytes } from '../plan/reviewed-bytes.js';
import type {
  ChainLink,
  CorpusState,
  EarlierAttempt,
  JournalLine,
  RunMode,
  UsedAuthorization,
} from '../record/events.js';
import { Journal } from '../record/journal.js';
import { JOURNAL_FILE, type StoredRecord, writeRecord } from '../record/store.js';
import { DatabaseError, type Session, type Target } from '../target/engine.js';
import { lockFile } from '../target/lock-file.js';
import { TOOL } from '../version.js';
import type { RunContext, RunState } from './context.js';
import { execute, freshState, type RunResult } from './execute.js';
import { ReviewedOnly } from './reviewed-only.js';
import { changeFolder, earlierAttempts, makeRunFolder, refuseUnresolved, runLock } from './run-folder.js';

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
  /** What the run is authorized by, where it needs that; its nonce is used up by the COMMIT of the migration. */
  readonly authorization?: UsedAuthorization | null;
  readonly corpus: CorpusState;
  readonly now: () => Date;
  /** Whether the backup is restored elsewhere and compared before anything begins. */
  readonly proveBackup?: boolean;
  /** Whether a plan may be run whose migration is committed already, as the caller has seen that it does not stand. */
  readonly repeatable?: boolean;
  readonly onEvent: (line: JournalLine) => void;
  /** Prepares a scratch database before the first step; only rehearsals have it. */
  readonly buildScratch?: (emit: RunContext['emit']) => Promise<void>;
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
  const { plan, mode, root, now } = request;
  const target = new ReviewedOnly(request.target, plan, request.bytes);
  const session = await target.open();
  const runs = changeFolder(root, plan.change);
  if (mode === 'run') refuseUnresolved(runs, request.targetName);
  const earlier = earlierAttempts(runs, request.planSha256);
  const { folder, runId } = makeRunFolder(runs, now());
  const release = lockFile(runLock(folder), folder);
  try {
    return await runIn(folder, runId, session, earlier, request);
  } finally {
    release();
  }
}

async function runIn(
  folder: string,
  runId: string,
  session: Session,
  earlier: readonly EarlierAttempt[],
  request: RunRequest,
): Promise<FinishedRun> {
  const { plan, mode, target, now } = request;
  const journal = Journal.create(join(folder, JOURNAL_FILE), now, request.onEvent);
  const state = { ...freshState(), session };
  const context: RunContext = {
    plan,
    bytes: request.bytes,
    target,
    mode,
    ledgerId: randomUUID(),
    planSha256: request.planSha256,
    authorization: request.authorization ?? null,
    proveBackup: request.proveBackup ?? false,
    once: mode === 'run' && !request.repeatable ? { published: publishedRecords(request) } : null,
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
      ledgerId: context.ledgerId,
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
        limitations: [...target.limitations, ...withoutLedger(request)],
      },
      chain: request.chain,
      authorization: context.authorization,
      earlier,
      corpus: request.corpus,
    });
    await request.buildScratch?.(context.emit);
    const result = await execute(context);
    return { ...result, folder, stored: writeRecord(folder), fault: state.fault };
  } catch (error) {
    throw recordLost(context, error);
  } finally {
    journal.close();
  }
}

/** Where `report --publish` files the records of this plan's runs. */
export function publishedRecords({ root, plan }: Pick<RunRequest, 'root' | 'plan'>): string {
  return join(root, dirname(plan.reports.execution.path), 'records');
}

function withoutLedger({ plan, mode, authorization }: RunRequest): string[] {
  if (mode !== 'run' || plan.target.ledger !== 'none') return [];
  const outcome =
    'The target has no ledger: if the answer to COMMIT is lost and the server restarts, the outcome stays unknown.';
  const nonce =
    'The target has no ledger: that the authorization was not used before rests on the records that are kept here, or published.';
  return authorization ? [outcome, nonce] : [outcome];
}

/** A run that came to an end which its record does not tell, with what it knew of its migration then. */
export class UnrecordedRun extends UsageError {
  constructor(
    code: UsageCode,
    message: string,
    help: string | undefined,
    readonly outcome: RunState['outcome'],
  ) {
    super(code, message, help);
  }
}

/** What a failure to record means: where nothing was sent, only that; afterwards, that a person has to look. */
export function recordLost({ state, folder }: RunContext, error: unknown): unknown {
  const { outcome } = state;
  // What could not be asked was not for want of a record: the journal has all that happened.
  if (error instanceof DatabaseError)
    return new UnrecordedRun(
      'unresolved',
      `the database could not be asked any further: ${error.message}`,
      `when it can: probatum resume ${folder}`,
      outcome,
    );
  if (outcome !== 'committed' && outcome !== 'unknown') return asRefusedByDisk(error, outcome);
  const why = error instanceof Error ? error.message : String(error);
  const message = `the database was changed (migration: ${outcome}), but that could not be recorded: ${why}`;
  const help = `what was recorded is in ${folder}; then: probatum resume ${folder}`;
  return new UnrecordedRun('record-lost', message, help, outcome);
}

/** A disk that refuses is no fault of the tool. */
function asRefusedByDisk(error: unknown, outcome: RunState['outcome']): unknown {
  if (error instanceof UsageError) return new UnrecordedRun(error.code, error.message, error.help, outcome);
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  return new UnrecordedRun('cannot-write', `cannot record the run: ${error.message}`, undefined, outcome);
}

import { canonicalJson } from '../base/canonical-json.js';
import { type UsageCode, UsageError } from '../base/usage-error.js';
import { UnrecordedRun } from '../execute/start-run.js';
import type { MigrationOutcome, RunMode, RunStatus } from '../record/events.js';
import { encodeJson } from '../render/encode.js';

/** What was wrong where a run did not come to its own end, for machines; the words are those of standard error. */
export interface RunError {
  /** `documents`, `chain`, `plan`: refused before anything was sent. `fault`: a bug of the tool. */
  readonly code: UsageCode | 'documents' | 'chain' | 'plan' | 'fault' | 'interrupted';
  readonly message: string;
  /** What to do; null where nothing can be said. */
  readonly help: string | null;
  /** Each missing link, or each error of a document, by itself. */
  readonly details: readonly string[];
}

/** How a run, a rehearsal, or the resumption of a run ended, as `--format json` prints it: run-end.schema.json. */
export interface RunEnd {
  readonly mode: RunMode;
  /** Null where it ended before it had a folder. */
  readonly runId: string | null;
  /** `refused`: documents, reviews or plan said no. `error`: it could not start or go on. `interrupted`: by a signal. */
  readonly status: RunStatus | 'refused' | 'error' | 'interrupted';
  readonly exitCode: number;
  /** What became of the migration, as far as it is known. */
  readonly outcome: MigrationOutcome | 'not-started';
  readonly reason: string;
  readonly error: RunError | null;
  readonly planSha256: string | null;
  readonly recordSha256: string | null;
  /** Paths of what the run has left, relative to the working directory; null where it did not come to that. */
  readonly record: string | null;
  readonly report: string | null;
  readonly seal: string | null;
  /** Keys that signed the seal. */
  readonly signedBy: readonly string[];
}

/** The end as one line of JSON whose values cannot steer a terminal. */
export function endLine(end: RunEnd): string {
  return `${encodeJson(canonicalJson({ ...end }))}\n`;
}

const NOTHING_LEFT = {
  planSha256: null,
  recordSha256: null,
  record: null,
  report: null,
  seal: null,
  signedBy: [],
};

/** The end of what was refused before anything was sent to a database. */
export function refusedEnd(mode: RunMode, planSha256: string | null, error: Omit<RunError, 'help'>): RunEnd {
  const how = { runId: null, status: 'refused', exitCode: 1, outcome: 'not-started' } as const;
  return {
    ...NOTHING_LEFT,
    mode,
    ...how,
    planSha256,
    reason: error.message,
    error: { ...error, help: null },
  };
}

/** What is known of a run from outside when something ends it. */
export interface Begun {
  readonly mode: RunMode;
  readonly runId: string | null;
  /** Whether a migration has begun, in this process or in the one whose run is resumed. */
  readonly touched: boolean;
  readonly resumes: boolean;
}

/** The end by an error. @param exitCode as the process ends */
export function errorEnd({ mode, runId, ...begun }: Begun, error: unknown, exitCode: number): RunEnd {
  const told = describe(error);
  const how = { status: 'error', outcome: outcomeAfter(begun, error), reason: told.message } as const;
  return { ...NOTHING_LEFT, mode, runId, exitCode, ...how, error: told };
}

/** The end by a signal. */
export function interruptedEnd({ mode, runId, touched }: Begun, help: string, exitCode: number): RunEnd {
  const error: RunError = { code: 'interrupted', message: 'interrupted', help, details: [] };
  const outcome = touched ? 'unknown' : 'not-started';
  const how = { status: 'interrupted', outcome, reason: error.message } as const;
  return { ...NOTHING_LEFT, mode, runId, exitCode, ...how, error };
}

function describe(error: unknown): RunError {
  if (error instanceof UsageError)
    return { code: error.code, message: error.message, help: error.help ?? null, details: [] };
  return faultOf(error);
}

/** A bug of the tool. */
export function faultOf(fault: unknown): RunError {
  const message = fault instanceof Error ? fault.message : String(fault);
  return { code: 'fault', message, help: 'This is a fault of probatum, please report it.', details: [] };
}

/** Never more than is known: what a run has not said of its migration is asked by `resume`. */
function outcomeAfter({ touched, resumes }: Pick<Begun, 'touched' | 'resumes'>, error: unknown) {
  if (!touched) return 'not-started';
  if (!(error instanceof UnrecordedRun)) return 'unknown';
  if (error.outcome !== 'not-started') return error.outcome;
  // Of a transaction that was begun here, COMMIT was not sent; of one begun earlier, nothing was asked yet.
  return resumes ? 'unknown' : 'not-committed';
}

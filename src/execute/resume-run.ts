import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../base/digest.js';
import { UsageError } from '../base/usage-error.js';
import type { JournalLine, RunEvent, UnitName } from '../record/events.js';
import { Journal, type JournalReading, readInterrupted } from '../record/journal.js';
import { foldJournal } from '../record/record.js';
import { JOURNAL_FILE, RECORD_FILE, REPORT_FILE, readRun, SEAL_FILE, writeRecord } from '../record/store.js';
import type { Target } from '../target/engine.js';
import { lockFile } from '../target/lock-file.js';
import { migratingSession, type RunContext } from './context.js';
import { EXIT_CODES, endRun, type RunResult, runCommand } from './execute.js';
import { askServer, differentParts, endBackend, type OpenTransaction } from './outcome.js';
import { restoreRun } from './restore-run.js';
import { removePartial, runLock } from './run-folder.js';
import { type FinishedRun, recordLost } from './start-run.js';

/** What taking up a run again needs from outside; the plan is the one in its journal. */
export interface ResumeRequest {
  /** Absolute path of the run's folder. */
  readonly folder: string;
  /** The target that the journal names. */
  readonly target: Target;
  readonly now: () => Date;
  readonly onEvent: (line: JournalLine) => void;
  /**
   * Why the plan of the run may send nothing more: it is not what the documents give, or they are not reviewed; null where
   * it may. A folder of a run is a file like others, and whoever can write one must not decide what is sent.
   */
  readonly whyUnproved: () => Promise<string | null>;
}

/**
 * Takes up a run that died, or whose outcome was not known: finds out what became of its transactions, and finishes
 * what is safe. The migration is never sent again.
 * @throws UsageError `locked` where a process works on it, `bad-record`, `unresolved` where the database cannot be asked
 */
export async function resumeRun({
  folder,
  target,
  now,
  onEvent,
  whyUnproved,
}: ResumeRequest): Promise<FinishedRun> {
  const release = lockFile(runLock(folder), `run ${folder}`, true);
  try {
    const path = join(folder, JOURNAL_FILE);
    const reading = readInterrupted(path);
    removePartial(folder);
    const open = whatIsOpen(reading);
    if (open === null) return alreadyOver(folder);
    const context = await restoreRun(folder, reading, target, now);
    supersede(folder, reading);
    const journal = Journal.reopen(path, reading, now, onEvent);
    try {
      const again = { ...context, emit: (event: RunEvent) => void journal.append(event) };
      const { torn } = reading;
      again.emit({
        type: 'run-resumed',
        torn: torn.length === 0 ? null : { size: String(torn.length), sha256: sha256(torn) },
        reason: open,
      });
      const result = await goOn(again, reading.lines, whyUnproved);
      return { ...result, folder, stored: writeRecord(folder), fault: again.state.fault };
    } catch (error) {
      throw recordLost(context, error);
    } finally {
      journal.close();
    }
  } finally {
    release();
  }
}

/** Why a run is not over; null where nothing can be added to what it says. */
export function whatIsOpen(reading: JournalReading): string | null {
  const { lines } = reading;
  const end = lines.at(-1);
  if (end?.type !== 'run-finished') return 'the run was interrupted';
  const { status, migration, plan, steps } = foldJournal(reading);
  if (status === 'indeterminate') return 'it is not known what became of the migration';
  const verified = steps.filter(({ step }) => step === 'verification').at(-1)?.status;
  const asked = verified === 'done' || verified === 'denied';
  if (status === 'failed' && migration?.outcome === 'committed' && !asked)
    return 'the verification after COMMIT could not be done';
  const undone = steps.filter(({ step }) => step === 'rollback').at(-1);
  if (status === 'failed' && plan.rollbackPolicy === 'on-verification-failure' && undone?.status === 'failed')
    return 'the rollback could not be done';
  return null;
}

/** A run that has its end, but whose process may have died before the record was there. */
function alreadyOver(folder: string): FinishedRun {
  if (!existsSync(join(folder, RECORD_FILE))) writeRecord(folder);
  const stored = readRun(folder);
  const { status, reason } = stored.record;
  return { status, reason, exitCode: EXIT_CODES[status], folder, stored, fault: null };
}

/** What was said before stays, under the number of events that it was made from. */
function supersede(folder: string, { lines }: JournalReading): void {
  for (const name of [RECORD_FILE, REPORT_FILE, SEAL_FILE]) {
    const file = join(folder, name);
    if (existsSync(file)) renameSync(file, join(folder, `after-${lines.length}-events-${name}`));
  }
}

/** Shows that this is the database of the run, settles its transactions, and does what is left to do. */
async function goOn(
  context: RunContext,
  lines: readonly JournalLine[],
  whyUnproved: ResumeRequest['whyUnproved'],
): Promise<RunResult> {
  const { state } = context;
  // Whether they were done, what follows finds out.
  const later = ['migration', 'verification', 'rollback'];
  for (const step of openSteps(lines)) if (!later.includes(step.step)) closeStep(context, step);
  await takeHold(context, lines);
  let stopped = await settleMigration(context, lines);
  if (state.outcome === 'committed') {
    const unproved = await whyUnproved();
    stopped = unproved === null ? await finishCommitted(context, lines) : notSent(unproved);
  }
  return endRun(context, stopped);
}

function notSent(why: string): string {
  return `neither verification nor rollback was sent, and a person decides: ${why}`;
}

const INTERRUPTED = 'the run was interrupted';
const UNANSWERED = 'the run had no answer to COMMIT';

type StepStarted = Extract<JournalLine, { type: 'step-started' }>;

/** Steps in which the process died, or one that took the run up again before. */
function openSteps(lines: readonly JournalLine[]): StepStarted[] {
  const started = lines.filter((line): line is StepStarted => line.type === 'step-started');
  return started.filter(
    ({ id, seq }) => !lines.some((line) => line.type === 'step-finished' && line.id === id && line.seq > seq),
  );
}

/** Says of a step that it did not end. */
function closeStep({ emit }: RunContext, { id, step }: StepStarted): void {
  emit({ type: 'step-finished', id, step, status: 'interrupted', detail: INTERRUPTED });
}

/**
 * Identifies the database again and takes the lock. What the plan names has to match, and what the run has seen of it
 * before: a clone, or a standby that was promoted since, cannot say what became of a transaction.
 */
async function takeHold(context: RunContext, lines: readonly JournalLine[]): Promise<void> {
  const { state, plan } = context;
  const before = state.identity;
  const { id } = plan.commands.find(({ step }) => step === 'identity')!;
  const wrong = await runCommand(context, { id, step: 'identity' });
  if (wrong) throw new UsageError('unresolved', `this is not the database of the run: ${wrong}`);
  const other = before && state.identity ? differentParts(before, state.identity) : null;
  if (other) throw new UsageError('unresolved', `this is not the database of the run any more: ${other}`);
  await endLostSession(context, lines);
  const held = await runCommand(context, { id: 'LOCK', step: 'lock' });
  if (held) throw new UsageError('locked', held, 'Wait until it ends.');
}

/** Its process is gone, but where the network was lost the server may not know it yet: the lock would be held for hours. */
async function endLostSession(context: RunContext, lines: readonly JournalLine[]): Promise<void> {
  const session = migratingSession(context);
  for (const unit of ['migration', 'rollback'] as const) {
    const transaction = lastTransaction(lines, unit);
    if (transaction) await endBackend(session, transaction.started);
  }
}

type TransactionStarted = Extract<JournalLine, { type: 'transaction-started' }>;

function lastTransaction(lines: readonly JournalLine[], unit: UnitName) {
  const started = lines.findLast(
    (line): line is TransactionStarted => line.type === 'transaction-started' && line.unit === unit,
  );
  if (!started) return null;
  const later = lines.filter((line) => line.seq > started.seq);
  const ended = later.findLast((line) => line.type === 'transaction-ended' && line.unit === unit);
  return {
    started,
    sent: later.some((line) => line.type === 'commit-sent' && line.unit === unit),
    outcome: ended?.type === 'transaction-ended' ? ended.outcome : 'unknown',
  } as const;
}

/** What became of a unit's last transaction; asked and recorded where the journal does not say. */
async function settle(context: RunContext, lines: readonly JournalLine[], unit: UnitName) {
  const transaction = lastTransaction(lines, unit);
  if (transaction?.outcome !== 'unknown') return transaction?.outcome ?? 'not-started';
  const { started, sent } = transaction;
  const { outcome, decidedBy } = await decide(context, started, sent);
  context.emit({ type: 'transaction-ended', unit, tag: '', outcome, decidedBy });
  return outcome;
}

async function decide(context: RunContext, started: OpenTransaction, sent: boolean) {
  const why = `the run was interrupted ${sent ? 'when COMMIT was to be sent' : 'before COMMIT was sent'}`;
  if (sent || started.ledger) return askServer(context, started, why);
  await endBackend(migratingSession(context), started);
  return { outcome: 'not-committed', decidedBy: why } as const;
}

/** @returns why the run does not go on, null where the migration is committed */
async function settleMigration(context: RunContext, lines: readonly JournalLine[]): Promise<string | null> {
  const { state } = context;
  const [open] = openSteps(lines);
  const asked = lastTransaction(lines, 'migration')?.outcome === 'unknown';
  state.outcome = 'unknown';
  state.outcome = await settle(context, lines, 'migration');
  const committed = state.outcome === 'committed';
  const { id } = context.plan.commands.find(({ step }) => step === 'migration')!;
  const at = open?.id ?? lines.findLast((line) => line.type === 'step-finished')?.id ?? 'START';
  // Where the step has its end, that says only that the outcome was not known.
  const ended = lines.some((line) => line.type === 'step-finished' && line.id === id);
  const why = ended ? UNANSWERED : INTERRUPTED;
  if (open?.step === 'migration' || (ended && asked && state.outcome !== 'unknown')) {
    const status = committed ? 'done' : 'interrupted';
    const detail = committed ? `COMMIT; ${why} and asked for it afterwards` : why;
    context.emit({ type: 'step-finished', id, step: 'migration', status, detail });
  }
  return committed ? null : `${at}: ${why}`;
}

/** Verification and rollback, as far as they were not done. */
async function finishCommitted(context: RunContext, lines: readonly JournalLine[]): Promise<string | null> {
  const { state, plan } = context;
  const open = openSteps(lines);
  let stopped: string | null = state.verified === 'failed' ? 'the verification after COMMIT failed' : null;
  const left = plan.commands.slice(plan.commands.findIndex(({ step }) => step === 'migration') + 1);
  for (const command of left) {
    if (command.step === 'verification' && state.verified !== null) continue;
    if (command.step === 'rollback')
      state.undone = (await settle(context, lines, 'rollback')) === 'committed';
    const died = open.find(({ id }) => id === command.id);
    if (died) closeStep(context, died);
    const reason = await runCommand(context, command);
    if (reason !== null) stopped ??= `${command.id}: ${reason}`;
  }
  return stopped;
}

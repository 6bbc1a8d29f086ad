import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import type { PlanCommand, PlanGate } from '../plan/plan.js';
import type { OwnStep, RunStatus } from '../record/events.js';
import type { RunContext, RunState, StepResult } from './context.js';
import { GATES } from './gates/index.js';
import { STEPS } from './steps/index.js';

/** How a run ended, with the process' exit code (RUN, "Outcomes"). */
export interface RunResult {
  readonly status: RunStatus;
  readonly exitCode: 0 | 1 | 3 | 4 | 5;
  readonly reason: string;
}

/** A state in which nothing has happened yet. */
export function freshState(): RunState {
  return {
    session: null,
    identity: null,
    identified: false,
    lockedOut: false,
    staged: null,
    snapshot: null,
    backup: null,
    backupRead: null,
    catalogue: null,
    watch: null,
    effects: null,
    log: null,
    rowCounts: null,
    baselines: new Map(),
    passedInside: new Set(),
    held: null,
    putBack: new Set(),
    moved: new Set(),
    counted: null,
    outcome: 'not-started',
    verified: null,
    undone: false,
    rolledBack: false,
    begun: { migration: 0, rollback: 0 },
    fault: null,
  };
}

/** Exit code of each status; an aborted run ends with 5 where another one held the lock. */
export const EXIT_CODES = {
  succeeded: 0,
  aborted: 1,
  'rolled-back': 3,
  failed: 4,
  indeterminate: 4,
} as const;

/** A command of the plan, or of the tool's own. */
export interface Command {
  readonly id: string;
  readonly step: PlanCommand['step'] | OwnStep;
}

/**
 * Executes a plan: the law's commands in their order, each behind its gates. Before COMMIT the first `no` ends the
 * run; after it, verification and the rollback rule decide. Rehearsals and runs take this same path.
 */
export async function execute(context: RunContext): Promise<RunResult> {
  mkdirSync(join(context.folder, 'artefacts'), { recursive: true });
  let stopped: string | null = null;
  for (const command of withOwn(context)) {
    const reason = await runCommand(context, command);
    if (reason === null) continue;
    stopped ??= `${command.id}: ${reason}`;
    if (context.state.outcome !== 'committed' || command.step === 'rollback') break;
  }
  return endRun(context, stopped);
}

/** Ends a run with what is known of it. @param stopped why it did not go through, null where it did */
export async function endRun(context: RunContext, stopped: string | null): Promise<RunResult> {
  await closeSessions(context);
  const result = conclude(context, stopped);
  context.emit({ type: 'run-finished', status: result.status, reason: result.reason });
  return result;
}

/**
 * The lock is taken once the database is known to be the right one, before anything is read from it; the backup is
 * restored once there is something to compare it with. A rehearsal ends with the trial of its rollback: what the other
 * steps have found speaks of the state before that.
 */
function withOwn({ plan, mode, proveBackup }: RunContext): Command[] {
  const own = plan.commands.flatMap((command): Command[] => {
    if (command.step === 'identity') return [command, { id: 'LOCK', step: 'lock' }];
    if (command.step === 'row-counts' && proveBackup) return [command, { id: 'PROOF', step: 'prove-backup' }];
    return [command];
  });
  return mode === 'rehearsal' ? [...own, { id: 'TRIAL', step: 'prove-rollback' }] : own;
}

/** Does one command behind its gates. @returns why the run cannot go on, null where it can */
export async function runCommand(context: RunContext, { id, step }: Command): Promise<string | null> {
  const { emit, plan } = context;
  emit({ type: 'step-started', id, step });
  let result: StepResult;
  // A rollback that is not due needs no permission, and one that is committed has had it.
  const due = step !== 'rollback' || (context.state.verified === 'failed' && !context.state.undone);
  const gates = due ? plan.gates.filter(({ appliesTo }) => appliesTo === id) : [];
  const refusal = await firstDenial(context, gates);
  if (refusal) result = { status: 'denied', detail: refusal };
  else {
    try {
      result = await STEPS[step].run(context);
    } catch (error) {
      if (isFault(error)) context.state.fault = error;
      result = { status: 'failed', detail: describe(error) };
    }
  }
  emit({ type: 'step-finished', id, step, ...result });
  return result.status === 'done' || result.status === 'skipped' ? null : result.detail;
}

async function firstDenial(context: RunContext, gates: readonly PlanGate[]): Promise<string | null> {
  let denial: string | null = null;
  for (const gate of gates) {
    const { id, appliesTo: before } = gate;
    let answer: { pass: boolean; expected: string; observed: string };
    try {
      answer = await GATES[gate.gate](context, gate);
    } catch (error) {
      answer = { pass: false, expected: 'an answer', observed: `could not be evaluated: ${describe(error)}` };
    }
    const { pass, expected, observed } = answer;
    context.emit({
      type: 'gate-evaluated',
      id,
      gate: gate.gate,
      before,
      expected,
      observed,
      verdict: pass ? 'PASS' : 'FAIL',
    });
    if (!pass) denial ??= `gate ${id} (${gate.gate}) denies: ${observed}, expected ${expected}`;
  }
  return denial;
}

/** What JavaScript itself throws is a bug of ours, never the world's: it is shown with its stack at the end. */
function isFault(error: unknown): boolean {
  return [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind);
}

function describe(error: unknown): string {
  if (error instanceof UsageError && error.help) return `${error.message}. ${error.help}`;
  return error instanceof Error ? error.message : String(error);
}

async function closeSessions({ state }: RunContext): Promise<void> {
  await state.snapshot?.session.close().catch(() => {});
  await state.session?.close().catch(() => {});
}

function conclude({ state, mode }: RunContext, stopped: string | null): RunResult {
  const checks =
    mode === 'rehearsal' ? 'every check that a rehearsal can answer passed' : 'every check passed';
  const moved = [...state.moved].sort().join(', ');
  const said = moved === '' ? checks : `no check failed; other sessions moved ${moved} after COMMIT`;
  const reason = stopped ?? `every step was done and ${said}`;
  const status = statusOf(state, stopped);
  const exitCode = status === 'aborted' && state.lockedOut ? 5 : EXIT_CODES[status];
  return { status, exitCode, reason };
}

function statusOf(state: RunState, stopped: string | null): RunStatus {
  if (state.outcome === 'unknown') return 'indeterminate';
  if (state.outcome !== 'committed') return 'aborted';
  if (state.verified === 'passed' && stopped === null) return 'succeeded';
  return state.rolledBack ? 'rolled-back' : 'failed';
}

import type { DocumentRef, Plan } from '../plan/plan.js';
import type { JournalLine, MigrationOutcome, RunEvent, RunMode, RunStatus, UnitName } from './events.js';
import type { JournalReading } from './journal.js';

type EventOf<T extends RunEvent['type']> = Omit<Extract<RunEvent, { type: T }>, 'type'>;

/** One command of the protocol as it went. */
export interface StepRecord {
  readonly id: string;
  readonly step: string;
  readonly status: EventOf<'step-finished'>['status'] | 'running';
  readonly detail: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

export type StatementRecord = EventOf<'statement-executed'>;
export type CheckRecord = EventOf<'check-evaluated'>;
export type Artefact = EventOf<'artefact-written'> & { readonly at: string };

/** One transaction of reviewed SQL: what ran in it and how it ended. */
export interface TransactionRecord {
  readonly unit: UnitName;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly xid: string;
  /** Whether it wrote its row into the ledger of its target. */
  readonly ledger: boolean;
  readonly statements: readonly StatementRecord[];
  readonly refused: EventOf<'statement-refused'> | null;
  readonly tag: string | null;
  readonly outcome: MigrationOutcome;
  readonly decidedBy: string | null;
}

/** The reviewed rollback, run at the end of a rehearsal that went through; checks and proofs elsewhere in the record are from before it. */
export interface RollbackTrial {
  /** Null where none was opened. */
  readonly transaction: TransactionRecord | null;
  readonly checks: readonly CheckRecord[];
  readonly proofs: RunRecord['proofs'];
}

/** What happened in one run: a pure fold of its journal. */
export interface RunRecord {
  readonly format: 'probatum-record/1';
  readonly runId: string;
  readonly ledgerId: string;
  readonly mode: RunMode;
  readonly tool: EventOf<'run-started'>['tool'];
  readonly plan: Plan;
  readonly planSha256: string;
  readonly target: EventOf<'run-started'>['target'];
  readonly chain: EventOf<'run-started'>['chain'];
  readonly authorization: EventOf<'run-started'>['authorization'];
  readonly authorizationChecks: readonly EventOf<'authorization-checked'>[];
  readonly earlier: EventOf<'run-started'>['earlier'];
  readonly corpus: EventOf<'run-started'>['corpus'];
  readonly scratch: readonly DocumentRef[] | null;
  /** When the run was taken up again after it had been interrupted. */
  readonly resumed: readonly (EventOf<'run-resumed'> & { readonly at: string })[];
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly steps: readonly StepRecord[];
  readonly gates: readonly (EventOf<'gate-evaluated'> & { readonly at: string })[];
  readonly identity: {
    readonly before: EventOf<'identity-read'> | null;
    readonly after: EventOf<'identity-read'> | null;
  };
  readonly artefacts: readonly Artefact[];
  readonly backup: EventOf<'backup-read'> | null;
  /** What came of restoring the backup elsewhere; null where that was not asked for, or not reached. */
  readonly backupRestored: EventOf<'backup-restored'> | null;
  readonly baselines: readonly EventOf<'baseline-read'>[];
  readonly checks: readonly CheckRecord[];
  readonly concurrent: readonly EventOf<'concurrent-changes'>[];
  readonly proofs: readonly EventOf<'proof-read'>[];
  readonly migration: TransactionRecord | null;
  readonly rollback: TransactionRecord | null;
  /** Only where a rehearsal came to it; rehearsals of older versions have none. */
  readonly rollbackTrial?: RollbackTrial;
  readonly status: RunStatus;
  readonly reason: string;
  /** Number of events and digest of the last line of the journal that this was folded from. */
  readonly journal: { readonly events: number; readonly head: string };
}

/** Folds a journal into its record. A journal without an end gives an `indeterminate` run: nothing is guessed. */
export function foldJournal({ lines: all, head }: Pick<JournalReading, 'lines' | 'head'>): RunRecord {
  const [lines, trial] = beforeTrial(all);
  const start = lines[0];
  if (start?.type !== 'run-started') throw new TypeError('a journal starts with run-started');
  // A run that was taken up again behind its end is open once more.
  const last = all.at(-1);
  const end = last?.type === 'run-finished' ? last : undefined;
  const identity = only(lines, 'identity-read');
  return {
    format: 'probatum-record/1',
    runId: start.runId,
    ledgerId: start.ledgerId,
    mode: start.mode,
    tool: start.tool,
    plan: start.plan,
    planSha256: start.planSha256,
    target: start.target,
    chain: start.chain,
    authorization: start.authorization,
    authorizationChecks: only(lines, 'authorization-checked').map(bare),
    earlier: start.earlier,
    corpus: start.corpus,
    scratch: only(lines, 'scratch-built').at(-1)?.documents ?? null,
    resumed: only(lines, 'run-resumed').map((line) => ({ ...bare(line), at: line.at })),
    startedAt: start.at,
    finishedAt: end?.at ?? null,
    steps: foldSteps(all),
    gates: only(lines, 'gate-evaluated').map((line) => ({ ...bare(line), at: line.at })),
    identity: {
      before: bareOrNull(identity.find(({ moment }) => moment === 'before')),
      after: bareOrNull(identity.find(({ moment }) => moment === 'after')),
    },
    artefacts: only(lines, 'artefact-written').map((line) => ({ ...bare(line), at: line.at })),
    backup: bareOrNull(only(lines, 'backup-read').at(-1)),
    backupRestored: bareOrNull(only(lines, 'backup-restored').at(-1)),
    baselines: only(lines, 'baseline-read').map(bare),
    checks: lastAnswers(only(lines, 'check-evaluated').map(bare)),
    concurrent: only(all, 'concurrent-changes').map(bare),
    proofs: lastReadings(only(lines, 'proof-read').map(bare)),
    migration: foldTransaction(lines, 'migration'),
    rollback: foldTransaction(lines, 'rollback'),
    ...(trial && { rollbackTrial: foldTrial(trial) }),
    status: end?.status ?? 'indeterminate',
    reason: end?.reason ?? 'the journal has no end: the run was interrupted',
    journal: { events: all.length, head },
  };
}

/** A journal without the trial of a rollback, and that trial: it changes what everything else speaks of. */
function beforeTrial(lines: readonly JournalLine[]): [readonly JournalLine[], readonly JournalLine[] | null] {
  const at = lines.findIndex((line) => line.type === 'step-started' && line.step === 'prove-rollback');
  return at < 0 ? [lines, null] : [lines.slice(0, at), lines.slice(at)];
}

function foldTrial(lines: readonly JournalLine[]): RollbackTrial {
  return {
    transaction: foldTransaction(lines, 'rollback'),
    checks: only(lines, 'check-evaluated').map(bare),
    proofs: lastReadings(only(lines, 'proof-read').map(bare)),
  };
}

/** A check that was asked again, because the run died before the grid was whole, stands there once: as it was answered last. */
function lastAnswers(checks: readonly CheckRecord[]): CheckRecord[] {
  const last = new Map(checks.map((check) => [`${check.moment} ${check.id}`, check]));
  return checks.filter((check) => last.get(`${check.moment} ${check.id}`) === check);
}

/** A proof that was read again by a resumed run stands there once: as it was read last. */
function lastReadings(proofs: RunRecord['proofs']): RunRecord['proofs'] {
  return proofs.filter(({ name }, index) => proofs.findLastIndex((one) => one.name === name) === index);
}

type LineOf<T extends RunEvent['type']> = Extract<JournalLine, { type: T }>;

function only<T extends RunEvent['type']>(lines: readonly JournalLine[], type: T): LineOf<T>[] {
  return lines.filter((line): line is LineOf<T> => line.type === type);
}

/** An event without what the journal added to it. */
function bare<T extends RunEvent['type']>(line: LineOf<T>): EventOf<T> {
  const { seq: _seq, at: _at, prev: _prev, type: _type, ...event } = line;
  return event as unknown as EventOf<T>;
}

function bareOrNull<T extends RunEvent['type']>(line: LineOf<T> | undefined): EventOf<T> | null {
  return line ? bare(line) : null;
}

function foldSteps(lines: readonly JournalLine[]): StepRecord[] {
  const starts = only(lines, 'step-started');
  return starts.map((started) => {
    const again = starts.find(({ id, seq }) => id === started.id && seq > started.seq)?.seq ?? Infinity;
    // What could not be told at its end may have been found out since.
    const finished = only(lines, 'step-finished').findLast(
      ({ id, seq }) => id === started.id && seq > started.seq && seq < again,
    );
    return {
      id: started.id,
      step: started.step,
      status: finished?.status ?? 'running',
      detail: finished?.detail ?? '',
      startedAt: started.at,
      finishedAt: finished?.at ?? null,
    };
  });
}

function foldTransaction(lines: readonly JournalLine[], unit: UnitName): TransactionRecord | null {
  const started = only(lines, 'transaction-started').findLast((line) => line.unit === unit);
  if (!started) return null;
  const own = lines.filter((line) => line.seq > started.seq);
  const ended = only(own, 'transaction-ended').findLast((line) => line.unit === unit);
  return {
    unit,
    startedAt: started.at,
    endedAt: ended?.at ?? null,
    xid: started.xid,
    ledger: started.ledger,
    statements: only(own, 'statement-executed')
      .filter((line) => line.unit === unit)
      .map(bare),
    refused: bareOrNull(only(own, 'statement-refused').find((line) => line.unit === unit)),
    tag: ended?.tag ?? null,
    outcome: ended?.outcome ?? 'unknown',
    decidedBy: ended?.decidedBy ?? null,
  };
}

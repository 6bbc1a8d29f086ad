import type { Plan } from '../plan/plan.js';
import type { ReviewedBytes } from '../plan/reviewed-bytes.js';
import type { RunEvent, RunMode, UnitName, UsedAuthorization } from '../record/events.js';
import type { CatalogueSnapshot } from '../target/catalogue.js';
import type { CatalogueWatch } from '../target/catalogue-watch.js';
import type { Reading } from '../target/effect-proofs.js';
import type { BackupReading, Session, Target } from '../target/engine.js';
import type { HeldSettings } from '../target/held-settings.js';
import type { Identity } from '../target/identity.js';
import type { RowCount } from '../target/row-counts.js';
import type { EarlyEvidence } from './early-evidence.js';

/** The backup of a run, and the instant of its snapshot by both clocks. */
export interface StoredBackup {
  readonly file: string;
  readonly sha256: string;
  readonly takenAt: Date;
  /** The server's `clock_timestamp()`, as its text. */
  readonly serverTakenAt: string;
  /** What reading it in full as it was written came to, where that was done. */
  readonly reading?: Promise<BackupReading>;
}

/** State at the migration's BEGIN, and what was written in it. */
export interface EffectsBefore {
  readonly xid: string;
  readonly walPosition: string | null;
  readonly sequences: Reading;
  readonly unloggedTables: Reading;
  /** Tables whose rows were written by the server's counters, set before COMMIT. */
  readonly written: Set<string>;
}

/** What earlier steps leave for later ones. */
export interface RunState {
  /** The session that holds the lock and migrates. */
  session: Session | null;
  identity: Identity | null;
  /** Whether GUARD found every part of the identity as it must be. */
  identified: boolean;
  /** Set where another run holds the lock. */
  lockedOut: boolean;
  staged: { readonly migration: string } | null;
  /** Session whose snapshot backup, catalogue, counts and baselines share; null where the engine exports none. */
  snapshot: {
    readonly session: Session;
    readonly id: string;
    /** What is read of it while the backup is written; null where that was not begun. */
    readonly evidence: EarlyEvidence | null;
  } | null;
  backup: StoredBackup | null;
  /** Set by C-02 when the stored backup was hashed again and read in full: how it was read. */
  backupRead: string | null;
  /** Of C-03, in the backup's snapshot. */
  catalogue: CatalogueSnapshot | null;
  /** Set by C-04. */
  rowCounts: readonly RowCount[] | null;
  /** Follows the catalogue from the migration's BEGIN on, and tells what is ours. */
  watch: CatalogueWatch | null;
  /** What proves the migration's effects besides the catalogue, as it was at BEGIN. */
  effects: EffectsBefore | null;
  /** What the write-ahead log said before the run was interrupted; null where it was not read. */
  log: { readonly reason: string | null } | null;
  /** Settings that hold in every transaction of reviewed SQL; null before the first. */
  held: HeldSettings | null;
  /** Names of those that something of the database changed, and that were put back. */
  readonly putBack: Set<string>;
  readonly baselines: Map<string, readonly string[]>;
  /** Checks that passed inside the transaction. */
  readonly passedInside: Set<string>;
  /** Checks whose value other sessions moved after COMMIT. */
  readonly moved: Set<string>;
  /** Tables whose rows our transaction wrote by the server's counters; null where they were not read. */
  counted: ReadonlySet<string> | null;
  outcome: 'not-started' | 'committed' | 'not-committed' | 'unknown';
  /** Verdict of C-07; null where it was not reached or could not be done. */
  verified: 'passed' | 'failed' | null;
  /** Whether the rollback is committed: then it is only left to show that it has put everything back. */
  undone: boolean;
  rolledBack: boolean;
  /** Transactions of each unit that were begun so far. */
  readonly begun: Record<UnitName, number>;
  /** A bug of the tool that ended a step, for whoever has to mend it. */
  fault: unknown;
}

/** Everything a step or gate may use. Clock, folder and target are passed in; nothing is global. */
export interface RunContext {
  readonly plan: Plan;
  readonly bytes: ReviewedBytes;
  readonly target: Target;
  readonly mode: RunMode;
  /** Names the run in the ledger of its target. */
  readonly ledgerId: string;
  readonly planSha256: string;
  /** The authorization that the run goes by; null where it needs none. */
  readonly authorization: UsedAuthorization | null;
  /** Whether the backup is restored elsewhere and compared before anything begins. */
  readonly proveBackup: boolean;
  /**
   * Where records of this change are published, so that a plan whose migration is committed is not run again; null
   * where nothing new is sent to a target, or a repetition is meant: rehearsals, `resume`, `enroll`.
   */
  readonly once: { readonly published: string } | null;
  /** Folder of the run; artefacts are named relative to it. */
  readonly folder: string;
  readonly now: () => Date;
  readonly emit: (event: RunEvent) => void;
  readonly state: RunState;
}

/** How a step ended, in one line for people. */
export interface StepResult {
  readonly status: 'done' | 'denied' | 'failed' | 'skipped';
  readonly detail: string;
}

export interface GateResult {
  readonly pass: boolean;
  readonly expected: string;
  readonly observed: string;
}

/** The migrating session; opened before the first step. */
export function migratingSession({ state }: RunContext): Session {
  if (!state.session) throw new Error('the migrating session is not open');
  return state.session;
}

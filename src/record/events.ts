import type { DocumentRef, GateName, Plan, StepName } from '../plan/plan.js';

/**
 * How a step ended. `denied`: a gate or check said no; `skipped`: its condition did not arise; `interrupted`: the process
 * died in it, as one that took the run up again found.
 */
export type StepStatus = 'done' | 'denied' | 'failed' | 'skipped' | 'interrupted';

/**
 * `PASS` only where expected and observed are both in the record; what did not run is `NOT RUN`. `MOVED`: it passed before
 * COMMIT, and other sessions changed afterwards what it looks at; that is said, and decides nothing.
 */
export type Verdict = 'PASS' | 'FAIL' | 'MOVED' | 'NOT RUN';

export type MigrationOutcome = 'committed' | 'not-committed' | 'unknown';

export type RunStatus = 'succeeded' | 'aborted' | 'rolled-back' | 'failed' | 'indeterminate';

/** Where in a run a check was answered. */
export type CheckMoment = 'preflight' | 'in-transaction' | 'after-commit' | 'after-rollback';

/** When other sessions' changes were noticed. */
export type ConcurrentMoment = 'before-migration' | 'in-transaction' | 'after-commit' | 'rollback';

export type RunMode = 'run' | 'rehearsal';

/** Commands of the tool's own, which no law has. */
export type OwnStep = 'lock' | 'prove-backup' | 'prove-rollback';

/** Reviewed SQL that has a transaction of its own. */
export type UnitName = 'migration' | 'rollback';

/** A review of what the plan runs, as it stood in the corpus when the run started. */
export interface ChainLink {
  readonly document: DocumentRef;
  readonly kind: 'review' | 'authorization';
  readonly author: string;
  readonly subject: DocumentRef;
  /** Whether the subject in the corpus still has the digest that was reviewed. */
  readonly subjectMatches: boolean;
  readonly verdict: string;
  readonly allows: readonly string[];
  readonly bindings: readonly { readonly id: string; readonly text: string; readonly check: string }[];
}

/** The commit that the documents of a plan were taken from. */
export interface CorpusState {
  /** Id of the commit that was checked out; null outside of git. */
  readonly commit: string | null;
  /** Paths of the plan's documents that were not as that commit has them, byte for byte. */
  readonly changed: readonly string[];
}

export interface IdentityPart {
  readonly part: string;
  readonly expected: string;
  readonly observed: string;
  readonly verdict: Verdict;
}

/** The authorization that a run goes by. */
export interface UsedAuthorization {
  readonly path: string;
  readonly sha256: string;
  /** Good for one commit. */
  readonly nonce: string;
  /** RFC 3339, as the document has it; from this instant, until right before `expires`. */
  readonly notBefore: string;
  readonly expires: string;
}

/** An earlier run of the same plan, from its own record. */
export interface EarlierAttempt {
  readonly runId: string;
  readonly mode: RunMode;
  readonly status: RunStatus;
  readonly reason: string;
  readonly recordSha256: string;
}

/** What can be appended to a journal. 64-bit integers and times are text. */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly runId: string;
      /** UUID that names the run in the ledger of its target. */
      readonly ledgerId: string;
      readonly mode: RunMode;
      readonly tool: { readonly name: string; readonly version: string; readonly runtime: string };
      readonly plan: Plan;
      readonly planSha256: string;
      readonly target: {
        readonly name: string;
        readonly engine: string;
        readonly host: string;
        readonly port: string;
        readonly database: string;
        readonly role: string;
        readonly limitations: readonly string[];
      };
      readonly chain: readonly ChainLink[];
      /** Null where the run needed none, and in a rehearsal. */
      readonly authorization: UsedAuthorization | null;
      readonly earlier: readonly EarlierAttempt[];
      readonly corpus: CorpusState;
    }
  | {
      readonly type: 'run-resumed';
      /** What was cut off behind the last whole line. */
      readonly torn: { readonly size: string; readonly sha256: string } | null;
      /** What is open. */
      readonly reason: string;
    }
  | { readonly type: 'scratch-built'; readonly documents: readonly DocumentRef[] }
  | { readonly type: 'step-started'; readonly id: string; readonly step: StepName | OwnStep }
  | {
      readonly type: 'step-finished';
      readonly id: string;
      readonly step: StepName | OwnStep;
      readonly status: StepStatus;
      readonly detail: string;
    }
  | {
      readonly type: 'gate-evaluated';
      readonly id: string;
      readonly gate: GateName;
      readonly before: string;
      readonly expected: string;
      readonly observed: string;
      readonly verdict: Verdict;
    }
  | {
      readonly type: 'identity-read';
      readonly moment: 'before' | 'after';
      readonly identity: { readonly [part: string]: string };
      readonly parts: readonly IdentityPart[];
    }
  | {
      /** Whether the window of the authorization is open, by both clocks. */
      readonly type: 'authorization-checked';
      readonly moment: 'identity' | 'commit';
      /** This machine's clock: ISO 8601, UTC. */
      readonly here: string;
      /** The server's clock, as its text. */
      readonly server: string;
      readonly verdict: 'PASS' | 'FAIL';
    }
  | {
      readonly type: 'artefact-written';
      readonly step: string;
      readonly name: string;
      /** Relative to the run's folder. */
      readonly path: string;
      readonly size: string;
      readonly sha256: string;
      readonly producer: string;
    }
  | {
      readonly type: 'backup-read';
      readonly sha256: string;
      readonly entries: string;
      readonly method: string;
      readonly takenAt: string;
      /** The same instant by the server's clock, as its text. */
      readonly serverTakenAt: string;
    }
  | {
      readonly type: 'backup-restored';
      /** Where it was restored. */
      readonly where: string;
      /** Objects of the catalogue and tables whose rows were counted, that it was compared with. */
      readonly objects: string;
      readonly tables: string;
      /** Empty where it is the same. */
      readonly differences: readonly string[];
    }
  | {
      readonly type: 'baseline-read';
      readonly id: string;
      readonly rows: readonly string[];
      readonly statementSha256: string;
    }
  | {
      readonly type: 'check-evaluated';
      readonly id: string;
      readonly title: string;
      readonly moment: CheckMoment;
      readonly expected: readonly string[];
      /** Null where nothing was observed: the check failed with an error, or did not run. */
      readonly observed: readonly string[] | null;
      readonly verdict: Verdict;
      readonly statementSha256: string | null;
      readonly evidence: string | null;
      readonly reason: string | null;
    }
  | {
      readonly type: 'transaction-started';
      readonly unit: UnitName;
      readonly xid: string;
      /** Counts the transactions of this unit in this run, from 1. */
      readonly attempt: number;
      /** The server process of the session, to be ended where nobody else can. */
      readonly backend: { readonly pid: string; readonly startedAt: string };
      /** Changes whenever the server loses its memory of transactions. */
      readonly serverLife: string;
      /** Whether the transaction writes a row into the ledger before it commits. */
      readonly ledger: boolean;
    }
  | {
      readonly type: 'statement-executed';
      readonly unit: UnitName;
      readonly number: number;
      readonly sha256: string;
      readonly tag: string;
      readonly milliseconds: number;
      readonly notices: readonly string[];
    }
  | {
      readonly type: 'statement-refused';
      readonly unit: UnitName;
      readonly number: number;
      readonly line: number;
      readonly column: number;
      readonly message: string;
    }
  /** COMMIT is about to be sent; without this event it never was. */
  | { readonly type: 'commit-sent'; readonly unit: UnitName }
  | {
      readonly type: 'transaction-ended';
      readonly unit: UnitName;
      /** The server's own word: `COMMIT`, `ROLLBACK`, `ERROR` where it refused, or empty where it did not answer. */
      readonly tag: string;
      readonly outcome: MigrationOutcome;
      readonly decidedBy: string;
    }
  | {
      /** What other sessions changed in the catalogue while the run went on; no part of its effect. */
      readonly type: 'concurrent-changes';
      readonly moment: ConcurrentMoment;
      readonly count: number;
      readonly lines: readonly string[];
      /** Those of objects that the plan refers to. */
      readonly touching: readonly string[];
    }
  | {
      /** One way of seeing what the migration wrote. */
      readonly type: 'proof-read';
      readonly name: string;
      /** What it can see, and what not. */
      readonly covers: string;
      /** Null where it was not available. */
      readonly observed: readonly string[] | null;
      readonly reason: string | null;
    }
  | {
      /** By which transactions (32 bits) rows of the catalogue are told to be ours, and where the rows were that ours removed. */
      readonly type: 'catalogue-attributed';
      readonly transactions: readonly string[];
      readonly removed: readonly string[];
    }
  | { readonly type: 'run-finished'; readonly status: RunStatus; readonly reason: string };

/** A line of the journal: an event, its number, its time (ISO 8601, UTC) and the digest of the line before it. */
export type JournalLine = RunEvent & {
  readonly seq: number;
  readonly at: string;
  /** SHA-256 of the line before, without its line end; 64 zeros for the first. */
  readonly prev: string;
};

import type { DerivedCheck } from '../sql/derived-checks.js';
import type { Expected } from '../sql/expectation.js';
import type { ByteRange } from '../sql/facts.js';

/** A document that was read, by path, revision and digest of its exact bytes. */
export interface DocumentRef {
  readonly path: string;
  readonly revision: string;
  readonly sha256: string;
}

/** Steps that a law's commands name. */
export type StepName =
  | 'provenance'
  | 'identity'
  | 'backup'
  | 'backup-digest'
  | 'schema-snapshot'
  | 'row-counts'
  | 'preflight'
  | 'migration'
  | 'verification'
  | 'rollback';

export type GateName = 'backup-restorable' | 'backup-age' | 'ddl-staged' | 'identity' | 'ddl-provenance';

export interface PlanCommand {
  readonly id: string;
  readonly step: StepName;
}

export interface PlanGate {
  readonly id: string;
  readonly gate: GateName;
  /** Command before which the gate is evaluated. */
  readonly appliesTo: string;
  readonly maxAgeSeconds: number | null;
}

/** The reviewed bytes of one role and the statements in them. */
export interface PlanUnit {
  readonly document: string;
  readonly sha256: string;
  readonly size: number;
  readonly ranges: readonly ByteRange[];
  readonly statements: readonly PlanStatement[];
}

export interface PlanStatement {
  /** 1-based, in the order of the unit. */
  readonly number: number;
  /** First line of the statement, for people. */
  readonly label: string;
  readonly start: number;
  readonly end: number;
  readonly sha256: string;
  /** Line of the document at which it starts. */
  readonly line: number;
  /** False for the outer BEGIN and COMMIT, which are the executor's. */
  readonly sent: boolean;
  readonly effects: readonly string[];
  readonly locks: readonly string[];
}

export interface PlanCheck {
  readonly id: string;
  readonly title: string;
  readonly phase: 'preflight' | 'verify';
  readonly line: number;
  readonly expected: Expected;
  readonly evidence: string | null;
  /** Bytes of the statement in its unit; null where the tool's evidence answers. */
  readonly statement: { readonly start: number; readonly end: number; readonly sha256: string } | null;
}

/** Which database is meant; every part that is named must match (RUN, "Targets"). */
export interface PlanTarget {
  readonly name: string;
  readonly systemIdentifier: string;
  readonly database: string;
  readonly role: string;
  readonly databaseOid: string | null;
  readonly timeline: string | null;
  readonly host: string | null;
  readonly serverMajor: { readonly min: number; readonly max: number };
  /** The mark that `enroll` left in the database. */
  readonly marker: string | null;
  /** `none`: a lost answer to COMMIT may stay unknown. */
  readonly ledger: 'required' | 'none';
}

export interface NonScopeLine {
  readonly statement: string;
  readonly provedBy: readonly string[];
  readonly declared: string | null;
}

export interface PlanReport {
  readonly path: string;
  readonly date: string | null;
}

/**
 * Everything that a run will do, frozen: a pure function of the corpus. Its canonical JSON (RFC 8785) has a
 * digest, which a rehearsal, a run and an authorization share.
 */
export interface Plan {
  readonly format: 'probatum-plan/1';
  readonly change: string;
  readonly package: DocumentRef;
  readonly law: DocumentRef;
  readonly ddl: DocumentRef;
  /** What the ddl depends on, in order, with the digests of what a rehearsal builds from. */
  readonly predecessors: readonly (DocumentRef & {
    readonly migrationSha256: string;
    readonly fixtureSha256: string | null;
  })[];
  readonly commands: readonly PlanCommand[];
  readonly gates: readonly PlanGate[];
  readonly target: PlanTarget;
  readonly limits: { readonly lockTimeoutMs: number; readonly statementTimeoutMs: number };
  readonly migration: PlanUnit;
  readonly rollback: PlanUnit;
  readonly rollbackPolicy: 'on-verification-failure' | 'by-hand';
  readonly preflight: { readonly sha256: string; readonly checks: readonly PlanCheck[] };
  readonly verification: { readonly sha256: string; readonly checks: readonly PlanCheck[] };
  readonly derived: readonly DerivedCheck[];
  readonly reports: { readonly dryRun: PlanReport; readonly execution: PlanReport };
  readonly nonScope: readonly NonScopeLine[];
  readonly next: readonly string[];
  /** Roles as the package declares them. */
  readonly roles: { readonly [role: string]: string };
}

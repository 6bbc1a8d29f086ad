import type { Range } from '../base/position.js';
import type { FenceRole } from '../parse/document.js';

/** What the SQL of one document says; plain data, a pure function of its bytes and the grammar's version. */
export interface SqlFacts {
  readonly units: readonly SqlUnit[];
  readonly checks: readonly Check[];
  readonly problems: readonly SqlProblem[];
}

/** Ids of the rules that judge SQL alone; each problem is a finding of one of them. */
export type SqlRuleId =
  | 'sql-syntax'
  | 'no-meta-command'
  | 'sql-hidden-characters'
  | 'single-transaction'
  | 'no-non-transactional'
  | 'statement-allowed'
  | 'qualified-names'
  | 'no-contradiction'
  | 'rollback-inverts'
  | 'lock-hazard'
  | 'check-format'
  | 'check-read-only';

export interface SqlProblem {
  readonly rule: SqlRuleId;
  readonly message: string;
  readonly position: Range;
  readonly expected?: string;
  readonly observed?: string;
  readonly help?: string;
  /** Other places of the same document that explain it. */
  readonly related?: readonly { readonly position: Range; readonly message: string }[];
}

/** All fences of one role in one document, concatenated in document order. */
export interface SqlUnit {
  readonly role: FenceRole;
  /** SHA-256 over the concatenated bytes. */
  readonly digest: string;
  readonly size: number;
  readonly ranges: readonly ByteRange[];
  readonly statements: readonly Statement[];
}

/** Bytes `start..end` of the file, which are its lines `firstLine..lastLine`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
  readonly firstLine: number;
  readonly lastLine: number;
}

export interface Statement {
  /** Name of the grammar's node: `CreateStmt`. */
  readonly node: string;
  /** Bytes `start..end` of the concatenated unit, without the semicolon. */
  readonly start: number;
  readonly end: number;
  readonly sha256: string;
  readonly position: Range;
  /** `begin` or `commit` of the one outer pair that the executor owns; such a statement is not sent. */
  readonly transaction: 'begin' | 'commit' | null;
  readonly effects: readonly Effect[];
  /** Lock levels that the statement takes on what exists already, in words of the server's manual. */
  readonly locks: readonly string[];
  readonly table: TableDefinition | null;
  readonly alteration: TableAlteration | null;
  /** Of a migration: what it gives to objects besides what they have by themselves (given.ts). */
  readonly given: readonly string[];
}

/** `rename` has the name that comes; what goes by the old one is altered. */
export type EffectAction = 'create' | 'alter' | 'rename' | 'drop' | 'write-rows';

/** Kind of an effect on which partitions a partitioned table or index has, which is said of them and not of itself. */
export const PARTITIONS = { table: 'partitions', index: 'index partitions' } as const;

/** An object or the rows of a table that a statement creates, alters, drops or writes. */
export interface Effect {
  readonly action: EffectAction;
  /** `table`, `schema`, `index`, `view`, ... */
  readonly kind: string;
  /** Qualified name as the scope of a ddl document writes it. */
  readonly name: string;
  /** Table that an index, trigger, policy, rule or comment belongs to. */
  readonly table?: string;
}

export interface ColumnDefinition {
  readonly name: string;
  /** As `format_type` prints it. */
  readonly type: string;
  /** Null where the server keeps a NULL for some types: `varchar(5) DEFAULT NULL`. */
  readonly hasDefault: boolean | null;
}

export interface ForeignKey {
  readonly columns: readonly string[];
  readonly references: string;
  readonly referencedColumns: readonly string[];
  /** What follows the columns, as the server prints it: ` ON DELETE CASCADE`. */
  readonly options: string;
}

export interface TableDefinition {
  readonly name: string;
  readonly columns: readonly ColumnDefinition[];
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: number;
  /** Whether parts of another table come with it: LIKE, INHERITS, PARTITION OF. */
  readonly copies: boolean;
  /** False where the statement says more than this model holds (LIKE, INHERITS, PARTITION OF, serial types). */
  readonly complete: boolean;
}

/** Columns that an ALTER TABLE adds and drops; `complete` as in TableDefinition. */
export interface TableAlteration {
  readonly name: string;
  readonly added: readonly ColumnDefinition[];
  readonly dropped: readonly string[];
  /** Added columns for which the server calculates a value in every row, one by one: a backfill without UPDATE. */
  readonly filled: readonly string[];
  readonly complete: boolean;
}

/** One check of a command package (FORMAT, "Checks"). */
export interface Check {
  readonly id: string;
  readonly title: string;
  readonly phase: 'preflight' | 'verify';
  /** Place of the id. */
  readonly position: Range;
  readonly expect: readonly Expectation[];
  /** Evidence of the tool's own that answers the check, in place of a statement. */
  readonly evidence: string | null;
  readonly evidencePosition: Range | null;
  /** The statement's bytes in its unit; null where the tool's evidence answers. */
  readonly statement: Statement | null;
}

export interface Expectation {
  readonly text: string;
  readonly position: Range;
}

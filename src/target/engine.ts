/** What every engine gives the executor. Values travel as the server's text form, so no digit is ever lost. */

export type EngineName = 'postgres' | 'pglite';

/** A message that the server sent beside a result (RAISE NOTICE, implicit index and the like). */
export interface Notice {
  readonly severity: string;
  readonly sqlstate: string;
  readonly message: string;
}

/** Outcome of one statement. */
export interface StatementResult {
  /** The protocol's whole command tag, for example `CREATE TABLE`, `SELECT 3`, `ROLLBACK`. */
  readonly tag: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly notices: readonly Notice[];
}

/** A refusal by the server, or a connection that is gone. Never carries DETAIL: it can hold row data. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  constructor(
    message: string,
    /** SQLSTATE, or null where the connection was lost and the server said nothing. */
    readonly sqlstate: string | null,
    /** 1-based code point in the statement's text, where the server gave one. */
    readonly position: number | null = null,
    /** True where the session cannot be used any more and the outcome of the statement is not known. */
    readonly connectionLost: boolean = false,
  ) {
    super(message);
  }
}

/** One connection. Every call sends exactly one statement through the extended protocol. */
export interface Session {
  /**
   * Sends one statement and reads all its rows as text.
   * @param sql the statement's bytes as text; several statements in one string are refused by the server (42601)
   * @param values parameters as text
   * @throws DatabaseError
   */
  run(sql: string, values?: readonly (string | null)[]): Promise<StatementResult>;
  close(): Promise<void>;
}

/** A backup that was written to disk. */
export interface Backup {
  /** Bytes written. */
  readonly size: number;
  /** SHA-256 of the stream as it was written. */
  readonly sha256: string;
  /** Format and producer, for the record: `pg_dump custom (pg_dump (PostgreSQL) 15.18)`. */
  readonly producer: string;
  /** When it was taken, where somebody else took it and said so: ISO 8601. */
  readonly takenAt?: string;
  /**
   * Where the very bytes of the stream were read in full as they were written: what came of it. It speaks of the stored
   * backup as long as that has the same digest. @throws Error that says what is wrong with them
   */
  readonly reading?: Promise<BackupReading>;
}

/** What a full read of a stored backup found. */
export interface BackupReading {
  /** Entries of the archive (tables, indexes, ...), or files of a data directory. */
  readonly entries: number;
  /** How it was read, for the record. */
  readonly method: string;
}

/** Who the objects of a database may belong to, so that a backup of it can be restored elsewhere. */
export interface Owners {
  /** The role that initdb made. */
  readonly superuser: string;
  /** Statements that make the other roles, by name only. */
  readonly roles: readonly string[];
}

/** A backup that was restored into a database of its own, which goes away when it is closed. */
export interface RestoredBackup {
  readonly target: Target;
  /** What the database is, for the record. */
  readonly where: string;
}

/** Where a target is, without any secret. */
export interface Endpoint {
  readonly engine: EngineName;
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly role: string;
}

/** A database that a plan can be executed against. */
export interface Target {
  readonly engine: EngineName;
  readonly endpoint: Endpoint;
  /** Limits of this engine that a report must state; empty for a PostgreSQL server. */
  readonly limitations: readonly string[];
  /** Whether sessions can share an exported snapshot; if not, the engine has one session and nobody else writes. */
  readonly exportsSnapshots: boolean;
  /** Extension of a backup file, with its dot. */
  readonly backupExtension: string;
  /** Opens a session with the tool's fixed settings (see session-settings.ts). @throws DatabaseError */
  open(): Promise<Session>;
  /**
   * Writes a backup to `file`: to a temporary name beside it, hashed as it streams, fsync, rename, fsync of the
   * folder. @param snapshot exported snapshot, null where the engine exports none
   * @param onData called once where the backup has taken all its locks, and the time goes into writing it
   */
  backup(file: string, snapshot: string | null, onData?: () => void): Promise<Backup>;
  /** Reads a stored backup in full, without restoring it anywhere. @throws Error that says what is wrong with it */
  readBackup(file: string): Promise<BackupReading>;
  /** Digest of a stored backup as it is now, of the same bytes as `Backup.sha256`. @throws Error */
  digestBackup(file: string): Promise<string>;
  /** Restores a stored backup somewhere else, never into this database. @throws Error */
  restoreBackup(file: string, owners: Owners): Promise<RestoredBackup>;
  close(): Promise<void>;
}

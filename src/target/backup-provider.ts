import type { Backup, BackupReading } from './engine.js';
import type { ToolRun } from './tool-run.js';

/** A way to take backups of a PostgreSQL server, and to read them again. */
export interface BackupProvider {
  /** Extension of the file that stands for the backup in the run's folder, with its dot. */
  readonly extension: string;
  /** What a report must say of backups that are taken this way. */
  readonly limitations: readonly string[];
  /**
   * Writes a backup; `file`, whose digest is the backup's, is there only when all of it is on disk.
   * @param onData see `Target.backup`
   */
  write(file: string, snapshot: string | null, onData: () => void): Promise<Backup>;
  /** Digest of what is stored now, of the same bytes as `Backup.sha256`. @throws Error where it is not whole */
  digest(file: string): Promise<string>;
  /** Reads what is stored in full. @throws Error that says what is wrong with it */
  read(file: string): Promise<BackupReading>;
  /** Restores it into the empty database that `into` connects to. @throws Error */
  restore(file: string, into: ToolRun): Promise<void>;
}

/** PostgreSQL's programs, as a target has them run. @throws UsageError missing-tool */
export interface BackupTools {
  dump(): Promise<ToolRun>;
  restore(): Promise<ToolRun>;
}

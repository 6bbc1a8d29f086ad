import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { hashFile } from '../base/hash-file.js';
import { UsageError } from '../base/usage-error.js';
import { writeAtomically } from './atomic-file.js';
import { connectionLost } from './database-errors.js';
import {
  type Backup,
  type BackupReading,
  DatabaseError,
  type Endpoint,
  type RestoredBackup,
  type Session,
  type StatementResult,
  type Target,
} from './engine.js';
import { lockFile, type ReleaseLock } from './lock-file.js';
import { readDataDirectoryArchive } from './pglite-archive.js';
import { pgliteVersion } from './pglite-cluster.js';
import { PgliteServer } from './pglite-server.js';
import { LEAVE_TRANSACTION, RESET_SETTINGS, SESSION_SETTINGS } from './session-settings.js';

const LIMITATIONS: readonly string[] = [
  'PGlite has one session: all sessions of a run share it, and checks run in the session that migrates.',
  'PGlite ignores statement_timeout.',
  'PGlite does not call fsync: a commit survives the end of the process, but a power loss is not covered.',
  'PGlite exports no snapshot: backup and snapshot agree because nobody else can open the database.',
];

/**
 * A PGlite database as a target: a directory that exists, or one in memory that ends with the target.
 * @param takeOver whether the lock of a process that no longer runs is taken from it
 * @throws UsageError locked where another process has the directory open, cannot-connect where it is no cluster
 */
export async function openPgliteTarget(
  name: string,
  where: string | { readonly memory: true },
  takeOver = false,
): Promise<Target> {
  if (typeof where !== 'string') return new PgliteTarget(await PgliteServer.start('memory://'), () => {});
  const directory = resolve(where);
  if (!existsSync(join(directory, 'PG_VERSION')))
    throw new UsageError('cannot-connect', `target ${name}: ${directory} is not a PGlite database`);
  const release = lockFile(directory, directory, takeOver);
  try {
    return new PgliteTarget(await PgliteServer.start(directory), release);
  } catch (error) {
    release();
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError('cannot-connect', `target ${name}: PGlite cannot open ${directory}: ${reason}`);
  }
}

class PgliteTarget implements Target {
  readonly engine = 'pglite';
  readonly endpoint: Endpoint = {
    engine: 'pglite',
    host: 'in process',
    port: '',
    database: 'postgres',
    role: 'postgres',
  };
  readonly limitations = LIMITATIONS;
  readonly exportsSnapshots = false;
  readonly backupExtension = '.tar.gz';

  constructor(
    private readonly server: PgliteServer,
    private readonly release: ReleaseLock,
  ) {}

  async open(): Promise<Session> {
    if (this.server.inTransaction(null))
      throw new DatabaseError('SQLSTATE 25001: a transaction is open in the one session of PGlite', '25001');
    const session = new PgliteSession(this.server);
    for (const statement of [RESET_SETTINGS, ...SESSION_SETTINGS]) await session.run(statement);
    return session;
  }

  async backup(file: string): Promise<Backup> {
    const archive = await this.server.dump();
    const { size, sha256 } = await writeAtomically(file, archive.stream());
    return {
      size,
      sha256,
      producer: `PGlite data directory, tar and gzip (PGlite ${await pgliteVersion()})`,
    };
  }

  readBackup(file: string): Promise<BackupReading> {
    return readDataDirectoryArchive(file);
  }

  digestBackup(file: string): Promise<string> {
    return hashFile(file);
  }

  /** Roles need no care: they are in the archive, as all of the cluster. */
  async restoreBackup(file: string): Promise<RestoredBackup> {
    const folder = await mkdtemp(join(tmpdir(), 'probatum-'));
    const remove = () => rm(folder, { recursive: true, force: true });
    try {
      const archive = new Blob([await readFile(file)]);
      const server = await PgliteServer.start(join(folder, 'cluster'), archive);
      const target = new PgliteTarget(server, () => {});
      const close = target.close.bind(target);
      const where = `PGlite ${await pgliteVersion()}, in a temporary folder`;
      return { where, target: Object.assign(target, { close: () => close().finally(remove) }) };
    } catch (error) {
      await remove();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.server.stop().finally(this.release);
  }
}

class PgliteSession implements Session {
  #closed = false;

  constructor(private readonly server: PgliteServer) {}

  async run(sql: string, values: readonly (string | null)[] = []): Promise<StatementResult> {
    if (this.#closed) throw connectionLost('the session was closed');
    return this.server.run(this, sql, values);
  }

  async close(): Promise<void> {
    if (!this.#closed && this.server.inTransaction(this)) await this.server.run(this, LEAVE_TRANSACTION, []);
    this.#closed = true;
  }
}

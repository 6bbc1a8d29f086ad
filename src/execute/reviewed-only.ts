import type { Plan } from '../plan/plan.js';
import type { ReviewedBytes } from '../plan/reviewed-bytes.js';
import type {
  Backup,
  BackupReading,
  Endpoint,
  Owners,
  RestoredBackup,
  ResultSize,
  Session,
  StatementResult,
  Target,
} from '../target/engine.js';
import { isOwnStatement } from './own-statements.js';

/** A target whose sessions send nothing but the tool's own statements and some reviewed texts. */
class Guarded implements Target {
  readonly engine: Target['engine'];
  readonly endpoint: Endpoint;
  readonly limitations: readonly string[];
  readonly exportsSnapshots: boolean;
  readonly backupExtension: string;
  readonly #reviewed: ReadonlySet<string>;

  constructor(
    private readonly target: Target,
    reviewed: Iterable<string>,
  ) {
    this.engine = target.engine;
    this.endpoint = target.endpoint;
    this.limitations = target.limitations;
    this.exportsSnapshots = target.exportsSnapshots;
    this.backupExtension = target.backupExtension;
    this.#reviewed = new Set(reviewed);
  }

  async open(): Promise<Session> {
    const session = await this.target.open();
    return {
      run: (sql, values, most) => this.#run(session, sql, values, most),
      close: () => session.close(),
    };
  }

  backup(file: string, snapshot: string | null, onData = () => {}): Promise<Backup> {
    return this.target.backup(file, snapshot, onData);
  }

  readBackup(file: string): Promise<BackupReading> {
    return this.target.readBackup(file);
  }

  digestBackup(file: string): Promise<string> {
    return this.target.digestBackup(file);
  }

  /** What was restored is read, and nothing that was reviewed is meant for it. */
  async restoreBackup(file: string, owners: Owners): Promise<RestoredBackup> {
    const { target, where } = await this.target.restoreBackup(file, owners);
    return { where, target: new Guarded(target, []) };
  }

  close(): Promise<void> {
    return this.target.close();
  }

  async #run(
    session: Session,
    sql: string,
    values: readonly (string | null)[] = [],
    most?: ResultSize,
  ): Promise<StatementResult> {
    const reviewed = this.#reviewed.has(sql) && values.length === 0;
    if (!reviewed && !isOwnStatement(sql, values.length))
      throw new TypeError(`not sent, as it is neither reviewed nor on the list of own statements: ${sql}`);
    return session.run(sql, values, most);
  }
}

/**
 * A target whose sessions send nothing but the tool's own statements and the reviewed statements of one plan. It is the
 * last thing that a text passes on its way to the server, and asks no step how it came by it.
 */
export class ReviewedOnly extends Guarded {
  constructor(target: Target, plan: Plan, bytes: ReviewedBytes) {
    super(target, reviewedTexts(plan, bytes));
  }
}

function* reviewedTexts(plan: Plan, bytes: ReviewedBytes): Generator<string> {
  for (const name of ['migration', 'rollback'] as const) {
    for (const { sent, start, end } of plan[name].statements)
      if (sent) yield bytes[name].bytes.subarray(start, end).toString('utf8');
  }
  const phases = [
    [plan.preflight, bytes.preflight],
    [plan.verification, bytes.verify],
  ] as const;
  for (const [{ checks }, unit] of phases) {
    for (const { statement } of checks)
      if (statement) yield unit.bytes.subarray(statement.start, statement.end).toString('utf8');
  }
}

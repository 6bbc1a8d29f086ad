import { attribute, newWriters, type OwnMarks, removedPlaces, withChanges } from './attribution.js';
import { type CatalogueSnapshot, readCatalogue } from './catalogue.js';
import type { CatalogueDelta } from './catalogue-delta.js';
import { DatabaseError, type Session } from './engine.js';
import { readInPassing } from './passing-read.js';
import { TRANSACTION_ID } from './session-settings.js';

/** The tool's own statements that tell whose a change is. */
export const WATCH = {
  // A row that we see was written by us or by a transaction that is over: one that is in progress is ours.
  inProgress: `
SELECT x::text FROM pg_catalog.unnest(CAST($1 AS pg_catalog.xid8[])) AS x
WHERE pg_catalog.pg_xact_status(x) = 'in progress'`,
  ownLocks: `
SELECT CASE l.locktype WHEN 'relation' THEN 'pg_class/' || l.relation ELSE c.relname || '/' || l.objid END
FROM pg_catalog.pg_locks AS l LEFT JOIN pg_catalog.pg_class AS c ON c.oid = l.classid
WHERE l.pid = pg_catalog.pg_backend_pid() AND l.granted AND l.mode = 'AccessExclusiveLock'
  AND l.locktype IN ('relation', 'object')`,
} as const;

/** An object that another session drops or locks while it is being read: the next reading may not meet it. */
const VANISHED = /^(?:XX000|55P03|40P01|42P01|42704|42883|42703|3F000)$/;
const ATTEMPTS = 10;
const TWO_TO_32 = 2n ** 32n;

/** Follows a catalogue over a run, and tells what the run did to it from what others did meanwhile. */
export class CatalogueWatch {
  /** The catalogue right after BEGIN, before any statement of ours. */
  readonly before: CatalogueSnapshot;
  #own: CatalogueSnapshot;
  #last: CatalogueSnapshot;
  readonly #ours = new Set<string>();
  readonly #removed = new Set<string>();

  private constructor(before: CatalogueSnapshot) {
    this.before = before;
    this.#own = before;
    this.#last = before;
  }

  /** Starts with what our transaction sees before its first statement. */
  static async begin(session: Session): Promise<CatalogueWatch> {
    return new CatalogueWatch(await readAgainst(session, true));
  }

  /** Goes on from the stored snapshot of an interrupted run, with what the journal says is ours. */
  static resume(
    before: CatalogueSnapshot,
    ours: Pick<CatalogueWatch, 'transactions' | 'removed'>,
  ): CatalogueWatch {
    const watch = new CatalogueWatch(before);
    for (const id of ours.transactions) watch.#ours.add(id);
    for (const id of ours.removed) watch.#removed.add(id);
    return watch;
  }

  /** Ids (32 bits) of the transactions of ours that wrote in the catalogue so far. */
  get transactions(): readonly string[] {
    return [...this.#ours].sort();
  }

  /** Places of the objects that transactions of ours removed so far, whose locks went with them. */
  get removed(): readonly string[] {
    return [...this.#removed].sort();
  }

  /** The catalogue as it would be if nobody else had changed anything since. */
  get own(): CatalogueSnapshot {
    return this.#own;
  }

  /** The catalogue as it was last read. */
  get last(): CatalogueSnapshot {
    return this.#last;
  }

  /** Reads it inside our transaction, after our statements. @returns what others changed since the last reading */
  async readInside(session: Session): Promise<CatalogueDelta> {
    const now = await readAgainst(session, true);
    const fresh = [...newWriters(this.#last, now)];
    const transactions = await ownTransactions(session, fresh);
    for (const id of transactions) this.#ours.add(id);
    const locked = new Set((await session.run(WATCH.ownLocks)).rows.map(([id]) => id ?? ''));
    return this.#advance(now, { transactions: this.#ours, locked, removed: this.#removed });
  }

  /** Reads it where no transaction of ours is open. @returns what others changed since the last reading */
  async readOutside(session: Session): Promise<CatalogueDelta> {
    const now = await readAgainst(session, false);
    return this.#advance(now, { transactions: this.#ours, locked: null, removed: this.#removed });
  }

  #advance(now: CatalogueSnapshot, own: OwnMarks): CatalogueDelta {
    const { ours, foreign } = attribute(this.#last, now, own);
    for (const id of removedPlaces(ours, now)) this.#removed.add(id);
    this.#own = withChanges(this.#own, ours);
    this.#last = now;
    return foreign;
  }
}

/** Reads the catalogue again where an object went away meanwhile. */
async function readAgainst(session: Session, inside: boolean): Promise<CatalogueSnapshot> {
  const read = () => readCatalogue(session);
  for (let attempt = 1; ; attempt++) {
    try {
      return await (inside ? readInPassing(session, read) : read());
    } catch (error) {
      const again = error instanceof DatabaseError && VANISHED.test(error.sqlstate ?? '');
      if (!again || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Rows hold the lower 32 bits of an id; the id that is nearest to ours is meant. */
async function ownTransactions(session: Session, ids: readonly string[]): Promise<string[]> {
  const ours = BigInt((await session.run(TRANSACTION_ID)).rows[0]![0]!);
  const full = ids.map((id) => ours + BigInt.asIntN(32, BigInt(id) - ours));
  const asked = full.filter((id) => id >= ours);
  const list = `{${asked.join(',')}}`;
  const { rows } = await session.run(WATCH.inProgress, [list]);
  return rows.map(([id]) => String(BigInt(id!) % TWO_TO_32));
}

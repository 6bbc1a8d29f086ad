import { type CatalogueSnapshot, readCatalogue } from '../target/catalogue.js';
import type { Session } from '../target/engine.js';
import { PASSING } from '../target/passing-read.js';
import { type RowCount, readRowCounts } from '../target/row-counts.js';

/** Catalogue and row counts of the backup's snapshot, read while the backup is written; C-03 and C-04 state them. */
export interface EarlyEvidence {
  readonly catalogue: Promise<CatalogueSnapshot>;
  readonly rowCounts: Promise<readonly RowCount[]>;
  /** Resolves when neither is under way any more, whatever came of them. */
  readonly settled: Promise<unknown>;
}

/** @param session holds the snapshot, and has nothing else to do meanwhile */
export function beginEvidence(session: Session): EarlyEvidence {
  const catalogue = readWithoutLocks(session);
  const rowCounts = catalogue.then(() => readRowCounts(session, { inTransaction: true }));
  return { catalogue, rowCounts, settled: Promise.allSettled([catalogue, rowCounts]) };
}

/** Reading a view locks its tables; nobody is to wait for that longer than for the dump. It waits for others as ever. */
async function readWithoutLocks(session: Session): Promise<CatalogueSnapshot> {
  await session.run(PASSING.savepoint);
  const catalogue = await readCatalogue(session);
  for (const statement of [PASSING.back, PASSING.release]) await session.run(statement);
  return catalogue;
}

import { type CatalogueSnapshot, readCatalogue } from '../target/catalogue.js';
import type { Session } from '../target/engine.js';
import { type RowCount, readRowCounts } from '../target/row-counts.js';

/** Catalogue and row counts of the backup's snapshot, read while the backup is written; C-03 and C-04 state them. */
export interface EarlyEvidence {
  readonly catalogue: Promise<CatalogueSnapshot>;
  readonly rowCounts: Promise<readonly RowCount[]>;
}

/** @param session holds the snapshot, and has nothing else to do meanwhile */
export function beginEvidence(session: Session): EarlyEvidence {
  const catalogue = readCatalogue(session);
  const rowCounts = catalogue.then(() => readRowCounts(session, { inTransaction: true }));
  // A failure is that of the step which awaits it.
  for (const evidence of [catalogue, rowCounts]) evidence.catch(() => {});
  return { catalogue, rowCounts };
}

import type { RunRecord } from '../record/record.js';

/** What a migration that was not committed has left in the database, as far as the record knows; ends a sentence. */
export function leftBehind({ migration, proofs }: RunRecord): string {
  const sent = migration !== null && (migration.statements.length > 0 || migration.refused !== null);
  if (!sent) return 'nothing was changed';
  const read = proofs.findLast(({ name }) => name === 'sequences after ROLLBACK');
  const sequences = 'but for sequences, which no ROLLBACK takes back';
  if (!read) return `nothing was changed ${sequences} and which were not read afterwards`;
  if (read.observed === null)
    return `nothing was changed ${sequences} and which could not be read: ${read.reason}`;
  if (read.observed.length === 0) return 'nothing was changed';
  return `nothing was changed ${sequences}: ${read.observed.join(', ')} moved, by this run or by others`;
}

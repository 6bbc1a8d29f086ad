import type { RunRecord } from '../record/record.js';

/** What a migration that was not committed has left in the database, as far as the record knows; ends a sentence. */
export function leftBehind({ migration, proofs, resumed }: RunRecord): string {
  // What a process sent that died then, nobody has written down.
  const answered = (migration?.statements.length ?? 0) > 0 || migration?.refused != null;
  const sent = migration !== null && (answered || resumed.length > 0);
  if (!sent) return 'nothing was changed';
  const read = proofs.findLast(({ name }) => name === 'sequences after ROLLBACK');
  const sequences = 'but for sequences, which no ROLLBACK takes back';
  if (!read) return `nothing was changed ${sequences} and which were not read afterwards`;
  if (read.observed === null)
    return `nothing was changed ${sequences} and which could not be read: ${read.reason}`;
  if (read.observed.length === 0) return 'nothing was changed';
  return `nothing was changed ${sequences}: ${read.observed.join(', ')} moved, by this run or by others`;
}

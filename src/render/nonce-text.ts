import type { RunRecord } from '../record/record.js';

/** What became of the nonce of the authorization, and what it rests on that nobody used it before. */
export function nonceText({ migration }: RunRecord): string {
  if (migration?.outcome === 'unknown') return 'counted as used: what became of the migration is not known';
  if (migration?.outcome !== 'committed') return 'not used: nothing was committed with it';
  return migration.ledger
    ? 'used up: the ledger of the target has it once, in the row of this migration'
    : 'used up by this record; without a ledger only records that are kept, here or published, keep it from being used again';
}

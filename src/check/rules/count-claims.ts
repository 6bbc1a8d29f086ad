import { contradiction } from '../check-sets.js';
import { type CountClaim, readCountClaims } from '../count-claims.js';
import type { DocumentContext, DocumentRule } from '../rule.js';
import { counted } from '../words.js';

export const countClaims: DocumentRule = {
  id: 'count-claims',
  scope: 'document',
  group: 'claims',
  severity: 'error',
  what: 'A number of checks (`10/10 PASS`, `FAIL_COUNT=0`, `ALL PASS`, `28 checks`) that the table or the SQL which it stands beside does not bear out.',
  why: 'The sum is what is read and copied; a row that was added or turned to FAIL later does not change it.',
  fix: 'Count the rows, and write that number; or correct the row.',
  check(context) {
    if (context.entry.kind === 'note') return;
    for (const claim of readCountClaims(context.entry)) judge(context, claim);
  },
};

function judge({ entry, report }: DocumentContext, claim: CountClaim): void {
  const { what, count, position, set } = claim;
  const found = contradiction(claim, set);
  if (!found) return;
  const { claimed, actual } = found;
  report({
    message:
      what === 'all'
        ? `all checks are said to PASS, and ${actual} of ${set.total} did`
        : `Unexpected ${NOUNS[what](count)}, expected ${NOUNS[what](actual)}`,
    position,
    expected: String(actual),
    observed: String(claimed),
    related: [{ file: entry.document.path, position: set.position, message: set.summary }],
    help: 'correct the number, or what it counts',
  });
}

const NOUNS = {
  total: (count: number) => counted(count, 'check'),
  passes: (count: number) => `${count} PASS`,
  fails: (count: number) => `${count} FAIL`,
};

import type { RunnerRule } from '../rule.js';

export const revisionBump: RunnerRule = {
  id: 'revision-bump',
  scope: 'runner',
  group: 'provenance',
  severity: 'error',
  what: 'A document whose bytes are not those that `probatum.lock` has for its revision, or whose revision is older than the locked one, or which is there and no governed document any more.',
  why: 'Whoever says "r1" means what r1 was when it was read; a revision that changes its bytes makes every such word untrue.',
  fix: 'Give the document its next revision, or bring back the bytes that were locked. `lint --fix=digests` writes the next revision.',
};

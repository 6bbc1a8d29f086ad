import type { RunnerRule } from '../rule.js';

export const lockDrift: RunnerRule = {
  id: 'lock-drift',
  scope: 'runner',
  group: 'provenance',
  severity: 'error',
  what: 'As a warning, where there is a `probatum.lock`: a governed document or a revision of it that is not in it, or a line of it without a document. A line that cannot be read is an error.',
  why: 'The lock file is what tells in a year which bytes a revision had; it can only tell of what is in it.',
  fix: 'Write the documents as they are now into it with `probatum lock`, and commit it together with them.',
};

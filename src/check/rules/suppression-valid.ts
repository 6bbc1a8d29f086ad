import type { RunnerRule } from '../rule.js';

export const suppressionValid: RunnerRule = {
  id: 'suppression-valid',
  scope: 'runner',
  group: 'document',
  severity: 'error',
  what: 'A `probatum-disable-next-line` comment without a reason, with a rule that does not exist or may not be suppressed, or, as a warning, without a finding to suppress, or by another name or not alone on its line or lines, where it accepts nothing.',
  why: 'A finding that somebody has looked at and accepted is only told from one that nobody saw by the reason beside it.',
  fix: 'Write `<!-- probatum-disable-next-line RULE: why -->` above the line of the finding, or take the comment away.',
};

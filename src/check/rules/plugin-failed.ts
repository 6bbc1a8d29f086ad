import type { RunnerRule } from '../rule.js';

export const pluginFailed: RunnerRule = {
  id: 'plugin-failed',
  scope: 'runner',
  group: 'document',
  severity: 'error',
  what: 'A rule of a plugin that failed at a document, tried to change it, or reported what is no finding or stands at a place that the document does not have.',
  why: 'A rule that failed has not judged the document, and its silence would look like consent.',
  fix: 'Correct the rule; the message says what it threw.',
};

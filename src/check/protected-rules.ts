import { SEVERITIES, type Severity } from '../base/diagnostic.js';
import type { RuleLevel } from '../base/team-settings.js';
import type { Rule } from './rule.js';

/** Rules that say that a document could not be read for what it is: it might be a review that says no. */
export const UNREADABLE: readonly string[] = [
  'encoding',
  'readable',
  'front-matter-yaml',
  'front-matter-required',
  'front-matter-schema',
];

const GROUPS: readonly string[] = ['provenance', 'authority'];

/**
 * Whether nobody may take a rule's findings away: those of what is trusted, those of documents that cannot be read,
 * and those of rules that could not judge.
 */
export function isProtected({ id, group }: Pick<Rule, 'id' | 'group'>): boolean {
  return GROUPS.includes(group) || UNREADABLE.includes(id) || id === 'plugin-failed';
}

/** What findings of a rule may be made to weigh. */
export function allowedLevels(rule: Pick<Rule, 'id' | 'group' | 'severity'>): RuleLevel[] {
  if (!isProtected(rule)) return ['off', ...SEVERITIES];
  return SEVERITIES.filter((level) => heavier(level, rule.severity) === level);
}

/** The one of two severities that weighs more. */
export function heavier(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) > SEVERITIES.indexOf(b) ? a : b;
}

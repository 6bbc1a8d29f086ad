import { SEVERITIES } from '../base/diagnostic.js';
import type { Rule } from './rule.js';

/** Id of a rule of a team's own: its prefix keeps it apart from ours, and from those of other teams. */
const ID = /^[a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9-]*$/;
const GROUPS = ['document', 'references', 'provenance', 'authority', 'sql', 'claims'];

/** Modules of the rules, by their paths in the configuration. A rule may be frozen, or keep things in private fields. */
const MODULES = new WeakMap<object, string>();

/** Whether a rule came from a plugin. */
export function isPluginRule({ id }: Pick<Rule, 'id'>): boolean {
  return id.includes('/');
}

/** Module that a plugin's rule came from, as the configuration names it. */
export function moduleOf(rule: Rule): string {
  return MODULES.get(rule)!;
}

/**
 * The rules that a plugin's module gives, as its default export or as `rules`.
 * @param path of the module
 * @throws TypeError where it gives none, or something else
 */
export function pluginRules(module: { readonly [name: string]: unknown }, path: string): Rule[] {
  const given = module.default ?? module.rules;
  if (!Array.isArray(given)) throw new TypeError('expected a list of rules as default export or as "rules"');
  const seen = new Set<string>();
  return given.map((rule, index) => {
    const fault = faultOf(rule);
    if (fault !== null) throw new TypeError(`rule ${index + 1}: ${fault}`);
    if (seen.has(rule.id)) throw new TypeError(`${rule.id} is there twice`);
    seen.add(rule.id);
    MODULES.set(rule, path);
    return rule;
  });
}

function faultOf(rule: unknown): string | null {
  if (typeof rule !== 'object' || rule === null) return 'expected an object';
  const { id, scope, group, severity, what, why, fix, collect, check } = rule as Record<string, unknown>;
  if (typeof id !== 'string' || !ID.test(id)) return `id must be of the form team/no-todo, not ${shown(id)}`;
  if (scope !== 'document' && scope !== 'corpus')
    return `${id}: scope must be document or corpus, not ${shown(scope)}`;
  if (!GROUPS.includes(group as string))
    return `${id}: group must be one of ${GROUPS.join(', ')}, not ${shown(group)}`;
  if (!SEVERITIES.includes(severity as 'error'))
    return `${id}: severity must be error, warning or info, not ${shown(severity)}`;
  for (const [name, text] of Object.entries({ what, why, fix }))
    if (typeof text !== 'string' || text === '') return `${id}: ${name} must be a sentence`;
  if (typeof check !== 'function') return `${id}: check must be a function`;
  if (collect !== undefined && typeof collect !== 'function') return `${id}: collect must be a function`;
  return null;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : typeof value;
}

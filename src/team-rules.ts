import { type FindingSettings, findingSettings } from './check/apply-settings.js';
import { configProblems } from './check/config-problems.js';
import { pluginRules } from './check/plugin-rules.js';
import type { Rule } from './check/rule.js';
import { RULES } from './check/rules/index.js';
import type { RuleSettings } from './check/settings.js';
import type { Config } from './load/config.js';
import { badConfiguration, placeOf, pointer } from './load/config-yaml.js';
import { importPlugin } from './load/plugin-module.js';
import type { KindSettings } from './model/kinds.js';

/** The rules that judge a corpus, and what its team has decided about them. A thread makes its own from the first two. */
export interface TeamRules {
  readonly config: Config;
  readonly withPlugins: boolean;
  readonly rules: readonly Rule[];
  readonly kinds: KindSettings;
  readonly settings: RuleSettings;
  readonly findings: FindingSettings;
}

/**
 * The rules for a corpus, checked against its configuration.
 * @param withPlugins whether the configuration's plugins are loaded, which runs their code
 * @throws UsageError `bad-configuration`
 */
export async function teamRules(config: Config, withPlugins: boolean): Promise<TeamRules> {
  const rules = withPlugins ? [...RULES, ...(await loadPlugins(config))] : RULES;
  const problems = configProblems(config, rules, withPlugins || config.plugins.length === 0);
  if (problems.length > 0)
    throw badConfiguration(
      problems.map(
        ({ at, message }) => `${placeOf(config.places, pointer(...at))} ${at.join('.')}: ${message}`,
      ),
    );
  return {
    config,
    withPlugins,
    rules,
    kinds: { custom: Object.keys(config.customKinds), assigned: config.kinds },
    settings: { requiredSections: config.requiredSections, customKinds: await customKinds(config) },
    findings: findingSettings(config, rules, withPlugins),
  };
}

/** Compiles the schemas of the team's own kinds; what compiles them is loaded only where there are such kinds. */
async function customKinds({ customKinds: kinds, places }: Config): Promise<RuleSettings['customKinds']> {
  const named = Object.entries(kinds);
  if (named.length === 0) return {};
  const { schemaErrorsBy } = await import('./load/team-schemas.js');
  const compiled = named.map(([kind, { path, schema }]) => {
    try {
      return [kind, { errors: schemaErrorsBy(schema) }] as const;
    } catch (error) {
      const place = placeOf(places, pointer('customKinds', kind, 'schema'));
      throw badConfiguration([`${place} ${path} is no usable schema: ${(error as Error).message}`]);
    }
  });
  return Object.fromEntries(compiled);
}

async function loadPlugins({ plugins, places }: Config): Promise<Rule[]> {
  const loaded: Rule[] = [];
  for (const [index, plugin] of plugins.entries()) {
    const place = placeOf(places, pointer('plugins', index));
    const failed = (message: string) => badConfiguration([`${place} ${plugin.path}: ${message}`]);
    let rules: Rule[];
    try {
      rules = pluginRules(await importPlugin(plugin), plugin.path);
    } catch (error) {
      throw failed(error instanceof Error ? error.message : String(error));
    }
    const twice = rules.find(({ id }) => loaded.some((other) => other.id === id));
    if (twice) throw failed(`another plugin has a rule ${twice.id} as well`);
    loaded.push(...rules);
  }
  return loaded;
}

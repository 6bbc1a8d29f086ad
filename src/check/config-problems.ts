import type { CustomKind, KindAssignment, LevelOverride, RuleLevels } from '../base/team-settings.js';
import { KINDS } from '../model/kinds.js';
import { isPluginRule } from './plugin-rules.js';
import { allowedLevels } from './protected-rules.js';
import type { Rule } from './rule.js';
import { alternatives } from './words.js';

/** What a configuration says of rules and kinds. */
interface TeamConfig {
  readonly rules: RuleLevels;
  readonly overrides: readonly LevelOverride[];
  readonly kinds: readonly KindAssignment[];
  readonly customKinds: { readonly [kind: string]: CustomKind };
  readonly requiredSections: { readonly [kind: string]: readonly string[] };
}

/** What is wrong at one place of the configuration. */
export interface ConfigProblem {
  /** Keys that lead to the place. */
  readonly at: readonly (string | number)[];
  readonly message: string;
}

/**
 * What a configuration says of rules and kinds that there are not, and what it may not say of those there are.
 * @param allPlugins whether `rules` holds every rule of every plugin
 */
export function configProblems(
  config: TeamConfig,
  rules: readonly Rule[],
  allPlugins: boolean,
): ConfigProblem[] {
  const own = Object.keys(config.customKinds);
  const known: readonly string[] = [...KINDS, ...own];
  const kindProblem = (at: ConfigProblem['at'], kind: string, allowed: readonly string[]) =>
    allowed.includes(kind)
      ? []
      : [{ at, message: `no kind "${kind}" here, expected ${alternatives(allowed)}` }];
  const levels = (at: ConfigProblem['at'], said: RuleLevels) =>
    Object.entries(said).flatMap(([id, level]): ConfigProblem[] => {
      const rule = rules.find((one) => one.id === id);
      if (!rule) {
        const unknown = allPlugins || !isPluginRule({ id });
        return unknown
          ? [{ at: [...at, id], message: `no rule "${id}" in the plugins, or of probatum` }]
          : [];
      }
      return allowedLevels(rule).includes(level) ? [] : [{ at: [...at, id], message: cannotLower(id) }];
    });
  return [
    ...own.flatMap((kind) =>
      (KINDS as readonly string[]).includes(kind)
        ? [{ at: ['customKinds', kind], message: `"${kind}" is a kind of the format, and has its schema` }]
        : [],
    ),
    ...levels(['rules'], config.rules),
    ...config.overrides.flatMap(({ rules: said, kind }, index) => [
      ...levels(['overrides', index, 'rules'], said),
      ...(kind === undefined ? [] : kindProblem(['overrides', index, 'kind'], kind, known)),
    ]),
    ...config.kinds.flatMap(({ kind }, index) =>
      kindProblem(['kinds', index, 'kind'], kind, ['note', ...own]),
    ),
    ...Object.keys(config.requiredSections).flatMap((kind) =>
      kindProblem(['requiredSections', kind], kind, known),
    ),
  ];
}

/** Why a rule may not be given a level. */
function cannotLower(id: string): string {
  return `${id} cannot be lowered: what is trusted rests on it, or a document cannot be read without it`;
}

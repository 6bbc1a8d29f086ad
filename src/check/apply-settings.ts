import { compareDiagnostics, type Diagnostic } from '../base/diagnostic.js';
import { matchesGlobs } from '../base/globs.js';
import type { LevelOverride, RuleLevel, RuleLevels } from '../base/team-settings.js';
import { type Entry, kindName } from '../model/entry.js';
import { heavier, isProtected } from './protected-rules.js';
import type { Rule } from './rule.js';
import { judgeSuppressions, type KnownRule } from './suppressions.js';

/** What a team decides about findings after the rules have judged: plain data. */
export interface FindingSettings {
  readonly levels: RuleLevels;
  readonly overrides: readonly LevelOverride[];
  /** Every rule that judged. */
  readonly rules: readonly KnownRule[];
  /** Whether rules of plugins are among them; where they are not, what is said of them is not judged. */
  readonly withPlugins: boolean;
}

/** Findings of one document after what the team has decided about them. */
export interface Applied {
  /** What is reported. */
  readonly kept: readonly Diagnostic[];
  /** What a comment with a reason has accepted. */
  readonly suppressed: readonly Diagnostic[];
  /**
   * What a plan or a verification goes by: no finding is left out and none weighs less than its rule says, but those
   * that the team has made weigh more do.
   */
  readonly strict: readonly Diagnostic[];
}

const NOTHING: Applied = { kept: [], suppressed: [], strict: [] };

/** What `applySettings` needs of the configuration. @param rules every rule that judges, those of plugins included */
export function findingSettings(
  config: { readonly rules: RuleLevels; readonly overrides: readonly LevelOverride[] },
  rules: readonly Rule[],
  withPlugins: boolean,
): FindingSettings {
  const known = rules.map((rule) => ({ id: rule.id, mayBeSuppressed: maySuppress(rule) }));
  return { levels: config.rules, overrides: config.overrides, rules: known, withPlugins };
}

function maySuppress(rule: Rule): boolean {
  return !isProtected(rule) && rule.scope !== 'runner';
}

/** Gives the findings of one document the weight that the team wants, and takes away those that a comment accepts. */
export function applySettings(
  diagnostics: readonly Diagnostic[],
  entry: Entry,
  settings: FindingSettings,
): Applied {
  // That is what nearly every document is like.
  if (diagnostics.length + entry.document.suppressions.length === 0) return NOTHING;
  const levels = levelsFor(entry, settings);
  const { accepted, findings } = judgeSuppressions(diagnostics, entry, settings);
  const weighed = (one: Diagnostic): Diagnostic[] => {
    const level = levels(one.ruleId) ?? one.severity;
    return level === 'off' ? [] : [{ ...one, severity: level }];
  };
  return {
    kept: [...diagnostics.filter((one) => !accepted.has(one)), ...findings].flatMap(weighed),
    suppressed: diagnostics.filter((one) => accepted.has(one)).flatMap(weighed),
    strict: diagnostics.map((one) => {
      const level = levels(one.ruleId) ?? 'off';
      return level === 'off' ? one : { ...one, severity: heavier(level, one.severity) };
    }),
  };
}

/** The same for all documents of a corpus, in the order of outputs. */
export function applyToCorpus(
  entries: readonly Entry[],
  diagnostics: readonly Diagnostic[],
  settings: FindingSettings,
): Applied {
  const byFile = new Map<string, Diagnostic[]>();
  for (const one of diagnostics) {
    const known = byFile.get(one.file);
    if (known) known.push(one);
    else byFile.set(one.file, [one]);
  }
  const all = entries.map((entry) => applySettings(byFile.get(entry.document.path) ?? [], entry, settings));
  const sorted = (part: keyof Applied) => all.flatMap((one) => one[part]).sort(compareDiagnostics);
  return { kept: sorted('kept'), suppressed: sorted('suppressed'), strict: sorted('strict') };
}

/** The level that the team gives a rule in a document; undefined where it leaves it as it is. */
function levelsFor(
  entry: Entry,
  { levels, overrides }: FindingSettings,
): (id: string) => RuleLevel | undefined {
  const kind = kindName(entry);
  const here = overrides.filter(
    (one) => (one.kind === undefined || one.kind === kind) && matchesGlobs(one.files, entry.document.path),
  );
  const all: RuleLevels = Object.assign(Object.create(null), levels, ...here.map(({ rules }) => rules));
  return (id) => all[id];
}

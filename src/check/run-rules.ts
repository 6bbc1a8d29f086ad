import { compareDiagnostics, type Diagnostic } from '../base/diagnostic.js';
import type { Entry, FullEntry } from '../model/entry.js';
import type { Model } from '../model/model.js';
import { type LineLengths, letJudge, lineLengths, plainCollected, plainFinding } from './plugin-findings.js';
import { isPluginRule } from './plugin-rules.js';
import { readOnlyView } from './read-only-view.js';
import type { CorpusRule, DocumentRule, Finding, Rule } from './rule.js';
import { pluginFailed } from './rules/plugin-failed.js';
import { DEFAULT_SETTINGS, type RuleSettings } from './settings.js';

/** What the rules say of one document while all its facts are at hand: plain JSON data. */
export interface DocumentJudgement {
  readonly diagnostics: readonly Diagnostic[];
  /**
   * By id of the corpus rules that collected something; of the rules that collect, only these are to be called. Where
   * rules of plugins judge, `plugin-failed` has the `LineLengths`: the places that these give are held to them.
   */
  readonly collected: { readonly [ruleId: string]: unknown };
}

/** Runs the rules that need no other document, and collects what the others need of this one. @param bytes of the document */
export function judgeDocument(
  entry: FullEntry,
  bytes: Uint8Array,
  rules: readonly Rule[],
  settings: RuleSettings = DEFAULT_SETTINGS,
): DocumentJudgement {
  const diagnostics: Diagnostic[] = [];
  const collected: Record<string, unknown> = {};
  const { alone, collecting, withPlugins } = sorted(rules);
  if (withPlugins) collected[pluginFailed.id] = lineLengths(bytes);
  for (const rule of alone) {
    const context = { entry, settings, report: reporter(rule, entry, collected, diagnostics) };
    if (isPluginRule(rule)) letJudge(rule, entry, diagnostics, () => rule.check(viewed(context)));
    else rule.check(context);
  }
  for (const rule of collecting) {
    const data = isPluginRule(rule)
      ? letJudge(rule, entry, diagnostics, () => collectByPlugin(rule, entry))
      : rule.collect!(entry);
    if (data !== null) collected[rule.id] = data;
  }
  return { diagnostics, collected };
}

/** Runs the rules that judge a document beside others. */
export function judgeBesideOthers(
  entry: Entry,
  collected: DocumentJudgement['collected'],
  model: Model,
  rules: readonly Rule[],
  settings: RuleSettings = DEFAULT_SETTINGS,
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const rule of sorted(rules).beside) {
    if (rule.collect && !Object.hasOwn(collected, rule.id)) continue;
    const report = reporter(rule, entry, collected, diagnostics);
    const context = { entry, model, settings, collected: collected[rule.id] ?? null, report };
    if (isPluginRule(rule)) letJudge(rule, entry, diagnostics, () => rule.check(viewed(context)));
    else rule.check(context);
  }
  return diagnostics;
}

/** Runs all rules over documents of which all facts are at hand. @param sources their bytes, in the same order */
export function runRules(
  read: readonly FullEntry[],
  sources: readonly { readonly bytes: Uint8Array }[],
  model: Model,
  rules: readonly Rule[],
  settings: RuleSettings = DEFAULT_SETTINGS,
): Diagnostic[] {
  return read
    .flatMap((entry, index) => {
      const { bytes } = sources[index]!;
      const { diagnostics, collected } = judgeDocument(entry, bytes, rules, settings);
      return [...diagnostics, ...judgeBesideOthers(entry, collected, model, rules, settings)];
    })
    .sort(compareDiagnostics);
}

/** Rules by what they need. */
interface Sorted {
  readonly alone: readonly DocumentRule[];
  readonly collecting: readonly CorpusRule[];
  readonly beside: readonly CorpusRule[];
  readonly withPlugins: boolean;
}

const known = new WeakMap<readonly Rule[], Sorted>();

/** Sorts a list of rules once, and not for every document. */
function sorted(rules: readonly Rule[]): Sorted {
  let found = known.get(rules);
  if (!found) {
    const beside = rules.filter((rule) => rule.scope === 'corpus');
    found = {
      alone: rules.filter((rule) => rule.scope === 'document'),
      collecting: beside.filter(({ collect }) => collect),
      beside,
      withPlugins: rules.some(isPluginRule),
    };
    known.set(rules, found);
  }
  return found;
}

/** What a plugin's rule is given: it reads the same and cannot change it. */
function viewed<Given extends { readonly report: (finding: Finding) => void }>({
  report,
  ...context
}: Given): Given {
  const views = Object.entries(context).map(([name, value]) => [name, readOnlyView(value)]);
  return { ...Object.fromEntries(views), report } as Given;
}

function collectByPlugin(rule: CorpusRule, entry: FullEntry): unknown {
  const data = rule.collect!(readOnlyView(entry));
  return data instanceof Promise ? data : plainCollected(data);
}

function reporter(
  rule: Rule,
  { document: { path } }: Entry,
  collected: DocumentJudgement['collected'],
  into: Diagnostic[],
) {
  return (finding: Finding) => {
    const said = isPluginRule(rule)
      ? plainFinding(finding, path, collected[pluginFailed.id] as LineLengths)
      : finding;
    into.push({ ruleId: rule.id, severity: rule.severity, file: path, ...said });
  };
}

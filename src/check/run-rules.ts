import { compareDiagnostics, type Diagnostic } from '../base/diagnostic.js';
import type { Model } from '../model/model.js';
import type { Rule } from './rule.js';

/** Runs rules over every document of the model. */
export function runRules(model: Model, rules: readonly Rule[]): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const entry of model.entries.values()) {
    for (const rule of rules) {
      const report = (finding: Parameters<Parameters<Rule['check']>[0]['report']>[0]) =>
        diagnostics.push({ ruleId: rule.id, severity: rule.severity, file: entry.document.path, ...finding });
      rule.check({ entry, model, report });
    }
  }
  return diagnostics.sort(compareDiagnostics);
}

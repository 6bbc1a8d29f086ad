import type { Diagnostic } from '../base/diagnostic.js';
import type { Entry } from '../model/entry.js';
import type { Suppression } from '../parse/document.js';
import { isPluginRule } from './plugin-rules.js';
import { suppressionValid } from './rules/suppression-valid.js';

/** A rule as far as a comment that accepts its findings is concerned. */
export interface KnownRule {
  readonly id: string;
  readonly mayBeSuppressed: boolean;
}

/**
 * Which findings of a document its comments accept, and what is wrong with the comments. A comment counts for a rule only
 * where nothing is wrong with it.
 */
export function judgeSuppressions(
  diagnostics: readonly Diagnostic[],
  { document }: Entry,
  { rules, withPlugins }: { readonly rules: readonly KnownRule[]; readonly withPlugins: boolean },
): { readonly accepted: ReadonlySet<Diagnostic>; readonly findings: readonly Diagnostic[] } {
  const accepted = new Set<Diagnostic>();
  const findings: Diagnostic[] = [];
  const holdsSql = document.fences.some(({ role }) => role !== null);
  for (const suppression of document.suppressions) {
    const report = (message: string, help: string, severity = suppressionValid.severity) => {
      const { position } = suppression;
      findings.push({
        ruleId: suppressionValid.id,
        severity,
        message,
        file: document.path,
        position,
        help,
      });
    };
    const fault = faultOf(suppression, holdsSql);
    if (fault) {
      report(...fault);
      continue;
    }
    for (const id of suppression.rules) {
      const rule = rules.find((known) => known.id === id);
      if (!rule) {
        if (withPlugins || !isPluginRule({ id }))
          report(`no rule "${id}"`, 'list all rules with "probatum explain"');
      } else if (!rule.mayBeSuppressed)
        report(
          `findings of ${id} cannot be suppressed`,
          'do what the finding says, and take the comment away',
        );
      else {
        const found = diagnostics.filter(
          ({ ruleId, position }) => ruleId === id && position.start.line === suppression.line,
        );
        for (const one of found) accepted.add(one);
        if (found.length === 0)
          report(`${id} finds nothing on the next line`, 'take the comment away', 'warning');
      }
    }
  }
  return { accepted, findings };
}

function faultOf({ rules, reason }: Suppression, holdsSql: boolean): [message: string, help: string] | null {
  const form = 'write <!-- probatum-disable-next-line RULE: why -->';
  if (holdsSql)
    return [
      'a document that holds executable SQL suppresses no findings',
      'do what the findings say, and take the comment away',
    ];
  if (rules.length === 0) return ['the comment names no rule', form];
  return reason === null ? ['the comment gives no reason', form] : null;
}

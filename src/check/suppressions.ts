import type { Diagnostic, Severity } from '../base/diagnostic.js';
import type { Entry } from '../model/entry.js';
import type { Suppression } from '../parse/document.js';
import { isPluginRule } from './plugin-rules.js';
import { suppressionValid } from './rules/suppression-valid.js';

/** A rule as far as a comment that accepts its findings is concerned. */
export interface KnownRule {
  readonly id: string;
  readonly mayBeSuppressed: boolean;
}

/** What is wrong with a comment. */
interface Fault {
  readonly message: string;
  readonly help: string;
  readonly severity?: Severity;
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
  if (document.suppressions.length === 0) return { accepted, findings: [] };
  const holdsSql = document.fences.some(({ role }) => role !== null);
  const found = byPlace(diagnostics);
  const acceptOf = (id: string, line: number): Fault[] => {
    const rule = rules.find((known) => known.id === id);
    // Whether there is such a rule can only be said where plugins are loaded.
    if (!rule && !withPlugins && isPluginRule({ id })) return [];
    if (!rule?.mayBeSuppressed) return [refusal(id, rule !== undefined)];
    const here = found.get(`${line} ${id}`) ?? [];
    for (const one of here) accepted.add(one);
    if (here.length > 0) return [];
    return [
      { message: `${id} finds nothing on the next line`, help: 'take the comment away', severity: 'warning' },
    ];
  };
  const findings = document.suppressions.flatMap((suppression) => {
    const fault = faultOf(suppression, holdsSql);
    const faults = fault ? [fault] : suppression.rules.flatMap((id) => acceptOf(id, suppression.line));
    const { id: ruleId, severity } = suppressionValid;
    const { position } = suppression;
    return faults.map((one): Diagnostic => ({ ruleId, severity, file: document.path, position, ...one }));
  });
  return { accepted, findings };
}

function byPlace(diagnostics: readonly Diagnostic[]): Map<string, Diagnostic[]> {
  const found = new Map<string, Diagnostic[]>();
  for (const one of diagnostics) {
    const place = `${one.position.start.line} ${one.ruleId}`;
    const known = found.get(place);
    if (known) known.push(one);
    else found.set(place, [one]);
  }
  return found;
}

function refusal(id: string, known: boolean): Fault {
  return known
    ? {
        message: `findings of ${id} cannot be suppressed`,
        help: 'do what the finding says, and take the comment away',
      }
    : { message: `no rule "${id}"`, help: 'list all rules with "probatum explain"' };
}

function faultOf({ rules, reason, isMisplaced }: Suppression, holdsSql: boolean): Fault | null {
  const help = 'write <!-- probatum-disable-next-line RULE: why -->';
  if (isMisplaced)
    return {
      message: 'this comment accepts no finding',
      help: `${help}, alone on its line or lines, above the line of the finding`,
      severity: 'warning',
    };
  if (holdsSql)
    return {
      message: 'a document that holds executable SQL suppresses no findings',
      help: 'do what the findings say, and take the comment away',
    };
  if (rules.length === 0) return { message: 'the comment names no rule', help };
  return reason === null ? { message: 'the comment gives no reason', help } : null;
}

import { UsageError } from '../base/usage-error.js';
import type { RuleDescription } from '../check/rule.js';
import { RULES } from '../check/rules/index.js';
import { VERIFY_RULES } from '../check/verify-rules.js';
import { ruleText } from '../render/rules.js';
import type { Environment } from './terminal.js';

const ALL: readonly RuleDescription[] = [...RULES, ...VERIFY_RULES];

/** `probatum explain [RULE]`: what a rule finds and what to do; without a rule, the list of all. @returns exit code */
export function explain({ terminal }: Environment, id: string | undefined): number {
  if (id === undefined) {
    const width = Math.max(...ALL.map((rule) => rule.id.length));
    terminal.out(ALL.map((rule) => `${rule.id.padEnd(width)}  ${rule.what}\n`).join(''));
    return 0;
  }
  const rule = ALL.find((one) => one.id === id);
  if (!rule) throw new UsageError('bad-argument', `no rule ${id}`, 'list all rules with "probatum explain"');
  terminal.out(ruleText(rule, terminal.colors));
  return 0;
}

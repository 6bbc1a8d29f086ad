import type { RuleDescription, RuleGroup } from '../check/rule.js';
import type { Paint } from './diagnostics.js';

const GROUPS: readonly (readonly [RuleGroup, string])[] = [
  ['document', 'Document'],
  ['references', 'References'],
  ['provenance', 'Provenance'],
  ['authority', 'Authority'],
  ['sql', 'SQL'],
  ['claims', 'Claims'],
];

/** The reference page of all rules, from the rules' own data. */
export function rulesPage(rules: readonly RuleDescription[], verified: readonly RuleDescription[]): string {
  const sections = GROUPS.map(([group, title]) => {
    const own = rules.filter((rule) => rule.group === group);
    return `## ${title}\n\n${own.map(ruleSection).join('\n')}`;
  });
  const own = `## Records and reports, by \`probatum verify\`\n\n${verified.map(ruleSection).join('\n')}`;
  const intro = [
    '# Rules',
    '',
    '<!-- Generated from the rules by `npm run generate`; change them there. -->',
    '',
    'What `probatum lint` finds, and what to do about it. `probatum explain RULE` shows one of them.',
    'Findings of the provenance and authority rules are also what `probatum verify` reports, with those of its own at the end.',
  ];
  return `${intro.join('\n')}\n\n${[...sections, own].join('\n')}`;
}

function ruleSection({ id, severity, what, why, fix }: RuleDescription): string {
  return `### ${id}\n\n${what}\n\n- Severity: ${severity}\n- Why: ${why}\n- What to do: ${fix}\n`;
}

/** One rule for a terminal. */
export function ruleText({ id, group, severity, what, why, fix }: RuleDescription, paint: Paint): string {
  return `${paint.bold(id)} (${group}, ${severity})\n\n${what}\n\nWhy: ${why}\n\nWhat to do: ${fix}\n`;
}

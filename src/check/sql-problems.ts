import type { SqlRuleId } from '../sql/facts.js';
import type { DocumentContext } from './rule.js';

/** Reports what the SQL pass found for one rule. */
export function reportSqlProblems({ entry, report }: DocumentContext, rule: SqlRuleId): void {
  const file = entry.document.path;
  for (const problem of entry.sql.problems) {
    if (problem.rule !== rule) continue;
    const { rule: _, related, ...finding } = problem;
    report(related ? { ...finding, related: related.map((place) => ({ file, ...place })) } : finding);
  }
}

import type { SqlRuleId } from '../sql/facts.js';
import type { DocumentContext } from './rule.js';

/** Reports what the SQL pass found for one rule. */
export function reportSqlProblems({ entry, report }: DocumentContext, rule: SqlRuleId): void {
  for (const { rule: found, ...finding } of entry.sql.problems) {
    if (found === rule) report(finding);
  }
}

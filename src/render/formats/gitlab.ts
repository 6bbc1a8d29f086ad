import type { Severity } from '../../base/diagnostic.js';
import { sha256 } from '../../base/digest.js';
import { type Findings, fingerprints, messageLines } from './findings.js';

const SEVERITY: Readonly<Record<Severity, string>> = { error: 'major', warning: 'minor', info: 'info' };

/** GitLab's Code Quality report: an array with one object for each finding. */
export function gitlab(findings: Findings): string {
  const prints = fingerprints(findings);
  const issues = findings.diagnostics.map((one, at) => ({
    description: messageLines(one).join('\n'),
    check_name: one.ruleId,
    fingerprint: sha256(`${prints[at]!.digest}:${prints[at]!.occurrence}`),
    severity: SEVERITY[one.severity],
    location: {
      path: findings.placeOf(one.file),
      lines: { begin: one.position.start.line, end: one.position.end.line },
    },
  }));
  return `${JSON.stringify(issues, null, 2)}\n`;
}

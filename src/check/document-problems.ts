import type { ProblemCode } from '../parse/document.js';
import type { DocumentContext } from './rule.js';

/** Reports what the reader refused for one reason. */
export function reportProblems({ entry, report }: DocumentContext, code: ProblemCode): void {
  for (const { code: found, ...finding } of entry.document.problems) {
    if (found === code) report(finding);
  }
}

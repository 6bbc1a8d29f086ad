import type { RunRecord } from '../record/record.js';
import { reportView } from './report-view.js';
import { renderTemplate } from './templates.js';

/**
 * Renders the report of a run: a pure function of the record, its digest and the package's own templates. Every
 * value is encoded unless a template says `raw`, which in reports only the front matter's YAML filter does.
 */
export function renderReport(record: RunRecord, recordSha256: string): string {
  const name = record.mode === 'rehearsal' ? 'dry-run-report.md.liquid' : 'execution-report.md.liquid';
  const text = renderTemplate(name, reportView(record, recordSha256));
  // Values hold no raw line breaks, so blank lines are the templates' own.
  return `${text.replace(/\n{3,}/g, '\n\n').trimEnd()}\n`;
}

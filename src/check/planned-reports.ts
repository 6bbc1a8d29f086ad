import type { Entry } from '../model/entry.js';
import type { Mention } from '../parse/document.js';

/** Whether a path is what a package says of its own reports: it comes true when they are generated. */
export function isPlannedReport(entry: Entry, mention: Mention): boolean {
  return (
    entry.kind === 'command-package' &&
    mention.in === 'header' &&
    (mention.key?.startsWith('reports.') ?? false)
  );
}

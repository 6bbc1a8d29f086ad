import { join } from 'node:path';
import { Liquid } from 'liquidjs';
import { PACKAGE_ROOT } from '../base/package-root.js';
import type { RunRecord } from '../record/record.js';
import { encodeMarkdown, encodeTerminal } from './encode.js';
import { reportView } from './report-view.js';

const TEMPLATES = join(PACKAGE_ROOT, 'templates');

let engine: Liquid | undefined;

/**
 * Renders the report of a run: a pure function of the record, its digest and the package's own templates. Every
 * value is encoded unless a template says `raw`, which only the front matter's YAML filter does.
 */
export function renderReport(record: RunRecord, recordSha256: string): string {
  const name = record.mode === 'rehearsal' ? 'dry-run-report.md.liquid' : 'execution-report.md.liquid';
  const text = templates().renderFileSync(name, reportView(record, recordSha256)) as string;
  // Values hold no raw line breaks, so blank lines are the templates' own.
  return `${text.replace(/\n{3,}/g, '\n\n').trimEnd()}\n`;
}

function templates(): Liquid {
  if (engine) return engine;
  engine = new Liquid({
    root: TEMPLATES,
    partials: `${TEMPLATES}/partials`,
    extname: '.liquid',
    strictVariables: true,
    strictFilters: true,
    outputEscape: (value: unknown) => encodeMarkdown(String(value ?? '')),
    ownPropertyOnly: true,
    cache: true,
  });
  engine.registerFilter('yaml', (value: unknown) => yamlScalar(String(value)));
  return engine;
}

/**
 * A scalar of the front matter: plain where YAML reads it back as it is, else in double quotes. What front matter may not
 * hold in any spelling is shown as an escape, as it is in the text.
 */
function yamlScalar(value: string): string {
  const text = encodeTerminal(value);
  return /^[A-Za-z0-9][A-Za-z0-9._/:+-]*$/.test(text) && !text.endsWith(':') ? text : JSON.stringify(text);
}

import { join } from 'node:path';
import { Liquid } from 'liquidjs';
import { PACKAGE_ROOT } from '../base/package-root.js';
import { encodeMarkdown, encodeTerminal } from './encode.js';

const TEMPLATES = join(PACKAGE_ROOT, 'templates');

let engine: Liquid | undefined;

/**
 * Renders one of the package's own templates. Every value is encoded for Markdown unless the template says `raw`,
 * which stands after the filter `yaml` in front matter, and at SQL and digests of the tool's own.
 */
export function renderTemplate(name: string, values: object): string {
  return templates().renderFileSync(name, values) as string;
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
    // Else it asks the machine for its own, which takes long and must not matter.
    locale: 'en-US',
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

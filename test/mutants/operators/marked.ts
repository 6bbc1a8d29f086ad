import { inserted, type Operator } from '../operator.js';
import { type Line, PATHS } from '../originals.js';

/* References that stand in emphasis, links and fenced YAML, and not by themselves. */

/** Above a heading of the overview, where a paragraph can stand. */
const above = ({ document, text }: Line) => document.path === PATHS.readme && text.startsWith('## ');
const LINK = PATHS.ddl.replace('knowledge/', '');
const WRONG = '0123456789abcdef'.repeat(4);
const yaml = (...lines: readonly string[]) => ['```yaml', ...lines, '```', ''].join('\n');

const EMPHASIS = ['**', '*', '_', '__', '~~'].map((mark) => [mark, [...mark].reverse().join('')] as const);

/** A paragraph above a heading. */
function paragraph(rule: string, name: string, text: string, at = 0): Operator {
  return inserted(rule, name, above, `${text}\n`, { at, most: 1 });
}

export const MARKED: readonly Operator[] = [
  ...EMPHASIS.flatMap(([open, close]) => [
    paragraph('no-broken-reference', `a path in ${open}`, `See ${open}knowledge/dev/gone.md${close}.`),
    paragraph('no-stale-revision', `a revision behind a path in ${open}`, `${open}${PATHS.ddl}${close} (r9)`),
    paragraph(
      'document-digest-matches',
      `a digest beside a path in ${open}`,
      `${open}${PATHS.ddl}${close} ${WRONG}`,
    ),
  ]),
  paragraph('no-empty-glob', 'a path with * in emphasis', '**knowledge/dev/none-*.md**'),
  paragraph('no-stale-revision', 'a revision behind a link', `[ddl](${LINK}) (r9)`),
  paragraph('no-stale-revision', 'a revision in a link', `[ddl (r9)](${LINK})`),
  paragraph('document-digest-matches', 'a digest beside a link', `[ddl](${LINK}) ${WRONG}`),
  paragraph('no-stale-revision', 'a revision in YAML', yaml(`document: ${PATHS.ddl}`, 'revision: r9'), 2),
  paragraph(
    'document-digest-matches',
    'a digest in YAML',
    yaml(`document: ${PATHS.ddl}`, `sha256: ${WRONG}`),
    2,
  ),
  paragraph(
    'sql-digest-matches',
    'a digest of SQL in YAML',
    yaml(`document: ${PATHS.ddl}`, `rollback_sha256: ${WRONG}`),
    2,
  ),
  paragraph('no-stale-revision', 'a revision in a list', `- document: ${PATHS.ddl}\n- revision: r9`, 1),
  paragraph(
    'document-digest-matches',
    'a digest in a list',
    `- document: ${PATHS.ddl}\n- sha256: ${WRONG}`,
    1,
  ),
];

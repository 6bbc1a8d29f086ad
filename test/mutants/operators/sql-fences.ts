import { changed, custom, edited, type Operator, planted } from '../operator.js';
import type { Line } from '../originals.js';
import { opening } from '../sql-lines.js';

/* SQL that is not where it would run, and what stands beside it. */

const FENCE = 'sql-fence-placement';
const fence = (name: string, change: (text: string) => string, at = 0) =>
  changed(FENCE, name, opening, change, { at });
/** All lines of a fence, with something before each. */
function within(name: string, first: string, more: string): Operator {
  return custom(FENCE, name, function* ({ all }) {
    for (const document of all)
      for (const line of document.lines.filter(opening)) {
        const close = document.lines.find(({ number, text }) => number > line.number && text === '```')!;
        const files = edited(document, (lines) => {
          for (let at = line.number; at <= close.number; at++)
            lines[at - 1] = (at === line.number ? first : more) + lines[at - 1]!;
        });
        yield planted(files, { file: document.path, line: line.number });
      }
  });
}

export const FENCES: readonly Operator[] = [
  fence('a blank before the fence', (text) => ` ${text}`),
  fence('a misspelt role', (text) => `${text}s`),
  fence('a role with a capital letter', (text) =>
    text.replace(/sql (.)/, (_, letter: string) => `sql ${letter.toUpperCase()}`),
  ),
  fence('a word behind the role', (text) => `${text} now`),
  fence('a role of another kind of document', (text) =>
    /preflight|verify/.test(text) ? '```sql migration' : '```sql verify',
  ),
  fence('two spaces before the role', (text) => text.replace('sql ', 'sql:')),
  within('a fence in a quote', '> ', '> '),
  within('a fence in a list', '- ', '  '),
  custom(FENCE, 'a fence that is not closed', function* ({ all }) {
    for (const document of all) {
      const line = document.lines.findLast(opening);
      if (!line) continue;
      const files = edited(document, (lines) => lines.splice(line.number, lines.length, 'SELECT 1;'));
      yield planted(files, { file: document.path, line: line.number });
    }
  }),
  custom(FENCE, 'SQL that runs in a review', function* ({ all }) {
    for (const { path, text, lines } of all.filter(({ kind }) => /^(?:review|law|note)$/.test(kind)))
      yield planted(
        { [path]: `${text}\n\`\`\`sql migration\nSELECT 1;\n\`\`\`\n` },
        { file: path, line: lines.length + 2 },
      );
  }),
];

const HTML = 'no-raw-html-beside-sql';
const prose = ({ region, text, document, number }: Line) =>
  region === 'text' &&
  /^[A-Z]/.test(text) &&
  document.lines[number - 2]!.text === '' &&
  /^(?:ddl|command-package)$/.test(document.kind);
const html = (name: string, change: (text: string) => string, at = 0) =>
  changed(HTML, name, prose, change, { at });

export const RAW_HTML: readonly Operator[] = [
  html('a comment', (text) => `<!-- hidden -->\n${text}`),
  html('a comment within a line', (text) => text.replace(' ', ' <!-- hidden --> ')),
  html('a block', (text) => `<div hidden>\n\n${text}`),
  html('a tag within a line', (text) => text.replace(' ', ' <b>not</b> ')),
  html('a style', (text) => `<style>code { display: none }</style>\n\n${text}`),
  html('a tag in a list', (text) => `- one\n- <del>two</del>\n\n${text}`, 1),
  html('a declaration', (text) => `<!DOCTYPE html>\n\n${text}`),
  changed(
    HTML,
    'a tag in a cell',
    ({ region, text, document }) =>
      region === 'table' && !/---/.test(text) && /^(?:ddl|command-package)$/.test(document.kind),
    (text) => text.replace('| ', '| <br>'),
  ),
];

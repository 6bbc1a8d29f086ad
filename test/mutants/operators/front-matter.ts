import { changed, custom, edited, inserted, type Operator, planted, removed, replaced } from '../operator.js';
import { type Line, lineWith } from '../originals.js';

/* What stands between the two lines of `---`, and the lines themselves. */

const RULE = 'front-matter-yaml';
const field = ({ region, text }: Line) => region === 'front matter' && /^\w+: \S/.test(text);
const value = (text: string, put: (value: string) => string) =>
  text.replace(/^([\s-]*\w+: )(.*)$/, (_, key: string, old: string) => key + put(old));
const first = ({ number }: Line) => number === 1;
const last = ({ region, number }: Line) => region === 'mark' && number > 1;
const closing = (line: Line) => last(line) && line.text === '---';

export const YAML: readonly Operator[] = [
  changed(RULE, 'a key twice', field, (text) => `${text}\n${text}`, { at: 1 }),
  changed(RULE, 'an anchor', field, (text) => value(text, (old) => `&a ${old}`)),
  changed(RULE, 'a tag', field, (text) => value(text, (old) => `!!str ${old}`)),
  changed(RULE, 'an alias of nothing', field, (text) => value(text, () => '*a')),
  changed(RULE, 'a right-to-left override in a value', field, (text) => `${text}\u202etxt`),
  changed(RULE, 'an escaped control character', field, (text) => value(text, () => '"a\\u0007b"')),
  changed(RULE, 'a tab for indentation', field, (text) => `${text}\n\tmore: x`, { at: 1 }),
  inserted(RULE, 'a merge key', field, '<<: *base'),
  inserted(RULE, 'a directive', field, '%YAML 1.1'),
  inserted(RULE, 'a key of every object', field, '__proto__: x'),
  inserted(RULE, 'a key with a dot', field, 'ddl.sha256: x'),
  inserted(RULE, 'a second document in the block', field, '--- # more'),
  inserted(RULE, 'fifty-one lists in each other', field, `deep: ${'['.repeat(51)}${']'.repeat(51)}`),
  removed(RULE, 'no line that closes it', closing, () => 1),
  inserted(RULE, 'more than 16 KiB', closing, `long: ${'x'.repeat(17_000)}`, {
    at: () => 1,
  }),
];

const REQUIRED = 'front-matter-required';

export const MISSING: readonly Operator[] = [
  changed(REQUIRED, 'a blank line above it', first, (text) => `\n${text}`, { at: 2 }),
  changed(REQUIRED, 'a blank before it', first, (text) => ` ${text}`, { at: 1 }),
  changed(REQUIRED, 'two hyphens', first, () => '--', { at: 1 }),
  custom(REQUIRED, 'all of it gone', function* ({ all }) {
    for (const document of all) {
      const end = document.lines.findIndex(closing);
      const files = edited(document, (lines) => lines.splice(0, end + 1));
      yield planted(files, { file: document.path, line: 1 });
    }
  }),
  custom(REQUIRED, 'the older form of a header', function* ({ all }) {
    for (const document of all) {
      const end = document.lines.findIndex(closing);
      const title = document.lines.find(({ text }) => text.startsWith('# '))!.text;
      const simple = document.lines.slice(1, end).filter(field);
      const files = edited(document, (lines) => {
        lines.splice(0, end + 3, title, '', ...simple.map(({ text }) => text));
      });
      yield planted(files, { file: document.path, line: 3 });
    }
  }),
];

const SCHEMA = 'front-matter-schema';
const named = (pattern: RegExp) => (line: Line) => line.region === 'front matter' && pattern.test(line.text);
/** A note may have fields of its own. */
const governed = (pattern: RegExp) => (line: Line) => named(pattern)(line) && line.document.kind !== 'note';
/** The line of the mapping that a nested key stands in: the first line above that is indented less. */
function above({ document, number, text }: Line): number {
  const depth = /^\s*/.exec(text)![0].length;
  for (let at = number - 1; at > 1; at--) {
    const other = document.lines[at - 1]!.text;
    if (/^\s*/.exec(other)![0].length < depth) return at;
  }
  return 1;
}
const put = (name: string, pattern: RegExp, to: string, most?: number) =>
  changed(SCHEMA, name, named(pattern), (text) => value(text, () => to), most === undefined ? {} : { most });

export const FIELDS: readonly Operator[] = [
  removed(
    SCHEMA,
    'a field of every kind left out',
    named(/^(?:document_path|change|revision|date): /),
    () => 1,
    {
      most: 8,
    },
  ),
  removed(SCHEMA, 'a field of its kind left out', named(/^(?:verdict|rollback|execution_status): /), () => 1),
  removed(SCHEMA, 'a field of a pin left out', named(/^ {2}(?:revision|sha256|migration_sha256): /), above, {
    most: 8,
  }),
  changed(SCHEMA, 'a misspelt key', governed(/^(?:author|verifier|status|phase):/), (text) =>
    text.replace(/^./, 'x'),
  ),
  changed(SCHEMA, 'a key in capitals', governed(/^(?:author|status|sovereign):/), (text) =>
    text.replace(/^./, (letter) => letter.toUpperCase()),
  ),
  put('a kind that there is not', /^kind: /, 'rewiev', 6),
  put('a date without zeros', /^date: /, '2026-5-16'),
  put('a day that there is not', /^date: /, '2026-02-30'),
  put('a revision without its letter', /^ *revision: /, '1'),
  put('a digest in capitals', /^ *(?:sha256|migration_sha256|plan_sha256): /, 'ADFD665827555A27'.repeat(4)),
  changed(SCHEMA, 'a digest with a digit too few', named(/^ *\w*sha256: /), (text) => text.slice(0, -1)),
  changed(SCHEMA, 'a digest cut short', named(/^ *\w*sha256: /), (text) =>
    text.replace(/(: .{8}).*(.{6})$/, '$1…$2'),
  ),
  put('a verdict that there is not', /^verdict: /, 'passed'),
  put('a limit without its unit', /^ {2}lock_timeout: /, '5'),
  put('a system identifier with a letter', /^ {2}system_identifier: /, '771105O984828161110'),
  put('a rollback rule that there is not', /^rollback: /, 'if-needed'),
  changed(SCHEMA, 'an empty value', governed(/^(?:author|phase): /), (text) => value(text, () => '')),
  put('a path that leaves its folder', /^ +document: /, '../law.md'),
  changed(SCHEMA, 'a step that there is not', named(/^ {6}step: /), (text) => `${text}x`),
  changed(SCHEMA, 'a name of the scope without its schema', named(/^ {4}- \w+\.\w+$/), (text) =>
    text.replace(/- \w+\./, '- '),
  ),
  custom(SCHEMA, 'a list where one value is meant', function* (originals) {
    const line = lineWith(originals.get('package'), /^ {2}database: /);
    const files = replaced(line, '  database:\n    - directus');
    yield planted(files, { file: line.document.path, line: line.number });
  }),
];

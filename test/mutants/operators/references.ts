import { posix } from 'node:path';
import { changed, custom, type Operator, type Planting, planted, replaced } from '../operator.js';
import { type Line, type Original, type Originals, PATHS } from '../originals.js';

/* Paths, links and kinds that lead nowhere or elsewhere. */

const GENERATED = /-report$/;
const prose = ({ region }: Line) => region === 'text' || region === 'table';
const inHeader = (pattern: RegExp) => (line: Line) =>
  line.region === 'front matter' && pattern.test(line.text);
/** A line that names another document by its path. */
const naming = ({ text, region, document }: Line) =>
  region !== 'fence' &&
  text.includes('knowledge/dev/') &&
  !text.includes(document.path) &&
  !/^ {2}(?:path|dry_run|execution): /.test(text);

const BROKEN = 'no-broken-reference';

/** Every line that names a document, with the document. */
function* mentions({ all }: Originals): Generator<{ line: Line; named: Original }> {
  for (const named of all)
    for (const { lines, path } of all)
      for (const line of lines)
        if (
          path !== named.path &&
          line.text.includes(posix.basename(named.path)) &&
          !/^ {2}(?:dry_run|execution): /.test(line.text)
        )
          yield { line, named };
}

function* gone(originals: Originals, to: (path: string) => string | null): Generator<Planting> {
  for (const { line, named } of mentions(originals)) {
    const path = to(named.path);
    const files = { [named.path]: null, ...(path === null ? {} : { [path]: named.text }) };
    yield planted(files, { file: line.document.path, line: line.number });
  }
}

export const PATHS_BROKEN: readonly Operator[] = [
  changed(BROKEN, 'a letter of a path', naming, (text) => text.replace('dieu44', 'dieu45'), { most: 6 }),
  changed(BROKEN, 'a capital letter in a path', naming, (text) =>
    text.replace('knowledge/dev', 'knowledge/Dev'),
  ),
  changed(BROKEN, 'another day in a file name', naming, (text) =>
    text.replace(/-(\d\d)(\.sql)?\.md/, '-31$2.md'),
  ),
  changed(BROKEN, 'a doubled slash', naming, (text) => text.replace('knowledge/dev/', 'knowledge/dev//')),
  changed(
    BROKEN,
    'a way up and down again',
    (line) => naming(line) && prose(line),
    (text) => text.replace('knowledge/dev/', 'knowledge/dev/../dev/'),
  ),
  changed(
    BROKEN,
    'the address of a link',
    ({ document, text }) => document.path === PATHS.readme && text.includes('](dev/'),
    (text) => text.replace('](dev/', '](Dev/'),
  ),
  changed(
    BROKEN,
    'a link with a blank in its address',
    ({ document, text }) => document.path === PATHS.readme && /\]\(dev/.test(text),
    (text) => text.replace(/\]\((dev[^)]*)\.md\)/, ']($1%20.md)'),
  ),
  custom(
    BROKEN,
    'the document moved',
    (originals) => gone(originals, (path) => path.replace(/[^/]+$/, 'archive/$&')),
    { most: 8 },
  ),
  custom(BROKEN, 'the document renamed', (originals) =>
    gone(originals, (path) => path.replace('-2026', '-v2-2026')),
  ),
  custom(BROKEN, 'the document deleted', (originals) => gone(originals, () => null), { most: 8 }),
];

const ANCHOR = 'no-broken-anchor';
const HEADINGS: readonly (readonly [keyof typeof PATHS, string, string])[] = [
  ['law', '§6 — Gates', '6--gates'],
  ['law', 'C-06 Migration', 'c-06-migration'],
  ['ddl', '§7 — Rollback', '7--rollback'],
  ['package', '§6 — Verification', '6--verification'],
];

/** A link of the overview with an anchor, which is right before it is spoilt. */
function anchors(name: string, spoil: (anchor: string) => string): Operator {
  return custom(ANCHOR, name, function* (originals) {
    for (const [key, , anchor] of HEADINGS) {
      const line = linkTo(originals, key);
      const files = replaced(line, line.text.replace('.md)', `.md#${spoil(anchor)})`));
      yield planted(files, { file: line.document.path, line: line.number });
    }
  });
}

function linkTo(originals: Originals, key: keyof typeof PATHS): Line {
  return originals.get('readme').lines.find(({ text }) => text.includes(posix.basename(PATHS[key])))!;
}

export const ANCHORS: readonly Operator[] = [
  anchors('capital letters', (anchor) => anchor.toUpperCase()),
  anchors('one hyphen in place of two', (anchor) => anchor.replace(/-+/, '-').replace('c-06', 'c06')),
  anchors('a heading that there is not', () => '99--appendix'),
  anchors('a second heading of that name', (anchor) => `${anchor}-1`),
  custom(ANCHOR, 'the heading renamed', function* (originals) {
    for (const [key, heading, anchor] of HEADINGS) {
      const line = linkTo(originals, key);
      const title = originals.get(key).lines.find(({ text }) => text.endsWith(`# ${heading}`))!;
      const files = {
        ...replaced(line, line.text.replace('.md)', `.md#${anchor})`)),
        ...replaced(title, `${title.text} again`),
      };
      yield planted(files, { file: line.document.path, line: line.number });
    }
  }),
];

const GLOB = 'no-empty-glob';
const glob = (name: string, to: (path: string) => string) =>
  changed(
    GLOB,
    name,
    (line) => naming(line) && prose(line) && !GENERATED.test(line.document.kind),
    (text) => text.replace(/knowledge\/[^\s`]*\.md/, to),
  );
const pinLine =
  (key: string) =>
  ({ document, number, text, region }: Line) =>
    region === 'front matter' && /^ +(?:- )?document: /.test(text) && keyAbove(document, number) === key;

/** The key of a pin, or of the list that it is in. */
function keyAbove({ lines }: Original, number: number): string {
  for (let at = number - 1; at > 0; at--) {
    const key = /^(\w+):$/.exec(lines[at - 1]!.text)?.[1];
    if (key) return key;
  }
  return '';
}

const KIND = 'reference-kind';
const kind = (key: string, other: keyof typeof PATHS) =>
  changed(KIND, `${key} that names a ${other}`, pinLine(key), (text) =>
    text.replace(/knowledge\/.*/, PATHS[other]),
  );

export const KINDS: readonly Operator[] = [
  glob('a folder that holds none', () => 'knowledge/dev/plans/*.md'),
  glob('a name that none has', (path) => path.replace(/[^/]+$/, '*-2027-*.md')),
  glob('another ending', (path) => path.replace(/[^/]+$/, '*.sql.sql.md')),
  glob('a star that is to cross folders', () => 'knowledge/*/governed-*.md'),
  kind('subject', 'law'),
  kind('subject', 'packageReview'),
  kind('law', 'ddl'),
  kind('law', 'readme'),
  kind('ddl', 'package'),
  kind('package', 'ddl'),
  kind('depends_on', 'ddlReview'),
  kind('considered', 'dryRun'),
  changed(KIND, 'a planned report that is something else', inHeader(/^ {2}(?:dry_run|execution): /), (text) =>
    text.replace(/knowledge\/.*/, PATHS.ddlReview),
  ),
  changed(KIND, 'the two reports exchanged', inHeader(/^ {2}(?:dry_run|execution): /), (text) =>
    text.replace(/knowledge\/.*/, text.includes('dry_run') ? PATHS.execution : PATHS.dryRun),
  ),
];

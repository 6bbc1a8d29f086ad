import { createHash } from 'node:crypto';
import { changed, custom, edited, type Operator, planted, removed, replaced, without } from '../operator.js';
import { type Line, lineWith, type Original, type Originals, PATHS } from '../originals.js';

/* Who allowed it, and in which order: reviews that are missing, that are one's own, that nothing holds to, or too late. */

type Name = keyof typeof PATHS;
const field = (pattern: RegExp) => (line: Line) => line.region === 'front matter' && pattern.test(line.text);
const isReview = ({ document }: Line) => document.kind === 'review';
/** The line of a digest in the front matter, by the key that its pin stands under. */
const digestBelow = (document: Original, key: string) =>
  lineWith(document, new RegExp(`^${key}:$`)).number + 3;

const REQUIRED = 'review-required';

/** A change of one of the reviews that let the package run: the report that pins their subjects lacks it. */
const lacking = (name: string, change: (review: Original) => Record<string, string | null>) =>
  custom(REQUIRED, name, function* (originals) {
    const report = originals.get('execution');
    for (const [review, key] of [
      ['ddlReview', 'ddl'],
      ['packageReview', 'package'],
    ] as const)
      yield planted(change(originals.get(review)), { file: report.path, line: digestBelow(report, key) });
  });
const verdict = (word: string) =>
  lacking(
    `a review that says ${word}`,
    (review) => replaced(lineWith(review, /^verdict: /), `verdict: ${word}`) as Record<string, string>,
  );
const calls = (word: string) =>
  changed(
    REQUIRED,
    `a package that calls itself ${word}`,
    (line) => line.document.kind === 'command-package' && field(/^status: /)(line),
    () => `status: ${word}`,
  );

export const REQUIRED_REVIEWS: readonly Operator[] = [
  verdict('conditional'),
  verdict('fail'),
  lacking('a review taken away', ({ path }) => ({ [path]: null })),
  lacking('a review of other bytes', (review) => {
    const line = lineWith(review, /^ {2}sha256: /);
    return replaced(line, `  sha256: ${'0'.repeat(64)}`) as Record<string, string>;
  }),
  custom(REQUIRED, 'a permission taken away', function* (originals) {
    const report = originals.get('execution');
    const line = lineWith(originals.get('packageReview'), /^allows:$/);
    yield planted(without(line, 2), { file: report.path, line: digestBelow(report, 'package') });
  }),
  calls('reviewed by all'),
  calls('authorized'),
];

const DUTIES = 'separation-of-duties';
const author = field(/^author: /);
const by = (name: string, who: string) =>
  changed(
    DUTIES,
    name,
    (line) => isReview(line) && author(line),
    () => `author: ${who}`,
  );
/** The author of what is reviewed is made the reviewer. */
const wrote = (subject: Name, reviews: readonly Name[]) =>
  custom(DUTIES, `the reviewer as author of the ${subject}`, function* (originals) {
    const line = lineWith(originals.get(subject), /^author: /);
    for (const review of reviews)
      yield planted(replaced(line, 'author: independent reviewer'), {
        file: PATHS[review],
        line: lineWith(originals.get(review), /^author: /).number,
      });
  });

export const DUTIES_SEPARATED: readonly Operator[] = [
  by('a review by the author', 'migration agent'),
  by('a review by the author in capitals', 'Migration AGENT'),
  by('a review by the author with more blanks', '"  migration   agent "'),
  by('a review by the author with a character that nobody sees', 'migration\u00ad agent'),
  removed(
    DUTIES,
    'a review without an author',
    (line) => isReview(line) && author(line),
    ({ document }) => lineWith(document, /^verdict: /).number - 1,
  ),
  wrote('ddl', ['ddlReview', 'packageReview', 'dryRunReview']),
  wrote('package', ['packageReview', 'dryRunReview']),
  custom(DUTIES, 'a subject without an author', function* (originals) {
    for (const [subject, review] of [
      ['ddl', 'ddlReview'],
      ['package', 'packageReview'],
    ] as const) {
      const line = lineWith(originals.get(review), /^author: /).number;
      yield planted(without(lineWith(originals.get(subject), /^author: /)), { file: PATHS[review], line });
    }
  }),
];

const COVERED = 'binding-covered';
const binding = field(/^ {4}check: /);
const rests = (id: string) =>
  changed(COVERED, `a binding that rests on ${id}`, binding, () => `    check: ${id}`);
const bound = (name: Name, check: string) =>
  custom(COVERED, `a binding to ${check}, which there is not, in the ${name}`, function* (originals) {
    const line = lineWith(originals.get(name), /^verdict: /);
    const text = `${line.text}\nbindings:\n  - id: N9\n    text: the columns\n    check: ${check}`;
    yield planted(replaced(line, text), { file: PATHS[name], line: line.number + 4 });
  });

export const BINDINGS: readonly Operator[] = [
  rests('V-99'),
  rests('D-99'),
  rests('PF-99'),
  rests('C-06'),
  bound('ddlReview', 'V-99'),
  bound('dryRunReview', 'G-12'),
  custom(COVERED, 'the check of a binding taken out of the package', function* (originals) {
    const pack = originals.get('package');
    const review = originals.get('packageReview');
    const check = lineWith(pack, /^-- V-14b: /);
    const files = replaced(check, check.text.replace('V-14b', 'V-14c'));
    yield planted(files, { file: review.path, line: lineWith(review, /^ {4}check: V-14b$/).number });
  }),
  removed(
    COVERED,
    'a binding without a check',
    binding,
    // What is left of the binding begins two lines above.
    ({ number }) => number - 2,
  ),
];

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');

const ADVANCE = 'no-self-advance';
/** The package or the report of the change, at what says when it was begun. */
const begun = (originals: Originals, name: 'package' | 'execution') =>
  lineWith(originals.get(name), name === 'package' ? /^date: / : /^run_started: /).number;

/** Another package, for a ddl document that the change rests on. */
const unfinished = (name: 'package' | 'execution') =>
  custom(
    ADVANCE,
    `a change before it that was not executed, at the ${name}`,
    function* (originals) {
      for (const before of ['base', 'first', 'alpha'] as const)
        yield planted(earlierPackage(originals, before), {
          file: PATHS[name],
          line: begun(originals, name),
        });
    },
    { most: 3 },
  );

const EARLIER = 'knowledge/dev/earlier';

function earlierPackage(originals: Originals, ddl: Name): Record<string, string> {
  const { text } = originals.get('package');
  return { [`${EARLIER}-package.md`]: text.replace(PATHS.ddl, PATHS[ddl]) };
}

/** It was executed as well, and the report has a review, unless the verdict is empty. */
const reported = (name: string, word: string, date: string) =>
  custom(ADVANCE, name, function* (originals) {
    const report = originals.get('execution');
    const files: Record<string, string> = {
      ...earlierPackage(originals, 'alpha'),
      [`${EARLIER}-report.md`]: report.text.replace(PATHS.ddl, PATHS.alpha),
    };
    const digest = digestOf(files[`${EARLIER}-report.md`]!);
    const review = edited(originals.get('dryRunReview'), (lines) => {
      for (const [index, line] of lines.entries())
        lines[index] = line
          .replace(/^( {2}document: ).*/, `$1${EARLIER}-report.md`)
          .replace(/^( {2}sha256: ).*/, `$1${digest}`)
          .replace(/^verdict: .*/, `verdict: ${word}`)
          .replace(/^date: .*/, `date: ${date}`);
    });
    if (word !== '') files[`${EARLIER}-review.md`] = Object.values(review)[0] as string;
    for (const at of ['package', 'execution'] as const)
      yield planted(files, { file: PATHS[at], line: begun(originals, at) });
  });

export const ADVANCES: readonly Operator[] = [
  unfinished('package'),
  unfinished('execution'),
  reported('a report before it that nobody reviewed', '', ''),
  reported('a report before it that was reviewed on conditions', 'conditional', '2026-05-16'),
  reported('a report before it that was reviewed with fail', 'fail', '2026-05-16'),
  reported('a report before it that was reviewed later', 'pass', '2030-01-01'),
];

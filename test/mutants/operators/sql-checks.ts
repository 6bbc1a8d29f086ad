import { changed, custom, edited, inserted, type Operator, planted, removed } from '../operator.js';
import type { Line, Originals } from '../originals.js';
import { CHECKS, code, inFence, startOf } from '../sql-lines.js';

/* Checks that are not read as such, or that change what they check. */

const FORM = 'check-format';
const title = (line: Line) => inFence(CHECKS)(line) && /^-- [A-Z]+-[\w-]+: /.test(line.text);
const expect = (line: Line) => inFence(CHECKS)(line) && line.text.startsWith('-- expect: ');
const titleOf = ({ document, number }: Line) =>
  document.lines.findLast((one) => one.number < number && title(one))!.number;
const alone = (line: Line) =>
  expect(line) && ![-2, 0].some((at) => expect(line.document.lines[line.number + at]!));

function* withoutStatements({ all }: Originals) {
  for (const line of all.flatMap(({ lines }) =>
    lines.filter((one) => alone(one) && code(one.document.lines[one.number]!)),
  )) {
    const end = line.document.lines.find(({ number, text }) => number > line.number && text.endsWith(';'))!;
    const files = edited(line.document, (lines) => lines.splice(line.number, end.number - line.number));
    yield planted(files, { file: line.document.path, line: titleOf(line) });
  }
}

export const CHECK_FORMS: readonly Operator[] = [
  removed(FORM, 'no expectation', alone, titleOf),
  custom(FORM, 'no statement', withoutStatements),
  changed(FORM, 'no title', title, (text) => text.replace(/: .*/, ':')),
  removed(FORM, 'no id', title, ({ number }) => number),
  changed(FORM, 'an indented expectation', alone, (text) => `  ${text}`),
  changed(FORM, 'a capital letter in the word', alone, (text) => text.replace('expect', 'Expect')),
  changed(FORM, 'another word for it', alone, (text) => text.replace('expect', 'expects')),
  changed(FORM, 'an expectation in a block comment', alone, (text) => `/* ${text.slice(3)} */`),
  changed(FORM, 'an id with a point', title, (text) => text.replace(/: /, '. ')),
  changed(FORM, 'baseline without blanks', alone, () => '-- expect: baseline+2'),
  changed(FORM, 'baseline beside another row', alone, (text) => `-- expect: baseline\n${text}x`),
  changed(
    FORM,
    'evidence that there is not',
    ({ text, role }) => CHECKS.test(role) && text.startsWith('-- evidence: '),
    (text) => `${text}s`,
  ),
  changed(
    FORM,
    'evidence beside a statement',
    (line) => alone(line) && code(line.document.lines[line.number]!),
    (text) => `-- evidence: identity.role\n${text}`,
    { at: 2 },
  ),
  inserted(FORM, 'a statement between checks', title, 'SELECT 1;\n'),
];

const READ_ONLY = 'check-read-only';
const checked = inFence(CHECKS);
const writes = (name: string, pattern: RegExp, to: string) =>
  changed(
    READ_ONLY,
    name,
    (line) => checked(line) && code(line),
    (text) => text.replace(pattern, to),
    { at: startOf, most: 4 },
  );

export const READ_ONLIES: readonly Operator[] = [
  writes('a function that writes', /count\(\*\)/, "nextval('public.s')"),
  writes('a function of somebody', /count\(\*\)/, 'public.count_all()'),
  writes('a function that locks', /count\(\*\)/, 'pg_advisory_xact_lock(1)'),
  writes('a function that waits', /count\(\*\)/, 'pg_sleep(1)'),
  writes('the clock', /count\(\*\)/, 'clock_timestamp()'),
  writes('rows that are locked', /^(SELECT count\(\*\) FROM \S+);/, '$1 FOR UPDATE;'),
  writes('a table that is made', /^SELECT count\(\*\) FROM/, 'SELECT count(*) INTO public.x FROM'),
  writes('an operator of somebody', / = /, ' OPERATOR(public.=) '),
  writes(
    'a DELETE in front',
    /^SELECT count\(\*\) FROM/,
    'WITH gone AS (DELETE FROM public.x) SELECT count(*) FROM',
  ),
  writes('a DELETE', /^SELECT count\(\*\) FROM/, 'DELETE FROM'),
  writes('a type of somebody', /^SELECT count\(\*\)/, "SELECT 'x'::public.t, count(*)"),
];

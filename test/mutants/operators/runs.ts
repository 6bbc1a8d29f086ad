import { changed, custom, inserted, type Operator, planted, removed, replaced } from '../operator.js';
import { type Line, lineWith } from '../originals.js';

/* What reports and reviews say of a run: how many checks, how old, how it ended. */

const report = ({ document }: Line) => document.kind.endsWith('-report');
const COUNT = 'count-claims';
const heading = (line: Line) =>
  report(line) && /^##+ .*\d+ of \d+ PASS/.test(line.text) && !/after COMMIT.*NOT RUN/.test(line.text);
const command = (line: Line) =>
  report(line) && /^\| C-0\d .*\d+ of \d+ PASS/.test(line.text) && !/not run/.test(line.text);
const row = (line: Line) =>
  report(line) && line.region === 'table' && /^\| (?:PF|V|D)-\S+ .* \| PASS \| [^|]+ \|$/.test(line.text);
/** A table in a part that says how many checks it has. */
const counted = (line: Line) => row(line) && heading(line.document.lines[headingAbove(line) - 1]!);
const headingAbove = ({ document, number }: Line) =>
  document.lines.findLast((line) => line.number < number && line.text.startsWith('##'))!.number;
const more = (digits: string) => String(Number(digits) + 1);
const both = (text: string) =>
  text.replace(
    /(\d+) of (\d+)/,
    (_, passed: string, all: string) => `${Number(passed) + 9} of ${Number(all) + 9}`,
  );
/** Two tables of checks are in parts of their own below it: one number alone is told to be wrong, not both. */
const single = (line: Line) => !/after COMMIT|C-07/.test(line.text);
const below = (text: string) =>
  changed(
    COUNT,
    `below a heading: ${text}`,
    (line) => heading(line) && single(line),
    (old) => `${old}\n\n${text}`,
    { at: 2 },
  );

export const COUNTS: readonly Operator[] = [
  changed(COUNT, 'a check too many passed, in a heading', heading, (text) =>
    text.replace(/\d+(?= of)/, more),
  ),
  changed(COUNT, 'a check too many in all, in a heading', heading, (text) =>
    text.replace(/(?<=of )\d+/, more),
  ),
  changed(COUNT, 'both numbers too high, in a heading', (line) => heading(line) && single(line), both),
  changed(COUNT, 'a check too many passed, in the row of a command', command, (text) =>
    text.replace(/\d+(?= of)/, more),
  ),
  changed(
    COUNT,
    'both numbers too high, in the row of a command',
    (line) => command(line) && single(line),
    both,
  ),
  changed(
    COUNT,
    'a row turned to FAIL',
    counted,
    (text) => text.replace(/ PASS (?=\| [^|]+ \|$)/, ' FAIL '),
    {
      at: headingAbove,
    },
  ),
  removed(COUNT, 'a row taken away', counted, headingAbove),
  changed(COUNT, 'a row twice', counted, (text) => `${text}\n${text}`, { at: headingAbove }),
  below('- FAIL_COUNT=1'),
  below('- pass_count: 3'),
  below('99 checks passed.'),
];

const AGE = 'age-claims';
const prose = ({ region, text, document, number }: Line) =>
  region === 'text' &&
  /^[A-Z]/.test(text) &&
  document.kind === 'review' &&
  document.lines[number - 2]!.text === '';
const aged = (name: string, text: string, at = 0) => inserted(AGE, name, prose, `${text}\n`, { at, most: 4 });

/** In a document that names the law or the package. */
const ruled = (line: Line) => prose(line) && !/ddl-gpt-review/.test(line.document.path);

export const AGES: readonly Operator[] = [
  changed(
    AGE,
    'an age beyond the limit of its row',
    (line) => report(line) && /^\| G-02 /.test(line.text),
    (text) => text.replace(/[\d.]+ s old \| allows/, '3601 s old | allows'),
  ),
  changed(
    AGE,
    'another limit than the law has',
    ({ region, text }) => region === 'table' && /^\| G-02 .*3600 seconds/.test(text),
    (text) => text.replace('3600', '7200'),
  ),
  custom(AGE, 'the limit changed in the law', function* (originals) {
    const files = replaced(
      lineWith(originals.get('law'), /^ {6}max_age_seconds/),
      '      max_age_seconds: 1800',
    );
    const line = lineWith(originals.get('law'), /^\| G-02 /);
    yield planted(files, { file: line.document.path, line: line.number });
  }),
  aged(
    'a duration that does not lie between two times',
    'The backup began 2026-05-16T05:03:16Z, was done 2026-05-16T05:03:57Z, took 31 s.',
  ),
  aged(
    'a duration between days',
    'It started 2026-05-15 23:59:50Z and was done 2026-05-16 00:00:20Z: it took 90 s.',
  ),
  aged(
    'times of two zones',
    'It started 2026-05-16T05:00:00+02:00 and was done 2026-05-16T03:00:41Z, took 7241 s.',
  ),
  aged('an age above the limit beside it', 'The backup was 5000 s old, at most 3600 s.'),
  inserted(AGE, 'an age above the limit of its gate', ruled, 'For G-02 the backup had the age 3700 s.'),
  inserted(
    AGE,
    'an age in minutes above the limit of its gate',
    ruled,
    'For G-02 the backup was 61 min old.',
  ),
  aged(
    'an age in lines',
    '- backup_started: 2026-05-16T05:00:00Z\n- backup_finished: 2026-05-16T05:00:41Z\n- backup_duration_seconds: 14',
    2,
  ),
  aged(
    'a duration in a table',
    '| Step | Started | Finished | Duration |\n| --- | --- | --- | --- |\n| C-01 | 2026-05-16T05:00:00Z | 2026-05-16T05:00:41Z | 14 s |',
    2,
  ),
];

const STATUS = 'status-coherent';
const line = (pattern: RegExp) => (one: Line) =>
  report(one) && one.region === 'text' && pattern.test(one.text);
const field = (pattern: RegExp) => (one: Line) =>
  report(one) && one.region === 'front matter' && pattern.test(one.text);
const becomes = (word: string) => (text: string) => text.replace(/(?<=: )\S.*/, word);
const statusLine = { at: ({ document }: Line) => lineWith(document, /^execution_status: /).number };
const repeated = { at: ({ document }: Line) => lineWith(document, /^- execution_status: /).number };

export const STATUSES: readonly Operator[] = [
  changed(STATUS, 'another status in the text', line(/^- execution_status: /), becomes('failed')),
  changed(
    STATUS,
    'another status in the front matter',
    field(/^execution_status: /),
    becomes('failed'),
    repeated,
  ),
  changed(STATUS, 'a rollback in the text', line(/^- rollback_(?:executed|triggered): /), becomes('true')),
  changed(STATUS, 'a rollback in the front matter', field(/^rollback_executed: /), becomes('true')),
  changed(STATUS, 'an outcome that is none', line(/^- migration_outcome: /), becomes('not-committed')),
  changed(
    STATUS,
    'an outcome in the front matter that is none',
    field(/^migration_outcome: /),
    becomes('unknown'),
  ),
  changed(STATUS, 'one check that failed', row, (text) => text.replace(/ PASS (?=\| [^|]+ \|$)/, ' FAIL '), {
    most: 8,
  }),
  changed(
    STATUS,
    'two checks that failed',
    (one) => row(one) && row(one.document.lines[one.number]!),
    (text, { document, number }) => {
      const next = document.lines[number]!.text;
      return [text, next].map((each) => each.replace(/ PASS (?=\| [^|]+ \|$)/, ' FAIL ')).join('\n');
    },
    statusLine,
  ),
  changed(
    STATUS,
    'a command that failed',
    (one) => report(one) && /^\| C-0[0-7] \| \S+ \| done \|/.test(one.text),
    (text) => text.replace('| done |', '| failed |'),
  ),
  changed(STATUS, 'a return code', line(/^- migration_outcome: /), (text) => `${text}\n- c06_rc: 1`, {
    at: 1,
  }),
  inserted(
    STATUS,
    'a blocking finding that is open, in a passing review',
    prose,
    '| Finding | Weight | State |\n| --- | --- | --- |\n| F1 | blocking | open |\n',
    { at: 2 },
  ),
  inserted(
    STATUS,
    'a check that failed, in a passing review',
    prose,
    '| ID | Expected | Observed | Result |\n| --- | --- | --- | --- |\n| V-17 | 8 | 9 | FAIL |\n',
    { at: 2 },
  ),
];

import { type Columns, packageChecks, tableSql } from './change-sql.js';
import { openHeader, pin } from './header.js';
import { Page, type PlantedRule, sha256, type Written } from './page.js';
import type { Random } from './random.js';
import { paragraph } from './words.js';

/** Rules that a document of a change can be made to break, by its part. */
export const CHANGE_DEFECTS: Readonly<Record<keyof Change, readonly PlantedRule[]>> = {
  ddl: ['sql-syntax', 'declared-scope', 'column-count-claims', 'malformed-table', 'document-path-matches'],
  ddlReview: ['document-digest-matches', 'no-stale-revision', 'malformed-table'],
  // A wrong digest of the law here would make the review of the package suspect as well.
  commandPackage: ['sql-digest-matches', 'check-format', 'no-undefined-id', 'no-stale-revision'],
  packageReview: ['document-digest-matches', 'no-stale-revision', 'no-undefined-id'],
};

/** The four documents of a change, in the order in which they are written. */
export interface Change {
  readonly ddl: Page;
  readonly ddlReview: Page;
  readonly commandPackage: Page;
  readonly packageReview: Page;
}

/** Where a change stands: folder with `/`, name, date, law, and the defect of each of its documents. */
export interface ChangePlace {
  readonly folder: string;
  readonly change: string;
  readonly date: string;
  readonly law: Written;
  readonly planted: Readonly<Record<keyof Change, PlantedRule | null>>;
}

const COLUMNS: readonly Columns[number][] = [
  ['entry_id', 'uuid', true],
  ['account_code', 'text', true],
  ['amount_minor', 'bigint', true],
  ['currency', 'text', true],
  ['booked_at', 'timestamp with time zone', true],
  ['reference', 'text', false],
  ['source_path', 'text', true],
  ['source_sha256', 'text', true],
  ['prepared_by', 'text', true],
  ['remark', 'text', false],
];

/** A change that makes a schema with one table: DDL document, its review, command package, its review. */
export function change(random: Random, place: ChangePlace): Change {
  const schema = place.change.replaceAll('-', '_');
  const table = `${schema}.${schema}_entry`;
  const columns = COLUMNS.slice(0, random.between(6, COLUMNS.length));
  const sql = tableSql(schema, table, columns);
  const ddl = ddlPage(random, place, { schema, table, columns, sql });
  const ddlReview = reviewPage(random, place, ddl, 'ddl');
  const commandPackage = packagePage(random, place, { ddl, schema, table, columns, sql });
  const packageReview = reviewPage(random, place, commandPackage, 'package');
  return { ddl, ddlReview, commandPackage, packageReview };
}

interface Made {
  readonly schema: string;
  readonly table: string;
  readonly columns: Columns;
  readonly sql: { readonly migration: readonly string[]; readonly rollback: readonly string[] };
}

/** What is said of a finished page to refer to it. */
export function written(page: Page): Written {
  const title = page.lines.find((line) => line.startsWith('# '))!.slice(2);
  return { path: page.path, title, sha256: sha256(page.text()), anchors: ['1--purpose'] };
}

function ddlPage(random: Random, place: ChangePlace, { schema, table, columns, sql }: Made): Page {
  const page = new Page(`${place.folder}${place.change}-ddl-draft-${place.date}.sql.md`, place.planted.ddl);
  openHeader(page, { ...place, kind: 'ddl', author: 'migration agent', phase: 'DDL authoring' });
  page.add('scope:', '  creates:', `    - schema ${schema}`, `    - ${table}`);
  const undone = page.slot('declared-scope', '', `    - ${table}_history`);
  if (undone) page.add(undone);
  page.add('  alters: []', '  drops: []', '  writes_rows: []', 'depends_on: []', '---', '');
  page.add(`# ${place.change} — DDL`, '', '## §1 — Purpose', '', ...paragraph(random, 6));
  page.add('', '## §2 — The table', '');
  const count = columns.length;
  const claim = (number: number) => `The table ${table} has ${number} columns. One row is one entry.`;
  page.add(page.slot('column-count-claims', claim(count), claim(count + 1)));
  page.table(
    ['#', 'Column', 'Type', 'Null'],
    columns.map(([name, type, given], index) => [String(index + 1), name, type, given ? 'no' : 'yes']),
  );
  page.add('', '## §3 — Migration', '', '```sql migration');
  for (const line of sql.migration)
    page.add(
      line.startsWith('CREATE TABLE') ? page.slot('sql-syntax', line, line.replace('TABLE', 'TABEL')) : line,
    );
  page.add('```', '', '## §4 — Rollback', '', ...paragraph(random, 2), '');
  page.add('```sql rollback', ...sql.rollback, '```');
  return page;
}

function packagePage(random: Random, place: ChangePlace, made: Made & { readonly ddl: Page }): Page {
  const { date, folder, law } = place;
  const path = `${folder}${place.change}-production-command-package-${date}.md`;
  const page = new Page(path, place.planted.commandPackage);
  const digests = {
    migration: fenceDigest(made.ddl, 'migration'),
    rollback: fenceDigest(made.ddl, 'rollback'),
  };
  openHeader(page, { ...place, kind: 'command-package', author: 'migration agent', phase: 'command review' });
  page.add('law:');
  pin(page, law, '  ');
  page.add('ddl:');
  pin(page, written(made.ddl), '  ');
  const other = sha256('another migration');
  page.add(
    page.slot(
      'sql-digest-matches',
      `  migration_sha256: ${digests.migration}`,
      `  migration_sha256: ${other}`,
    ),
    `  rollback_sha256: ${digests.rollback}`,
  );
  page.add('target:', '  name: production', '  system_identifier: 7711050984828161110');
  page.add(
    '  database: ledger',
    '  role: migrator',
    'limits:',
    '  lock_timeout: 5s',
    '  statement_timeout: 60s',
  );
  page.add('rollback: on-verification-failure', 'reports:');
  for (const kind of ['dry_run', 'execution'])
    page.add(`  ${kind}: ${folder}${place.change}-${kind.replace('_', '-')}-report-${date}.md`);
  page.add('non_scope:', '  - statement: No row was inserted', '    proved_by:', '      - V-03');
  page.add('next:', '  - Independent review of the execution report', '---', '');
  page.add(
    `# ${place.change} — production command package`,
    '',
    '## §1 — Purpose',
    '',
    ...paragraph(random, 5),
  );
  page.add('', `It follows \`${law.path}\` (r1)`, `and runs what \`${made.ddl.path}\` (r1) holds.`);
  page.add('', '## §2 — What will run');
  page.table(['Command', 'What it does here'], COMMANDS);
  packageChecks(page, { ...made, migrationDigest: digests.migration });
  const last = (id: string) => `V-01 to ${id} are run inside the transaction of C-06 and again in C-07.`;
  page.add('');
  page.add(page.slot('no-undefined-id', last('V-04'), last('V-44')));
  page.add('', '## §5 — Rollback rule', '', 'If a check fails in C-07, C-08 executes the reviewed rollback.');
  return page;
}

const COMMANDS = [
  ['C-00', 'compares the digests of the extracted SQL with the pins'],
  ['GUARD', 'asks the session who it is'],
  ['C-01', 'takes a fresh backup'],
  ['C-02', 'hashes the stored file again and reads it in full'],
  ['C-03', 'writes the catalogue to a file'],
  ['C-04', 'writes row counts and baselines to a file'],
  ['C-05', 'runs the checks of §3, read only'],
  ['C-06', 'executes the migration in one transaction'],
  ['C-07', 'runs the checks of §4 on a new session'],
  ['C-08', 'only if C-07 fails: executes the rollback'],
] as const;

function reviewPage(random: Random, place: ChangePlace, subject: Page, of: 'ddl' | 'package'): Page {
  const planted = of === 'ddl' ? place.planted.ddlReview : place.planted.packageReview;
  const page = new Page(`${place.folder}${place.change}-${of}-review-${place.date}.md`, planted);
  openHeader(page, { ...place, kind: 'review', author: 'independent reviewer', phase: `${of} review` });
  page.add('subject:');
  pin(page, written(subject), '  ');
  page.add('verdict: pass');
  if (of === 'package') page.add('allows:', '  - production-execution');
  page.add('---', '', `# Review: ${place.change}, ${of}`, '', '## §1 — Verdict', '');
  page.add('Pass. The verdict is bound to the bytes whose digest stands above.', '', ...paragraph(random, 5));
  page.add('', '## §2 — Findings');
  page.table(
    ['Question', 'Finding'],
    [
      [
        'Is the declared scope the effect?',
        'Yes. One schema and one table are created, and no row is written.',
      ],
      ['Is the transaction one?', 'Yes. One pair of BEGIN and COMMIT.'],
      ['Does the rollback invert the migration?', 'Yes, without CASCADE.'],
    ],
  );
  page.add('', '## §3 — Remark', '', ...paragraph(random, 4), '');
  const held = (id: string) => `What §1 says is held by the check ${id} of the package.`;
  if (of === 'package') page.add(page.slot('no-undefined-id', held('V-04'), held('V-90')));
  return page;
}

/** Digest of the bytes strictly between the lines of the fence with a role. */
function fenceDigest({ lines }: Page, role: string): string {
  const start = lines.indexOf(`\`\`\`sql ${role}`) + 1;
  return sha256(`${lines.slice(start, lines.indexOf('```', start)).join('\n')}\n`);
}

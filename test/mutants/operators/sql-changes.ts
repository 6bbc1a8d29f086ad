import { changed, custom, edited, inserted, type Operator, planted, without } from '../operator.js';
import { type Line, lineWith, type Original, type Originals } from '../originals.js';

/* SQL that cannot run as it is meant to: psql's, statements outside of a transaction, rows and rollbacks. */

const starts = ({ region, role, text, document, number }: Line) =>
  region === 'fence' &&
  /^(?:CREATE|ALTER|DROP|UPDATE|INSERT) /.test(text) &&
  /^(?:migration|rollback|fixture)$/.test(role) &&
  document.lines[number - 2]!.region !== 'mark';
const inMigration = (line: Line) => starts(line) && line.role === 'migration';

/** Statements above one that is there; the finding is at the first line. */
function statements(
  rule: string,
  where: (line: Line) => boolean,
  most: number,
  all: readonly (readonly [string, string])[],
): Operator[] {
  return all.map(([name, sql]) => inserted(rule, name, where, `${sql}\n`, { most }));
}

const META = 'no-meta-command';
const OUTSIDE = 'no-non-transactional';
const ROWS = 'no-undeclared-rows';
const LOCK = 'lock-hazard';

export const PSQL: readonly Operator[] = [
  ...statements(META, starts, 3, [
    ['a file that is read in', '\\i other.sql'],
    ['a shell', '\\! rm -rf /'],
    ['a copy by the client', "\\copy public.x FROM 'x.csv'"],
    ['half a quotation mark', '\\echo it'],
    ['a variable', 'DROP TABLE public.:name;'],
    ['a quoted variable', "INSERT INTO public.x VALUES (:'name');"],
    ['rows of data', 'COPY public.x FROM STDIN;\n1\n\\.'],
    ['rows from nowhere', 'COPY public.x FROM STDIN;'],
  ]),
  changed(
    META,
    'a meta-command that ends a statement',
    (line) => line.role === 'rollback' && /;$/.test(line.text),
    (text) => text.replace(';', ' \\gexec'),
    { most: 3 },
  ),
];

export const OUTSIDE_TRANSACTIONS: readonly Operator[] = [
  ...statements(OUTSIDE, starts, 2, [
    ['an index without a lock', 'CREATE INDEX CONCURRENTLY i ON public.tac_logical_unit (unit_id);'],
    ['an index dropped without a lock', 'DROP INDEX CONCURRENTLY public.i;'],
    ['an index built again without a lock', 'REINDEX INDEX CONCURRENTLY public.i;'],
    ['VACUUM', 'VACUUM public.tac_logical_unit;'],
    ['a database', 'CREATE DATABASE other;'],
    ['a setting of the server', "ALTER SYSTEM SET fsync = 'off';"],
    ['a tablespace', "CREATE TABLESPACE t LOCATION '/t';"],
    ['a subscription', "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p;"],
  ]),
  changed(
    OUTSIDE,
    'CONCURRENTLY in an index of the change',
    ({ role, text }) => role === 'migration' && text.startsWith('CREATE INDEX'),
    (text) => text.replace('INDEX', 'INDEX CONCURRENTLY'),
  ),
];

/** A table taken out of `writes_rows`; the finding is at the statement that writes them. */
function* rowsUndeclared(originals: Originals) {
  const alpha = originals.get('alpha');
  const list = lineWith(alpha, /^ {2}writes_rows:$/);
  for (const line of alpha.lines.slice(list.number, list.number + 2)) {
    const update = alpha.lines.find(({ text }) => text === `UPDATE ${line.text.trim().slice(2)}`)!;
    yield planted(without(line), { file: alpha.path, line: update.number - 1 });
  }
}

export const ROW_SCOPES: readonly Operator[] = [
  ...statements(ROWS, inMigration, 3, [
    ['INSERT', 'INSERT INTO public.more (id) VALUES (1);'],
    ['UPDATE', 'UPDATE public.more SET id = 2;'],
    ['DELETE', 'DELETE FROM public.more;'],
    ['TRUNCATE', 'TRUNCATE public.more;'],
    ['MERGE', 'MERGE INTO public.more AS m USING public.x AS x ON m.id = x.id WHEN MATCHED THEN DELETE;'],
    [
      'DELETE in a WITH query',
      'WITH gone AS (DELETE FROM public.more RETURNING id)\nINSERT INTO public.log SELECT id FROM gone;',
    ],
    [
      'a column that is filled in every row',
      'ALTER TABLE public.more ADD COLUMN at timestamp with time zone DEFAULT clock_timestamp();',
    ],
  ]),
  custom(ROWS, 'a table taken out of the scope', rowsUndeclared),
];

export const LOCKS: readonly Operator[] = statements(LOCK, inMigration, 3, [
  ['an index on a table that is there', 'CREATE INDEX i ON public.other (id);'],
  ['a foreign key', 'ALTER TABLE public.other ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES public.x (id);'],
  ['a CHECK', 'ALTER TABLE public.other ADD CONSTRAINT c CHECK (id > 0);'],
  ['a UNIQUE', 'ALTER TABLE public.other ADD CONSTRAINT u UNIQUE (id);'],
  ['SET NOT NULL', 'ALTER TABLE public.other ALTER COLUMN id SET NOT NULL;'],
  ['another type', 'ALTER TABLE public.other ALTER COLUMN id TYPE bigint;'],
]);

export const CONTRADICTIONS: readonly Operator[] = statements('no-contradiction', inMigration, 3, [
  ['a column made twice', 'CREATE TABLE public.planted (id int, id text);'],
  ['two primary keys', 'CREATE TABLE public.planted (id int PRIMARY KEY, PRIMARY KEY (id));'],
  ['a key of a column that is not there', 'CREATE TABLE public.planted (id int, UNIQUE (code));'],
]);

const BACK = 'rollback-inverts';
const inRollback = ({ role, text }: Line) => role === 'rollback' && /^DROP \w+ .*;$/.test(text);

/** The statement that creates what a statement of the rollback drops. */
function creation({ document, text }: Line): Line {
  const object = text.replace(/^DROP (.*);$/, '$1');
  return document.lines.find(
    (line) => line.role === 'migration' && line.text.startsWith(`CREATE ${object}`),
  )!;
}

const drops = ({ lines }: Original) => lines.filter(inRollback);
/** Tables that something else of their document needs. */
const NEEDED = /cut_change_set|verify_run;|cut_request|manifest_envelope|SCHEMA/;

export const ROLLBACKS: readonly Operator[] = [
  custom(
    BACK,
    'a statement taken away',
    function* ({ all }) {
      for (const line of all.flatMap(drops))
        yield planted(without(line), { file: line.document.path, line: creation(line).number });
    },
    { most: 8 },
  ),
  custom(BACK, 'what is needed dropped first', function* ({ all }) {
    for (const document of all) {
      const [first] = drops(document);
      for (const line of drops(document).filter(({ text }) => NEEDED.test(text)))
        if (first && line !== first) {
          const files = edited(document, (lines) => {
            lines.splice(line.number - 1, 1);
            lines.splice(first.number - 1, 0, line.text);
          });
          yield planted(files, { file: document.path, line: first.number });
        }
    }
  }),
  changed(
    BACK,
    'a table that the migration does not create',
    inRollback,
    (text) => `${text}\nDROP TABLE public.another;`,
    { at: 1 },
  ),
  changed(
    BACK,
    'a column that the migration does not add',
    inRollback,
    (text) => `ALTER TABLE public.another DROP COLUMN x;\n${text}`,
  ),
  changed(BACK, 'a statement twice', inRollback, (text) => `${text}\n${text}`, { at: 1 }),
  changed(
    BACK,
    'a table of the rollback alone',
    inRollback,
    (text) => `CREATE TABLE public.another (id bigint);\n${text}`,
  ),
  custom(BACK, 'a letter of a name', function* ({ all }) {
    for (const line of all.flatMap(drops).filter(({ text }) => text.startsWith('DROP TABLE'))) {
      const files = edited(line.document, (lines) =>
        lines.splice(line.number - 1, 1, line.text.replace(';', 's;')),
      );
      yield planted(files, { file: line.document.path, line: creation(line).number });
    }
  }),
  changed(
    BACK,
    'a column that stays',
    ({ role, text }) => role === 'rollback' && /^ {4}DROP COLUMN .*,$/.test(text),
    () => '',
    {
      at: ({ document, number }) => {
        const table = document.lines[number - 2]!.text.trim();
        return document.lines.find((line) => line.role === 'migration' && line.text === table)!.number;
      },
    },
  ),
];

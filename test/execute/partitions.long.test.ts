import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import type { ScopeName } from '../../src/sql/scope.js';
import { openPgliteTarget } from '../../src/target/pglite.js';
import { startTrial, type Trial, trialOn } from '../support/given-trial.js';
import { requirePostgres, startPostgresServer } from '../support/postgres-server.js';

/* What the server does to partitions and to tables that inherit, because of DDL on the table above them. */

const PREPARE = `
CREATE TABLE app.big (id bigint PRIMARY KEY);
CREATE TABLE app.ev (id bigint NOT NULL, t text DEFAULT 'x', gone text, other text) PARTITION BY RANGE (id);
CREATE TABLE app.e1 PARTITION OF app.ev FOR VALUES FROM (0) TO (10);
CREATE TABLE app.e2 PARTITION OF app.ev FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (id);
CREATE TABLE app.e21 PARTITION OF app.e2 FOR VALUES FROM (10) TO (20);
CREATE INDEX e1_t ON app.e1 (t);
CREATE INDEX e1_lower ON app.e1 (lower(t)) WHERE t <> '';
ALTER TABLE app.e1 ADD CONSTRAINT short CHECK (length(t) < 100);
CREATE TABLE app.old (id bigint NOT NULL, t text, gone text, other text);
CREATE TABLE app.keyed (id bigint PRIMARY KEY, note text) PARTITION BY RANGE (id);
CREATE INDEX keyed_note ON app.keyed (note);
CREATE TABLE app.k1 PARTITION OF app.keyed FOR VALUES FROM (0) TO (10);
CREATE TABLE app.k2 PARTITION OF app.keyed FOR VALUES FROM (10) TO (20);
CREATE TABLE app.k3 (id bigint NOT NULL, note text);
CREATE TABLE app.refers (id bigint CONSTRAINT to_keyed REFERENCES app.keyed (id));
CREATE TABLE app.top (n integer, label text);
CREATE TABLE app.kid (x integer) INHERITS (app.top);
CREATE FUNCTION app.t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
`;

const alters = (...names: string[]): ScopeName[] => names.map((name) => ({ list: 'alters', name }));
const EV = alters('app.ev');

/** Migrations that run, with all that they do. */
const ORDINARY: readonly (readonly [string, readonly ScopeName[]])[] = [
  ['ALTER TABLE app.ev ADD COLUMN n integer NOT NULL DEFAULT 1;', EV],
  ['ALTER TABLE app.ev ADD COLUMN n timestamptz DEFAULT clock_timestamp();', EV],
  ['ALTER TABLE app.ev DROP COLUMN gone;', EV],
  ["ALTER TABLE app.ev ALTER t SET DEFAULT 'y', ALTER t SET NOT NULL;", EV],
  ['ALTER TABLE app.ev ALTER t TYPE varchar(50);', EV],
  ['ALTER TABLE app.ev ALTER t SET STATISTICS 100;', EV],
  ['CREATE INDEX ev_t ON app.ev (t);', EV],
  ['ALTER TABLE app.ev ADD PRIMARY KEY (id);', EV],
  ['ALTER TABLE app.ev ADD CONSTRAINT positive CHECK (id >= 0);', EV],
  ['ALTER TABLE app.ev ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES app.big (id);', EV],
  ['CREATE TRIGGER t AFTER INSERT ON app.ev FOR EACH ROW EXECUTE FUNCTION app.t();', EV],
  ['TRUNCATE app.ev;', [{ list: 'writes_rows', name: 'app.ev' }]],
  ['ALTER TABLE app.ev ATTACH PARTITION app.old FOR VALUES FROM (20) TO (30);', alters('app.ev', 'app.old')],
  [
    'ALTER TABLE app.keyed ATTACH PARTITION app.k3 FOR VALUES FROM (20) TO (30);',
    alters('app.keyed', 'app.k3'),
  ],
  ['ALTER TABLE app.keyed DETACH PARTITION app.k1;', alters('app.keyed', 'app.k1')],
  [
    'ALTER TABLE app.ev DETACH PARTITION app.e1;\nDROP TABLE app.e1;',
    [...alters('app.ev', 'app.e1'), { list: 'drops', name: 'app.e1' }],
  ],
  [
    'CREATE TABLE app.k4 (LIKE app.keyed INCLUDING ALL);\nALTER TABLE app.keyed ATTACH PARTITION app.k4 DEFAULT;',
    [...alters('app.keyed'), { list: 'creates', name: 'app.k4' }],
  ],
  [
    'CREATE TABLE app.k4 PARTITION OF app.keyed FOR VALUES FROM (20) TO (30);',
    [{ list: 'creates', name: 'app.k4' }],
  ],
  ['DROP TABLE app.ev;', [{ list: 'drops', name: 'app.ev' }]],
  [
    'CREATE TABLE app.item (id bigint PRIMARY KEY REFERENCES app.keyed (id));',
    [{ list: 'creates', name: 'app.item' }],
  ],
  ['ALTER TABLE app.big ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES app.keyed (id);', alters('app.big')],
  ['ALTER TABLE app.top ADD COLUMN m integer, ALTER n SET DEFAULT 4, DROP COLUMN label;', alters('app.top')],
  ['ALTER TABLE app.top ADD CONSTRAINT c CHECK (n > 0) NOT VALID;', alters('app.top')],
  ['ALTER TABLE app.top ALTER n SET STATISTICS 100;', alters('app.top')],
  ['CREATE SEQUENCE app.s OWNED BY app.top.n;', [{ list: 'creates', name: 'app.s' }]],
  [
    'ALTER TABLE app.old ADD COLUMN q text;\nDROP TABLE app.old;',
    [{ list: 'drops', name: 'app.old' }, ...alters('app.old')],
  ],
  [
    'ALTER INDEX app.k1_pkey RENAME TO k1_key;',
    [...alters('app.k1_pkey'), { list: 'creates', name: 'app.k1_key' }],
  ],
];

/** What others do to a partition or a child beside a migration, and where it is seen. */
const BESIDE: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'CREATE INDEX ev_t ON app.ev (t);',
    "ALTER TABLE app.e1 ALTER t SET DEFAULT 'evil'",
    ['observed ~ app.e1'],
  ],
  [
    'ALTER TABLE app.ev ADD COLUMN n integer;',
    'ALTER TABLE app.e1 ALTER n SET DEFAULT 6',
    ['observed ~ app.e1'],
  ],
  [
    'ALTER TABLE app.ev ALTER t SET NOT NULL;',
    'ALTER TABLE app.e1 ALTER other SET NOT NULL',
    ['observed ~ app.e1'],
  ],
  [
    'ALTER TABLE app.ev ALTER t SET NOT NULL;',
    "ALTER TABLE app.e1 ALTER t SET DEFAULT 'evil'",
    ['observed ~ app.e1'],
  ],
  [
    'ALTER TABLE app.ev ALTER t SET STATISTICS 100;',
    'ALTER TABLE app.e1 ALTER t SET STATISTICS 7',
    ['observed ~ app.e1'],
  ],
  ['ALTER TABLE app.ev ADD COLUMN n integer;', 'CREATE INDEX evil ON app.e1 (n)', ['observed ~ app.e1']],
  ['ALTER TABLE app.ev ADD COLUMN n integer;', 'DROP INDEX app.e1_t', ['observed ~ app.e1']],
  [
    'ALTER TABLE app.ev ADD COLUMN n integer;',
    'ALTER TABLE app.e1 DROP CONSTRAINT short',
    ['observed ~ app.e1'],
  ],
  [
    'ALTER TABLE app.ev ADD CONSTRAINT c CHECK (id > 0);',
    'ALTER TABLE app.e21 ADD CONSTRAINT d CHECK (id > 1)',
    ['observed ~ app.e21'],
  ],
  [
    'ALTER TABLE app.ev ADD COLUMN n integer;',
    'ALTER TABLE app.e21 ENABLE ROW LEVEL SECURITY',
    ['observed ~ app.e21'],
  ],
  [
    'ALTER TABLE app.ev ADD COLUMN n integer;',
    'CREATE POLICY p ON app.e1 USING (true)',
    ['observed ~ app.e1'],
  ],
  ['ALTER TABLE app.ev ADD COLUMN n integer;', 'GRANT ALL ON app.e1 TO PUBLIC', ['observed ~ app.e1']],
  [
    'ALTER TABLE app.ev ADD COLUMN n integer;',
    'CREATE TRIGGER t AFTER INSERT ON app.e1 EXECUTE FUNCTION app.t()',
    ['observed ~ app.e1'],
  ],
  [
    'CREATE TRIGGER t AFTER INSERT ON app.ev FOR EACH ROW EXECUTE FUNCTION app.t();',
    'DROP TRIGGER t ON app.ev; CREATE TRIGGER t AFTER INSERT ON app.e1 FOR EACH ROW EXECUTE FUNCTION app.t()',
    ['expected ~ app.ev', 'observed ~ app.e1'],
  ],
  ['ALTER TABLE app.ev ADD CONSTRAINT c CHECK (id > 0);', 'TRUNCATE app.e1', ['observed ~ app.e1']],
  [
    'ALTER TABLE app.ev ATTACH PARTITION app.old FOR VALUES FROM (20) TO (30);',
    'ALTER TABLE app.ev DETACH PARTITION app.e1',
    ['observed ~ app.e1'],
  ],
  [
    'ALTER TABLE app.keyed ATTACH PARTITION app.k3 FOR VALUES FROM (20) TO (30);',
    'ALTER TABLE app.refers DROP CONSTRAINT to_keyed',
    ['observed ~ app.refers', 'outside - constraint app.refers.to_keyed'],
  ],
  ['ALTER TABLE app.top ADD COLUMN m integer;', 'ALTER TABLE app.kid DROP COLUMN x', ['observed ~ app.kid']],
  [
    'ALTER TABLE app.top ADD COLUMN m integer;',
    'ALTER TABLE app.kid NO INHERIT app.top',
    ['observed ~ app.kid'],
  ],
  [
    'CREATE SEQUENCE app.s OWNED BY app.top.n;',
    'CREATE SEQUENCE app.evil OWNED BY app.top.n',
    ['observed ~ app.top'],
  ],
];

function lane(trial: () => Trial): void {
  test.each(ORDINARY)('%s', async (migration, scope) => {
    expect(await trial().unexpected(migration, scope)).toEqual([]);
  });

  test.each(BESIDE)('%s lets nothing else of them pass: %s', async (migration, beside, found) => {
    const scope = [
      ...alters('app.ev', 'app.old', 'app.keyed', 'app.k3', 'app.top'),
      { list: 'creates', name: 'app.s' } as const,
    ];
    const seen = await trial().unexpected(migration, scope, `${beside};`);
    expect(seen.filter((line) => !line.includes(' of '))).toEqual(expect.arrayContaining([...found]));
  });
}

beforeAll(loadGrammar);

describe.skipIf(requirePostgres() === null)('on a server', () => {
  let trial: Trial;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    const server = await startPostgresServer({ fsync: 'off' });
    trial = await startTrial(server, PREPARE);
    stop = async () => {
      await trial.close();
      await server.stop();
    };
  }, 60_000);
  afterAll(() => stop());
  lane(() => trial);
});

describe('embedded, a PostgreSQL 18', () => {
  let trial: Trial;
  beforeAll(async () => {
    trial = await trialOn(await openPgliteTarget('t', { memory: true }), `CREATE SCHEMA app; ${PREPARE}`);
  }, 60_000);
  afterAll(() => trial?.close());
  lane(() => trial);
});

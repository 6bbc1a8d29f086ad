import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { startTrial, type Trial } from '../support/given-trial.js';
import { queryOnce } from '../support/postgres-change.js';
import { type PostgresServer, requirePostgres, startPostgresServer } from '../support/postgres-server.js';

/* Each property that somebody else’s code adds to what the migration makes or alters is found. Without a whole run: given-runs.test.ts has those. */

const PREPARED = `CREATE ACCESS METHOD other TYPE TABLE HANDLER heap_tableam_handler;
CREATE TYPE app.whole AS (id integer, label text, kept integer, number integer);
CREATE TABLE app.wide (note text);`;

const MADE = `CREATE SCHEMA made;
CREATE TABLE app.item (id integer, label text, kept integer NOT NULL CONSTRAINT item_pkey PRIMARY KEY, number integer NOT NULL DEFAULT 3)
  WITH (autovacuum_enabled = false);
CREATE INDEX item_label ON app.item (label);
CREATE VIEW app.items AS SELECT id FROM app.item;
CREATE SEQUENCE app.counter;
CREATE DOMAIN app.short AS text;
CREATE TYPE app.mood AS ENUM ('a');
CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER tr BEFORE INSERT ON app.item FOR EACH ROW EXECUTE FUNCTION app.f();`;

const ALTERED = `ALTER TABLE app.log ADD COLUMN at date NOT NULL DEFAULT now();
CREATE TABLE app.two PARTITION OF app.parent FOR VALUES IN (2);
CREATE TABLE app.copy (LIKE app.log, more integer NOT NULL);`;

describe.skipIf(requirePostgres() === null)('what no statement gives', () => {
  let server: PostgresServer;
  let trial: Trial;
  beforeAll(async () => {
    await loadGrammar();
    server = await startPostgresServer({ fsync: 'off', allow_in_place_tablespaces: 'on' });
    await queryOnce(server.url('postgres'), "CREATE TABLESPACE fast LOCATION ''");
    trial = await startTrial(server, PREPARED);
  });
  afterAll(async () => {
    await trial?.close();
    await server?.stop();
  });

  /* Each of them alone stops a run: what is observed has to be empty. */
  test.each<[string, string]>([
    ['ALTER TABLE app.item ALTER id SET NOT NULL', 'not null of column app.item.id: yes'],
    ['ALTER TABLE app.item ALTER number DROP NOT NULL', 'not null of column app.item.number: no'],
    ["ALTER TABLE app.item ALTER label SET DEFAULT 'x'", 'default of column app.item.label'],
    ['ALTER TABLE app.item ALTER number DROP DEFAULT', 'default of column app.item.number: none'],
    [
      'ALTER TABLE app.item ALTER kept ADD GENERATED ALWAYS AS IDENTITY',
      'identity of column app.item.kept: always',
    ],
    ['ALTER TABLE app.item ALTER label SET STORAGE external', 'storage of column app.item.label: external'],
    ['ALTER TABLE app.item ALTER label SET COMPRESSION pglz', 'compression of column app.item.label: pglz'],
    ['ALTER TABLE app.item ALTER label SET STATISTICS 7', 'statistics target of column app.item.label: 7'],
    [
      'ALTER TABLE app.item ALTER label SET (n_distinct = 4)',
      'options of column app.item.label: n_distinct=4',
    ],
    [
      'ALTER TABLE app.item ALTER label TYPE text COLLATE "C"',
      'collation of column app.item.label: pg_catalog."C"',
    ],
    ['ALTER TABLE app.item ADD COLUMN extra integer', 'column app.item.extra'],
    ['ALTER TABLE app.item SET (fillfactor = 10)', 'options of table app.item: fillfactor=10'],
    [
      'ALTER TABLE app.item RESET (autovacuum_enabled)',
      'options of table app.item: without autovacuum_enabled',
    ],
    [
      'ALTER TABLE app.item SET (autovacuum_enabled = true)',
      'options of table app.item: autovacuum_enabled=true',
    ],
    [
      'ALTER TABLE app.item SET (toast.autovacuum_enabled = false)',
      'options of table app.item: toast.autovacuum_enabled=false',
    ],
    ['ALTER TABLE app.item ADD CHECK (id > 0)', 'constraint app.item.item_id_check'],
    ['ALTER TABLE app.item ADD FOREIGN KEY (id) REFERENCES app.log (id)', 'constraint app.item.item_id_fkey'],
    ['ALTER TABLE app.item ADD CONSTRAINT extra UNIQUE (label)', 'constraint app.item.extra'],
    ['ALTER TABLE app.item SET TABLESPACE fast', 'tablespace of table app.item: fast'],
    ['ALTER TABLE app.item SET ACCESS METHOD other', 'access method of table app.item: other'],
    ['ALTER TABLE app.item SET UNLOGGED', 'persistence of table app.item: unlogged'],
    ['ALTER TABLE app.item REPLICA IDENTITY FULL', 'replica identity of table app.item: full'],
    [
      'ALTER TABLE app.item REPLICA IDENTITY USING INDEX item_pkey',
      'replica identity of table app.item: app.item_pkey',
    ],
    ['ALTER TABLE app.item ENABLE ROW LEVEL SECURITY', 'row security of table app.item: on'],
    ['ALTER TABLE app.item FORCE ROW LEVEL SECURITY', 'forced row security of table app.item: on'],
    ['ALTER TABLE app.item OWNER TO "given ""Role"', 'owner of table app.item: given "Role'],
    ['ALTER TABLE app.item OF app.whole', 'row type of table app.item: app.whole'],
    ['ALTER TABLE app.item DISABLE TRIGGER tr', 'switching of trigger app.item.tr: off'],
    ['ALTER TABLE app.item CLUSTER ON item_label', 'clustering of index app.item_label: on'],
    ['ALTER INDEX app.item_label SET (fillfactor = 11)', 'options of index app.item_label: fillfactor=11'],
    ['ALTER INDEX app.item_pkey SET (fillfactor = 11)', 'options of index app.item_pkey: fillfactor=11'],
    ['ALTER INDEX app.item_label SET TABLESPACE fast', 'tablespace of index app.item_label: fast'],
    ['ALTER VIEW app.items SET (security_barrier)', 'options of view app.items: security_barrier=true'],
    ['ALTER VIEW app.items OWNER TO "given ""Role"', 'owner of view app.items: given "Role'],
    ['ALTER SEQUENCE app.counter SET UNLOGGED', 'persistence of sequence app.counter: unlogged'],
    ['ALTER SEQUENCE app.counter OWNER TO "given ""Role"', 'owner of sequence app.counter: given "Role'],
    ['ALTER DOMAIN app.short SET NOT NULL', 'not null of domain app.short: yes'],
    ["ALTER DOMAIN app.short SET DEFAULT 'x'", 'default of domain app.short'],
    ["ALTER DOMAIN app.short ADD CHECK (value <> '')", 'constraints of domain app.short'],
    ['ALTER DOMAIN app.short OWNER TO "given ""Role"', 'owner of domain app.short: given "Role'],
    ['ALTER TYPE app.mood OWNER TO "given ""Role"', 'owner of type app.mood: given "Role'],
    ['ALTER FUNCTION app.f() OWNER TO "given ""Role"', 'owner of function app.f(): given "Role'],
    ['ALTER SCHEMA made OWNER TO "given ""Role"', 'owner of schema made: given "Role'],
  ])('a new object has more than was given: %s', async (beside, line) => {
    expect(await trial.notGiven(MADE, `${beside};`)).toEqual([line]);
  });

  test.each<[string, string]>([
    ['ALTER TABLE app.log ALTER id SET NOT NULL', 'not null of column app.log.id: yes'],
    ["ALTER TABLE app.log ALTER body SET DEFAULT 'other'", 'default of column app.log.body'],
    ['ALTER TABLE app.log ALTER body DROP DEFAULT', 'default of column app.log.body: none'],
    ['ALTER TABLE app.log ALTER at DROP NOT NULL', 'not null of column app.log.at: no'],
    ['ALTER TABLE app.log ALTER at DROP DEFAULT', 'default of column app.log.at: none'],
    ['ALTER TABLE app.log ALTER note SET STORAGE plain', 'storage of column app.log.note: plain'],
    ['ALTER TABLE app.log ALTER note TYPE varchar(4)', 'type of column app.log.note: character varying(4)'],
    ['ALTER TABLE app.log ADD COLUMN extra integer', 'column app.log.extra'],
    ['ALTER TABLE app.log ADD CHECK (id > 0)', 'constraint app.log.log_id_check'],
    ['ALTER TABLE app.log ADD CONSTRAINT extra UNIQUE (note)', 'constraint app.log.extra'],
    ['ALTER TABLE app.log SET (fillfactor = 10)', 'options of table app.log: fillfactor=10'],
    ['ALTER TABLE app.log SET TABLESPACE fast', 'tablespace of table app.log: fast'],
    ['ALTER TABLE app.log SET UNLOGGED', 'persistence of table app.log: unlogged'],
    ['ALTER TABLE app.log REPLICA IDENTITY NOTHING', 'replica identity of table app.log: nothing'],
    ['ALTER TABLE app.log OWNER TO "given ""Role"', 'owner of table app.log: given "Role'],
    ['ALTER TABLE app.log INHERIT app.wide', 'parents of table app.log: app.wide'],
    ['ALTER TABLE app.heir NO INHERIT app.base', 'parents of table app.heir: without app.base'],
    ['ALTER TABLE app.heir ALTER label SET NOT NULL', 'not null of column app.heir.label: yes'],
    ["ALTER TABLE app.child ALTER label SET DEFAULT 'c'", 'default of column app.child.label'],
    ['ALTER TABLE app.two ALTER label SET NOT NULL', 'not null of column app.two.label: yes'],
    ['ALTER TABLE app.two SET TABLESPACE fast', 'tablespace of table app.two: fast'],
    ['ALTER INDEX app.log_id SET (fillfactor = 10)', 'options of index app.log_id: fillfactor=10'],
    ["COMMENT ON INDEX app.log_id IS 'x'", 'comment on index app.log_id'],
    ["COMMENT ON VIEW app.notes IS 'x'", 'comment on view app.notes'],
    ['GRANT SELECT ON app.notes TO PUBLIC', 'privileges of view app.notes: =r/probatum_test'],
    ['ALTER VIEW app.notes RESET (security_barrier)', 'options of view app.notes: without security_barrier'],
    ['ALTER SEQUENCE app.number SET UNLOGGED', 'persistence of sequence app.number: unlogged'],
    ['ALTER TABLE app.copy ALTER more DROP NOT NULL', 'not null of column app.copy.more: no'],
  ])('an object of before is changed beside what is given: %s', async (beside, line) => {
    expect(await trial.notGiven(ALTERED, `${beside};`)).toEqual([line]);
  });

  test('what a statement gives is not given to another object', async () => {
    const migration = `ALTER TABLE app.log ALTER note SET NOT NULL, SET (fillfactor = 40), SET TABLESPACE fast;
ALTER INDEX app.log_id SET (fillfactor = 41);`;
    const beside = `ALTER TABLE app.base ALTER label SET NOT NULL; ALTER TABLE app.base SET (fillfactor = 40);
      ALTER TABLE app.base SET TABLESPACE fast; ALTER TABLE app.log SET (fillfactor = 42); ALTER INDEX app.log_id SET (fillfactor = 43);`;
    expect(await trial.notGiven(migration, beside)).toEqual([
      'not null of column app.base.label: yes',
      'options of index app.log_id: fillfactor=43',
      'options of table app.base: fillfactor=40',
      'options of table app.log: fillfactor=42',
      'tablespace of table app.base: fast',
    ]);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { startTrial, type Trial } from '../support/given-trial.js';
import { type PostgresServer, requirePostgres, startPostgresServer } from '../support/postgres-server.js';

/* What a part of a table is, and whether it is there, is compared with before. */

const PREPARED = `CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE FUNCTION app.evil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TABLE app.kept (id integer PRIMARY KEY, label text NOT NULL, kind varchar(9), n integer UNIQUE, gone integer,
  CONSTRAINT positive CHECK (id > 0), CONSTRAINT kinds CHECK (kind IN ('a', 'b') AND label <> ''), CONSTRAINT twice CHECK (gone < id));
CREATE TABLE app.kid (b integer CONSTRAINT fk REFERENCES app.kept (id), c integer CONSTRAINT later CHECK (c > 0));
ALTER TABLE app.kid ADD CONSTRAINT unchecked CHECK (b > 1) NOT VALID;
CREATE INDEX kept_label ON app.kept (lower(label)) WITH (fillfactor = 70) WHERE kind <> 'b';
CREATE INDEX kept_gone ON app.kept (gone);
CREATE STATISTICS app.kept_stats ON n, (lower(label)) FROM app.kept;
COMMENT ON CONSTRAINT kinds ON app.kept IS 'kept'; COMMENT ON INDEX app.kept_label IS 'kept'; COMMENT ON STATISTICS app.kept_stats IS 'kept';
ALTER TABLE app.base ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON app.base USING (n = 0 AND label <> '');
CREATE POLICY deny ON app.base AS RESTRICTIVE USING (false);
CREATE RULE r AS ON DELETE TO app.base DO INSTEAD NOTHING;
CREATE TRIGGER audit AFTER UPDATE ON app.base FOR EACH ROW WHEN (OLD.n <> NEW.n) EXECUTE FUNCTION app.f();
ALTER TABLE app.base ADD CONSTRAINT pos CHECK (n > 0);
CREATE TRIGGER cloned AFTER INSERT ON app.parent FOR EACH ROW EXECUTE FUNCTION app.f();
CREATE INDEX parent_label ON app.parent (label); ALTER TABLE app.parent ADD CONSTRAINT above CHECK (n > 0);
CREATE TABLE app.apart (n integer NOT NULL, label text, CONSTRAINT above CHECK (n > 0));
CREATE TABLE app.tree (id bigint PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE app.tree_1 PARTITION OF app.tree FOR VALUES FROM (0) TO (10);
CREATE TABLE app.leaf (id bigint CONSTRAINT leaf_fk REFERENCES app.tree (id));
CREATE PUBLICATION pub; CREATE PUBLICATION filtered FOR TABLE app.log (id) WHERE (id > 1);`;

describe.skipIf(requirePostgres() === null)('parts of tables', () => {
  let server: PostgresServer;
  let trial: Trial;
  beforeAll(async () => {
    await loadGrammar();
    server = await startPostgresServer({ fsync: 'off', wal_level: 'logical' });
    trial = await startTrial(server, PREPARED);
  });
  afterAll(async () => {
    await trial?.close();
    await server?.stop();
  });

  const COLUMN =
    'ALTER TABLE app.base ADD COLUMN more integer; ALTER TABLE app.kept ADD COLUMN more integer;';
  const MADE = `CREATE TABLE app.item (id integer, CHECK (id > 0)); CREATE INDEX item_id ON app.item (id);
    CREATE TRIGGER t BEFORE INSERT ON app.item FOR EACH ROW EXECUTE FUNCTION app.f();`;
  const TYPE = 'ALTER TABLE app.kept ALTER COLUMN label TYPE varchar(40), ALTER COLUMN id TYPE bigint;';

  test.each<[string, string, readonly string[]]>([
    [COLUMN, 'ALTER POLICY p ON app.base USING (true)', ['definition of policy app.base.p']],
    [COLUMN, 'ALTER POLICY p ON app.base TO pg_monitor', ['definition of policy app.base.p']],
    [COLUMN, 'DROP POLICY p ON app.base; CREATE POLICY p ON app.base USING (true)', ['policy app.base.p']],
    [COLUMN, 'DROP POLICY deny ON app.base', ['without policy app.base.deny']],
    [
      'ALTER TABLE app.base RENAME COLUMN label TO title;',
      'ALTER POLICY p ON app.base USING (true)',
      ['definition of policy app.base.p'],
    ],
    [
      COLUMN,
      'CREATE OR REPLACE RULE r AS ON DELETE TO app.base DO ALSO INSERT INTO app.log (id) VALUES (1)',
      ['definition of rule app.base.r'],
    ],
    [COLUMN, 'DROP RULE r ON app.base', ['without rule app.base.r']],
    [COLUMN, 'DROP TRIGGER audit ON app.base', ['without trigger app.base.audit']],
    [
      COLUMN,
      'CREATE OR REPLACE TRIGGER audit AFTER UPDATE ON app.base FOR EACH ROW EXECUTE FUNCTION app.evil()',
      ['definition of trigger app.base.audit'],
    ],
    [
      COLUMN,
      'DROP TRIGGER audit ON app.base; CREATE TRIGGER audit AFTER UPDATE ON app.base FOR EACH ROW EXECUTE FUNCTION app.evil()',
      ['trigger app.base.audit'],
    ],
    [
      COLUMN,
      'ALTER TABLE app.base DROP CONSTRAINT pos; ALTER TABLE app.base ADD CONSTRAINT pos CHECK (true)',
      ['constraint app.base.pos'],
    ],
    [COLUMN, 'ALTER TABLE app.base DROP CONSTRAINT pos', ['without constraint app.base.pos']],
    [
      COLUMN,
      'ALTER TABLE app.kid ALTER CONSTRAINT fk DEFERRABLE INITIALLY DEFERRED',
      ['deferral of constraint app.kid.fk: deferred'],
    ],
    [
      COLUMN,
      'ALTER TABLE app.kid VALIDATE CONSTRAINT unchecked',
      ['validation of constraint app.kid.unchecked: yes'],
    ],
    [
      COLUMN,
      'DROP INDEX app.kept_label; CREATE INDEX kept_label ON app.kept (id) WHERE false',
      ['index app.kept_label on app.kept'],
    ],
    [COLUMN, 'DROP INDEX app.kept_label', ['without index app.kept_label']],
    [COLUMN, 'DROP STATISTICS app.kept_stats', ['without statistics app.kept_stats']],
    [COLUMN, 'ALTER PUBLICATION pub ADD TABLE ONLY app.base', ['published table app.base of pub']],
    [
      COLUMN,
      'ALTER PUBLICATION filtered SET TABLE app.log (id) WHERE (id > 0)',
      ['publication filter app.log of filtered', 'published table app.log of filtered'],
    ],
    [
      COLUMN,
      'ALTER PUBLICATION filtered DROP TABLE app.log',
      ['without publication filter app.log of filtered', 'without published table app.log of filtered'],
    ],
    [
      TYPE,
      'ALTER TABLE app.kept DROP CONSTRAINT positive, ADD CONSTRAINT positive CHECK (true)',
      ['definition of constraint app.kept.positive'],
    ],
    [TYPE, 'ALTER TABLE app.kept DROP CONSTRAINT positive', ['without constraint app.kept.positive']],
    [
      TYPE,
      'DROP INDEX app.kept_label; CREATE INDEX kept_label ON app.kept (id)',
      [
        'comment on index app.kept_label',
        'definition of index app.kept_label',
        'options of index app.kept_label: without fillfactor',
      ],
    ],
    [
      TYPE,
      'ALTER TABLE app.base DROP CONSTRAINT pos, ADD CONSTRAINT pos CHECK (true)',
      ['constraint app.base.pos'],
    ],
    ['ALTER TABLE app.kept DROP COLUMN gone;', 'DROP INDEX app.kept_label', ['without index app.kept_label']],
    [
      'ALTER TABLE app.kept DROP CONSTRAINT kinds;',
      'ALTER TABLE app.kept DROP CONSTRAINT positive',
      ['without constraint app.kept.positive'],
    ],
    [MADE, 'ALTER PUBLICATION pub ADD TABLE app.item', ['published table app.item of pub']],
    [
      MADE,
      'DROP TRIGGER t ON app.item; CREATE TRIGGER other BEFORE INSERT ON app.item FOR EACH ROW EXECUTE FUNCTION app.evil()',
      ['trigger app.item.other', 'without trigger app.item.t'],
    ],
    [MADE, 'DROP INDEX app.item_id', ['without index app.item_id']],
    [
      'ALTER TABLE app.kept ADD COLUMN flag boolean, ADD CONSTRAINT named CHECK (flag);',
      'ALTER TABLE app.kept DROP COLUMN flag',
      ['without column app.kept.flag', 'without constraint app.kept.named'],
    ],
    [
      'CREATE TABLE app.two PARTITION OF app.parent FOR VALUES IN (2);',
      'CREATE TRIGGER extra AFTER INSERT ON app.two FOR EACH ROW EXECUTE FUNCTION app.evil()',
      ['trigger app.two.extra'],
    ],
    [
      'ALTER TABLE app.parent DETACH PARTITION app.child;',
      'ALTER TABLE app.child DROP CONSTRAINT above',
      ['without constraint app.child.above'],
    ],
  ])('%s does not give what is done beside it: %s', async (migration, beside, lines) => {
    expect(await trial.notGiven(migration, `${beside};`)).toEqual(lines);
  });

  test.each<[string]>([
    [TYPE],
    [
      'ALTER TABLE app.kept ALTER COLUMN id TYPE numeric, ALTER COLUMN n TYPE text, ALTER COLUMN kind TYPE text, ALTER COLUMN gone TYPE bigint',
    ],
    ['ALTER TABLE app.kept DROP COLUMN gone; ALTER TABLE app.kept DROP COLUMN n'],
    ['ALTER TABLE app.kept DROP COLUMN n, ADD COLUMN n text UNIQUE, ALTER COLUMN label TYPE varchar(5)'],
    [
      'ALTER TABLE app.kept DROP CONSTRAINT positive, ADD CONSTRAINT positive CHECK (id > 1), ALTER COLUMN id TYPE bigint',
    ],
    ['ALTER TABLE app.kept RENAME COLUMN gone TO went; ALTER TABLE app.kept DROP COLUMN went'],
    ['ALTER TABLE app.kept RENAME CONSTRAINT positive TO more; ALTER TABLE app.kept DROP CONSTRAINT more'],
    [
      'ALTER TABLE app.kept RENAME COLUMN id TO number; ALTER TABLE app.kept ALTER COLUMN number TYPE bigint; ALTER TABLE app.base RENAME COLUMN label TO title',
    ],
    [
      'ALTER TABLE app.kept RENAME TO other; ALTER TABLE app.other DROP CONSTRAINT positive, ALTER COLUMN id TYPE bigint',
    ],
    [
      'ALTER TABLE app.kid ALTER CONSTRAINT fk DEFERRABLE INITIALLY DEFERRED; ALTER TABLE app.kid VALIDATE CONSTRAINT unchecked',
    ],
    [
      'ALTER TABLE app.kid ADD CONSTRAINT named CHECK (b > 2) NOT VALID; ALTER TABLE app.kid VALIDATE CONSTRAINT named; ALTER TABLE app.kid DROP CONSTRAINT named',
    ],
    [
      'ALTER TABLE app.kid ADD COLUMN x integer CONSTRAINT y CHECK (x > 0); ALTER TABLE app.kid DROP COLUMN x',
    ],
    ['DROP INDEX app.kept_label; CREATE INDEX kept_label ON app.kept (label)'],
    [
      'CREATE UNIQUE INDEX fresh ON app.kept (label); ALTER TABLE app.kept ADD CONSTRAINT keyed UNIQUE USING INDEX fresh',
    ],
    ['CREATE OR REPLACE TRIGGER audit AFTER UPDATE ON app.base FOR EACH ROW EXECUTE FUNCTION app.evil()'],
    [
      'DROP TRIGGER audit ON app.base; CREATE TRIGGER audit AFTER INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.f()',
    ],
    [
      'CREATE TRIGGER short AFTER INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.f(); DROP TRIGGER short ON app.base',
    ],
    [
      'ALTER TABLE app.base DISABLE TRIGGER audit, DISABLE RULE r, RENAME COLUMN label TO title'.replace(
        ', RENAME',
        '; ALTER TABLE app.base RENAME',
      ),
    ],
    [
      "COMMENT ON POLICY p ON app.base IS 'x'; COMMENT ON TRIGGER audit ON app.base IS 'x'; ALTER TABLE app.base RENAME COLUMN n TO m",
    ],
    [
      'CREATE OR REPLACE TRIGGER cloned AFTER INSERT OR UPDATE ON app.parent FOR EACH ROW EXECUTE FUNCTION app.evil()',
    ],
    [
      'DROP TRIGGER cloned ON app.parent; DROP INDEX app.parent_label; ALTER TABLE app.parent DROP CONSTRAINT above',
    ],
    [
      'ALTER TABLE app.parent DETACH PARTITION app.child; ALTER TABLE app.parent ATTACH PARTITION app.apart FOR VALUES IN (7)',
    ],
    [
      'ALTER TABLE app.parent DETACH PARTITION app.child; ALTER TABLE app.child DROP CONSTRAINT above; DROP TABLE app.child',
    ],
    [
      'ALTER TABLE app.parent ALTER COLUMN label TYPE varchar(8); ALTER TABLE app.parent ADD COLUMN more integer UNIQUE DEFAULT 1'.replace(
        ' UNIQUE',
        '',
      ),
    ],
    ['ALTER TABLE app.parent DROP COLUMN label'],
    [
      'CREATE TABLE app.two PARTITION OF app.parent FOR VALUES IN (2); CREATE TRIGGER more AFTER INSERT ON app.parent FOR EACH ROW EXECUTE FUNCTION app.f()',
    ],
    [
      'CREATE TABLE app.tree_2 PARTITION OF app.tree FOR VALUES FROM (10) TO (20); ALTER TABLE app.tree DETACH PARTITION app.tree_1',
    ],
    ['CREATE TABLE app.twig (id bigint REFERENCES app.tree (id))'],
    ['ALTER TABLE app.heir NO INHERIT app.base; ALTER TABLE app.heir DROP CONSTRAINT pos'],
    ['ALTER TABLE app.base DROP CONSTRAINT pos'],
    [
      'CREATE TABLE IF NOT EXISTS app.kept (id integer, x integer CONSTRAINT nowhere CHECK (x > 0)); CREATE INDEX IF NOT EXISTS kept_label ON app.kept (id)',
    ],
    ['DROP TABLE app.kid; CREATE TABLE app.kid (b integer CONSTRAINT fk REFERENCES app.kept (id))'],
    [
      'CREATE VIEW app.shown AS SELECT id FROM app.kept; CREATE TRIGGER t INSTEAD OF UPDATE ON app.shown FOR EACH ROW EXECUTE FUNCTION app.f()',
    ],
    ['CREATE TABLE app.copy (LIKE app.kept INCLUDING ALL)'],
  ])('%s gives what it does', async (migration) => {
    expect(await trial.notGiven(`${migration};`)).toEqual([]);
  });
});

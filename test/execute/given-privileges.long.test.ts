import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { startTrial, type Trial } from '../support/given-trial.js';
import { queryOnce } from '../support/postgres-change.js';
import { type PostgresServer, requirePostgres, startPostgresServer } from '../support/postgres-server.js';

/* Privileges and comments are compared one by one: a statement on an object explains what it says, and nothing else. */

const ROLES = `DO $$BEGIN CREATE ROLE "given ""Role"; EXCEPTION WHEN duplicate_object THEN NULL; END$$;
CREATE ROLE given_a; CREATE ROLE given_b; CREATE ROLE "given = /c"; CREATE ROLE given_owner;`;

const PREPARED = `CREATE TABLE app.item (id integer, label text);
GRANT SELECT, UPDATE ON app.item TO given_a WITH GRANT OPTION;
GRANT INSERT (label), SELECT (id) ON app.item TO given_b;
GRANT DELETE ON app.item TO given_owner;
GRANT USAGE ON SCHEMA app TO given_a;
SET ROLE given_a; GRANT SELECT ON app.item TO given_b; RESET ROLE;
CREATE FUNCTION app.f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TYPE app.mood AS ENUM ('a'); CREATE DOMAIN app.short AS text;
COMMENT ON COLUMN app.item.id IS 'number';
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO given_b;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON TYPES TO given_a;
ALTER DEFAULT PRIVILEGES FOR ROLE given_b GRANT INSERT ON TABLES TO given_b;`;

describe.skipIf(requirePostgres() === null)('privileges and comments', () => {
  let server: PostgresServer;
  let trial: Trial;
  beforeAll(async () => {
    await loadGrammar();
    server = await startPostgresServer({ fsync: 'off' });
    await queryOnce(server.url('postgres'), ROLES);
    trial = await startTrial(server, PREPARED);
  });
  afterAll(async () => {
    await trial?.close();
    await server?.stop();
  });

  test.each<[string, string]>([
    [
      'several grantees',
      'GRANT SELECT, INSERT ON app.log, app.item TO given_b, "given = /c", "given ""Role", PUBLIC',
    ],
    [
      'grant option',
      'GRANT SELECT ON app.log TO given_a WITH GRANT OPTION; GRANT SELECT ON app.log TO given_a',
    ],
    [
      'columns',
      'GRANT SELECT (id), UPDATE (note, id), REFERENCES ON app.log TO given_a; GRANT ALL (body) ON app.log TO given_b',
    ],
    [
      'what is there already',
      'GRANT SELECT, UPDATE ON app.item TO given_a; REVOKE SELECT ON app.log FROM given_a',
    ],
    [
      'all',
      'GRANT ALL ON app.log, app.notes, app.number TO given_a; GRANT ALL PRIVILEGES ON SCHEMA app TO given_b',
    ],
    ['all taken', 'REVOKE ALL ON app.item FROM given_b; REVOKE ALL ON app.log FROM PUBLIC, CURRENT_USER'],
    ['taken and given', 'REVOKE ALL ON app.item FROM given_b; GRANT INSERT (label) ON app.item TO given_b'],
    ['grant option taken', 'REVOKE GRANT OPTION FOR SELECT, UPDATE ON app.item FROM given_a CASCADE'],
    ['taken with what was passed on', 'REVOKE SELECT ON app.item FROM given_a CASCADE'],
    ['who has it from somebody else keeps it', 'REVOKE SELECT ON app.item FROM given_b'],
    ['functions', 'GRANT EXECUTE ON FUNCTION app.f() TO given_a; REVOKE ALL ON FUNCTION app.f() FROM PUBLIC'],
    [
      'types',
      'GRANT USAGE ON TYPE app.mood, app.item TO given_a; REVOKE USAGE ON DOMAIN app.short FROM PUBLIC',
    ],
    ['sequences', 'GRANT USAGE, SELECT ON SEQUENCE app.number TO given_a'],
    [
      'new objects by default privileges',
      `CREATE SCHEMA made; CREATE TABLE app.made (id serial, n bigint GENERATED ALWAYS AS IDENTITY); CREATE TABLE made.made ();
       CREATE FUNCTION app.g() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$; CREATE TYPE app.new AS ENUM ('x');
       CREATE TYPE app.span AS RANGE (subtype = integer); CREATE TYPE app.whole AS (a integer); CREATE DOMAIN app.d AS text;
       CREATE VIEW app.made_view AS SELECT 1 AS one; CREATE SEQUENCE app.made_number; CREATE TABLE app.two PARTITION OF app.parent FOR VALUES IN (2)`,
    ],
    [
      'new objects',
      `CREATE TABLE app.made (id integer, note text); GRANT SELECT (id) ON app.made TO given_a; REVOKE SELECT ON app.made FROM given_b;
       GRANT ALL ON app.made TO PUBLIC; CREATE FUNCTION app.g() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$;
       REVOKE EXECUTE ON FUNCTION app.g() FROM PUBLIC; GRANT EXECUTE ON FUNCTION app.g() TO given_a`,
    ],
    ['another owner', 'ALTER TABLE app.item OWNER TO given_owner'],
    [
      'an owner that had privileges before',
      'GRANT SELECT ON app.item TO "given = /c"; ALTER TABLE app.item OWNER TO given_a',
    ],
    [
      'another owner of new objects',
      `CREATE TABLE app.made (id serial); ALTER TABLE app.made OWNER TO given_owner; GRANT SELECT, UPDATE (id) ON app.made TO given_a;
       CREATE VIEW app.made_view AS SELECT 1 AS one; ALTER VIEW app.made_view OWNER TO given_b; CREATE SEQUENCE app.n; ALTER SEQUENCE app.n OWNER TO given_b`,
    ],
    [
      'an owner that goes back',
      'ALTER TABLE app.item OWNER TO given_owner; ALTER TABLE app.item OWNER TO CURRENT_USER',
    ],
    [
      'an owner without privileges of its own',
      'ALTER TABLE app.item OWNER TO given_owner; REVOKE ALL ON app.item FROM given_owner',
    ],
    [
      'a view that takes the place of another',
      'GRANT SELECT ON app.notes TO given_a; CREATE OR REPLACE VIEW app.notes AS SELECT id FROM app.log',
    ],
    [
      'comments',
      `COMMENT ON TABLE app.item IS 'a: "b"'; COMMENT ON COLUMN app.item.id IS NULL; COMMENT ON COLUMN app.item.label IS ''; COMMENT ON SCHEMA app IS 'x';
       COMMENT ON FUNCTION app.f() IS E'two\nlines'; COMMENT ON TYPE app.mood IS 'x'; COMMENT ON TYPE app.item IS 'x'; COMMENT ON TYPE app.short IS 'x';
       COMMENT ON VIEW app.notes IS 'x'; COMMENT ON COLUMN app.notes.id IS 'x'; COMMENT ON INDEX app.log_id IS 'x'; COMMENT ON SEQUENCE app.number IS 'x'`,
    ],
    ['a comment that another follows', "COMMENT ON TABLE app.item IS 'a'; COMMENT ON TABLE app.item IS 'b'"],
  ])('of reviewed statements are given: %s', async (_, migration) => {
    expect(await trial.notGiven(`${migration};`)).toEqual([]);
  });

  const ITEM = 'GRANT SELECT ON app.item TO "given = /c"; GRANT SELECT (id) ON app.log TO given_a;';
  const MADE = 'CREATE TABLE app.made (id integer, secret text); GRANT SELECT (id) ON app.made TO given_a;';
  const OWNER = 'ALTER TABLE app.item OWNER TO given_owner;';
  const FUNCTION = `CREATE FUNCTION app.g() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$; GRANT EXECUTE ON FUNCTION app.g() TO given_a;`;

  test.each<[string, string, string]>([
    [
      ITEM,
      'GRANT UPDATE ON app.item TO "given = /c"',
      'privileges of table app.item: "given = /c"=rw/probatum_test',
    ],
    [ITEM, 'GRANT SELECT ON app.item TO PUBLIC', 'privileges of table app.item: =r/probatum_test'],
    [
      ITEM,
      'GRANT SELECT ON app.item TO "given = /c" WITH GRANT OPTION',
      'privileges of table app.item: "given = /c"=r*/probatum_test',
    ],
    [
      ITEM,
      'REVOKE SELECT ON app.item FROM "given = /c"',
      'privileges of table app.item: without given = /c=r/probatum_test',
    ],
    [
      ITEM,
      'REVOKE DELETE ON app.item FROM given_owner',
      'privileges of table app.item: without given_owner=d/probatum_test',
    ],
    [
      ITEM,
      'GRANT SELECT (label) ON app.item TO "given = /c"',
      'privileges of column app.item.label: "given = /c"=r/probatum_test',
    ],
    [
      ITEM,
      'GRANT SELECT (note) ON app.log TO given_a',
      'privileges of column app.log.note: given_a=r/probatum_test',
    ],
    [ITEM, 'GRANT SELECT ON app.log TO given_a', 'privileges of table app.log: given_a=r/probatum_test'],
    [
      'REVOKE SELECT ON app.item FROM given_a CASCADE;',
      'GRANT SELECT ON app.item TO given_a',
      'privileges of table app.item: given_a=rw*/probatum_test',
    ],
    [
      'REVOKE DELETE ON app.item FROM given_owner;',
      'GRANT DELETE ON app.item TO given_owner',
      'privileges of table app.item: given_owner=d/probatum_test',
    ],
    [
      'REVOKE ALL ON app.item FROM given_b;',
      'GRANT INSERT (label) ON app.item TO given_b',
      'privileges of column app.item.label: given_b=a/probatum_test',
    ],
    [MADE, 'GRANT ALL ON app.made TO PUBLIC', 'privileges of table app.made: =arwdDxt/probatum_test'],
    [
      MADE,
      'REVOKE SELECT ON app.made FROM given_b',
      'privileges of table app.made: without given_b=r/probatum_test',
    ],
    [
      MADE,
      'GRANT USAGE ON TYPE app.made TO given_a',
      'privileges of the row type of table app.made: given_a=U/probatum_test',
    ],
    [OWNER, 'GRANT ALL ON app.item TO PUBLIC', 'privileges of table app.item: =arwdDxt/given_owner'],
    [
      OWNER,
      'REVOKE UPDATE ON app.item FROM given_a',
      'privileges of table app.item: without given_a=w/given_owner',
    ],
    [
      FUNCTION,
      'GRANT EXECUTE ON FUNCTION app.g() TO PUBLIC',
      'privileges of function app.g(): =X/probatum_test',
    ],
    [
      'GRANT USAGE ON TYPE app.item TO given_a;',
      'GRANT INSERT ON app.item TO given_a',
      'privileges of table app.item: given_a=ar*w*/probatum_test',
    ],
    [
      "COMMENT ON COLUMN app.item.label IS 'x';",
      "COMMENT ON COLUMN app.item.id IS 'y'",
      'comment on column app.item.id',
    ],
    [
      "COMMENT ON COLUMN app.item.label IS 'x';",
      "COMMENT ON COLUMN app.item.label IS 'y'",
      'comment on column app.item.label',
    ],
    [
      "COMMENT ON COLUMN app.item.label IS 'x';",
      "COMMENT ON TABLE app.item IS 'x'",
      'comment on table app.item',
    ],
    [
      "COMMENT ON TABLE app.item IS 'x';",
      "COMMENT ON TYPE app.item IS 'x'",
      'comment on the row type of table app.item',
    ],
    [
      "COMMENT ON TABLE app.item IS 'x';",
      'COMMENT ON COLUMN app.item.id IS NULL',
      'comment on column app.item.id',
    ],
  ])('%s does not give what is done beside it: %s', async (migration, beside, line) => {
    expect(await trial.notGiven(migration, `${beside};`)).toEqual([line]);
  });
});

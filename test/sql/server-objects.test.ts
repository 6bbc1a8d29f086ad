import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { readText } from './read.js';

beforeAll(loadGrammar);

const refused = (sql: string, allows: readonly string[] = []) =>
  readText(`---\nkind: ddl\nallows: [${allows.join(', ')}]\n---\n\`\`\`sql migration\n${sql};\n\`\`\`\n`)
    .problems.filter(({ rule }) => rule === 'statement-allowed')
    .map(({ message }) => message.replace(' may not stand in executable SQL', ''));

const change = (name: string) => [`a change of ${name}, which is the server's own,`];
const plpgsql = (text: string) =>
  `CREATE FUNCTION a.f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n${text}\nRETURN 1;\nEND\n$$`;

describe("a change of the server's own objects is refused", () => {
  it.each<[string, string]>([
    ["UPDATE pg_catalog.pg_authid SET rolsuper = true WHERE rolname = 'x'", 'pg_catalog.pg_authid'],
    ['UPDATE ONLY "pg_catalog".pg_authid AS p SET rolsuper = true', 'pg_catalog.pg_authid'],
    ['UPDATE d.pg_catalog.pg_authid SET rolsuper = true', 'pg_catalog.pg_authid'],
    ["UPDATE pg_catalog.pg_settings SET setting = 'x' WHERE name = 'y'", 'pg_catalog.pg_settings'],
    ['INSERT INTO pg_catalog.pg_largeobject SELECT 1', 'pg_catalog.pg_largeobject'],
    ['INSERT INTO pg_catalog.pg_auth_members VALUES (1)', 'pg_catalog.pg_auth_members'],
    ['DELETE FROM pg_catalog.pg_depend', 'pg_catalog.pg_depend'],
    ['DELETE FROM information_schema.sql_features', 'information_schema.sql_features'],
    ['TRUNCATE a.b, pg_catalog.pg_statistic', 'pg_catalog.pg_statistic'],
    ['TRUNCATE pg_toast.pg_toast_1262', 'pg_toast.pg_toast_1262'],
    ['LOCK TABLE pg_catalog.pg_authid', 'pg_catalog.pg_authid'],
    [
      'WITH x AS (UPDATE pg_catalog.pg_authid SET rolsuper = true RETURNING 1) INSERT INTO a.b SELECT * FROM x',
      'pg_catalog.pg_authid',
    ],
    ['ALTER TABLE pg_catalog.pg_authid ADD c int', 'pg_catalog.pg_authid'],
    ['ALTER TABLE pg_catalog.pg_authid RENAME TO x', 'pg_catalog.pg_authid'],
    ['CREATE TABLE pg_catalog.x (y int)', 'pg_catalog.x'],
    ['CREATE VIEW information_schema.x AS SELECT 1', 'information_schema.x'],
    ['CREATE INDEX i ON pg_catalog.pg_class (relname)', 'pg_catalog.pg_class'],
    ['CREATE TRIGGER t AFTER INSERT ON pg_catalog.pg_class EXECUTE FUNCTION a.f()', 'pg_catalog.pg_class'],
    ['CREATE FUNCTION pg_catalog.lower(a.t) RETURNS text LANGUAGE sql RETURN 1', 'pg_catalog.lower(a.t)'],
    ['CREATE FUNCTION d.pg_catalog.lower(a.t) RETURNS text LANGUAGE sql RETURN 1', 'd.pg_catalog.lower(a.t)'],
    ["CREATE TYPE pg_catalog.t AS ENUM ('x')", 'pg_catalog.t'],
    ['CREATE DOMAIN pg_catalog.d AS int', 'pg_catalog.d'],
    ['CREATE SEQUENCE pg_catalog.s', 'pg_catalog.s'],
    ['DROP TABLE pg_catalog.pg_proc', 'pg_catalog.pg_proc'],
    ['DROP FUNCTION pg_catalog.lower(text)', 'pg_catalog.lower(text)'],
    ['DROP SCHEMA information_schema', 'schema information_schema'],
    ['ALTER SCHEMA pg_catalog RENAME TO x', 'schema pg_catalog'],
    ['GRANT CREATE ON SCHEMA pg_catalog TO x', 'schema pg_catalog'],
    ['GRANT SELECT ON pg_catalog.pg_authid TO x', 'pg_catalog.pg_authid'],
    ['GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO x', 'pg_catalog.pg_read_file(text)'],
    ["COMMENT ON TABLE pg_catalog.pg_class IS 'x'", 'pg_catalog.pg_class'],
  ])('%s', (sql, name) => {
    expect(refused(sql)).toEqual(change(name));
  });

  it.each<[string, string]>([
    [plpgsql('UPDATE pg_catalog.pg_authid SET rolsuper = true;'), 'pg_catalog.pg_authid'],
    [plpgsql('UPDATE pg_authid SET rolsuper = true;'), 'pg_authid'],
    [plpgsql('DELETE FROM pg_catalog.pg_depend;'), 'pg_catalog.pg_depend'],
    [plpgsql('INSERT INTO information_schema.sql_parts VALUES (1);'), 'information_schema.sql_parts'],
    [plpgsql('PERFORM 1; WITH x AS (DELETE FROM pg_depend RETURNING 1) UPDATE a.b SET c = 1;'), 'pg_depend'],
    [
      'CREATE FUNCTION a.f() RETURNS void LANGUAGE sql AS $$ UPDATE pg_authid SET rolsuper = true $$',
      'pg_authid',
    ],
    [
      'CREATE FUNCTION a.f() RETURNS int LANGUAGE sql AS $$ WITH x AS (DELETE FROM pg_catalog.pg_depend RETURNING 1) SELECT 1 $$',
      'pg_catalog.pg_depend',
    ],
    [
      'CREATE PROCEDURE a.f() LANGUAGE sql BEGIN ATOMIC UPDATE pg_catalog.pg_authid SET rolsuper = true; END',
      'pg_catalog.pg_authid',
    ],
    ['DO $$ BEGIN UPDATE pg_catalog.pg_authid SET rolsuper = true; END $$', 'pg_catalog.pg_authid'],
    ['DO $$ BEGIN UPDATE pg_authid SET rolsuper = true; END $$', 'pg_authid'],
  ])('in a body: %s', (sql, name) => {
    expect(refused(sql)).toEqual(change(name));
  });

  it.each([
    'CREATE VIEW a.v AS SELECT * FROM pg_catalog.pg_authid',
    "CREATE OR REPLACE VIEW a.v AS SELECT oid, rolsuper FROM pg_catalog.pg_authid AS x WHERE rolname = 'y' ORDER BY 1",
    'CREATE VIEW a.v AS TABLE pg_catalog.pg_settings',
    'CREATE VIEW a.v AS SELECT * FROM ONLY information_schema.sql_parts',
  ])('through a view: %s', (sql) => {
    expect(refused(sql)).toEqual(["a view that writes through to the server's own tables"]);
  });
});

describe("reading the server's own objects is allowed", () => {
  it.each([
    'INSERT INTO a.b SELECT relname FROM pg_catalog.pg_class',
    'CREATE VIEW a.v AS SELECT * FROM pg_catalog.pg_class OFFSET 0',
    'CREATE VIEW a.v AS SELECT c.relname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace',
    'CREATE VIEW a.v AS SELECT count(*) FROM pg_catalog.pg_class GROUP BY relkind',
    'UPDATE a.b SET c = 1 FROM pg_catalog.pg_class AS x WHERE x.relname = b.d',
    'CREATE TABLE a.pg_like (c pg_catalog.int4)',
    'CREATE TRIGGER t AFTER INSERT ON a.pg_like EXECUTE FUNCTION a.f()',
    "COMMENT ON COLUMN a.pg_like.c IS 'x'",
    'CREATE SCHEMA pgx',
    'GRANT USAGE ON SCHEMA pgx TO x',
    'DROP EXTENSION pg_trgm',
    'INSERT INTO pgx.b VALUES (1)',
  ])('%s', (sql) => {
    expect(refused(sql)).toEqual([]);
  });
});

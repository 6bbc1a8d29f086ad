import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { readFence } from './read.js';

beforeAll(loadGrammar);

const judge = (sql: string) => {
  const { problems, units } = readFence('migration', sql);
  return {
    // What it costs others is another question than whether it may run.
    problems: problems
      .filter(({ rule }) => rule !== 'lock-hazard')
      .map(({ rule, message }) => `${rule}: ${message}`),
    effects: units[0]!.statements.flatMap(({ effects }) =>
      effects.map(
        ({ action, kind, name, table }) => `${action} ${kind} ${name}${table ? ` on ${table}` : ''}`,
      ),
    ),
    locks: units[0]!.statements.flatMap(({ locks }) => locks),
  };
};
const refused = (what: string) => [`statement-allowed: ${what} may not stand in executable SQL`];

describe('the normal DDL is allowed, with its effects and locks', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['CREATE SCHEMA a', ['create schema schema a'], []],
    ['CREATE SCHEMA IF NOT EXISTS "A b"', ['create schema schema "A b"'], []],
    ['CREATE TABLE a.b (c int)', ['create table a.b'], []],
    ['CREATE UNLOGGED TABLE a.b (c int)', ['create table a.b'], []],
    [
      'CREATE TABLE a.b (c int REFERENCES d.e, f int, FOREIGN KEY (f) REFERENCES g.h (i))',
      ['create table a.b'],
      ['SHARE ROW EXCLUSIVE on d.e', 'SHARE ROW EXCLUSIVE on g.h'],
    ],
    ['CREATE SEQUENCE a.s', ['create sequence a.s'], []],
    ['CREATE VIEW a.v AS SELECT b.c FROM a.b', ['create view a.v'], []],
    ['CREATE OR REPLACE VIEW a.v AS SELECT 1 AS c', ['alter view a.v'], []],
    ['CREATE TYPE a.t AS (x int)', ['create type a.t'], []],
    ["CREATE TYPE a.t AS ENUM ('x')", ['create type a.t'], []],
    ['CREATE TYPE a.t AS RANGE (SUBTYPE = int4)', ['create type a.t'], []],
    ['CREATE DOMAIN a.d AS int CHECK (VALUE > 0)', ['create domain a.d'], []],
    ['CREATE INDEX i ON a.b (c)', ['create index a.i on a.b'], ['SHARE on a.b']],
    [
      'CREATE UNIQUE INDEX "I x" ON "A.x".b (lower(c))',
      ['create index "A.x"."I x" on "A.x".b'],
      ['SHARE on "A.x".b'],
    ],
    ['ALTER TABLE a.b ADD COLUMN c int, DROP COLUMN d', ['alter table a.b'], ['ACCESS EXCLUSIVE on a.b']],
    [
      'ALTER TABLE a.b ADD FOREIGN KEY (c) REFERENCES d.e (f)',
      ['alter table a.b'],
      ['ACCESS EXCLUSIVE on a.b', 'SHARE ROW EXCLUSIVE on d.e'],
    ],
    ['ALTER TABLE a.b RENAME TO c', ['alter object a.b', 'rename to a.c'], ['ACCESS EXCLUSIVE on a.b']],
    ['ALTER TABLE a.b RENAME COLUMN c TO d', ['alter object a.b'], ['ACCESS EXCLUSIVE on a.b']],
    ['ALTER SCHEMA a RENAME TO b', ['alter object schema a', 'rename to schema b'], []],
    ['ALTER TYPE a.t RENAME TO u', ['alter object a.t', 'rename to a.u'], []],
    [
      'ALTER INDEX "A.x".i RENAME TO "I x"',
      ['alter object "A.x".i', 'rename to "A.x"."I x"'],
      ['ACCESS EXCLUSIVE on "A.x".i'],
    ],
    ["COMMENT ON TABLE a.b IS 'x'", ['alter comment a.b'], []],
    ['COMMENT ON COLUMN a.b."c.d" IS \'x\'', ['alter comment a.b'], []],
    ["COMMENT ON CONSTRAINT c ON a.b IS 'x'", ['alter comment a.b'], []],
    ["COMMENT ON CONSTRAINT c ON DOMAIN a.d IS 'x'", ['alter comment a.d'], []],
    ["COMMENT ON SCHEMA a IS 'x'", ['alter comment schema a'], []],
    [
      'DROP TABLE a.b, a.c',
      ['drop table a.b', 'drop table a.c'],
      ['ACCESS EXCLUSIVE on a.b', 'ACCESS EXCLUSIVE on a.c'],
    ],
    ['DROP SCHEMA a', ['drop schema schema a'], []],
    ['DROP INDEX a.i', ['drop index a.i'], []],
    ['DROP TYPE a.t', ['drop type a.t'], []],
    ['DROP DOMAIN IF EXISTS a.d', ['drop domain a.d'], []],
    ['INSERT INTO a.b VALUES (1)', ['write-rows table a.b'], ['ROW EXCLUSIVE on a.b']],
    ['UPDATE a.b SET c = upper(c)', ['write-rows table a.b'], ['ROW EXCLUSIVE on a.b']],
    ['DELETE FROM a.b USING c.d WHERE b.x = d.x', ['write-rows table a.b'], ['ROW EXCLUSIVE on a.b']],
    [
      'WITH old AS (DELETE FROM a.b RETURNING x), kept AS (UPDATE c.d SET y = 1 RETURNING y) INSERT INTO e.f SELECT x FROM old',
      ['write-rows table e.f', 'write-rows table a.b', 'write-rows table c.d'],
      ['ROW EXCLUSIVE on e.f', 'ROW EXCLUSIVE on a.b', 'ROW EXCLUSIVE on c.d'],
    ],
    [
      'TRUNCATE a.b, c.d',
      ['write-rows table a.b', 'write-rows table c.d'],
      ['ACCESS EXCLUSIVE on a.b', 'ACCESS EXCLUSIVE on c.d'],
    ],
    ['GRANT SELECT ON a.b, a.c TO x', ['alter grant a.b', 'alter grant a.c'], []],
    ['REVOKE USAGE ON SCHEMA a FROM x', ['alter grant schema a'], []],
    ['GRANT USAGE ON TYPE a.t TO x', ['alter grant a.t'], []],
    ['REVOKE EXECUTE ON FUNCTION a.f(int, text[]) FROM PUBLIC', ['alter grant a.f(integer, text[])'], []],
    ["COMMENT ON FUNCTION a.f(int) IS 'x'", ['alter comment a.f(integer)'], []],
    ['LOCK TABLE a.b, a.c IN SHARE MODE', [], ['SHARE on a.b', 'SHARE on a.c']],
    ['LOCK TABLE a.b', [], ['ACCESS EXCLUSIVE on a.b']],
    ["SET LOCAL maintenance_work_mem = '1GB'", [], []],
    ['SET CONSTRAINTS ALL DEFERRED', [], []],
  ])('%s', (sql, effects, locks) => {
    expect(judge(`${sql};`)).toEqual({ problems: [], effects, locks });
  });

  it('without the locks on what the migration creates itself', () => {
    const sql =
      'CREATE TABLE a.b (c int);\nCREATE TABLE a.d (c int REFERENCES a.b);\nCREATE INDEX i ON a.b (c);\nCREATE INDEX j ON a.x (c);';
    expect(judge(sql).locks).toEqual(['SHARE on a.x']);
  });
});

describe('what is not on the list is refused', () => {
  it.each([
    "COPY a.b FROM PROGRAM 'curl x'",
    "COPY a.b TO '/tmp/x'",
    'COPY a.b TO stdout',
    'CALL a.p()',
    'SET ROLE postgres',
    'SET SESSION AUTHORIZATION postgres',
    "SET search_path = 'a'",
    'RESET ALL',
    'ANALYZE a.b',
    'CLUSTER a.b',
    'REINDEX TABLE a.b',
    'CREATE EXTENSION dblink',
    'CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION a.f()',
    'CREATE RULE r AS ON INSERT TO a.b DO INSTEAD NOTHING',
    'CREATE POLICY p ON a.b',
    'CREATE ROLE x SUPERUSER',
    'ALTER ROLE x SUPERUSER',
    'GRANT a TO b',
    'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO x',
    'CREATE SERVER s FOREIGN DATA WRAPPER w',
    'CREATE PUBLICATION p FOR ALL TABLES',
    'CREATE CAST (a.t AS int) WITHOUT FUNCTION',
    'CREATE OPERATOR a.+ (FUNCTION = a.f, LEFTARG = int)',
    'CREATE MATERIALIZED VIEW a.m AS SELECT 1',
    'CREATE TABLE a.c AS SELECT * FROM a.b',
    'SELECT 1',
    'SELECT * INTO a.c FROM a.b',
    'EXPLAIN ANALYZE DELETE FROM a.b',
    "NOTIFY x, 'y'",
    'LISTEN x',
    'PREPARE x AS DELETE FROM a.b',
    'EXECUTE x',
    'DECLARE c CURSOR FOR SELECT 1',
    "LOAD 'x'",
    'CHECKPOINT',
    'REASSIGN OWNED BY a TO b',
    'DROP OWNED BY a',
    'ALTER TABLE a.b SET SCHEMA c',
    'ALTER TABLE ALL IN TABLESPACE a SET TABLESPACE b',
    'ALTER SCHEMA a OWNER TO b',
    "SECURITY LABEL ON TABLE a.b IS 'x'",
    'DROP AGGREGATE a.f(int)',
    'DROP ROUTINE a.f()',
    'MERGE INTO a.b USING a.c ON true WHEN MATCHED THEN DELETE',
    'IMPORT FOREIGN SCHEMA a FROM SERVER s INTO b',
  ])('%s', (sql) => {
    const { problems, units } = readFence('migration', `${sql};`);
    expect(problems.filter(({ rule }) => rule === 'statement-allowed')).toHaveLength(1);
    expect(units[0]!.statements).toHaveLength(1);
  });

  it.each([
    'ALTER ROLE a RENAME TO b',
    'ALTER DATABASE a RENAME TO b',
    'ALTER FUNCTION a.f() RENAME TO g',
    "COMMENT ON ROLE a IS 'x'",
    "COMMENT ON DATABASE a IS 'x'",
    "COMMENT ON AGGREGATE a.f(int) IS 'x'",
    'GRANT ALL ON DATABASE a TO x',
    'GRANT EXECUTE ON ROUTINE a.f() TO x',
    'GRANT USAGE ON LANGUAGE plpgsql TO x',
  ])('a form of an allowed statement: %s', (sql) => {
    expect(judge(`${sql};`).problems).toEqual([
      expect.stringMatching(
        /^statement-allowed: (?:ALTER [A-Z]+ … RENAME|GRANT or REVOKE on [A-Z]+|COMMENT ON [A-Z]+) may not stand/,
      ),
    ]);
  });

  it.each<[string, string]>([
    ['CREATE TEMP TABLE b (c int)', 'a temporary object'],
    ['CREATE TABLE pg_temp.b (c int)', 'a temporary object'],
    ['CREATE TEMP SEQUENCE s', 'a temporary object'],
    ['CREATE TEMP VIEW v AS SELECT 1', 'a temporary object'],
    ['INSERT INTO pg_temp.b VALUES (1)', 'a temporary object'],
    [
      'CREATE SCHEMA a CREATE TABLE b (c int) GRANT SELECT ON b TO x',
      'CREATE SCHEMA with further statements in it',
    ],
    ['CREATE SCHEMA AUTHORIZATION x', 'CREATE SCHEMA without a name'],
    ['CREATE INDEX ON a.b (c)', 'CREATE INDEX without a name'],
    ['GRANT SELECT ON ALL TABLES IN SCHEMA a TO x', 'GRANT ON ALL OBJECTS IN SCHEMA'],
    [
      'WITH x AS (MERGE INTO a.b USING a.c ON true WHEN MATCHED THEN DELETE RETURNING 1) INSERT INTO a.d SELECT 1',
      'MergeStmt in a WITH query',
    ],
    [
      "INSERT INTO a.b SELECT public.dblink_exec('x', 'y')",
      'function dblink_exec, which reaches outside the transaction',
    ],
    [
      "UPDATE a.b SET c = lo_export(1, '/tmp/x')",
      'function lo_export, which reaches outside the transaction',
    ],
    [
      "UPDATE a.b SET c = pg_catalog.set_config('x', 'y', false)",
      'function set_config, which reaches outside the transaction',
    ],
    [
      'DELETE FROM a.b WHERE pg_terminate_backend(c)',
      'function pg_terminate_backend, which reaches outside the transaction',
    ],
    ['CREATE VIEW a.v AS SELECT pg_sleep(9)', 'function pg_sleep, which reaches outside the transaction'],
    [
      "INSERT INTO a.b SELECT pg_read_file('x')",
      'function pg_read_file, which reaches outside the transaction',
    ],
    [
      'INSERT INTO a.b VALUES (pg_advisory_unlock_all())',
      'function pg_advisory_unlock_all, which reaches outside the transaction',
    ],
    [
      "INSERT INTO a.b SELECT query_to_xml('x', true, true, '')",
      'function query_to_xml, which runs a text as SQL',
    ],
    [
      'ALTER TABLE a.b ADD c text DEFAULT pg_sleep(9)::text',
      'function pg_sleep, which reaches outside the transaction',
    ],
  ])('%s', (sql, what) => {
    expect(judge(`${sql};`).problems.filter((text) => text.startsWith('statement-allowed'))).toEqual(
      refused(what),
    );
  });

  it('is shown at the statement’s first line', () => {
    const [problem] = readFence('migration', 'CREATE SCHEMA a;\nCALL\na.p();').problems;
    expect(problem!.position).toEqual({ start: { line: 4, column: 1 }, end: { line: 4, column: 5 } });
  });
});

describe('what CASCADE would take along is named by statements of its own', () => {
  const CASCADED = refused('CASCADE');
  it.each([
    'DROP TABLE a.b CASCADE',
    'DROP SCHEMA a CASCADE',
    'DROP FUNCTION a.f(integer) CASCADE',
    'ALTER TABLE a.b DROP COLUMN c CASCADE',
    'ALTER TABLE a.b DROP CONSTRAINT c CASCADE',
    'TRUNCATE a.b CASCADE',
  ])('%s', (sql) => {
    expect(judge(`${sql};`).problems).toEqual(CASCADED);
    const fixture = readFence('fixture', `${sql};`).problems;
    expect(fixture.map(({ rule, message }) => `${rule}: ${message}`)).toEqual(CASCADED);
    expect(judge(`${sql.replace(/CASCADE$/, 'RESTRICT')};`).problems).toEqual([]);
  });

  it('a key may cascade, which is what it does for its rows', () => {
    const key = 'FOREIGN KEY (c) REFERENCES a.d (e) ON DELETE CASCADE ON UPDATE CASCADE NOT VALID';
    expect(judge(`ALTER TABLE a.b ADD CONSTRAINT k ${key};`).problems).toEqual([]);
  });
});

describe('names are qualified', () => {
  it.each<[string, readonly string[]]>([
    ['CREATE TABLE b (c int)', ['b']],
    ['CREATE TABLE "a.b" (c int)', ['"a.b"']],
    ['CREATE TABLE a.b (c int REFERENCES d)', ['d']],
    ['CREATE TABLE a.b (LIKE c)', ['c']],
    ['CREATE TABLE a.b () INHERITS (c)', ['c']],
    ['CREATE SEQUENCE s', ['s']],
    ['CREATE VIEW v AS SELECT 1', ['v']],
    ['CREATE VIEW a.v AS SELECT * FROM b, LATERAL (SELECT * FROM c) AS d', ['b', 'c']],
    ["CREATE TYPE t AS ENUM ('x')", ['t']],
    ['CREATE DOMAIN d AS int', ['d']],
    ['CREATE INDEX i ON b (c)', ['b']],
    ['ALTER TABLE b ADD c int', ['b']],
    ['ALTER TYPE t RENAME TO u', ['t']],
    ['DROP TABLE a.b, c', ['c']],
    ['DROP TYPE t', ['t']],
    ["COMMENT ON TABLE b IS 'x'", ['b']],
    ["COMMENT ON COLUMN b.c IS 'x'", ['b']],
    ['INSERT INTO a.b SELECT * FROM c', ['c']],
    ['INSERT INTO a.b SELECT * FROM c JOIN c AS d ON true', ['c']],
    ['WITH x AS (SELECT * FROM y) INSERT INTO a.b SELECT * FROM x', ['y']],
    ['UPDATE a.b SET c = (SELECT max(d) FROM e)', ['e']],
    ['TRUNCATE b', ['b']],
    ['GRANT SELECT ON b TO x', ['b']],
    ['DROP INDEX a.i', []],
    ['DROP SCHEMA a', []],
    ['CREATE TABLE "a"."b.c" (c int)', []],
  ])('%s', (sql, names) => {
    expect(judge(`${sql};`).problems).toEqual(
      names.map((name) => `qualified-names: ${name} is not qualified with its schema`),
    );
  });

  it('in checks too', () => {
    const { problems } = readFence('verify', '-- V-1: x\n-- expect: 1\nSELECT count(*) FROM b, pg_class;');
    expect(problems.map(({ message }) => message)).toEqual([
      'b is not qualified with its schema',
      'pg_class is not qualified with its schema',
    ]);
  });
});

import { beforeAll, describe, expect, test } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { readFence } from './read.js';

beforeAll(loadGrammar);

const SUFFIX = ' is not qualified with its schema';

/** What is said not to be qualified, with its line of the fence; other findings as they are. */
function bare(sql: string, role = 'migration'): string[] {
  return readFence(role, sql)
    .problems.filter(({ rule }) => rule !== 'lock-hazard')
    .map(({ message, position }) =>
      message.endsWith(SUFFIX) ? `${position.start.line - 2} ${message.slice(0, -SUFFIX.length)}` : message,
    );
}

describe('a name without a schema', () => {
  test.each([
    ['CREATE TABLE app.z (a mytype)', 'type mytype'],
    ['CREATE TABLE app.z (a mytype[])', 'type mytype'],
    ['CREATE TABLE app.z (a "MyType")', 'type "MyType"'],
    ['CREATE TABLE app.z (a citext)', 'type citext'],
    ['CREATE TABLE app.z (a vector(3))', 'type vector'],
    ["CREATE TABLE app.z (a text DEFAULT 'x'::mytype)", 'type mytype'],
    ['ALTER TABLE app.z ALTER COLUMN a TYPE mytype', 'type mytype'],
    ['ALTER TABLE app.z ADD COLUMN a mytype', 'type mytype'],
    ['CREATE TABLE app.z (a int CHECK (myf(a)))', 'function myf'],
    ['CREATE TABLE app.z (a int DEFAULT myf())', 'function myf'],
    ['CREATE INDEX i ON app.t (f(a))', 'function f'],
    ['CREATE INDEX i ON app.t (a my_ops)', 'operator class my_ops'],
    ['CREATE INDEX i ON app.t USING gin (a gin_trgm_ops)', 'operator class gin_trgm_ops'],
    ['CREATE TABLE app.z (a int) PARTITION BY RANGE (a my_ops)', 'operator class my_ops'],
    ['CREATE TABLE app.z (a text COLLATE mycoll)', 'collation mycoll'],
    ['CREATE INDEX i ON app.t (a COLLATE mycoll)', 'collation mycoll'],
    ['CREATE TABLE app.z (a int CHECK (a <<>> 3))', 'operator <<>>'],
    ['CREATE TABLE app.z (a int, EXCLUDE USING gist (a WITH <<>>))', 'operator <<>>'],
    ['INSERT INTO app.z SELECT a FROM app.t ORDER BY a USING <<<', 'operator <<<'],
    ['INSERT INTO app.z SELECT 1 WHERE 1 <<>> ANY (SELECT 2)', 'operator <<>>'],
    ["CREATE TABLE app.z (a int DEFAULT nextval('q'))", 'q'],
    ['CREATE TABLE app.z (a int DEFAULT pg_catalog.nextval(\'"Q"\'))', '"Q"'],
    ["CREATE TABLE app.z (a oid DEFAULT 'Q'::regclass)", 'q'],
    ["CREATE TABLE app.z (a oid DEFAULT 'mytype[]'::regtype)", 'type mytype'],
    ["CREATE TABLE app.z (a oid DEFAULT 'f(int)'::regprocedure)", 'function f'],
    ['CREATE SEQUENCE app.s OWNED BY t.a', 't'],
    ['CREATE TABLE app.z (a int GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME s))', 's'],
    ['CREATE TRIGGER x AFTER INSERT ON app.t FOR EACH ROW EXECUTE FUNCTION f()', 'function f'],
    ['CREATE TABLE app.z OF ty', 'type ty'],
    ['CREATE DOMAIN app.d AS ty', 'type ty'],
    ['CREATE TYPE app.c AS (a ty)', 'type ty'],
    ['CREATE TYPE app.r AS RANGE (subtype = ty)', 'type ty'],
    ['CREATE TYPE app.r AS RANGE (subtype = int4, subtype_opclass = my_ops)', 'operator class my_ops'],
    ['CREATE TYPE app.r AS RANGE (subtype = int4, multirange_type_name = many)', 'type many'],
    ['INSERT INTO app.t SELECT f(1)', 'function f'],
    ['CREATE VIEW app.v AS SELECT f(a) FROM app.t', 'function f'],
    ['DROP INDEX i', 'i'],
    ['DROP FUNCTION f(app.t)', 'f(app.t)'],
    ['DROP TYPE ty', 'ty'],
    ['DROP FUNCTION app.f(ty)', 'type ty'],
    ['CREATE FUNCTION f(a app.t) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$', 'f(app.t)'],
    ['CREATE FUNCTION app.f() RETURNS SETOF ty LANGUAGE sql AS $$ SELECT 1 $$', 'type ty'],
  ])('%s', (sql, name) => {
    expect(bare(`${sql};`)).toEqual([`1 ${name}`]);
  });

  test('is shown where it stands, and once in a statement', () => {
    expect(bare('CREATE TABLE app.z (\n  a mood,\n  b mood,\n  c int CHECK (f(c))\n);')).toEqual([
      '2 type mood',
      '4 function f',
    ]);
  });

  test('is found in checks', () => {
    const check = "-- PF-1: x\n-- expect: 1\nSELECT count(*) FROM app.t WHERE tableoid = 't'::regclass;";
    expect(bare(check, 'preflight')).toEqual(['3 t']);
  });
});

describe("the server's own names and what is no name need no schema", () => {
  test.each([
    `CREATE TABLE app.z (a serial, b bigserial, c smallserial, d int, e integer, f decimal(5,2), g varchar(3), h char,
       i "char", j timestamptz, k timestamp with time zone, l interval day to second, m bit varying(3), n json, o jsonb,
       p uuid, q inet, r text[], s _int4, t double precision, u tsvector, v int4range, w datemultirange, x xml, y name,
       z nchar varying(4), aa serial4, ab regclass, ac pg_catalog.int4, ad app.mood)`,
    `CREATE TABLE app.z (a text COLLATE "C", b text COLLATE "de-x-icu", c text COLLATE "en_US.utf8", d text COLLATE "en_US",
       e text COLLATE "German_Germany.1252", f text COLLATE pg_catalog."default", g text COLLATE app.c, h text COLLATE ucs_basic)`,
    `CREATE TABLE app.z (a timestamptz DEFAULT now(), b uuid DEFAULT gen_random_uuid(), c int DEFAULT nextval('app.q'),
       d int DEFAULT nextval('app.q'::regclass), e timestamptz DEFAULT CURRENT_TIMESTAMP, f text DEFAULT upper('x'),
       g date DEFAULT date '2020-01-01', h interval DEFAULT '1 day'::interval, i text[] DEFAULT ARRAY[]::text[],
       j int DEFAULT app.f(), k oid DEFAULT 'pg_class'::regclass, l oid DEFAULT '1234'::regclass, m oid DEFAULT '-'::regproc,
       n int DEFAULT int4(3), o uuid DEFAULT uuidv7(), p text DEFAULT trim(both from 'x'), q oid DEFAULT 'int[]'::regtype)`,
    `CREATE TABLE app.z (a text CHECK (a ~ '^x' AND a !~~* 'y' AND a IS DISTINCT FROM 'z' AND a BETWEEN SYMMETRIC 'a' AND 'b'
       AND a SIMILAR TO 'x' AND a IN ('a', 'b') AND length(a) > 3 AND a || 'x' <> 'y' AND a != 'q'
       AND coalesce(a, 'b') = ANY (ARRAY['x']) AND a OPERATOR(app.<<>>) 'x' AND NOT a LIKE 'x%' ESCAPE '!'))`,
    'CREATE TABLE app.z (a int, b int4range, EXCLUDE USING gist (b WITH &&, a WITH =)) WITH (fillfactor = 70, autovacuum_enabled = off)',
    'CREATE INDEX i ON app.t USING gist (a) WITH (buffering = auto)',
    'CREATE INDEX i ON app.t (a text_pattern_ops, b COLLATE "C" varchar_ops DESC)',
    "CREATE INDEX i ON app.t USING gin (a jsonb_path_ops, to_tsvector('simple', b), c app.gin_trgm_ops)",
    'ALTER TABLE app.t ALTER a SET (n_distinct = 5), SET (autovacuum_enabled = off), ALTER b SET STORAGE external',
    'CREATE SEQUENCE app.s AS bigint OWNED BY app.t.a',
    'CREATE SEQUENCE app.s OWNED BY NONE',
    'CREATE TABLE app.z (a int GENERATED BY DEFAULT AS IDENTITY (START WITH 5))',
    'CREATE TYPE app.r AS RANGE (subtype = float8, subtype_diff = float8mi, collation = "C", subtype_opclass = float8_ops)',
    'CREATE TRIGGER x BEFORE UPDATE ON app.t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
    "CREATE VIEW app.v AS SELECT extract(day from a), row_number() OVER (ORDER BY a), percentile_cont(0.5) WITHIN GROUP (ORDER BY b), json_object('a': 1), xmlelement(name x) FROM app.t, generate_series(1, 2) AS g (n), unnest(ARRAY[1]) AS u",
    'INSERT INTO app.t (a) VALUES (1) ON CONFLICT (lower(a) text_ops) DO NOTHING',
    "INSERT INTO app.t SELECT x.a::numeric(3), (y).b FROM app.u AS x, LATERAL jsonb_to_recordset('[]') AS y (b int)",
    'GRANT EXECUTE ON FUNCTION app.f(integer, app.t) TO bob',
    'DROP INDEX app.i',
    'CREATE SCHEMA other',
    'ALTER INDEX app.i RENAME TO j',
  ])('%s', (sql) => {
    expect(bare(`${sql};`)).toEqual([]);
  });
});

describe('in a body', () => {
  const sql = (body: string, options = '') =>
    `CREATE FUNCTION app.f() RETURNS bigint LANGUAGE sql ${options} AS $$\n${body}\n$$;`;
  const plpgsql = (body: string, returns = 'void') =>
    `CREATE FUNCTION app.f() RETURNS ${returns} LANGUAGE plpgsql AS $$\n${body}\n$$;`;

  test('in SQL a name without a schema is found at its line', () => {
    expect(bare(sql('SELECT 1;\nSELECT count(*) FROM s;'))).toEqual(['3 s']);
    expect(bare(sql('DELETE FROM s;\nSELECT myf(1)::ty FROM app.t;'))).toEqual([
      '2 s',
      '3 function myf',
      '3 type ty',
    ]);
    expect(bare('CREATE FUNCTION app.f() RETURNS int BEGIN ATOMIC SELECT myf() FROM s; END;')).toEqual([
      '1 s',
      '1 function myf',
    ]);
  });

  test.each([
    ['BEGIN\nPERFORM myf();\nEND', ['3 function myf']],
    ['BEGIN\nDELETE FROM s;\nEND', ['3 s']],
    ['DECLARE\nn int := (SELECT count(*) FROM s);\nBEGIN\nNULL;\nEND', ['3 s']],
    [
      'DECLARE\nn int;\nBEGIN\nn := myf(n);\nIF n <<>> 3 THEN\nNULL;\nEND IF;\nEND',
      ['5 function myf', '6 operator <<>>'],
    ],
    ['DECLARE\nr record;\nBEGIN\nFOR r IN SELECT * FROM s LOOP\nNULL;\nEND LOOP;\nEND', ['5 s']],
    ['DECLARE\nc CURSOR FOR SELECT * FROM s;\nBEGIN\nNULL;\nEND', ['3 s']],
    [
      'DECLARE\na mood;\nb mood[];\nc t%ROWTYPE;\nd t.a%TYPE;\nBEGIN\nNULL;\nEND',
      ['3 type mood', '4 type mood', '5 t', '6 t'],
    ],
  ])('in PL/pgSQL: %j', (body, names) => {
    expect(bare(plpgsql(body))).toEqual(names);
  });

  test('what is qualified, and the words of the language, are right', () => {
    const body = `<<outer>>
DECLARE
  a app.mood; b app.t%ROWTYPE; c app.t.a%TYPE; d int := 0; e d%TYPE; f outer.d%TYPE; g record; h refcursor;
  i text[]; j timestamptz := now(); k CONSTANT numeric(3, 2) := 1; l CURSOR (m int) FOR SELECT m FROM app.t;
  n app.t; o b.a%TYPE; p varchar(3)[]; q timestamp with time zone;
BEGIN
  SELECT count(*) INTO d FROM app.t;
  FOR g IN SELECT * FROM app.t AS x WHERE x.a = d LOOP d := d + 1; i[1] := upper(g.a); END LOOP;
  WITH w AS (SELECT 1) INSERT INTO app.t SELECT * FROM w;
  FOREACH j IN ARRAY ARRAY[now()] LOOP RAISE NOTICE '%', j; END LOOP;
  OPEN h FOR SELECT 1; FETCH h INTO d; CLOSE h;
  UPDATE app.t SET a = 1 WHERE CURRENT OF l;
  IF FOUND AND EXISTS (SELECT FROM app.t) THEN RETURN; END IF;
END`;
    expect(bare(plpgsql(body))).toEqual([]);
  });

  test.each(["''", 'pg_catalog', 'pg_catalog, pg_temp'])('a path of %s has nothing of one’s own', (path) => {
    expect(bare(sql('SELECT count(*) FROM s', `SET search_path = ${path}`))).toEqual(['2 s']);
  });

  test('one that sets a search path of its own looks its names up there', () => {
    expect(bare(sql('SELECT myf(count(*)) FROM s', 'SET search_path = app, pg_temp'))).toEqual([]);
    const atomic = 'RETURNS int SET search_path = app BEGIN ATOMIC SELECT 1 FROM s; END';
    expect(bare(`CREATE FUNCTION app.f() ${atomic};`)).toEqual(['1 s']);
  });

  describe('of a trigger', () => {
    const body = 'BEGIN\nINSERT INTO app.log SELECT a FROM fresh;\nRETURN NULL;\nEND';
    const trigger = (referencing: string) =>
      `\nCREATE TRIGGER x AFTER INSERT ON app.t ${referencing} FOR EACH STATEMENT EXECUTE FUNCTION app.f();`;

    test('a transition table has no schema', () => {
      expect(bare(plpgsql(body, 'trigger') + trigger('REFERENCING NEW TABLE AS fresh'))).toEqual([]);
    });
    test('where its triggers name no such table, it is none', () => {
      expect(bare(plpgsql(body, 'trigger') + trigger('REFERENCING NEW TABLE AS other'))).toEqual(['3 fresh']);
    });
    test('where the triggers are made elsewhere, what is read may be one, and what is written is none', () => {
      expect(bare(plpgsql(body, 'trigger'))).toEqual([]);
      expect(bare(plpgsql('BEGIN\nINSERT INTO log SELECT 1;\nRETURN NULL;\nEND', 'trigger'))).toEqual([
        '3 log',
      ]);
    });
  });

  test('of a block', () => {
    expect(bare('DO $$ BEGIN\nPERFORM myf();\nDELETE FROM s;\nEND $$;')).toEqual(['2 function myf', '3 s']);
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { readFence } from './read.js';

beforeAll(loadGrammar);

const judge = (sql: string) =>
  readFence('verify', `-- V-1: x\n-- expect: 1\n${sql};`)
    .problems.filter(({ rule }) => rule === 'check-read-only')
    .map(({ message }) => message);

describe('a check may be', () => {
  it.each([
    'SELECT count(*) FROM a.b',
    'SELECT count(*), max(updated_at) FROM public.tac_logical_unit',
    'VALUES (1), (2)',
    'TABLE a.b',
    'SELECT 1 UNION ALL SELECT 2 ORDER BY 1',
    'WITH x AS (SELECT 1 AS y) SELECT y FROM x',
    'WITH RECURSIVE x AS (SELECT 1 AS y UNION ALL SELECT y + 1 FROM x WHERE y < 9) SELECT count(*) FROM x',
    "SELECT to_regclass('a.b')::text",
    "SELECT 'a.b'::regclass::pg_catalog.oid",
    "SELECT CAST('1' AS pg_catalog.int4), DATE '2026-01-01', '{1}'::int[]",
    'SELECT pg_catalog.pg_get_constraintdef(c.oid) FROM pg_catalog.pg_constraint AS c',
    "SELECT string_agg(a.attname::text, ',' ORDER BY a.attnum) FILTER (WHERE a.attnum > 0) FROM pg_catalog.pg_attribute AS a",
    "SELECT c.relname ~ '^x', c.relname LIKE 'a%', c.relkind IN ('r', 'p'), c.oid BETWEEN 1 AND 2 FROM pg_catalog.pg_class AS c",
    'SELECT row_number() OVER (PARTITION BY a ORDER BY b) FROM a.b',
    "SELECT coalesce(a, 'x'), nullif(a, b), greatest(a, b), CASE WHEN a IS NULL THEN 1 END FROM a.b",
    'SELECT EXISTS (SELECT 1 FROM a.b WHERE c = ANY (ARRAY[1, 2]))',
    "SELECT md5(string_agg(b::text, '')) FROM a.b",
    'SELECT current_user, current_database()',
    'SELECT 1 OPERATOR(pg_catalog.+) 2',
    'SELECT a.b COLLATE "C" FROM a.b ORDER BY 1 DESC NULLS LAST LIMIT 1 OFFSET 1',
    "SELECT jsonb_typeof(d), isfinite(e), b SIMILAR TO 'q%', initcap(b), jsonb_path_exists(d, '$.x') FROM a.b",
    'SELECT x.n FROM unnest(ARRAY[1]) AS x (n), LATERAL (SELECT 1) AS y',
    "SELECT extract(year FROM d), substring(a FROM 1 FOR 2), trim(a), position('x' IN a) FROM a.b",
  ])('%s', (sql) => {
    expect(judge(sql)).toEqual([]);
  });
});

describe('a check may not be', () => {
  it.each([
    'INSERT INTO a.b VALUES (1)',
    'UPDATE a.b SET c = 1',
    'DELETE FROM a.b',
    'TRUNCATE a.b',
    'CREATE TABLE a.c (d int)',
    'DROP TABLE a.b',
    'EXPLAIN ANALYZE SELECT 1',
    "COPY a.b TO PROGRAM 'x'",
    'DO $$ BEGIN END $$',
    'CALL a.p()',
    'SET ROLE x',
    'SHOW all',
    'BEGIN',
    'COMMIT',
    'LOCK TABLE a.b',
    'DECLARE c CURSOR FOR SELECT 1',
    'FETCH c',
    'EXECUTE x',
    'CREATE TABLE a.c AS SELECT 1',
  ])('%s', (sql) => {
    expect(judge(sql)).toEqual(['a check is one SELECT']);
  });

  it.each<[string, string]>([
    ['SELECT * INTO a.c FROM a.b', 'SELECT INTO'],
    ['SELECT 1 FROM a.b FOR UPDATE', 'FOR UPDATE / FOR SHARE'],
    ['SELECT 1 FROM (SELECT 1 FROM a.b FOR KEY SHARE) AS x', 'FOR UPDATE / FOR SHARE'],
    ['WITH x AS (INSERT INTO a.b VALUES (1) RETURNING c) SELECT * FROM x', 'INSERT'],
    ['WITH x AS (UPDATE a.b SET c = 1 RETURNING c) SELECT * FROM x', 'UPDATE'],
    [
      'SELECT (WITH x AS (SELECT 1) SELECT 1 FROM x), y.z FROM (WITH d AS (DELETE FROM a.b RETURNING 1 AS z) SELECT z FROM d) AS y',
      'DELETE',
    ],
    ['WITH x AS (MERGE INTO a.b USING a.c ON true WHEN MATCHED THEN DELETE RETURNING 1) SELECT 1', 'MERGE'],
    ['SELECT 1 FROM a.b TABLESAMPLE system (1)', 'TABLESAMPLE'],
  ])('%s', (sql, what) => {
    expect(judge(sql)).toEqual([`${what} is not allowed in a check`]);
  });

  it.each<[string, string]>([
    ["SELECT nextval('a.s')", 'nextval'],
    ["SELECT setval('a.s', 1)", 'setval'],
    ["SELECT currval('a.s')", 'currval'],
    ['SELECT pg_sleep(1)', 'pg_sleep'],
    ["SELECT pg_catalog.pg_sleep_for('1 s')", 'pg_catalog.pg_sleep_for'],
    ["SELECT * FROM dblink('x', 'y') AS z (a int)", 'dblink'],
    ["SELECT public.dblink_exec('x')", 'public.dblink_exec'],
    ["SELECT set_config('x', 'y', false)", 'set_config'],
    ['SELECT lo_create(1)', 'lo_create'],
    ["SELECT pg_read_file('x')", 'pg_read_file'],
    ['SELECT pg_terminate_backend(1)', 'pg_terminate_backend'],
    ['SELECT pg_advisory_lock(1)', 'pg_advisory_lock'],
    ['SELECT pg_reload_conf()', 'pg_reload_conf'],
    ["SELECT query_to_xml('DELETE FROM a.b', true, true, '')", 'query_to_xml'],
    ["SELECT pg_notify('a', 'b')", 'pg_notify'],
    ['SELECT pg_export_snapshot()', 'pg_export_snapshot'],
    ['SELECT now()', 'now'],
    ['SELECT random()', 'random'],
    ['SELECT a.count(*) FROM a.b', 'a.count'],
    ['SELECT a.f()', 'a.f'],
    ['SELECT x FROM a.f() AS x', 'a.f'],
    ['SELECT 1 FROM a.b WHERE c = (SELECT a.f())', 'a.f'],
    ['SELECT 1 ORDER BY a.f()', 'a.f'],
    ['SELECT count(*) FILTER (WHERE a.f()) FROM a.b', 'a.f'],
    ['SELECT count(*) OVER (PARTITION BY a.f()) FROM a.b', 'a.f'],
    ['VALUES (a.f())', 'a.f'],
    ['SELECT 1 LIMIT a.f()', 'a.f'],
    ['SELECT x.pg_catalog.count(1) FROM a.b', 'x.pg_catalog.count'],
    ['SELECT "COUNT"(1)', 'COUNT'],
  ])('what calls a function that is not known to read only: %s', (sql, name) => {
    expect(judge(sql)).toEqual([`function ${name} is not known to read only`]);
  });

  it.each<[string, string]>([
    ['SELECT 1 OPERATOR(a.+) 2', 'operator a.+'],
    ['SELECT 1 WHERE 1 OPERATOR(a.=) ANY (SELECT 2)', 'operator a.='],
    ['SELECT 1 ORDER BY 1 USING OPERATOR(a.<)', 'operator a.<'],
    ["SELECT 'x'::a.d", 'type a.d'],
    ["SELECT CAST('x' AS a.d[])", 'type a.d'],
  ])('what may call one without its name: %s', (sql, what) => {
    expect(judge(sql)).toEqual([`${what} is not known to read only`]);
  });
});

import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { readFence, readText } from './read.js';

/*
 * Every syntax by which PostgreSQL calls a function, or runs a text, other than `f(x)` in a select list: what is refused,
 * what is judged by the lists of functions, and what calls nothing.
 */

beforeAll(loadGrammar);

const check = (sql: string) =>
  readFence('verify', `-- V-1: x\n-- expect: 1\n${sql};`)
    .problems.filter(({ rule }) => rule === 'check-read-only')
    .map(({ message }) => message);

const migration = (sql: string, allows: readonly string[] = []) =>
  readText(
    `---\nkind: ddl\nallows: [${allows.join(', ')}]\n---\n\`\`\`sql migration\n${sql};\n\`\`\`\n`,
  ).problems.filter(({ rule }) => rule === 'statement-allowed');

const refused = (sql: string, allows: readonly string[] = []) =>
  migration(sql, allows).map(({ message }) => message.replace(' may not stand in executable SQL', ''));

const body = (text: string, declared = '') =>
  `CREATE FUNCTION a.f() RETURNS int LANGUAGE plpgsql AS $x$\nDECLARE n int; ${declared}\nBEGIN\n${text}\nEND\n$x$`;

const REACHES = 'which reaches outside the transaction';

describe('a check that calls a function without writing a call', () => {
  it.each<[string, string]>([
    [
      'SELECT count((a.pid).pg_terminate_backend) FROM pg_catalog.pg_stat_activity AS a',
      'pg_terminate_backend',
    ],
    ['SELECT a.pg_terminate_backend FROM pg_catalog.unnest(ARRAY[1]) AS a', 'pg_terminate_backend'],
    ['SELECT (8101098497116117109::bigint).pg_advisory_unlock', 'pg_advisory_unlock'],
    ['SELECT n.pg_advisory_unlock FROM generate_series(1::bigint, 1) AS n', 'pg_advisory_unlock'],
    ['SELECT (0).lo_create > 0', 'lo_create'],
    ["SELECT ('PG_VERSION'::text).pg_read_file", 'pg_read_file'],
    ["SELECT ('PG_VERSION'::text).pg_read_file.length", 'pg_read_file'],
    ["SELECT ('PG_VERSION'::text).length.pg_sleep", 'pg_sleep'],
    ["SELECT ('a.s'::pg_catalog.regclass).nextval", 'nextval'],
    ["SELECT ('SELECT 1'::text).ts_stat::text", 'ts_stat'],
    ["SELECT (('SELECT 1'::text).ts_stat).*", 'ts_stat'],
    ['SELECT (ARRAY[1])[1].pg_sleep', 'pg_sleep'],
    ['SELECT (SELECT 1).pg_sleep', 'pg_sleep'],
    ['SELECT (CASE WHEN true THEN 1 END).pg_sleep', 'pg_sleep'],
    ['SELECT a.b.pg_sleep FROM a.b', 'pg_sleep'],
    ['SELECT 1 FROM a.b WHERE b.pg_sleep IS NULL', 'pg_sleep'],
    ['SELECT 1 FROM a.b ORDER BY b.pg_sleep', 'pg_sleep'],
    ['SELECT 1 FROM a.b GROUP BY c HAVING (1).pg_promote', 'pg_promote'],
    ['SELECT 1 FROM a.b JOIN a.c ON b.pg_sleep = c.x', 'pg_sleep'],
    ['SELECT 1 LIMIT (1).pg_sleep', 'pg_sleep'],
    ['SELECT count(*) FILTER (WHERE (1).pg_promote) FROM a.b', 'pg_promote'],
    ['SELECT string_agg(x, y ORDER BY (z).pg_sleep) FROM a.b', 'pg_sleep'],
    ['SELECT count(*) OVER w FROM a.b WINDOW w AS (PARTITION BY (1).pg_sleep)', 'pg_sleep'],
    ['SELECT count(*) OVER (ROWS (1).pg_sleep PRECEDING) FROM a.b', 'pg_sleep'],
    ['SELECT x FROM a.b, LATERAL (SELECT b.pg_sleep AS x) AS y', 'pg_sleep'],
    ['SELECT x FROM generate_series(1, (1).pg_sleep) AS x', 'pg_sleep'],
    ['WITH x AS (SELECT (1).pg_sleep) SELECT 1 FROM x', 'pg_sleep'],
    ['VALUES ((1).pg_sleep)', 'pg_sleep'],
    ['SELECT (ARRAY[1])[(1).pg_sleep]', 'pg_sleep'],
    ["SELECT 1 FROM xmltable('/a' PASSING ('x'::text).xml COLUMNS b int DEFAULT (1).pg_sleep)", 'pg_sleep'],
    ["SELECT json_value('{}', '$.a' DEFAULT (1).pg_sleep ON EMPTY)", 'pg_sleep'],
    ["SELECT ('x'::text).dblink_exec", 'dblink_exec'],
    ["SELECT ('x'::text).current_setting", 'current_setting'],
    ['SELECT (1)."pg_sleep"', 'pg_sleep'],
    ['SELECT (ROW(1)).pg_sleep', 'pg_sleep'],
  ])('%s', (sql, name) => {
    expect(check(sql)).toEqual([`function ${name} is not known to read only`]);
  });

  it('is told how a column of that name is written', () => {
    const [problem] = readFence('verify', '-- V-1: x\n-- expect: 1\nSELECT b.nextval FROM a.b;').problems;
    expect(problem!.help).toBe(
      'a name after a dot can be a call; a column of that name is written without its table, or under another alias',
    );
    expect(check('SELECT nextval FROM a.b')).toEqual([]);
    expect(check('SELECT b.next FROM a.b AS b (next)')).toEqual([]);
  });
});

describe('a check in any other syntax that calls functions', () => {
  it.each<[string, string]>([
    ['SELECT 1 FROM ROWS FROM (a.f(), unnest(ARRAY[1])) AS x', 'function a.f is not known to read only'],
    ['SELECT * FROM a.f() WITH ORDINALITY', 'function a.f is not known to read only'],
    ['SELECT * FROM a.b, LATERAL a.f(b.c)', 'function a.f is not known to read only'],
    ['SELECT f(DISTINCT x) FROM a.b', 'function f is not known to read only'],
    ['SELECT a.f(VARIADIC x) FROM a.b', 'function a.f is not known to read only'],
    ['SELECT a.f(x => 1)', 'function a.f is not known to read only'],
    [
      'SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a.f()) FROM a.b',
      'function percentile_cont is not known to read only',
    ],
    ["SELECT 1 FROM xmltable('/a' PASSING a.f() COLUMNS b int)", 'function a.f is not known to read only'],
    [
      "SELECT 1 FROM json_table(a.f(), '$[*]' COLUMNS (b int PATH '$'))",
      'function a.f is not known to read only',
    ],
    ["SELECT json_value('{}', '$' RETURNING a.d)", 'type a.d is not known to read only'],
    ["SELECT 1 FROM json_table('[]', '$' COLUMNS (b a.d PATH '$'))", 'type a.d is not known to read only'],
    ["SELECT 1 FROM xmltable('/a' PASSING x COLUMNS b a.d)", 'type a.d is not known to read only'],
    ["SELECT x FROM json_to_record('{}') AS x (b a.d)", 'function json_to_record is not known to read only'],
    ['SELECT 1 OPERATOR(a.+) 2', 'operator a.+ is not known to read only'],
    ['SELECT a.b < ALL (SELECT 1), OPERATOR(a.-) 1 FROM a.b', 'operator a.- is not known to read only'],
    ["SELECT a.d 'x'", 'type a.d is not known to read only'],
    ["SELECT 'x'::a.d[]", 'type a.d is not known to read only'],
    ['SELECT xmlserialize(CONTENT x AS a.d) FROM a.b', 'type a.d is not known to read only'],
    ['SELECT 1 FROM a.b TABLESAMPLE a.m (1)', 'TABLESAMPLE is not allowed in a check'],
    ['EXPLAIN ANALYZE SELECT a.f()', 'a check is one SELECT'],
    ['DECLARE c CURSOR FOR SELECT a.f()', 'a check is one SELECT'],
    ['COPY (SELECT a.f()) TO STDOUT', 'a check is one SELECT'],
    ['CREATE TABLE a.c AS EXECUTE x', 'a check is one SELECT'],
    ['PREPARE x AS SELECT a.f()', 'a check is one SELECT'],
  ])('%s', (sql, why) => {
    expect(check(sql)).toEqual([why]);
  });
});

describe('a check reads columns and fields as before', () => {
  it.each([
    'SELECT b.c, a.b.c, b.* FROM a.b',
    'SELECT (b.c).d, (b.c).d.e, (b.c[1]).d, (b).* FROM a.b',
    'SELECT (ROW(1, 2)).f1, (SELECT b FROM a.b LIMIT 1).name',
    'SELECT s.name, s.setting, t.text, t.date, t.time, t.timestamp, t.interval, t.version, t.length, t.value FROM a.t, pg_catalog.pg_settings AS s',
    'SELECT c.relname, c.oid, c.reltuples, c.relkind, c.relowner FROM pg_catalog.pg_class AS c',
    'SELECT a.pid, a.query, a.state, a.backend_start, a.xact_start FROM pg_catalog.pg_stat_activity AS a',
    'SELECT t.lo_bound, t.pg_version, t.log, t.position, t.count, t.sum, t.lower, t.format, t.size FROM a.t',
    "SELECT x.a, y.b FROM json_table('[]', '$[*]' COLUMNS (a int PATH '$')) AS x, xmltable('/a' PASSING '<a/>'::xml COLUMNS b int) AS y",
    'SELECT d.c COLLATE "C", d.e[1:2], d.j[\'x\'] FROM a.d',
    "SELECT 'a.b'::regclass, 'f'::regproc, '<a/>'::xml, '$'::jsonpath, CURRENT_TIMESTAMP",
  ])('%s', (sql) => {
    expect(check(sql)).toEqual([]);
  });
});

describe('a migration that calls a function without writing a call', () => {
  it.each<[string, string]>([
    ["INSERT INTO a.b SELECT ('PG_VERSION'::text).pg_read_file", `function pg_read_file, ${REACHES}`],
    ["INSERT INTO a.b SELECT ('SELECT 1'::text).ts_stat::text", 'function ts_stat, which runs a text as SQL'],
    [
      'INSERT INTO a.b SELECT n.pg_advisory_unlock FROM generate_series(1::bigint, 1) AS n',
      `function pg_advisory_unlock, ${REACHES}`,
    ],
    ['UPDATE a.b SET c = (0).lo_create', `function lo_create, ${REACHES}`],
    ["UPDATE a.b SET c = (('x'::text).pg_read_file).length", `function pg_read_file, ${REACHES}`],
    [
      'DELETE FROM a.b USING pg_catalog.pg_stat_activity AS s WHERE (s.pid).pg_terminate_backend',
      `function pg_terminate_backend, ${REACHES}`,
    ],
    [
      'INSERT INTO a.b VALUES (1) ON CONFLICT (c) DO UPDATE SET d = (EXCLUDED.c).pg_sleep',
      `function pg_sleep, ${REACHES}`,
    ],
    ['INSERT INTO a.b VALUES (1) RETURNING (c).pg_sleep', `function pg_sleep, ${REACHES}`],
    ['CREATE TABLE a.b (c int DEFAULT (1).pg_sleep)', `function pg_sleep, ${REACHES}`],
    ['CREATE TABLE a.b (c int CHECK ((c).pg_sleep IS NULL))', `function pg_sleep, ${REACHES}`],
    [
      'CREATE TABLE a.b (c int, d int GENERATED ALWAYS AS ((c).pg_sleep) STORED)',
      `function pg_sleep, ${REACHES}`,
    ],
    ['CREATE TABLE a.b PARTITION OF a.c FOR VALUES IN ((1).pg_sleep)', `function pg_sleep, ${REACHES}`],
    ['CREATE TABLE a.b (c int) PARTITION BY LIST (((c).pg_sleep))', `function pg_sleep, ${REACHES}`],
    ['CREATE TABLE a.b (c int, EXCLUDE USING gist (((c).pg_sleep) WITH =))', `function pg_sleep, ${REACHES}`],
    ['ALTER TABLE a.b ALTER c TYPE int USING (c).pg_sleep', `function pg_sleep, ${REACHES}`],
    ['ALTER TABLE a.b ALTER c SET DEFAULT (1).pg_sleep', `function pg_sleep, ${REACHES}`],
    ['CREATE INDEX i ON a.b (((c).pg_sleep))', `function pg_sleep, ${REACHES}`],
    ['CREATE INDEX i ON a.b (c) WHERE (c).pg_promote', `function pg_promote, ${REACHES}`],
    ['CREATE DOMAIN a.d AS int DEFAULT (1).pg_sleep', `function pg_sleep, ${REACHES}`],
    ['CREATE DOMAIN a.d AS int CHECK ((VALUE).pg_sleep IS NULL)', `function pg_sleep, ${REACHES}`],
    ['CREATE VIEW a.v AS SELECT b.pg_sleep FROM a.b', `function pg_sleep, ${REACHES}`],
    [
      'CREATE FUNCTION a.f(x int DEFAULT (1).pg_sleep) RETURNS int LANGUAGE sql RETURN x',
      `function pg_sleep, ${REACHES}`,
    ],
    [
      'CREATE TRIGGER t AFTER INSERT ON a.b FOR EACH ROW WHEN (NEW.pg_sleep IS NULL) EXECUTE FUNCTION a.f()',
      `function pg_sleep, ${REACHES}`,
    ],
    [
      'CREATE TRIGGER t AFTER INSERT ON a.b EXECUTE FUNCTION a.triggered_change_notification()',
      `function triggered_change_notification, ${REACHES}`,
    ],
    ['CREATE TYPE a.t AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = a.dblink)', `function dblink, ${REACHES}`],
    ["INSERT INTO a.b SELECT ('x'::text).dblink_exec", `function dblink_exec, ${REACHES}`],
  ])('%s', (sql, what) => {
    expect(refused(sql)).toEqual([what]);
  });

  it.each<[string, string]>([
    ['n := (1).pg_sleep;', ''],
    ['IF (1).pg_sleep IS NULL THEN NULL; END IF;', ''],
    ['PERFORM x.pg_sleep FROM generate_series(1, 2) AS x;', ''],
    ['RETURN (1).pg_sleep;', ''],
    ["RAISE NOTICE '%', (1).pg_sleep;", ''],
    ['NULL;', 'm int := (1).pg_sleep;'],
    ['NULL;', 'c CURSOR FOR SELECT (1).pg_sleep;'],
  ])('in a body: %s %s', (text, declared) => {
    expect(refused(body(text, declared))).toEqual([`function pg_sleep, ${REACHES}`]);
  });

  it('in a body of SQL', () => {
    expect(
      refused(
        'CREATE FUNCTION a.f(x int) RETURNS int LANGUAGE sql AS $$ SELECT x.pg_sleep, ($1).pg_promote $$',
      ),
    ).toEqual([`function pg_sleep, ${REACHES}`]);
    expect(
      refused('CREATE FUNCTION a.f(x int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT (x).pg_sleep; END'),
    ).toContain(`function pg_sleep, ${REACHES}`);
  });
});

describe('a migration that runs code by its name, later, or from elsewhere', () => {
  it.each([
    'CALL a.p()',
    'PREPARE x AS SELECT a.f()',
    'EXECUTE x',
    'EXPLAIN ANALYZE SELECT a.f()',
    'DECLARE c CURSOR FOR SELECT a.f()',
    'FETCH c',
    'COPY (SELECT a.f()) TO STDOUT',
    'CREATE TABLE a.c AS EXECUTE x',
    'CREATE TABLE a.c AS SELECT a.f()',
    'CREATE MATERIALIZED VIEW a.v AS SELECT a.f()',
    'REFRESH MATERIALIZED VIEW a.v',
    'SELECT a.f()',
    'VALUES (a.f())',
    'CREATE RULE r AS ON SELECT TO a.b DO INSTEAD SELECT a.f()',
    'CREATE POLICY p ON a.b USING (a.f())',
    'ALTER POLICY p ON a.b USING (a.f())',
    'CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION a.f()',
    'CREATE CAST (a.t AS text) WITH FUNCTION a.f(a.t) AS IMPLICIT',
    'CREATE OPERATOR a.+ (FUNCTION = a.f, LEFTARG = int, RIGHTARG = int)',
    'CREATE OPERATOR CLASS a.o FOR TYPE int USING btree AS FUNCTION 1 a.f(int, int)',
    'CREATE AGGREGATE a.s (int) (SFUNC = a.f, STYPE = int)',
    'CREATE TYPE a.t (INPUT = a.i, OUTPUT = a.o)',
    "CREATE CONVERSION a.c FOR 'UTF8' TO 'LATIN1' FROM a.f",
    'CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION a.f(internal))',
    'CREATE LANGUAGE l HANDLER a.f',
    'CREATE ACCESS METHOD m TYPE INDEX HANDLER a.f',
    'CREATE FOREIGN DATA WRAPPER w HANDLER a.f',
    "CREATE FOREIGN TABLE a.b (c int) SERVER s OPTIONS (program 'x')",
    'CREATE TEXT SEARCH TEMPLATE a.t (LEXIZE = a.f)',
    'CREATE STATISTICS a.s ON (a.f(c)), d FROM a.b',
    'ALTER FUNCTION a.f() SET search_path = x',
    "ALTER ROLE x SET session_replication_role = 'replica'",
    "ALTER DATABASE x SET session_replication_role = 'replica'",
    "SECURITY LABEL ON TABLE a.b IS 'x'",
    'NOTIFY x',
    'LISTEN x',
    "LOAD 'x'",
    'CREATE FUNCTION a.f() RETURNS int LANGUAGE internal AS $$pg_promote$$',
    "CREATE FUNCTION a.f() RETURNS int LANGUAGE c AS 'x', 'y'",
    'DO LANGUAGE plpython3u $$ 1 $$',
  ])('%s is refused', (sql) => {
    expect(refused(sql).length).toBeGreaterThan(0);
  });
});

describe('a call in any part of a statement of a migration', () => {
  it.each([
    'INSERT INTO a.b SELECT count(*) FILTER (WHERE pg_sleep(1) IS NULL) FROM a.c',
    'INSERT INTO a.b SELECT string_agg(x, y ORDER BY pg_sleep(1)) FROM a.c',
    'INSERT INTO a.b SELECT sum(x) OVER (ORDER BY pg_sleep(1)) FROM a.c',
    'INSERT INTO a.b SELECT 1 FROM ROWS FROM (pg_sleep(1), unnest(ARRAY[1])) AS x',
    'INSERT INTO a.b SELECT 1 FROM a.c, LATERAL pg_sleep(c.d)',
    'INSERT INTO a.b SELECT 1 FROM a.c TABLESAMPLE system (pg_sleep(1))',
    "INSERT INTO a.b SELECT 1 FROM xmltable('/a' PASSING (pg_sleep(1)::text::xml) COLUMNS b int)",
    "INSERT INTO a.b SELECT 1 FROM json_table(pg_sleep(1)::text, '$' COLUMNS (b int PATH '$'))",
    "INSERT INTO a.b SELECT json_value('{}', '$' PASSING pg_sleep(1) AS x)",
    'UPDATE a.b SET (c, d) = (SELECT 1, pg_sleep(1))',
    'UPDATE a.b SET c[pg_sleep(1)::text::int] = 1',
    'INSERT INTO a.b VALUES (1) ON CONFLICT (c) DO UPDATE SET d = 1 WHERE pg_sleep(1) IS NULL',
    'DELETE FROM a.b RETURNING pg_sleep(1)',
    'CREATE VIEW a.v AS SELECT 1 WHERE EXISTS (SELECT pg_sleep(1))',
    'CREATE INDEX i ON a.b (c) INCLUDE (d) WHERE pg_sleep(1) IS NULL',
    'CREATE TABLE a.b (c int, CONSTRAINT k CHECK (pg_sleep(1) IS NULL) NOT VALID)',
    'ALTER TABLE a.b ADD CONSTRAINT k CHECK (pg_sleep(1) IS NULL)',
  ])('%s is judged', (sql) => {
    expect(refused(sql)).toEqual([`function pg_sleep, ${REACHES}`]);
  });
});

describe('a migration reads columns and fields as before', () => {
  it.each([
    'INSERT INTO a.b SELECT c.d, a.c.d, (c.e).f, (c).*, (c.e).f.g, c.lo_bound, c.pg_log_level, c.nextval FROM a.c',
    'UPDATE a.b SET c.d = 1, e[1] = 2 WHERE b.x = 1 AND b.set_config = 2',
    'CREATE VIEW a.v AS SELECT s.name, (s.x).text, s.log FROM a.s AS s',
    "CREATE TABLE a.b (c int DEFAULT nextval('a.s'))",
    'INSERT INTO a.b SELECT a.own_function(1)',
  ])('%s', (sql) => {
    expect(refused(sql)).toEqual([]);
  });

  it('in a body too', () => {
    const text = 'r.x := (r.y).z; n := r.x.y; INSERT INTO a.b VALUES (NEW.c, (NEW.d).e); RETURN r.lo_bound;';
    expect(refused(body(text, 'r record;'))).toEqual([]);
  });
});

describe('a body that is read in another place than where it stands', () => {
  const DECOY = 'SET work_mem = $$SELECT 1$$';
  it.each([
    `CREATE FUNCTION a.f() RETURNS int AS E'SELECT dblink(1)' ${DECOY} LANGUAGE sql`,
    `CREATE FUNCTION a.f() RETURNS int AS 'SELECT dblink(1)' ${DECOY} LANGUAGE sql`,
    `CREATE FUNCTION a.f() RETURNS int ${DECOY} AS E'SELECT dblink(1)' LANGUAGE sql`,
    "CREATE FUNCTION a.f() RETURNS int AS E'SELECT dblink(1)' LANGUAGE $$sql$$",
    "DO E'BEGIN NULL; END' LANGUAGE $$plpgsql$$",
  ])('%s', (sql) => {
    expect(refused(sql)).toEqual(['a body that is not between dollar quotes']);
  });

  it('is in a language of another name', () => {
    expect(refused('DO LANGUAGE "SQL" $$ SELECT 1 $$')).toEqual(['a body in language SQL']);
  });
});

describe('a value in a declaration whose type the parser does not know', () => {
  it.each([
    'z record := pg_sleep(1);',
    'z a.t = pg_sleep(1);',
    'z a.t[] DEFAULT ARRAY[pg_sleep(1)];',
    'z CONSTANT a.t NOT NULL := pg_sleep(1);',
    'z a.t := ROW(1, (1).pg_sleep);',
    'c CURSOR FOR SELECT 1; "declare" record; z record := pg_sleep(1);',
    'y record := t.begin FROM a.t; DECLARE z record := pg_sleep(1);',
    '"Ä é" a.t := pg_sleep(1);',
    'z record := /* ; */ pg_sleep(1) -- ;',
  ])('%s', (declared) => {
    const semicolon = declared.endsWith('-- ;') ? '\n;' : '';
    const inner = body('NULL;', `${declared}${semicolon}`);
    expect(refused(inner)).toContain(`function pg_sleep, ${REACHES}`);
    const nested = body(`<<l>> DECLARE ${declared}${semicolon} BEGIN NULL; END;`);
    expect(refused(nested)).toContain(`function pg_sleep, ${REACHES}`);
  });

  it('is shown once, at its line', () => {
    const [problem, ...others] = migration(body('NULL;', 'y int := 1;\n  z record :=\n  pg_sleep(1);'));
    expect(others).toEqual([]);
    expect(problem!.position.start).toEqual({ line: 9, column: 3 });
    expect(migration(body('NULL;', 'z int := pg_sleep(1);'))).toHaveLength(1);
  });

  it('is allowed where it calls nothing', () => {
    const declared =
      "y a.t := ROW(1, 'x;'); z record DEFAULT (SELECT b FROM a.b LIMIT 1); c CURSOR FOR SELECT 1 WHERE (1 = 1); d NO SCROLL CURSOR (q int) FOR SELECT (q = 1); e SCROLL CURSOR FOR SELECT (1 = 1);";
    expect(refused(body('n := (1 = 1)::int; RETURN n;', declared))).toEqual([]);
  });
});

/**
 * One small change of a database: what stands before it, the change, and where it can be taken back by SQL, its inverse.
 * All of it runs in `k`, beside the objects of BASE.
 */
export type CatalogueChange = readonly [setup: readonly string[], change: string, inverse?: string];

/** Something of most kinds, for the changes to be made on. */
export const BASE: readonly string[] = [
  'CREATE SCHEMA k',
  'CREATE ROLE k_role',
  'CREATE TABLE k.t (id int PRIMARY KEY, n int NOT NULL, x text, j jsonb)',
  'CREATE TABLE k.u (id int, t_id int CONSTRAINT u_t REFERENCES k.t (id))',
  'CREATE INDEX t_n ON k.t (n)',
  'CREATE INDEX t_expr ON k.t ((n + 1))',
  'CREATE TABLE k.parent (a int, b text)',
  'CREATE TABLE k.child (c int) INHERITS (k.parent)',
  'CREATE TABLE k.part (d int, v text) PARTITION BY RANGE (d)',
  'CREATE TABLE k.part_1 PARTITION OF k.part FOR VALUES FROM (0) TO (10)',
  'CREATE VIEW k.v AS SELECT id, x FROM k.t',
  'CREATE MATERIALIZED VIEW k.m AS SELECT id, x FROM k.t',
  'CREATE SEQUENCE k.s',
  "CREATE FUNCTION k.f(a int) RETURNS int LANGUAGE sql AS 'SELECT a'",
  "CREATE PROCEDURE k.p() LANGUAGE sql AS ''",
  "CREATE AGGREGATE k.agg(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0')",
  "CREATE FUNCTION k.tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
  'CREATE TRIGGER tr BEFORE INSERT ON k.t FOR EACH ROW EXECUTE FUNCTION k.tf()',
  "CREATE FUNCTION k.ef() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
  "CREATE EVENT TRIGGER ev ON ddl_command_end WHEN TAG IN ('CREATE SERVER') EXECUTE FUNCTION k.ef()",
  "CREATE TYPE k.mood AS ENUM ('sad', 'ok')",
  'CREATE TYPE k.pair AS (a int, b text)',
  'CREATE TYPE k.span AS RANGE (SUBTYPE = int)',
  'CREATE DOMAIN k.dom AS int CONSTRAINT dom_c CHECK (VALUE > 0)',
  'CREATE CAST (k.pair AS text) WITH INOUT',
  'CREATE OPERATOR k.@+ (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl)',
  'CREATE OPERATOR k.@= (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)',
  'CREATE OPERATOR FAMILY k.fam USING btree',
  'CREATE OPERATOR CLASS k.cls FOR TYPE int USING hash AS OPERATOR 1 =, FUNCTION 1 hashint4(int)',
  'CREATE COLLATION k.col FROM "C"',
  "CREATE CONVERSION k.conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
  'CREATE TEXT SEARCH CONFIGURATION k.tsc (COPY = pg_catalog.english)',
  'CREATE TEXT SEARCH DICTIONARY k.tsd (TEMPLATE = pg_catalog.simple)',
  'CREATE TEXT SEARCH PARSER k.tsp (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype)',
  'CREATE TEXT SEARCH TEMPLATE k.tst (INIT = dsimple_init, LEXIZE = dsimple_lexize)',
  'CREATE POLICY pol ON k.t USING (n > 1)',
  'CREATE RULE r AS ON DELETE TO k.t DO ALSO NOTHING',
  'CREATE STATISTICS k.st ON id, n FROM k.t',
  'CREATE PUBLICATION pub FOR TABLE k.t',
  'CREATE FOREIGN DATA WRAPPER w',
  "CREATE FOREIGN DATA WRAPPER closed OPTIONS (secret 'one')",
  "CREATE SERVER srv TYPE 'a' VERSION '1' FOREIGN DATA WRAPPER w OPTIONS (host 'h')",
  "CREATE USER MAPPING FOR k_role SERVER srv OPTIONS (user 'u', password 'hunter2')",
  "CREATE FOREIGN TABLE k.ft (a int OPTIONS (column_name 'z')) SERVER srv OPTIONS (table_name 'far')",
  "CREATE SUBSCRIPTION sub CONNECTION 'host=nowhere password=hunter3' PUBLICATION a WITH (connect = false, slot_name = NONE, enabled = false)",
  'ALTER DEFAULT PRIVILEGES IN SCHEMA k GRANT SELECT ON TABLES TO k_role',
];

const on = (...changes: (readonly [string, string?])[]): CatalogueChange[] =>
  changes.map(([change, inverse]) => (inverse === undefined ? [[], change] : [[], change, inverse]));
const after = (setup: string, change: string, inverse?: string): CatalogueChange =>
  inverse === undefined ? [[setup], change] : [[setup], change, inverse];
const alter = (of: string, ...pairs: (readonly [string, string?])[]) =>
  on(
    ...pairs.map(([a, b]) =>
      b === undefined ? ([`${of} ${a}`] as const) : ([`${of} ${a}`, `${of} ${b}`] as const),
    ),
  );

/** Comments on every kind of object that has one. */
const COMMENTED =
  `TABLE k.t|COLUMN k.t.n|CONSTRAINT u_t ON k.u|INDEX k.t_n|TRIGGER tr ON k.t|RULE r ON k.t|POLICY pol ON k.t
|STATISTICS k.st|VIEW k.v|COLUMN k.v.x|MATERIALIZED VIEW k.m|SEQUENCE k.s|FUNCTION k.f(int)|PROCEDURE k.p()|AGGREGATE k.agg(int)
|TYPE k.mood|TYPE k.t|TYPE k.span|COLUMN k.pair.a|DOMAIN k.dom|CONSTRAINT dom_c ON DOMAIN k.dom|CAST (k.pair AS text)|OPERATOR k.@+ (int, int)
|OPERATOR FAMILY k.fam USING btree|OPERATOR CLASS k.cls USING hash|COLLATION k.col|CONVERSION k.conv|TEXT SEARCH CONFIGURATION k.tsc
|TEXT SEARCH DICTIONARY k.tsd|TEXT SEARCH PARSER k.tsp|TEXT SEARCH TEMPLATE k.tst|SCHEMA k|EVENT TRIGGER ev|PUBLICATION pub|SUBSCRIPTION sub
|FOREIGN DATA WRAPPER w|SERVER srv|FOREIGN TABLE k.ft|LANGUAGE sql|DATABASE @database@|FUNCTION pg_catalog.now()`
    .replace(/\n/g, '')
    .split('|');

/** Objects whose owner can be another, and those that privileges are granted on. */
const OWNED =
  `TABLE k.t|VIEW k.v|MATERIALIZED VIEW k.m|SEQUENCE k.s|FUNCTION k.f(int)|PROCEDURE k.p()|AGGREGATE k.agg(int)|TYPE k.mood|DOMAIN k.dom
|OPERATOR k.@+ (int, int)|OPERATOR FAMILY k.fam USING btree|OPERATOR CLASS k.cls USING hash|COLLATION k.col|CONVERSION k.conv
|TEXT SEARCH CONFIGURATION k.tsc|TEXT SEARCH DICTIONARY k.tsd|SCHEMA k|PUBLICATION pub|SERVER srv|FOREIGN TABLE k.ft|STATISTICS k.st|LANGUAGE plpgsql`
    .replace(/\n/g, '')
    .split('|');
const GRANTED =
  `SELECT ON k.t|UPDATE (n) ON k.t|SELECT ON k.v|USAGE ON SEQUENCE k.s|EXECUTE ON FUNCTION k.f(int)|USAGE ON TYPE k.mood|USAGE ON TYPE k.t
|USAGE ON DOMAIN k.dom|CREATE ON SCHEMA k|USAGE ON FOREIGN DATA WRAPPER w|USAGE ON FOREIGN SERVER srv|SELECT ON k.ft|USAGE ON LANGUAGE plpgsql
|CREATE ON DATABASE @database@|SELECT (x) ON k.v`
    .replace(/\n/g, '')
    .split('|');

/** Kind of object, as a statement names it, to be renamed and moved to another schema. */
const RENAMED =
  `TABLE k.t|INDEX k.t_n|VIEW k.v|MATERIALIZED VIEW k.m|SEQUENCE k.s|FUNCTION k.f(int)|PROCEDURE k.p()|AGGREGATE k.agg(int)|TYPE k.mood|TYPE k.span
|DOMAIN k.dom|OPERATOR FAMILY k.fam USING btree|OPERATOR CLASS k.cls USING hash|COLLATION k.col|CONVERSION k.conv|TEXT SEARCH CONFIGURATION k.tsc
|TEXT SEARCH DICTIONARY k.tsd|TEXT SEARCH PARSER k.tsp|TEXT SEARCH TEMPLATE k.tst|FOREIGN TABLE k.ft|STATISTICS k.st|SCHEMA k|EVENT TRIGGER ev|PUBLICATION pub
|FOREIGN DATA WRAPPER w|SERVER srv|LANGUAGE plpgsql`
    .replace(/\n/g, '')
    .split('|');
const MOVED = RENAMED.filter((name) => / k\./.test(name) && !name.startsWith('INDEX'));

/** Tables, columns, partitions, inheritance, constraints, indexes. */
const TABLES: CatalogueChange[] = [
  ...on(
    ['CREATE TABLE k.new (a int)', 'DROP TABLE k.new'],
    ['CREATE UNLOGGED TABLE k.new (a int)', 'DROP TABLE k.new'],
    ['CREATE TABLE k.new (LIKE k.t INCLUDING ALL)', 'DROP TABLE k.new'],
    ['CREATE TABLE k.new OF k.pair', 'DROP TABLE k.new'],
    ['CREATE TABLE k.new AS SELECT 1 AS a', 'DROP TABLE k.new'],
    ['DROP TABLE k.u'],
    ['CREATE TABLE k.part_2 PARTITION OF k.part DEFAULT', 'DROP TABLE k.part_2'],
    [
      'ALTER TABLE k.part DETACH PARTITION k.part_1',
      'ALTER TABLE k.part ATTACH PARTITION k.part_1 FOR VALUES FROM (0) TO (10)',
    ],
    ['CREATE INDEX part_v ON k.part (v)', 'DROP INDEX k.part_v'],
    ['CREATE INDEX part_v ON ONLY k.part (v)', 'DROP INDEX k.part_v'],
    ['CREATE INDEX n ON k.t (x)', 'DROP INDEX k.n'],
    ['CREATE UNIQUE INDEX n ON k.t (x) INCLUDE (n) WHERE n > 1', 'DROP INDEX k.n'],
    ['DROP INDEX k.t_n', 'CREATE INDEX t_n ON k.t (n)'],
    ['REINDEX INDEX k.t_n'],
    ['TRUNCATE k.u'],
    ['CLUSTER k.t USING t_n'],
    [
      'ALTER INDEX k.t_expr ALTER COLUMN 1 SET STATISTICS 100',
      'ALTER INDEX k.t_expr ALTER COLUMN 1 SET STATISTICS -1',
    ],
    ['ALTER INDEX k.t_n SET (fillfactor = 70)', 'ALTER INDEX k.t_n RESET (fillfactor)'],
  ),
  ...alter(
    'ALTER TABLE k.t',
    ['ADD COLUMN y int', 'DROP COLUMN y'],
    ['ADD COLUMN y int DEFAULT 7', 'DROP COLUMN y'],
    ['ADD COLUMN y int GENERATED ALWAYS AS (n + 1) STORED', 'DROP COLUMN y'],
    ['ADD COLUMN y int GENERATED ALWAYS AS IDENTITY', 'DROP COLUMN y'],
    ['ADD COLUMN y serial', 'DROP COLUMN y'],
    ['ALTER n ADD GENERATED BY DEFAULT AS IDENTITY', 'ALTER n DROP IDENTITY'],
    ['DROP COLUMN j'],
    ['RENAME COLUMN x TO y', 'RENAME COLUMN y TO x'],
    ['ALTER n SET DEFAULT 3', 'ALTER n DROP DEFAULT'],
    ['ALTER n DROP NOT NULL', 'ALTER n SET NOT NULL'],
    ['ALTER x SET NOT NULL', 'ALTER x DROP NOT NULL'],
    ['ALTER x SET STORAGE EXTERNAL', 'ALTER x SET STORAGE EXTENDED'],
    ['ALTER x SET COMPRESSION pglz', 'ALTER x SET COMPRESSION default'],
    ['ALTER x SET STATISTICS 77', 'ALTER x SET STATISTICS -1'],
    ['ALTER x SET (n_distinct = 5)', 'ALTER x RESET (n_distinct)'],
    ['ADD CONSTRAINT c CHECK (id > 0)', 'DROP CONSTRAINT c'],
    ['ADD CONSTRAINT c CHECK (id > 0) NOT VALID', 'DROP CONSTRAINT c'],
    ['ADD CONSTRAINT c UNIQUE (n)', 'DROP CONSTRAINT c'],
    ['ADD CONSTRAINT c UNIQUE (n) DEFERRABLE INITIALLY DEFERRED', 'DROP CONSTRAINT c'],
    ['ADD CONSTRAINT c EXCLUDE USING btree (n WITH =)', 'DROP CONSTRAINT c'],
    ['RENAME CONSTRAINT t_pkey TO other', 'RENAME CONSTRAINT other TO t_pkey'],
    ['SET (fillfactor = 50)', 'RESET (fillfactor)'],
    ['SET (toast.autovacuum_enabled = off)', 'RESET (toast.autovacuum_enabled)'],
    ['ENABLE ROW LEVEL SECURITY', 'DISABLE ROW LEVEL SECURITY'],
    ['FORCE ROW LEVEL SECURITY', 'NO FORCE ROW LEVEL SECURITY'],
    ['REPLICA IDENTITY FULL', 'REPLICA IDENTITY DEFAULT'],
    ['REPLICA IDENTITY USING INDEX t_pkey', 'REPLICA IDENTITY DEFAULT'],
    ['CLUSTER ON t_n', 'SET WITHOUT CLUSTER'],
    ['DISABLE TRIGGER tr', 'ENABLE TRIGGER tr'],
    ['ENABLE REPLICA TRIGGER tr', 'ENABLE TRIGGER tr'],
    ['DISABLE TRIGGER ALL', 'ENABLE TRIGGER ALL'],
    ['DISABLE RULE r', 'ENABLE RULE r'],
  ),
  ...alter(
    'ALTER TABLE k.u',
    ['SET UNLOGGED', 'SET LOGGED'],
    ['DISABLE TRIGGER ALL', 'ENABLE TRIGGER ALL'],
    ['ALTER CONSTRAINT u_t DEFERRABLE', 'ALTER CONSTRAINT u_t NOT DEFERRABLE'],
    ['ALTER id TYPE bigint', 'ALTER id TYPE int'],
    ['ALTER id TYPE numeric(5, 2)', 'ALTER id TYPE int'],
    ['DROP CONSTRAINT u_t', 'ADD CONSTRAINT u_t FOREIGN KEY (t_id) REFERENCES k.t (id)'],
  ),
  ...alter('ALTER TABLE k.child', ['NO INHERIT k.parent'], ['ADD COLUMN y int', 'DROP COLUMN y']),
  ...alter(
    'ALTER TABLE k.parent',
    ['ADD COLUMN y int', 'DROP COLUMN y'],
    ['ADD CONSTRAINT c CHECK (a > 0) NO INHERIT', 'DROP CONSTRAINT c'],
  ),
  ...on(['ALTER TABLE ONLY k.parent DROP COLUMN b']),
  after(
    'CREATE TABLE k.i (a int GENERATED ALWAYS AS IDENTITY)',
    'ALTER TABLE k.i ALTER a SET GENERATED BY DEFAULT',
    'ALTER TABLE k.i ALTER a SET GENERATED ALWAYS',
  ),
  after(
    'CREATE TABLE k.i (a int GENERATED ALWAYS AS IDENTITY)',
    'ALTER TABLE k.i ALTER a SET INCREMENT BY 5',
    'ALTER TABLE k.i ALTER a SET INCREMENT BY 1',
  ),
  after('CREATE TABLE k.i (a int GENERATED ALWAYS AS IDENTITY)', 'ALTER TABLE k.i ALTER a DROP IDENTITY'),
  after(
    'CREATE TABLE k.g (a int, b int GENERATED ALWAYS AS (a * 2) STORED)',
    'ALTER TABLE k.g ALTER b DROP EXPRESSION',
  ),
  after('ALTER TABLE k.u ADD CONSTRAINT c CHECK (id > 0) NOT VALID', 'ALTER TABLE k.u VALIDATE CONSTRAINT c'),
  after('CREATE TABLE k.o (a int, b text)', 'ALTER TABLE k.o OF k.pair', 'ALTER TABLE k.o NOT OF'),
  after(
    'CREATE TABLE k.att (d int, v text)',
    'ALTER TABLE k.part ATTACH PARTITION k.att FOR VALUES FROM (10) TO (20)',
  ),
  after(
    'CREATE INDEX pv ON ONLY k.part (v); CREATE INDEX pv1 ON k.part_1 (v)',
    'ALTER INDEX k.pv ATTACH PARTITION k.pv1',
  ),
  after(
    'CREATE SEQUENCE k.own',
    'ALTER SEQUENCE k.own OWNED BY k.t.id',
    'ALTER SEQUENCE k.own OWNED BY NONE',
  ),
  after(
    'CREATE ACCESS METHOD am TYPE TABLE HANDLER heap_tableam_handler',
    'ALTER TABLE k.u SET ACCESS METHOD am',
    'ALTER TABLE k.u SET ACCESS METHOD heap',
  ),
];

/** Triggers, policies, rules, statistics, views, sequences. */
const RELATIONS: CatalogueChange[] = [
  ...on(
    [
      'CREATE TRIGGER n AFTER UPDATE OF n ON k.t FOR EACH ROW WHEN (OLD.n > 1) EXECUTE FUNCTION k.tf()',
      'DROP TRIGGER n ON k.t',
    ],
    [
      'CREATE CONSTRAINT TRIGGER n AFTER INSERT ON k.t DEFERRABLE FOR EACH ROW EXECUTE FUNCTION k.tf()',
      'DROP TRIGGER n ON k.t',
    ],
    [
      'CREATE OR REPLACE TRIGGER tr BEFORE UPDATE ON k.t FOR EACH ROW EXECUTE FUNCTION k.tf()',
      'CREATE OR REPLACE TRIGGER tr BEFORE INSERT ON k.t FOR EACH ROW EXECUTE FUNCTION k.tf()',
    ],
    ['DROP TRIGGER tr ON k.t'],
    ['ALTER TRIGGER tr ON k.t RENAME TO other', 'ALTER TRIGGER other ON k.t RENAME TO tr'],
    [
      'ALTER TRIGGER tr ON k.t DEPENDS ON EXTENSION plpgsql',
      'ALTER TRIGGER tr ON k.t NO DEPENDS ON EXTENSION plpgsql',
    ],
    ['CREATE POLICY n ON k.t AS RESTRICTIVE FOR UPDATE TO k_role WITH CHECK (n > 2)', 'DROP POLICY n ON k.t'],
    ['ALTER POLICY pol ON k.t USING (n > 2)', 'ALTER POLICY pol ON k.t USING (n > 1)'],
    ['ALTER POLICY pol ON k.t TO k_role', 'ALTER POLICY pol ON k.t TO PUBLIC'],
    ['ALTER POLICY pol ON k.t RENAME TO other', 'ALTER POLICY other ON k.t RENAME TO pol'],
    ['DROP POLICY pol ON k.t'],
    ['CREATE RULE n AS ON UPDATE TO k.t DO ALSO NOTIFY x', 'DROP RULE n ON k.t'],
    [
      'CREATE OR REPLACE RULE r AS ON DELETE TO k.t DO INSTEAD NOTHING',
      'CREATE OR REPLACE RULE r AS ON DELETE TO k.t DO ALSO NOTHING',
    ],
    ['ALTER RULE r ON k.t RENAME TO other', 'ALTER RULE other ON k.t RENAME TO r'],
    ['CREATE STATISTICS k.n (mcv) ON n, x FROM k.t', 'DROP STATISTICS k.n'],
    ['ALTER STATISTICS k.st SET STATISTICS 50', 'ALTER STATISTICS k.st SET STATISTICS -1'],
    ['CREATE VIEW k.n AS SELECT 1 AS a', 'DROP VIEW k.n'],
    [
      'CREATE OR REPLACE VIEW k.v AS SELECT id, x FROM k.t WHERE n > 1',
      'CREATE OR REPLACE VIEW k.v AS SELECT id, x FROM k.t',
    ],
    ['CREATE OR REPLACE VIEW k.v AS SELECT id, x, n FROM k.t'],
    ['ALTER VIEW k.v SET (security_barrier)', 'ALTER VIEW k.v RESET (security_barrier)'],
    ['ALTER VIEW k.v SET (check_option = local)', 'ALTER VIEW k.v RESET (check_option)'],
    ['ALTER VIEW k.v ALTER x SET DEFAULT 1', 'ALTER VIEW k.v ALTER x DROP DEFAULT'],
    ['ALTER VIEW k.v RENAME COLUMN x TO y', 'ALTER VIEW k.v RENAME COLUMN y TO x'],
    ['CREATE MATERIALIZED VIEW k.n AS SELECT 1 AS a', 'DROP MATERIALIZED VIEW k.n'],
    ['REFRESH MATERIALIZED VIEW k.m'],
    ['REFRESH MATERIALIZED VIEW k.m WITH NO DATA'],
    [
      'ALTER MATERIALIZED VIEW k.m ALTER x SET STATISTICS 9',
      'ALTER MATERIALIZED VIEW k.m ALTER x SET STATISTICS -1',
    ],
    [
      'ALTER MATERIALIZED VIEW k.m ALTER x SET STORAGE EXTERNAL',
      'ALTER MATERIALIZED VIEW k.m ALTER x SET STORAGE EXTENDED',
    ],
    ['ALTER MATERIALIZED VIEW k.m SET (fillfactor = 40)', 'ALTER MATERIALIZED VIEW k.m RESET (fillfactor)'],
    ['CREATE SEQUENCE k.n', 'DROP SEQUENCE k.n'],
    ['ALTER SEQUENCE k.s INCREMENT 2', 'ALTER SEQUENCE k.s INCREMENT 1'],
    ['ALTER SEQUENCE k.s MAXVALUE 99', 'ALTER SEQUENCE k.s NO MAXVALUE'],
    ['ALTER SEQUENCE k.s START 5', 'ALTER SEQUENCE k.s START 1'],
    ['ALTER SEQUENCE k.s CYCLE', 'ALTER SEQUENCE k.s NO CYCLE'],
    ['ALTER SEQUENCE k.s CACHE 9', 'ALTER SEQUENCE k.s CACHE 1'],
    ['ALTER SEQUENCE k.s AS int MAXVALUE 2147483647', 'ALTER SEQUENCE k.s AS bigint NO MAXVALUE'],
    ['ALTER SEQUENCE k.s RESTART'],
  ),
];

/** Functions, types, operators, languages. */
const CODE: CatalogueChange[] = [
  ...on(
    ["CREATE FUNCTION k.f(a text) RETURNS int LANGUAGE sql AS 'SELECT 1'", 'DROP FUNCTION k.f(text)'],
    [
      "CREATE OR REPLACE FUNCTION k.f(a int) RETURNS int LANGUAGE sql AS 'SELECT a + 1'",
      "CREATE OR REPLACE FUNCTION k.f(a int) RETURNS int LANGUAGE sql AS 'SELECT a'",
    ],
    ['CREATE FUNCTION k.n() RETURNS int LANGUAGE sql RETURN 1', 'DROP FUNCTION k.n()'],
    [
      "CREATE FUNCTION pg_catalog.k_n() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      'DROP FUNCTION pg_catalog.k_n()',
    ],
    ['DROP FUNCTION k.f(int)'],
    ['CREATE AGGREGATE k.n(int) (SFUNC = int4pl, STYPE = int)', 'DROP AGGREGATE k.n(int)'],
    [
      "CREATE OR REPLACE AGGREGATE k.agg(int) (SFUNC = int4pl, STYPE = int, INITCOND = '1')",
      "CREATE OR REPLACE AGGREGATE k.agg(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0')",
    ],
    [
      "CREATE OR REPLACE AGGREGATE k.agg(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0', PARALLEL = safe)",
      "CREATE OR REPLACE AGGREGATE k.agg(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0')",
    ],
    ["CREATE TYPE k.n AS ENUM ('a')", 'DROP TYPE k.n'],
    ['CREATE TYPE k.n', 'DROP TYPE k.n'],
    ["ALTER TYPE k.mood ADD VALUE 'good'"],
    ["ALTER TYPE k.mood ADD VALUE 'meh' BEFORE 'ok'"],
    ["ALTER TYPE k.mood RENAME VALUE 'ok' TO 'fine'", "ALTER TYPE k.mood RENAME VALUE 'fine' TO 'ok'"],
    ['ALTER TYPE k.pair ADD ATTRIBUTE c int', 'ALTER TYPE k.pair DROP ATTRIBUTE c'],
    ['ALTER TYPE k.pair ALTER ATTRIBUTE a TYPE bigint', 'ALTER TYPE k.pair ALTER ATTRIBUTE a TYPE int'],
    ['ALTER TYPE k.pair RENAME ATTRIBUTE a TO z', 'ALTER TYPE k.pair RENAME ATTRIBUTE z TO a'],
    ['CREATE TYPE k.n AS RANGE (SUBTYPE = text, COLLATION = "C")', 'DROP TYPE k.n'],
    ['ALTER TYPE k.span_multirange RENAME TO k_many', 'ALTER TYPE k.k_many RENAME TO span_multirange'],
    ['COMMENT ON TYPE k.span_multirange IS $$c$$', 'COMMENT ON TYPE k.span_multirange IS NULL'],
    ['ALTER DOMAIN k.dom SET DEFAULT 3', 'ALTER DOMAIN k.dom DROP DEFAULT'],
    ['ALTER DOMAIN k.dom SET NOT NULL', 'ALTER DOMAIN k.dom DROP NOT NULL'],
    ['ALTER DOMAIN k.dom ADD CONSTRAINT c CHECK (VALUE < 9)', 'ALTER DOMAIN k.dom DROP CONSTRAINT c'],
    ['ALTER DOMAIN k.dom RENAME CONSTRAINT dom_c TO c', 'ALTER DOMAIN k.dom RENAME CONSTRAINT c TO dom_c'],
    ['CREATE DOMAIN k.n AS text COLLATE "C"', 'DROP DOMAIN k.n'],
    ['CREATE CAST (k.pair AS json) WITH INOUT', 'DROP CAST (k.pair AS json)'],
    ['DROP CAST (k.pair AS text)', 'CREATE CAST (k.pair AS text) WITH INOUT'],
    [
      'CREATE OPERATOR k.@- (LEFTARG = int, RIGHTARG = int, FUNCTION = int4mi)',
      'DROP OPERATOR k.@- (int, int)',
    ],
    [
      'ALTER OPERATOR k.@= (int, int) SET (RESTRICT = eqsel)',
      'ALTER OPERATOR k.@= (int, int) SET (RESTRICT = NONE)',
    ],
    ['DROP OPERATOR k.@+ (int, int)'],
    ['CREATE OPERATOR FAMILY k.n USING hash', 'DROP OPERATOR FAMILY k.n USING hash'],
    [
      'ALTER OPERATOR FAMILY k.fam USING btree ADD OPERATOR 1 < (int, int)',
      'ALTER OPERATOR FAMILY k.fam USING btree DROP OPERATOR 1 (int, int)',
    ],
    [
      'ALTER OPERATOR FAMILY k.fam USING btree ADD FUNCTION 1 btint4cmp(int, int)',
      'ALTER OPERATOR FAMILY k.fam USING btree DROP FUNCTION 1 (int, int)',
    ],
    ['DROP OPERATOR CLASS k.cls USING hash'],
    ['CREATE LANGUAGE k_lang HANDLER plpgsql_call_handler', 'DROP LANGUAGE k_lang'],
    ['CREATE ACCESS METHOD k_am TYPE TABLE HANDLER heap_tableam_handler', 'DROP ACCESS METHOD k_am'],
    ['CREATE TRANSFORM FOR k.pair LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal))'],
  ),
  ...alter(
    'ALTER FUNCTION k.f(int)',
    ['IMMUTABLE', 'VOLATILE'],
    ['STRICT', 'CALLED ON NULL INPUT'],
    ['SECURITY DEFINER', 'SECURITY INVOKER'],
    ['LEAKPROOF', 'NOT LEAKPROOF'],
    ['PARALLEL SAFE', 'PARALLEL UNSAFE'],
    ['COST 7', 'COST 100'],
    ["SET work_mem = '1MB'", 'RESET work_mem'],
    ['DEPENDS ON EXTENSION plpgsql', 'NO DEPENDS ON EXTENSION plpgsql'],
  ),
];

/** Schemas, extensions, publications, text search, foreign data and what else a database has. */
const REST: CatalogueChange[] = [
  ...on(
    ['CREATE SCHEMA k_n', 'DROP SCHEMA k_n'],
    ['DROP SCHEMA public'],
    ['DROP EXTENSION plpgsql CASCADE'],
    ["COMMENT ON EXTENSION plpgsql IS 'other'"],
    ['ALTER EXTENSION plpgsql ADD FUNCTION k.f(int)', 'ALTER EXTENSION plpgsql DROP FUNCTION k.f(int)'],
    ['CREATE PUBLICATION n FOR ALL TABLES', 'DROP PUBLICATION n'],
    [
      "ALTER PUBLICATION pub SET (publish = 'insert')",
      "ALTER PUBLICATION pub SET (publish = 'insert, update, delete, truncate')",
    ],
    [
      'ALTER PUBLICATION pub SET (publish_via_partition_root)',
      'ALTER PUBLICATION pub SET (publish_via_partition_root = false)',
    ],
    ['ALTER PUBLICATION pub ADD TABLE k.u', 'ALTER PUBLICATION pub DROP TABLE k.u'],
    ['ALTER PUBLICATION pub DROP TABLE k.t', 'ALTER PUBLICATION pub ADD TABLE k.t'],
    ['CREATE EVENT TRIGGER n ON sql_drop EXECUTE FUNCTION k.ef()', 'DROP EVENT TRIGGER n'],
    ['ALTER EVENT TRIGGER ev DISABLE', 'ALTER EVENT TRIGGER ev ENABLE'],
    ['ALTER EVENT TRIGGER ev ENABLE ALWAYS', 'ALTER EVENT TRIGGER ev ENABLE'],
    ['CREATE COLLATION k.n (LOCALE = "C")', 'DROP COLLATION k.n'],
    ["CREATE DEFAULT CONVERSION k.n FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8", 'DROP CONVERSION k.n'],
    ['ALTER TEXT SEARCH CONFIGURATION k.tsc DROP MAPPING FOR word'],
    ['ALTER TEXT SEARCH CONFIGURATION k.tsc ALTER MAPPING FOR word WITH k.tsd'],
    ['ALTER TEXT SEARCH DICTIONARY k.tsd (accept = false)', 'ALTER TEXT SEARCH DICTIONARY k.tsd (accept)'],
    ['CREATE TEXT SEARCH CONFIGURATION k.n (PARSER = k.tsp)', 'DROP TEXT SEARCH CONFIGURATION k.n'],
    [
      'ALTER DEFAULT PRIVILEGES IN SCHEMA k GRANT INSERT ON TABLES TO k_role',
      'ALTER DEFAULT PRIVILEGES IN SCHEMA k REVOKE INSERT ON TABLES FROM k_role',
    ],
    [
      'ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC',
      'ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC',
    ],
    ['CREATE FOREIGN DATA WRAPPER n', 'DROP FOREIGN DATA WRAPPER n'],
    ["ALTER FOREIGN DATA WRAPPER closed OPTIONS (SET secret 'two')"],
    ['CREATE SERVER n FOREIGN DATA WRAPPER w', 'DROP SERVER n'],
    ["ALTER SERVER srv OPTIONS (SET host 'i')", "ALTER SERVER srv OPTIONS (SET host 'h')"],
    ["ALTER SERVER srv OPTIONS (ADD password 'p')", 'ALTER SERVER srv OPTIONS (DROP password)'],
    ["ALTER SERVER srv VERSION '2'", "ALTER SERVER srv VERSION '1'"],
    ['CREATE USER MAPPING FOR PUBLIC SERVER srv', 'DROP USER MAPPING FOR PUBLIC SERVER srv'],
    ["ALTER USER MAPPING FOR k_role SERVER srv OPTIONS (SET password 'other')"],
    ['DROP USER MAPPING FOR k_role SERVER srv'],
    [
      "ALTER FOREIGN TABLE k.ft OPTIONS (SET table_name 'near')",
      "ALTER FOREIGN TABLE k.ft OPTIONS (SET table_name 'far')",
    ],
    [
      "ALTER FOREIGN TABLE k.ft ALTER a OPTIONS (SET column_name 'y')",
      "ALTER FOREIGN TABLE k.ft ALTER a OPTIONS (SET column_name 'z')",
    ],
    ["ALTER SUBSCRIPTION sub CONNECTION 'host=elsewhere password=hunter4'"],
    ['ALTER SUBSCRIPTION sub SET (binary = true)'],
    ['ALTER SUBSCRIPTION sub RENAME TO other'],
    ['ALTER SUBSCRIPTION sub SET PUBLICATION b WITH (refresh = false)'],
    ['DROP SUBSCRIPTION sub'],
    ["ALTER DATABASE @database@ SET app.key = 'hunter5'", 'ALTER DATABASE @database@ RESET app.key'],
    [
      "ALTER ROLE k_role IN DATABASE @database@ SET work_mem = '1MB'",
      'ALTER ROLE k_role IN DATABASE @database@ RESET work_mem',
    ],
    ['ALTER DATABASE @database@ CONNECTION LIMIT 99', 'ALTER DATABASE @database@ CONNECTION LIMIT -1'],
    ['REVOKE EXECUTE ON FUNCTION pg_catalog.now() FROM PUBLIC'],
    ['GRANT SELECT ON pg_catalog.pg_authid TO k_role'],
    ['GRANT SELECT (rolpassword) ON pg_catalog.pg_authid TO k_role'],
    ['ALTER FUNCTION pg_catalog.now() COST 7'],
  ),
  after(
    'ALTER TABLE k.u OWNER TO k_role',
    'REASSIGN OWNED BY k_role TO @user@',
    'ALTER TABLE k.u OWNER TO k_role',
  ),
];

const renamed = (name: string): CatalogueChange => {
  const [, kind, path, rest = ''] = /^([A-Z ]+) (\S+)(.*)$/.exec(name)!;
  const to = path!.replace(/^k\.|\(.*/g, '') === 'k' ? 'k_other' : 'other';
  const back = path!.replace(/^k\./, '').replace(/\(.*/, '');
  const there = path!.replace(new RegExp(`${back}(?=\\(|$)`), to);
  return [[], `ALTER ${name} RENAME TO ${to}`, `ALTER ${kind} ${there}${rest} RENAME TO ${back}`];
};
const moved = (name: string): CatalogueChange => [
  ['CREATE SCHEMA k_n'],
  `ALTER ${name} SET SCHEMA k_n`,
  `ALTER ${name.replace(' k.', ' k_n.')} SET SCHEMA k`,
];

/** Every change, with the names of the database and of the user put in. */
export function catalogueChanges(database: string, user: string): CatalogueChange[] {
  const changes = [
    ...TABLES,
    ...RELATIONS,
    ...CODE,
    ...REST,
    ...COMMENTED.flatMap((on_): CatalogueChange[] => [
      [[`COMMENT ON ${on_} IS NULL`], `COMMENT ON ${on_} IS 'a comment'`, `COMMENT ON ${on_} IS NULL`],
    ]),
    ...OWNED.map(
      (name): CatalogueChange => [
        ['GRANT k_role TO CURRENT_USER'],
        `ALTER ${name} OWNER TO k_role`,
        `ALTER ${name} OWNER TO ${user}`,
      ],
    ),
    ...GRANTED.map(
      (what): CatalogueChange => [
        [`REVOKE ${what} FROM k_role`],
        `GRANT ${what} TO k_role`,
        `REVOKE ${what} FROM k_role`,
      ],
    ),
    ...RENAMED.map(renamed),
    ...MOVED.map(moved),
  ];
  const filled = (sql: string) => sql.replaceAll('@database@', database).replaceAll('@user@', user);
  return changes.map(([setup, change, inverse]) =>
    inverse === undefined
      ? [setup.map(filled), filled(change)]
      : [setup.map(filled), filled(change), filled(inverse)],
  );
}

import { beforeAll, describe, expect, it } from 'vitest';
import { derivedChecks } from '../../src/sql/derived-checks.js';
import { loadGrammar } from '../../src/sql/grammar.js';
import type { ScopeName } from '../../src/sql/scope.js';
import { readFence } from './read.js';

beforeAll(loadGrammar);

const statementsOf = (sql: string) => readFence('migration', sql).units[0]!.statements;
const tableOf = (columns: string) => statementsOf(`CREATE TABLE s.t (${columns});`)[0]!.table!;

describe('types are printed as format_type prints them', () => {
  // As PostgreSQL 15.18 printed them.
  it.each<[string, string]>([
    ['int', 'integer'],
    ['int2', 'smallint'],
    ['int4', 'integer'],
    ['int8', 'bigint'],
    ['pg_catalog.int4', 'integer'],
    ['float', 'double precision'],
    ['float(10)', 'real'],
    ['real', 'real'],
    ['decimal', 'numeric'],
    ['numeric(5)', 'numeric(5,0)'],
    ['numeric(5,2)', 'numeric(5,2)'],
    ['numeric(5,-2)', 'numeric(5,-2)'],
    ['bool', 'boolean'],
    ['char', 'character(1)'],
    ['char(5)', 'character(5)'],
    ['nchar(3)', 'character(3)'],
    ['bpchar', 'bpchar'],
    ['bpchar(3)', 'character(3)'],
    ['"char"', '"char"'],
    ['varchar', 'character varying'],
    ['varchar(5)', 'character varying(5)'],
    ['text', 'text'],
    ['name', 'name'],
    ['bit', 'bit(1)'],
    ['bit varying', 'bit varying'],
    ['varbit(4)', 'bit varying(4)'],
    ['date', 'date'],
    ['time', 'time without time zone'],
    ['time(3)', 'time(3) without time zone'],
    ['timetz(2)', 'time(2) with time zone'],
    ['timestamp', 'timestamp without time zone'],
    ['timestamp(3)', 'timestamp(3) without time zone'],
    ['timestamptz', 'timestamp with time zone'],
    ['timestamp(3) with time zone', 'timestamp(3) with time zone'],
    ['interval', 'interval'],
    ['uuid', 'uuid'],
    ['jsonb', 'jsonb'],
    ['bytea', 'bytea'],
    ['regclass', 'regclass'],
    ['inet', 'inet'],
    ['tsvector', 'tsvector'],
    ['int4range', 'int4range'],
    ['int[]', 'integer[]'],
    ['int[3][4]', 'integer[]'],
    ['text ARRAY[4]', 'text[]'],
    ['varchar(10)[]', 'character varying(10)[]'],
    ['timestamptz(3)[]', 'timestamp(3) with time zone[]'],
    ['char(2)[]', 'character(2)[]'],
    ['s.mood', 's.mood'],
    ['s.mood[]', 's.mood[]'],
    ['"S x"."M y"', '"S x"."M y"'],
  ])('%s', (written, printed) => {
    const table = tableOf(`x ${written}`);
    expect([table.complete, table.columns[0]!.type]).toEqual([true, printed]);
  });

  it.each(['serial', 'bigserial', 'serial4', 'smallserial', 'interval(3)', 'interval year', '_int4'])(
    'or not at all: %s',
    (written) => {
      expect(tableOf(`x ${written}`).complete).toBe(false);
    },
  );
});

describe('what the model of a table does not hold is not claimed', () => {
  it.each([
    'CREATE TABLE s.t (LIKE s.u)',
    'CREATE TABLE s.t (x int) INHERITS (s.u)',
    'CREATE TABLE s.t PARTITION OF s.u FOR VALUES IN (1)',
    'CREATE TABLE s.t (x int) PARTITION BY LIST (x)',
    'CREATE TABLE s.t OF s.u',
    'CREATE TABLE s.t (x int GENERATED ALWAYS AS IDENTITY)',
    'CREATE TABLE s.t (x int, y int GENERATED ALWAYS AS (x + 1) STORED)',
    'CREATE TABLE s.t (x int PRIMARY KEY DEFERRABLE)',
    'CREATE TABLE s.t (x int, y int, PRIMARY KEY (x) INCLUDE (y))',
  ])('%s', (sql) => {
    expect(statementsOf(`${sql};`)[0]!.table!.complete).toBe(false);
    expect(derivedChecks(statementsOf(`${sql};`), []).filter(({ table }) => table !== null)).toEqual([]);
  });
});

const derive = (sql: string, scope: readonly ScopeName[] = []) => derivedChecks(statementsOf(sql), scope);
const expectedOf = (sql: string, subject: string, table: string | null = 's.t') =>
  derive(sql).find((check) => check.subject === subject && check.table === table)?.expected;

describe('keys are printed as pg_get_constraintdef prints them', () => {
  const REF = 'CREATE TABLE s.ref (a int PRIMARY KEY, b int, UNIQUE (a, b));\n';
  it.each<[string, string]>([
    ['x int REFERENCES s.ref', 'FOREIGN KEY (x) REFERENCES s.ref(a)'],
    ['x int REFERENCES s.ref (b) MATCH FULL', 'FOREIGN KEY (x) REFERENCES s.ref(b) MATCH FULL'],
    ['x int REFERENCES s.ref ON DELETE CASCADE', 'FOREIGN KEY (x) REFERENCES s.ref(a) ON DELETE CASCADE'],
    ['x int REFERENCES s.ref ON DELETE NO ACTION', 'FOREIGN KEY (x) REFERENCES s.ref(a)'],
    [
      'x int REFERENCES s.ref ON DELETE RESTRICT ON UPDATE SET NULL',
      'FOREIGN KEY (x) REFERENCES s.ref(a) ON UPDATE SET NULL ON DELETE RESTRICT',
    ],
    ['x int REFERENCES s.ref DEFERRABLE', 'FOREIGN KEY (x) REFERENCES s.ref(a) DEFERRABLE'],
    [
      'x int REFERENCES s.ref INITIALLY DEFERRED',
      'FOREIGN KEY (x) REFERENCES s.ref(a) DEFERRABLE INITIALLY DEFERRED',
    ],
    ['x int REFERENCES s.ref NOT DEFERRABLE', 'FOREIGN KEY (x) REFERENCES s.ref(a)'],
    [
      'x int, y int, FOREIGN KEY (x, y) REFERENCES s.ref (a, b) ON DELETE SET NULL (y)',
      'FOREIGN KEY (x, y) REFERENCES s.ref(a, b) ON DELETE SET NULL (y)',
    ],
    [
      '"X y" int, "user" int, FOREIGN KEY ("X y", "user") REFERENCES s.ref (a, b) NOT VALID',
      'FOREIGN KEY ("X y", "user") REFERENCES s.ref(a, b)',
    ],
  ])('%s', (columns, printed) => {
    expect(expectedOf(`${REF}CREATE TABLE s.t (${columns});`, 'foreign-keys')).toEqual([printed]);
  });

  it('to the table itself, and to a table that is created later', () => {
    expect(expectedOf('CREATE TABLE s.t (x int PRIMARY KEY, y int REFERENCES s.t);', 'foreign-keys')).toEqual(
      ['FOREIGN KEY (y) REFERENCES s.t(x)'],
    );
  });

  it('and are left out where the columns that a key refers to are not known', () => {
    const sql = 'CREATE TABLE s.t (x int REFERENCES s.elsewhere);';
    expect(expectedOf(sql, 'foreign-keys')).toBeUndefined();
    expect(expectedOf(sql, 'primary-key')).toEqual([]);
    expect(expectedOf(sql, 'columns')).toEqual(['x integer']);
  });

  it('primary keys', () => {
    expect(
      expectedOf('CREATE TABLE s.t ("Order" int, y int, PRIMARY KEY ("Order", y));', 'primary-key'),
    ).toEqual(['PRIMARY KEY ("Order", y)']);
  });
});

describe('other derived checks of a table', () => {
  it('count CHECK constraints and stored defaults', () => {
    const sql =
      'CREATE TABLE s.t (a int CHECK (a > 1) CHECK (a < 9), b int DEFAULT 1, c text DEFAULT NULL, d text DEFAULT NULL::text, CHECK (b > 0));';
    expect(expectedOf(sql, 'check-constraints')).toEqual(['3']);
    expect(expectedOf(sql, 'column-defaults')).toEqual(['1']);
    expect(expectedOf(sql, 'triggers')).toEqual(['0']);
  });

  it.each(['varchar(5) DEFAULT NULL', 'char DEFAULT NULL', 's.short DEFAULT NULL', 'text DEFAULT NULL::int'])(
    'defaults are not counted where the server may keep a NULL: %s',
    (column) => {
      expect(
        expectedOf(`CREATE TABLE s.t (a int DEFAULT 1, b ${column});`, 'column-defaults'),
      ).toBeUndefined();
    },
  );

  it.each([
    'ALTER TABLE s.t ADD y int;',
    'ALTER TABLE s.t RENAME TO u;',
    'ALTER TABLE s.t RENAME COLUMN x TO y;',
    'DROP TABLE s.t;',
  ])('are none after %s', (sql) => {
    expect(derive(`CREATE TABLE s.t (x int);\n${sql}`).filter(({ table }) => table !== null)).toEqual([]);
  });
});

describe('the catalogue delta', () => {
  it.each<[string, readonly string[] | undefined]>([
    ['CREATE SCHEMA a; CREATE TABLE a.b (c int); CREATE INDEX i ON a.b (c);', ['+ schema a', '+ table a.b']],
    ["CREATE VIEW a.v AS SELECT 1; COMMENT ON VIEW a.v IS 'x'; GRANT SELECT ON a.v TO x;", ['+ view a.v']],
    ['CREATE INDEX i ON a.b (c);', ['~ a.b']],
    ['ALTER TABLE a.b ADD c int;', ['~ a.b']],
    ["COMMENT ON COLUMN a.b.c IS 'x'; COMMENT ON SCHEMA d IS 'x';", ['~ a.b', '~ schema d']],
    ['DROP TABLE a.b; DROP SCHEMA a;', ['- schema a', '- table a.b']],
    ['CREATE TABLE a.b (c int); DROP TABLE a.b;', []],
    ['INSERT INTO a.b VALUES (1);', []],
    ['TRUNCATE a.b;', ['~ a.b']],
    ['DROP TABLE a.b; CREATE TABLE a.b (c int);', undefined],
    ['ALTER TABLE a.b RENAME TO c;', undefined],
    ['DROP INDEX a.i;', undefined],
  ])('%s', (sql, expected) => {
    expect(expectedOf(sql, 'catalogue-delta', null)).toEqual(expected);
  });
});

describe('written rows', () => {
  it('are allowed in the tables that the scope declares', () => {
    const sql = 'WITH x AS (DELETE FROM a.b RETURNING c) INSERT INTO d.e SELECT c FROM x;';
    const scope = [
      { list: 'writes_rows', name: 'd.e' },
      { list: 'writes_rows', name: 'a.b' },
      { list: 'alters', name: 'a.c' },
      { list: 'writes_rows_indirectly', name: 'a.log' },
    ] as const;
    expect(derive(sql, scope).find(({ subject }) => subject === 'rows-written')).toMatchObject({
      title: 'rows written in tables other than a.b, a.log, d.e',
      expected: [],
      allowed: ['a.b', 'a.log', 'd.e'],
    });
  });
});

describe('the scope', () => {
  it.each([
    'CREATE TABLE a.b (c int);',
    'ALTER TABLE a.b RENAME TO c;',
    'DROP INDEX a.i;',
    'DROP EXTENSION x;',
  ])('bounds %s', (sql) => {
    const scope = [
      { list: 'drops', name: 'a.d' },
      { list: 'alters', name: 'a.b' },
    ] as const;
    expect(derive(sql, scope).find(({ subject }) => subject === 'scope')).toMatchObject({
      subject: 'scope',
      table: null,
      expected: [],
      allowed: ['alters a.b', 'drops a.d'],
    });
  });
});

describe('what an ALTER TABLE adds and drops', () => {
  it('is told, and whether that is all', () => {
    const [first, second] = statementsOf(
      'ALTER TABLE s.t ADD x int, ADD "Y" text DEFAULT 1, DROP z;\nALTER TABLE s.t ADD x int, ALTER y SET NOT NULL;',
    );
    expect(first!.alteration).toEqual({
      name: 's.t',
      added: [
        { name: 'x', type: 'integer', hasDefault: false },
        { name: '"Y"', type: 'text', hasDefault: true },
      ],
      dropped: ['z'],
      filled: [],
      complete: true,
    });
    expect(second!.alteration!.complete).toBe(false);
  });

  it.each<[string, readonly string[]]>([
    ['uuid DEFAULT pg_catalog.gen_random_uuid()', ['x']],
    ["text DEFAULT 'a' || random()::text", ['x']],
    ['bigserial', ['x']],
    ['bigint GENERATED BY DEFAULT AS IDENTITY', ['x']],
    ['bigint GENERATED ALWAYS AS (y + 1) STORED', ['x']],
    ['bigint GENERATED ALWAYS AS (y + 1) VIRTUAL', []],
    ['timestamptz DEFAULT now()', []],
    ["text DEFAULT 'random()'", []],
    ['text DEFAULT s.f()', ['x']],
    ["text DEFAULT upper(s.f('y'))", ['x']],
    ["text DEFAULT 'a' OPERATOR(s.||) 'b'", ['x']],
    ['uuid DEFAULT ext.uuid_generate_v4()', ['x']],
    ["text DEFAULT upper('y') || pg_catalog.lower('z')", []],
    ["int DEFAULT int4('3') OPERATOR(pg_catalog.+) 1", []],
    ["timestamptz DEFAULT date_trunc('day', now()) + interval '1 day'", []],
    ['date DEFAULT CURRENT_DATE', []],
    ['text DEFAULT coalesce(current_user, session_user)', []],
    ['numeric DEFAULT extract(year FROM now())', []],
    ["jsonb DEFAULT jsonb_build_object('a', 1)", []],
    ['text', []],
  ])('and whether every row gets a value of its own: %s', (definition, filled) => {
    const [statement] = readFence('migration', `ALTER TABLE s.t ADD COLUMN x ${definition};`).units[0]!
      .statements;
    expect(statement!.alteration!.filled).toEqual(filled);
  });

  it.each<[string, readonly string[]]>([
    ['IMMUTABLE', []],
    ['STABLE STRICT', []],
    ['VOLATILE', ['x']],
    ['', ['x']],
  ])('or none by a function that the migration makes %s', (volatility, filled) => {
    const make = (type: string, says: string) =>
      `CREATE FUNCTION s.f(a ${type}) RETURNS int LANGUAGE sql ${says} AS $$ SELECT 1 $$;`;
    const add = 'ALTER TABLE s.t ADD COLUMN x int DEFAULT s.f(1);';
    const alteration = (sql: string) => readFence('migration', sql).units[0]!.statements.at(-1)!.alteration!;
    expect(alteration(make('int', volatility) + add).filled).toEqual(filled);
    expect(alteration(make('int', volatility) + make('text', '') + add).filled).toEqual(['x']);
  });
});

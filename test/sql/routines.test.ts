import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { readText } from './read.js';

beforeAll(loadGrammar);

/** Line 6 of the document is the first of the SQL. */
const read = (sql: string, allows: readonly string[] = []) =>
  readText(`---\nkind: ddl\nallows: [${allows.join(', ')}]\n---\n\`\`\`sql migration\n${sql}\n\`\`\`\n`);

const found = (sql: string, allows: readonly string[] = []) =>
  read(sql, allows)
    .problems.filter(({ rule }) => rule !== 'lock-hazard')
    .map(({ rule, message, position }) => `${position.start.line}: ${rule}: ${message}`);

const effects = (sql: string, allows: readonly string[] = []) =>
  read(sql, allows).units[0]!.statements.flatMap((statement) =>
    statement.effects.map(
      ({ action, kind, name, table }) => `${action} ${kind} ${name}${table ? ` on ${table}` : ''}`,
    ),
  );

const refused = (line: number, what: string) =>
  `${line}: statement-allowed: ${what} may not stand in executable SQL`;

const plpgsql = (body: string) =>
  `CREATE FUNCTION a.f() RETURNS trigger LANGUAGE plpgsql AS $$\n${body}\n$$;`;
const block = (body: string) => `DO $$\nBEGIN\n${body}\nEND\n$$;`;

describe('functions and procedures', () => {
  it.each<[string, readonly string[]]>([
    ['CREATE FUNCTION a.f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$', ['create function a.f()']],
    [
      'CREATE FUNCTION a.f(x int, y numeric(3)) RETURNS int LANGUAGE sql RETURN x',
      ['create function a.f(integer, numeric)'],
    ],
    [
      'CREATE FUNCTION a.f(x text[], OUT y int, INOUT z timestamptz(3), VARIADIC w a."T"[]) LANGUAGE sql AS $$ SELECT 1, z $$',
      ['create function a.f(text[], timestamp with time zone, a."T"[])'],
    ],
    [
      'CREATE FUNCTION a.f(char, "char", varchar(9)) RETURNS TABLE (x int) LANGUAGE sql AS $$ SELECT 1 $$',
      ['create function a.f(character, "char", character varying)'],
    ],
    ['CREATE OR REPLACE FUNCTION a.f() RETURNS int LANGUAGE sql RETURN 1', ['alter function a.f()']],
    [
      'CREATE PROCEDURE a.p(x int) LANGUAGE sql BEGIN ATOMIC INSERT INTO a.b VALUES (x); DELETE FROM a.c; END',
      ['create procedure a.p(integer)'],
    ],
    [
      'CREATE FUNCTION a.f() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$ BEGIN RETURN NEW; END $$',
      ['create function a.f()'],
    ],
    ['DROP FUNCTION a.f(int, text), a.g()', ['drop function a.f(integer, text)', 'drop function a.g()']],
    ['DROP PROCEDURE IF EXISTS a.p(int)', ['drop procedure a.p(integer)']],
    [
      'CREATE TRIGGER t BEFORE UPDATE OF x ON a.b FOR EACH ROW WHEN (NEW.x > 1) EXECUTE FUNCTION a.f()',
      ['create trigger a.b.t on a.b'],
    ],
    [
      'CREATE OR REPLACE TRIGGER "T" AFTER INSERT ON a.b EXECUTE FUNCTION a.f()',
      ['alter trigger a.b."T" on a.b'],
    ],
    ['DROP TRIGGER t ON a.b', ['drop trigger a.b.t on a.b']],
  ])('%s', (sql, expected) => {
    expect(found(`${sql};`)).toEqual([]);
    expect(effects(`${sql};`)).toEqual(expected);
  });

  it('take locks on the table of a trigger', () => {
    const locks = (sql: string) => read(sql).units[0]!.statements.flatMap((statement) => statement.locks);
    expect(locks('CREATE TRIGGER t AFTER INSERT ON a.b EXECUTE FUNCTION a.f();')).toEqual([
      'SHARE ROW EXCLUSIVE on a.b',
    ]);
    expect(locks('DROP TRIGGER t ON a.b;')).toEqual(['ACCESS EXCLUSIVE on a.b']);
  });

  it.each<[string, string]>([
    [
      'CREATE FUNCTION a.f(x a.t.c%TYPE) RETURNS int LANGUAGE sql RETURN 1',
      'a function with an argument whose type cannot be told',
    ],
    ['DROP FUNCTION a.f', 'a function without the types of its arguments'],
    ['DROP FUNCTION a.f(a.t.c%TYPE)', 'a function without the types of its arguments'],
    ['GRANT EXECUTE ON FUNCTION a.f TO x', 'a function without the types of its arguments'],
    [
      "CREATE FUNCTION a.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      'a body that is not between dollar quotes',
    ],
    ["DO 'BEGIN NULL; END'", 'a body that is not between dollar quotes'],
    ["CREATE FUNCTION a.f() RETURNS int LANGUAGE c AS 'lib', 'sym'", 'a body in language c'],
    ['DO LANGUAGE plperlu $$ unlink 1 $$', 'a body in language plperlu'],
    ['CREATE FUNCTION a.f() RETURNS int LANGUAGE sql SET role = x RETURN 1', 'a function that sets role'],
    [
      'CREATE FUNCTION a.f(x int DEFAULT pg_sleep(1)) RETURNS int LANGUAGE sql RETURN 1',
      'function pg_sleep, which reaches outside the transaction',
    ],
    [
      'CREATE FUNCTION a.f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT pg_sleep(1); END',
      'function pg_sleep, which reaches outside the transaction',
    ],
    ['CREATE EXTENSION pgcrypto', 'extension pgcrypto'],
  ])('are refused: %s', (sql, what) => {
    expect(found(`${sql};`)).toContain(refused(6, what));
  });

  it('that are not qualified are named', () => {
    expect(found('CREATE FUNCTION f(int) RETURNS int LANGUAGE sql RETURN 1;')).toEqual([
      '6: qualified-names: f(integer) is not qualified with its schema',
    ]);
  });
});

describe('a body in SQL', () => {
  it('is judged statement by statement, at its own line', () => {
    const sql =
      'CREATE FUNCTION a.f() RETURNS void LANGUAGE sql AS $body$\n  INSERT INTO a.b VALUES (1);\n  DROP TABLE a.b;\n\n  COPY a.b TO PROGRAM $$x$$;\n  COMMIT;\n  SELECT dblink(1)\n$body$;';
    expect(found(sql)).toEqual([
      refused(8, 'anything but SELECT, INSERT, UPDATE and DELETE in a body'),
      refused(10, 'COPY in a body'),
      refused(11, 'a transaction statement in a body'),
      refused(12, 'function dblink, which reaches outside the transaction'),
    ]);
  });

  it('of BEGIN ATOMIC too', () => {
    expect(found('CREATE PROCEDURE a.p() LANGUAGE sql BEGIN ATOMIC CREATE TABLE a.c (d int); END;')).toEqual([
      refused(6, 'anything but SELECT, INSERT, UPDATE and DELETE in a body'),
    ]);
  });

  it('that cannot be read is refused where the grammar stops', () => {
    const [problem] = read(
      'CREATE FUNCTION a.f() RETURNS void LANGUAGE sql AS $$\n  SELECT é é é FROM;\n$$;',
    ).problems;
    expect(problem).toMatchObject({
      message: 'a body that cannot be read may not stand in executable SQL',
      help: expect.stringContaining('syntax error'),
      position: { start: { line: 7 } },
    });
  });
});

describe('a body in PL/pgSQL', () => {
  it('with what functions and triggers are made of is allowed', () => {
    const body = `DECLARE
  n integer := 5; r record; k a.b%ROWTYPE; z a.b.c%TYPE;
  c CURSOR (q int) FOR SELECT * FROM a.b;
BEGIN
  n := n + 1; r.x = 3;
  IF NEW.x > 1 THEN INSERT INTO a.b SELECT NEW.x; ELSIF n = 2 THEN NULL; ELSE PERFORM a.g(1); END IF;
  SELECT q INTO STRICT n FROM a.t WHERE x = n;
  FOR r IN SELECT * FROM a.u LOOP CONTINUE WHEN r.x = 1; END LOOP;
  FOR i IN REVERSE 10..1 LOOP EXIT; END LOOP;
  WHILE n > 1 LOOP n := n - 1; END LOOP;
  CASE n WHEN 1 THEN NULL; ELSE NULL; END CASE;
  OPEN c(1); FETCH c INTO r; CLOSE c;
  GET DIAGNOSTICS n = ROW_COUNT;
  RAISE NOTICE 'x %', n;
  ASSERT n > 1, 'y';
  UPDATE a.t SET n = 1 RETURNING q INTO n;
  n := count(*) FROM a.t WHERE a = b;
  RETURN NEW;
EXCEPTION WHEN unique_violation THEN DELETE FROM a.w;
END`;
    expect(found(plpgsql(body))).toEqual([]);
  });

  it.each<[string, string]>([
    ["COPY a.b TO PROGRAM 'x';", 'COPY in a body'],
    ['DROP TABLE a.b;', 'anything but SELECT, INSERT, UPDATE and DELETE in a body'],
    ['TRUNCATE a.b;', 'anything but SELECT, INSERT, UPDATE and DELETE in a body'],
    ['SET LOCAL work_mem = 1;', 'anything but SELECT, INSERT, UPDATE and DELETE in a body'],
    ['SET ROLE x;', 'SET ROLE in a body'],
    ['NOTIFY x;', 'NOTIFY in a body'],
    ['COMMIT;', 'COMMIT or ROLLBACK in a body'],
    ['ROLLBACK AND CHAIN;', 'COMMIT or ROLLBACK in a body'],
    ['SAVEPOINT x;', 'a transaction statement in a body'],
    ['CALL a.p(1);', 'CALL in a body'],
    ["EXECUTE 'DROP TABLE a.b';", 'SQL that is put together when it runs'],
    ["FOR r IN EXECUTE 'x' LOOP NULL; END LOOP;", 'SQL that is put together when it runs'],
    ["OPEN d FOR EXECUTE 'x';", 'SQL that is put together when it runs'],
    ['PERFORM pg_sleep(1);', 'function pg_sleep, which reaches outside the transaction'],
    ['IF pg_sleep(1) THEN NULL; END IF;', 'function pg_sleep, which reaches outside the transaction'],
    ['n := pg_sleep(1);', 'function pg_sleep, which reaches outside the transaction'],
    ['n = dblink(1);', 'function dblink, which reaches outside the transaction'],
    ['a[pg_sleep(1)] := 1;', 'function pg_sleep, which reaches outside the transaction'],
    ["RAISE NOTICE '%', lo_import('x');", 'function lo_import, which reaches outside the transaction'],
    [
      'FOR n IN 1..pg_sleep(1) LOOP NULL; END LOOP;',
      'function pg_sleep, which reaches outside the transaction',
    ],
    ['RETURN pg_sleep(1);', 'function pg_sleep, which reaches outside the transaction'],
    [
      'WITH x AS (MERGE INTO a.b USING a.c ON true WHEN MATCHED THEN DELETE RETURNING 1) SELECT 1 INTO n FROM x;',
      'MergeStmt in a WITH query',
    ],
    ['CREATE TEMP TABLE x (y int);', 'anything but SELECT, INSERT, UPDATE and DELETE in a body'],
    ['INSERT INTO pg_temp.x VALUES (1);', 'a temporary object'],
  ])('%s is refused at its line', (statement, what) => {
    const head = 'CREATE FUNCTION a.f() RETURNS int LANGUAGE plpgsql AS $x$';
    const declared = 'DECLARE n int; r record; d refcursor; a int[];';
    const inner = `${head}\n${declared}\nBEGIN\n  -- 😀 é\n  ${statement}\nEND\n$x$;`;
    expect(found(inner)).toEqual([refused(10, what)]);
    // In a handler, a loop and a block within, too.
    const outer = `${head}\n${declared}\nBEGIN\nNULL;\nEXCEPTION WHEN others THEN\nLOOP\nBEGIN\n${statement}\nEND;\nEND LOOP;\nEND\n$x$;`;
    expect(found(outer)).toEqual([refused(13, what)]);
  });

  it('is judged in declarations', () => {
    expect(
      found(
        plpgsql('DECLARE\n n int := pg_sleep(1);\n c CURSOR FOR SELECT dblink(1);\nBEGIN RETURN NEW; END'),
      ),
    ).toEqual([
      refused(8, 'function pg_sleep, which reaches outside the transaction'),
      refused(9, 'function dblink, which reaches outside the transaction'),
    ]);
  });

  it('that its parser refuses is refused', () => {
    const [problem] = read(plpgsql('BEGIN IF x THEN; END')).problems;
    expect(problem).toMatchObject({
      message: 'a body that cannot be read may not stand in executable SQL',
      help: expect.stringContaining('syntax error'),
    });
  });

  it('keeps the parser usable after one that it refuses', () => {
    for (let n = 0; n < 50; n++) found(plpgsql('BEGIN IF x THEN; END'));
    expect(found(plpgsql('BEGIN RETURN NEW; END'))).toEqual([]);
  });
});

describe('a DO block', () => {
  it('writes the rows of the tables that it names', () => {
    const sql = block(
      "IF true THEN INSERT INTO a.b VALUES ('$block$'); ELSE WITH x AS (DELETE FROM a.d RETURNING 1) UPDATE a.c SET e = 1; END IF;",
    );
    expect(found(sql)).toEqual([]);
    expect(effects(sql)).toEqual(['write-rows table a.b', 'write-rows table a.c', 'write-rows table a.d']);
    expect(read(sql).units[0]!.statements[0]!.locks).toEqual([
      'ROW EXCLUSIVE on a.b',
      'ROW EXCLUSIVE on a.c',
      'ROW EXCLUSIVE on a.d',
    ]);
  });

  it('names tables with their schemas', () => {
    expect(found(block('INSERT INTO b VALUES (1);'))).toEqual([
      '8: qualified-names: b is not qualified with its schema',
    ]);
  });

  it.each<[string, string]>([
    ['CREATE TABLE a.b (c int);', 'anything but SELECT, INSERT, UPDATE and DELETE in a body'],
    ['COMMIT;', 'COMMIT or ROLLBACK in a body'],
  ])('%s is refused', (statement, what) => {
    expect(found(block(statement))).toEqual([refused(8, what)]);
  });
});

describe('what the document declares', () => {
  const dynamic = block("EXECUTE 'SELECT 1';");
  it('is allowed', () => {
    expect(found(dynamic, ['dynamic-sql'])).toEqual([]);
    expect(found('DO LANGUAGE plperl $$ 1 $$;', ['language plperl'])).toEqual([]);
    expect(found('CREATE EXTENSION pgcrypto SCHEMA a;', ['extension pgcrypto'])).toEqual([]);
    expect(effects('CREATE EXTENSION pgcrypto SCHEMA a;', ['extension pgcrypto'])).toEqual([
      'create extension extension pgcrypto',
    ]);
  });

  it('is allowed for that alone', () => {
    expect(found('CREATE EXTENSION pgcrypto CASCADE;', ['extension pgcrypto'])).toEqual([
      refused(6, 'CREATE EXTENSION … CASCADE'),
    ]);
    expect(found('CREATE EXTENSION dblink;', ['extension pgcrypto'])).toEqual([
      refused(6, 'extension dblink'),
      '3: statement-allowed: allows names extension pgcrypto, which no statement uses',
    ]);
    expect(found(block("EXECUTE 'SELECT 1'; COMMIT;"), ['dynamic-sql'])).toEqual([
      refused(8, 'COMMIT or ROLLBACK in a body'),
    ]);
  });

  it('and does not need is said', () => {
    expect(found('CREATE SCHEMA a;', ['dynamic-sql'])).toEqual([
      '3: statement-allowed: allows names dynamic-sql, which no statement uses',
    ]);
  });

  it('says how, where it is missing', () => {
    expect(read(dynamic).problems[0]!.help).toBe(
      'write "allows: [dynamic-sql]" in the front matter, so that the reviewers know of it',
    );
  });
});

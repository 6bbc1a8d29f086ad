import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { brief, readText } from './read.js';

beforeAll(loadGrammar);

/** Line 2 is the first of the migration; each rollback starts on line 102. */
function judge(migration: string, rollback: string): string[] {
  const fence = (role: string, sql: string) => `\`\`\`sql ${role}\n${sql}\n\`\`\`\n`;
  const blank = '\n'.repeat(98 - migration.split('\n').length);
  const { problems } = readText(fence('migration', migration) + blank + fence('rollback', rollback));
  const judged = problems.filter(({ rule }) => rule !== 'lock-hazard');
  return brief(judged).map((text) => text.replace(/^rollback-inverts /, ''));
}

const TABLE = 'CREATE TABLE s.a (id int PRIMARY KEY);';
const PAIR = `${TABLE}\nCREATE TABLE s.b (a int REFERENCES s.a);`;

describe('a rollback that takes back what its migration did', () => {
  it.each<[string, string, string]>([
    ['tables in the reverse order', PAIR, 'DROP TABLE s.b;\nDROP TABLE s.a;'],
    ['tables in one statement', PAIR, 'DROP TABLE s.a, s.b;'],
    ['an index with its table', `${TABLE}\nCREATE INDEX i ON s.a (id);`, 'DROP TABLE s.a;'],
    [
      'an index, and then its table',
      `${TABLE}\nCREATE INDEX i ON s.a (id);`,
      'DROP INDEX s.i;\nDROP TABLE s.a;',
    ],
    ['an index of an old table', 'CREATE INDEX i ON s.old (id);', 'DROP INDEX IF EXISTS s.i;'],
    [
      'an index with a column',
      'ALTER TABLE s.old ADD c int;\nCREATE INDEX i ON s.old (lower(c::text));',
      'ALTER TABLE s.old DROP c;',
    ],
    ['columns', 'ALTER TABLE s.old ADD c int, ADD "D" int;', 'ALTER TABLE s.old DROP "D", DROP c;'],
    [
      'a constraint',
      'ALTER TABLE s.old ADD CONSTRAINT k CHECK (c > 0);',
      'ALTER TABLE s.old DROP CONSTRAINT k;',
    ],
    [
      'a constraint with its column',
      'ALTER TABLE s.old ADD c int;\nALTER TABLE s.old ADD CONSTRAINT k UNIQUE (c);',
      'ALTER TABLE s.old DROP c;',
    ],
    [
      'a constraint of a new column',
      'ALTER TABLE s.old ADD c int CONSTRAINT k CHECK (c > 0);',
      'ALTER TABLE s.old DROP CONSTRAINT k;\nALTER TABLE s.old DROP c;',
    ],
    [
      'a constraint with the server’s name',
      'ALTER TABLE s.old ADD CHECK (c > 0);',
      'ALTER TABLE s.old DROP CONSTRAINT old_c_check;',
    ],
    [
      'an index that became a constraint',
      'CREATE UNIQUE INDEX i ON s.old (c);\nALTER TABLE s.old ADD CONSTRAINT k UNIQUE USING INDEX i;',
      'ALTER TABLE s.old DROP CONSTRAINT k;',
    ],
    [
      'a view, then its table',
      `${TABLE}\nCREATE VIEW s.v AS SELECT id FROM s.a;`,
      'DROP VIEW s.v;\nDROP TABLE s.a;',
    ],
    [
      'a type after its table',
      "CREATE TYPE s.t AS ENUM ('x');\nCREATE TABLE s.a (c s.t[]);",
      'DROP TABLE s.a;\nDROP TYPE s.t;',
    ],
    ['a domain as a type', 'CREATE DOMAIN s.d AS int;', 'DROP TYPE s.d;'],
    [
      'a sequence with its table',
      'CREATE TABLE s.a (id int);\nCREATE SEQUENCE s.n OWNED BY s.a.id;',
      'DROP TABLE s.a;',
    ],
    [
      'a partition with its table',
      'CREATE TABLE s.a (id int) PARTITION BY LIST (id);\nCREATE TABLE s.a1 PARTITION OF s.a FOR VALUES IN (1);',
      'DROP TABLE s.a;',
    ],
    [
      'what the migration dropped',
      'DROP TABLE s.old;',
      'CREATE TABLE s.old (id int);\nCREATE INDEX i ON s.old (id);',
    ],
    [
      'a column that the migration dropped',
      'ALTER TABLE s.old DROP c;',
      'ALTER TABLE s.old ADD c int;\nCREATE INDEX i ON s.old (c);',
    ],
    [
      'a constraint that was replaced',
      'ALTER TABLE s.old DROP CONSTRAINT k;\nALTER TABLE s.old ADD CONSTRAINT k CHECK (c > 0);',
      'ALTER TABLE s.old DROP CONSTRAINT k;\nALTER TABLE s.old ADD CONSTRAINT k CHECK (c > 1);',
    ],
    [
      'a view that was replaced',
      'DROP VIEW s.v;\nCREATE VIEW s.v AS SELECT 1 AS c;',
      'DROP VIEW s.v;\nCREATE VIEW s.v AS SELECT 2 AS c;',
    ],
    ['what was made and dropped again', `${TABLE}\nDROP TABLE s.a;`, ''],
    ['and drops what may have been there', 'CREATE OR REPLACE VIEW s.v AS SELECT 1 AS c;', 'DROP VIEW s.v;'],
    ['inside its own transaction', TABLE, 'BEGIN;\nDROP TABLE s.a;\nCOMMIT;'],
    [
      'with values that are not judged',
      'ALTER TABLE s.old ALTER c TYPE text;\nUPDATE s.old SET c = 1;',
      'UPDATE s.old SET c = 2;\nALTER TABLE s.old ALTER c TYPE int;',
    ],
  ])('%s', (_, migration, rollback) => {
    expect(judge(migration, rollback)).toEqual([]);
  });
});

const CASCADED =
  'CASCADE in a rollback takes away whatever stands there by then, and not only what the migration made';
const OTHERS = `DELETE FROM pay.x;
TRUNCATE pay.y, s.a;
ALTER TABLE pay.z ALTER c SET DEFAULT 1, DISABLE TRIGGER ALL;
GRANT ALL ON pay.w TO PUBLIC;
COMMENT ON TABLE pay.v IS 'x';
UPDATE s.a SET id = 1;
DROP TABLE s.a;`;

describe('a rollback that reaches further than its migration', () => {
  it.each<[string, string, string, readonly string[]]>([
    [
      'to tables that the migration does not touch',
      TABLE,
      OTHERS,
      [
        '102:1 the rollback writes rows of pay.x, which the migration does not touch',
        '103:1 the rollback writes rows of pay.y, which the migration does not touch',
        '104:1 the rollback changes pay.z, which the migration does not touch',
        '105:1 the rollback changes pay.w, which the migration does not touch',
        '106:1 the rollback changes pay.v, which the migration does not touch',
      ],
    ],
    ['by CASCADE of tables', PAIR, 'DROP TABLE s.a CASCADE;\nDROP TABLE s.b;', [`102:1 ${CASCADED}`]],
    ['by CASCADE of a schema', `CREATE SCHEMA s;\n${PAIR}`, 'DROP SCHEMA s CASCADE;', [`102:1 ${CASCADED}`]],
    [
      'by CASCADE of rows',
      'UPDATE s.a SET id = 2;',
      'TRUNCATE s.a CASCADE;',
      [`102:1 ${CASCADED}`, '102:1 the rollback empties s.a, which was there before the migration'],
    ],
    [
      'by CASCADE of a column',
      'ALTER TABLE s.a ADD c int;',
      'ALTER TABLE s.a DROP c CASCADE;',
      [`102:1 ${CASCADED}`],
    ],
    [
      'under another name',
      'ALTER TABLE s.old RENAME TO new;',
      'ALTER TABLE s.new RENAME TO old;\nDROP TABLE s.other;',
      ['103:1 the rollback drops table s.other, which the migration does not create'],
    ],
    [
      'by being empty',
      'ALTER TABLE s.old DROP c;',
      '',
      ['101:1 the rollback is empty, and takes nothing of the migration back'],
    ],
    [
      'by being empty after what was replaced',
      'CREATE OR REPLACE VIEW s.v AS SELECT 1 AS c;',
      '-- nothing',
      ['101:1 the rollback is empty, and takes nothing of the migration back'],
    ],
  ])('%s', (_, migration, rollback, expected) => {
    expect(judge(migration, rollback)).toEqual(expected);
  });

  it.each<[string, string, string]>([
    ['a table with a new name', 'ALTER TABLE s.old RENAME TO "New";', 'ALTER TABLE s."New" RENAME TO old;'],
    ['a schema with a new name', 'ALTER SCHEMA s RENAME TO t;', 'ALTER SCHEMA t RENAME TO s;'],
    ['a type with a new name', 'ALTER TYPE s.mood RENAME TO moods;', 'ALTER TYPE s.moods RENAME TO mood;'],
    ['a column with a new name', 'ALTER TABLE s.old RENAME c TO d;', 'ALTER TABLE s.old RENAME d TO c;'],
    [
      'rows of a table that the migration alters',
      'ALTER TABLE s.old DROP c;',
      'ALTER TABLE s.old ADD c int;\nUPDATE s.old SET c = 1;',
    ],
    [
      'grants and comments',
      "GRANT SELECT ON s.old TO PUBLIC;\nCOMMENT ON TABLE s.old IS 'x';",
      'REVOKE SELECT ON s.old FROM PUBLIC;\nCOMMENT ON TABLE s.old IS NULL;',
    ],
    [
      'a function that was replaced',
      'CREATE OR REPLACE FUNCTION s.f() RETURNS int LANGUAGE sql AS $$SELECT 1$$;',
      'CREATE OR REPLACE FUNCTION s.f() RETURNS int LANGUAGE sql AS $$SELECT 2$$;',
    ],
  ])('does not do so for %s', (_, migration, rollback) => {
    expect(judge(migration, rollback)).toEqual([]);
  });
});

const ADDED = 'ALTER TABLE s.old ADD c int;';
const BACK = 'ALTER TABLE s.old DROP c;';

describe('a rollback of a table that the migration alters', () => {
  it.each<[string, string, string, readonly string[]]>([
    ['deletes rows', ADDED, 'DELETE FROM s.old;', ['deletes rows of s.old, and the migration inserts none']],
    ['empties it', ADDED, 'TRUNCATE s.old;', ['empties s.old, which was there before the migration']],
    [
      'overwrites it',
      ADDED,
      'UPDATE s.old SET pay = 0;',
      ['updates rows of s.old, and the migration does not'],
    ],
    [
      'writes rows in a block',
      ADDED,
      'DO $$BEGIN DELETE FROM s.old; END$$;',
      ['deletes rows of s.old, and the migration inserts none'],
    ],
    [
      'writes rows by a query of another statement',
      `${ADDED} UPDATE s.old SET c = 1;`,
      'WITH gone AS (DELETE FROM s.old RETURNING id) UPDATE s.old SET c = 2 WHERE id IN (SELECT id FROM gone);',
      ['deletes rows of s.old, and the migration inserts none'],
    ],
    [
      'grants',
      ADDED,
      'GRANT SELECT, INSERT ON s.old TO PUBLIC;',
      [
        'changes the privilege SELECT of PUBLIC on s.old, and takes back nothing of the migration',
        'changes the privilege INSERT of PUBLIC on s.old, and takes back nothing of the migration',
      ],
    ],
    [
      'grants more',
      `${ADDED} REVOKE SELECT ON s.old FROM bob;`,
      'GRANT SELECT, UPDATE ON s.old TO bob;',
      ['changes the privilege UPDATE of bob on s.old, and takes back nothing of the migration'],
    ],
    [
      'gives it away',
      ADDED,
      'ALTER TABLE s.old OWNER TO mallory;',
      ['changes the owner of s.old, and takes back nothing of the migration'],
    ],
    [
      'switches triggers and row security off',
      ADDED,
      'ALTER TABLE s.old DISABLE TRIGGER ALL, DISABLE ROW LEVEL SECURITY;',
      [
        'changes the triggers or rules s.old, and takes back nothing of the migration',
        'changes row security of s.old, and takes back nothing of the migration',
      ],
    ],
    [
      'changes another column',
      `${ADDED} ALTER TABLE s.old ALTER b SET DEFAULT 1;`,
      'ALTER TABLE s.old ALTER b DROP DEFAULT, ALTER d DROP DEFAULT;',
      ['changes the default of column s.old.d, and takes back nothing of the migration'],
    ],
    [
      'renames a column',
      ADDED,
      'ALTER TABLE s.old RENAME pay TO salary;',
      ['column s.old.pay is called column s.old.salary'],
    ],
    ['renames it', ADDED, 'ALTER TABLE s.old RENAME TO older;', ['s.old is called s.older']],
  ])('%s', (_, migration, rollback, expected) => {
    const said = expected.map(
      (one) => `103:1 ${/ is called /.test(one) ? 'after the rollback, ' : 'the rollback '}${one}`,
    );
    expect(judge(migration, `${BACK}\n${rollback}`)).toEqual(said);
  });
});

describe('a rollback that leaves', () => {
  const OTHER = "COMMENT ON TABLE s.old IS 'x';";
  const left = (what: string) => `2:1 the rollback does not change ${what} back, as the migration does`;
  it.each<[string, string, string]>([
    ['a default', 'ALTER TABLE s.old ALTER b SET DEFAULT 1;', left('the default of column s.old.b')],
    ['NOT NULL', 'ALTER TABLE s.old ALTER b SET NOT NULL;', left('NOT NULL of column s.old.b')],
    ['a type', 'ALTER TABLE s.old ALTER b TYPE text;', left('the type of column s.old.b')],
    ['an owner', 'ALTER TABLE s.old OWNER TO bob;', left('the owner of s.old')],
    ['a privilege', 'GRANT SELECT ON s.old TO bob;', left('the privilege SELECT of bob on s.old')],
    ['a parent', 'ALTER TABLE s.old INHERIT s.older;', left('the parent s.older of s.old')],
    [
      'a function',
      'CREATE OR REPLACE FUNCTION s.f() RETURNS int LANGUAGE sql AS $$SELECT 1$$;',
      left('function s.f()'),
    ],
    [
      'a dropped column',
      'ALTER TABLE s.old DROP b;',
      '2:1 the rollback does not make column s.old.b again, which the migration drops',
    ],
    [
      'a dropped constraint',
      'ALTER TABLE s.old DROP CONSTRAINT k;',
      '2:1 the rollback does not make constraint s.old.k again, which the migration drops',
    ],
    [
      'a dropped table',
      'DROP TABLE s.gone;',
      '2:1 the rollback does not make table s.gone again, which the migration drops',
    ],
    ['a new name', 'ALTER TABLE s.gone RENAME TO went;', '2:1 after the rollback, s.gone is called s.went'],
    [
      'a new name of a column',
      'ALTER TABLE s.old RENAME b TO c;',
      '2:1 after the rollback, column s.old.b is called column s.old.c',
    ],
  ])('%s', (_, migration, expected) => {
    expect(judge(`${migration}\n${OTHER}`, OTHER.replace("'x'", 'NULL'))).toEqual([expected]);
  });

  it.each<[string, string, string, string]>([
    [
      'NOT NULL set twice',
      'ALTER TABLE s.old ALTER b SET NOT NULL;',
      'ALTER TABLE s.old ALTER b SET NOT NULL;',
      'NOT NULL of column s.old.b',
    ],
    [
      'a grant granted twice',
      'GRANT SELECT ON s.old TO bob;',
      'GRANT SELECT ON s.old TO bob;',
      'the privilege SELECT of bob on s.old',
    ],
  ])('%s', (_, migration, rollback, what) => {
    expect(judge(migration, rollback)).toEqual([
      `102:1 the rollback changes ${what}, and takes back nothing of the migration`,
      left(what),
    ]);
  });

  it.each<[string, string, string]>([
    [
      'a trigger that was off for a while',
      `${ADDED} ALTER TABLE s.old DISABLE TRIGGER ALL; ALTER TABLE s.old ENABLE TRIGGER ALL;`,
      BACK,
    ],
    [
      'REVOKE ALL of what was granted in part',
      'REVOKE ALL ON s.old FROM bob;',
      'GRANT SELECT ON s.old TO bob;',
    ],
    [
      'REVOKE ALL of a function',
      'REVOKE ALL ON FUNCTION s.f() FROM PUBLIC;',
      'GRANT EXECUTE ON FUNCTION s.f() TO PUBLIC;',
    ],
    [
      'NOT NULL of a key',
      'ALTER TABLE s.old ADD CONSTRAINT k PRIMARY KEY (b);',
      'ALTER TABLE s.old DROP CONSTRAINT k, ALTER b DROP NOT NULL;',
    ],
    [
      'NOT NULL that a key brings back',
      'ALTER TABLE s.old DROP CONSTRAINT k, ALTER b DROP NOT NULL;',
      'ALTER TABLE s.old ADD CONSTRAINT k PRIMARY KEY (b);',
    ],
    [
      'a default of the other type',
      'ALTER TABLE s.old ALTER b DROP DEFAULT, ALTER b TYPE text, ALTER b SET DEFAULT 1;',
      'ALTER TABLE s.old ALTER b DROP DEFAULT, ALTER b TYPE int, ALTER b SET DEFAULT 1;',
    ],
    [
      'what need not have been there',
      'DROP TABLE IF EXISTS s.gone; CREATE TABLE s.a (id int);',
      'DROP TABLE s.a;',
    ],
    [
      'the next value of a sequence',
      'ALTER TABLE s.old ADD c int, ALTER id RESTART WITH 9;',
      'ALTER TABLE s.old DROP c;',
    ],
    [
      'a privilege on the sequence of a new table',
      'CREATE TABLE s.a (id serial); GRANT USAGE ON SEQUENCE s.a_id_seq TO PUBLIC;',
      'DROP TABLE s.a;',
    ],
    [
      'what is in a new schema, and the index of a new key',
      "CREATE SCHEMA n; CREATE TABLE n.a (id int PRIMARY KEY); COMMENT ON INDEX n.a_pkey IS 'x'; CREATE TABLE s.b (id int PRIMARY KEY); COMMENT ON INDEX s.b_pkey IS 'x';",
      'DROP TABLE s.b; DROP TABLE n.a; DROP SCHEMA n;',
    ],
  ])('nothing: %s', (_, migration, rollback) => {
    expect(judge(migration, rollback)).toEqual([]);
  });
});

it('knows the constraints of a table from those of one with a longer name', () => {
  const migration = 'ALTER TABLE s.ol ALTER b DROP NOT NULL;\nALTER TABLE s.old DROP CONSTRAINT k;';
  expect(judge(migration, 'ALTER TABLE s.old ADD CONSTRAINT k CHECK (b > 0);')).toEqual([
    '2:1 the rollback does not change NOT NULL of column s.ol.b back, as the migration does',
  ]);
});

describe('a rollback of new names', () => {
  it.each<[string, string, string]>([
    [
      'of a table beside other changes',
      `${ADDED} ALTER TABLE s.old RENAME TO new;`,
      `ALTER TABLE s.new DROP c;\nALTER TABLE s.new RENAME TO old;`,
    ],
    [
      'of a table after which it drops',
      `${ADDED} ALTER TABLE s.old RENAME TO new;`,
      `ALTER TABLE s.new RENAME TO old;\n${BACK}`,
    ],
    ['of a new column', 'ALTER TABLE s.old ADD d int; ALTER TABLE s.old RENAME d TO c;', BACK],
    [
      'of a schema with a new table',
      `CREATE TABLE s.a (id int); ALTER SCHEMA s RENAME TO t;`,
      'DROP TABLE t.a;\nALTER SCHEMA t RENAME TO s;',
    ],
    [
      'where another table takes the name',
      'ALTER TABLE s.old RENAME TO older; CREATE TABLE s.old (id int);',
      'DROP TABLE s.old;\nALTER TABLE s.older RENAME TO old;',
    ],
    [
      'where an index takes the place of another',
      'CREATE INDEX j ON s.old (b, c); DROP INDEX s.i; ALTER INDEX s.j RENAME TO i;',
      'DROP INDEX s.i;\nCREATE INDEX i ON s.old (b);',
    ],
    [
      'where two tables change places',
      'ALTER TABLE s.a RENAME TO x; ALTER TABLE s.b RENAME TO a; ALTER TABLE s.x RENAME TO b;',
      'ALTER TABLE s.a RENAME TO x; ALTER TABLE s.b RENAME TO a; ALTER TABLE s.x RENAME TO b;',
    ],
  ])('may be %s', (_, migration, rollback) => {
    expect(judge(migration, rollback)).toEqual([]);
  });

  it.each<[string, string, string, readonly string[]]>([
    [
      'another column beside them',
      `${ADDED}\nALTER TABLE s.old RENAME a TO b;`,
      'ALTER TABLE s.old RENAME b TO a;\nALTER TABLE s.old DROP pay;',
      [
        '103:1 the rollback drops column s.old.pay, which the migration does not add',
        '2:1 the rollback does not drop column s.old.c, which the migration adds',
      ],
    ],
    [
      'the renamed column',
      'ALTER TABLE s.old RENAME a TO b;',
      'ALTER TABLE s.old DROP b;',
      [
        '102:1 the rollback drops column s.old.a, which the migration does not add',
        '2:1 after the rollback, column s.old.a is called column s.old.b',
      ],
    ],
    [
      'the wrong one of two tables of a name',
      'ALTER TABLE s.old RENAME TO older;\nCREATE TABLE s.old (id int);',
      'DROP TABLE s.older;\nALTER TABLE s.old RENAME TO older;',
      [
        '102:1 the rollback drops table s.old, which the migration does not create',
        '3:1 the rollback does not drop table s.old, which the migration creates',
        '2:1 after the rollback, s.old is called s.older',
      ],
    ],
  ])('may not drop %s', (_, migration, rollback, expected) => {
    expect(judge(migration, rollback)).toEqual(expected);
  });
});

describe('rows that a migration writes indirectly', () => {
  const document = (rollback: string) => `---
kind: ddl
scope:
  writes_rows_indirectly: [s.kid]
---

\`\`\`sql migration
DELETE FROM s.a WHERE id = 1;
\`\`\`

\`\`\`sql rollback
INSERT INTO s.a VALUES (1);
${rollback}
\`\`\`
`;
  const judged = (rollback: string) =>
    brief(readText(document(rollback)).problems.filter(({ rule }) => rule === 'rollback-inverts'));

  it('may be written by the rollback, and the table not emptied', () => {
    expect(judged('INSERT INTO s.kid VALUES (1);')).toEqual([]);
    expect(judged('TRUNCATE s.kid;')).toEqual([
      'rollback-inverts 13:1 the rollback empties s.kid, which was there before the migration',
    ]);
  });
});

describe('a rollback that does not', () => {
  it.each<[string, string, string, readonly string[]]>([
    [
      'leaves a table',
      PAIR,
      'DROP TABLE s.b;',
      ['2:1 the rollback does not drop table s.a, which the migration creates'],
    ],
    [
      'leaves a table with its index',
      `${TABLE}\nCREATE INDEX i ON s.a (id);`,
      '',
      ['2:1 the rollback does not drop table s.a, which the migration creates'],
    ],
    [
      'leaves an index',
      'CREATE INDEX i ON s.old (c);',
      '',
      ['2:1 the rollback does not drop index s.i, which the migration creates'],
    ],
    [
      'leaves a column',
      'ALTER TABLE s.old ADD c int, ADD d int;',
      'ALTER TABLE s.old DROP c;',
      ['2:1 the rollback does not drop column s.old.d, which the migration adds'],
    ],
    [
      'leaves a constraint',
      'ALTER TABLE s.old ADD CONSTRAINT k CHECK (c > 0), ADD d int;',
      'ALTER TABLE s.old DROP d;',
      ['2:1 the rollback does not drop constraint s.old.k, which the migration adds'],
    ],
    [
      'leaves a schema',
      'CREATE SCHEMA "S t";',
      '',
      ['2:1 the rollback does not drop schema "S t", which the migration creates'],
    ],
    [
      'drops another table',
      TABLE,
      'DROP TABLE s.a;\nDROP TABLE IF EXISTS s.old;',
      ['103:1 the rollback drops table s.old, which the migration does not create'],
    ],
    [
      'drops another column',
      'ALTER TABLE s.old ADD c int;',
      'ALTER TABLE s.old DROP c, DROP d;',
      ['102:1 the rollback drops column s.old.d, which the migration does not add'],
    ],
    [
      'drops another constraint',
      'ALTER TABLE s.old ADD CONSTRAINT k CHECK (c > 0);',
      'ALTER TABLE s.old DROP CONSTRAINT k, DROP CONSTRAINT l;',
      ['102:1 the rollback drops constraint s.old.l, which the migration does not add'],
    ],
    [
      'drops another kind',
      TABLE,
      'DROP TABLE s.a;\nDROP VIEW s.a;',
      ['103:1 the rollback drops view s.a, which the migration does not create'],
    ],
    [
      'drops twice',
      TABLE,
      'DROP TABLE s.a;\nDROP TABLE s.a;',
      ['103:1 the rollback names table s.a, which is gone by then'],
    ],
    [
      'drops an index after its table',
      `${TABLE}\nCREATE INDEX i ON s.a (id);`,
      'DROP TABLE s.a;\nDROP INDEX s.i;',
      ['103:1 the rollback names index s.i, which is gone by then'],
    ],
    [
      'alters a table that is gone',
      TABLE,
      'DROP TABLE s.a;\nALTER TABLE s.a DROP id;',
      ['103:1 the rollback names table s.a, which is gone by then'],
    ],
    [
      'drops a table that another refers to',
      PAIR,
      'DROP TABLE s.a;\nDROP TABLE s.b;',
      ['102:1 the server refuses to drop table s.a here: table s.b still needs it'],
    ],
    [
      'drops a table that an old one refers to',
      `${TABLE}\nALTER TABLE s.old ADD CONSTRAINT k FOREIGN KEY (c) REFERENCES s.a;`,
      'DROP TABLE s.a;\nALTER TABLE s.old DROP CONSTRAINT k;',
      ['102:1 the server refuses to drop table s.a here: table s.old still needs it'],
    ],
    [
      'drops a table under a view',
      `${TABLE}\nCREATE VIEW s.v AS SELECT id FROM s.a;`,
      'DROP TABLE s.a;\nDROP VIEW s.v;',
      ['102:1 the server refuses to drop table s.a here: view s.v still needs it'],
    ],
    [
      'drops the type of a column',
      "CREATE TYPE s.t AS ENUM ('x');\nCREATE TABLE s.a (c s.t);",
      'DROP TYPE s.t;\nDROP TABLE s.a;',
      ['102:1 the server refuses to drop type s.t here: table s.a still needs it'],
    ],
    [
      'drops the sequence of a default',
      "CREATE SEQUENCE s.n;\nCREATE TABLE s.a (c int DEFAULT nextval('s.n'));",
      'DROP SEQUENCE s.n;\nDROP TABLE s.a;',
      ['102:1 the server refuses to drop sequence s.n here: table s.a still needs it'],
    ],
    [
      'drops a schema that is not empty',
      `CREATE SCHEMA s;\n${TABLE}`,
      'DROP SCHEMA s;\nDROP TABLE s.a;',
      ['102:1 the server refuses to drop schema s here: table s.a still needs it'],
    ],
    [
      'makes a table',
      TABLE,
      'DROP TABLE s.a;\nCREATE TABLE s.copy (id int);',
      ['103:1 the rollback makes table s.copy, which the migration does not drop'],
    ],
    [
      'makes a column',
      'ALTER TABLE s.old ADD c int;',
      'ALTER TABLE s.old DROP c, ADD d int;',
      ['102:1 the rollback makes column s.old.d, which the migration does not drop'],
    ],
    [
      'makes an index',
      TABLE,
      'DROP TABLE s.a;\nCREATE INDEX i ON s.old (c);',
      ['103:1 the rollback makes index s.i, which the migration does not drop'],
    ],
  ])('%s', (_, migration, rollback, expected) => {
    expect(judge(migration, rollback)).toEqual(expected);
  });

  it('is judged in time, whatever its size', () => {
    const names = Array.from({ length: 4_000 }, (_, index) => `s.t${index}`);
    const make = names.map((name) => `CREATE TABLE ${name} (c int REFERENCES s.t0);`).join('\n');
    const { problems } = readText(
      `\`\`\`sql migration\n${make}\n\`\`\`\n\n\`\`\`sql rollback\n${names
        .reverse()
        .map((name) => `DROP TABLE ${name};`)
        .join('\n')}\n\`\`\`\n`,
    );
    expect(problems).toEqual([]);
  });
});

it('is not judged where a GRANT has more privileges than anybody reads, which may not run', () => {
  const list = (of: string) => Array.from({ length: 4_000 }, (_, index) => `${of}${index}`).join(', ');
  expect(judge(`GRANT ALL ON ${list('s.t')} TO ${list('r')};`, '')).toEqual([
    'statement-allowed 2:1 GRANT of more than 10,000 privileges at once may not stand in executable SQL',
  ]);
});

it('is not judged where the migration holds what may not run', () => {
  expect(judge('CREATE ROLE x;', 'DROP TABLE s.a;')).toEqual([expect.stringMatching(/^statement-allowed /)]);
});

import { beforeAll, describe, expect, test } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { readFence } from './read.js';

beforeAll(loadGrammar);

const TABLE = 'CREATE TABLE a.t (id bigint PRIMARY KEY, n int, "N" text);\n';

function found(sql: string): string[] {
  return readFence('migration', sql)
    .problems.filter(({ rule }) => rule === 'no-contradiction')
    .map(({ message, position }) => `${position.start.line - 2} ${message}`);
}

describe('what contradicts a statement before it', () => {
  test.each([
    ['CREATE TABLE a.u (\nid int,\nid text);', '3 column a.u.id is made a second time'],
    ['CREATE TABLE a.u (id int PRIMARY KEY,\nPRIMARY KEY (id));', '2 a.u gets a second primary key'],
    [`${TABLE}ALTER TABLE a.t ADD PRIMARY KEY (n);`, '2 a.t gets a second primary key'],
    [`${TABLE}CREATE TABLE a.t (id int);`, '2 table a.t is made a second time'],
    [`${TABLE}CREATE VIEW a.t AS SELECT 1 AS x;`, '2 view a.t is made a second time'],
    [`${TABLE}CREATE INDEX i ON a.t (n);\nCREATE INDEX i ON a.t (id);`, '3 index a.i is made a second time'],
    ['CREATE SCHEMA s;\nCREATE SCHEMA s;', '2 schema s is made a second time'],
    [`${TABLE}CREATE TABLE a.u (t int REFERENCES a.t (zzz));`, '2 a.t has no column zzz here'],
    ['CREATE TABLE a.t (id int, p int REFERENCES a.t (zzz));', '1 a.t has no column zzz here'],
    ['CREATE TABLE a.t (id int, UNIQUE (zzz));', '1 a.t has no column zzz here'],
    [`${TABLE}CREATE INDEX i ON a.t (zzz);`, '2 index a.i: a.t has no column zzz here'],
    [`${TABLE}CREATE INDEX i ON a.t (n) INCLUDE ("n2");`, '2 index a.i: a.t has no column n2 here'],
    [`${TABLE}ALTER TABLE a.t DROP COLUMN zzz;`, '2 a.t has no column zzz here'],
    [`${TABLE}ALTER TABLE a.t ALTER zzz SET NOT NULL;`, '2 a.t has no column zzz here'],
    [`${TABLE}ALTER TABLE a.t ADD COLUMN n int;`, '2 column a.t.n is made a second time'],
    [
      `${TABLE}ALTER TABLE a.t DROP COLUMN n;\nINSERT INTO a.t (id,\nn) VALUES (1, 2);`,
      '4 a.t has no column n here',
    ],
    [`${TABLE}INSERT INTO a.t (zzz) VALUES (1);`, '2 a.t has no column zzz here'],
  ])('%j', (sql, problem) => {
    expect(found(sql)).toEqual([problem]);
  });
});

test.each([
  `${TABLE}CREATE INDEX i ON a.t (n, lower("N")) INCLUDE (id); INSERT INTO a.t (id, "N") VALUES (1, 'x');`,
  `${TABLE}ALTER TABLE a.t DROP COLUMN n, ADD COLUMN n text; ALTER TABLE a.t ADD COLUMN IF NOT EXISTS n int, DROP COLUMN IF EXISTS z;`,
  `${TABLE}ALTER TABLE a.t ADD COLUMN z int, ADD UNIQUE (z), ALTER z SET DEFAULT 1;`,
  `${TABLE}CREATE INDEX i ON a.t (n); ALTER TABLE a.t DROP COLUMN n; CREATE INDEX i ON a.t (id);`,
  `${TABLE}CREATE INDEX i ON a.t (n); DROP INDEX a.i; CREATE INDEX i ON a.t (id);`,
  `${TABLE}DROP TABLE a.t; ${TABLE}`,
  `${TABLE}ALTER TABLE a.t RENAME TO u; ${TABLE}`,
  `${TABLE}ALTER TABLE a.t RENAME COLUMN n TO m; CREATE INDEX i ON a.t (m);`,
  `${TABLE}CREATE TABLE IF NOT EXISTS a.t (z int); CREATE TABLE b.t (z int); CREATE INDEX i ON b.t (z);`,
  `${TABLE}ALTER TABLE a.t DROP CONSTRAINT t_pkey; ALTER TABLE a.t ADD PRIMARY KEY (n);`,
  'CREATE TABLE IF NOT EXISTS a.u (id int); CREATE INDEX i ON a.u (zzz); ALTER TABLE a.u ADD COLUMN id int;',
  'CREATE TABLE a.u (LIKE a.t, UNIQUE (n)); CREATE INDEX i ON a.u (n);',
  'CREATE TABLE a.u (z int, PRIMARY KEY (n)) INHERITS (a.t); INSERT INTO a.u (n) VALUES (1);',
  'CREATE TABLE a.u PARTITION OF a.t FOR VALUES IN (1); CREATE INDEX i ON a.u (n);',
  'CREATE TABLE a.u OF a.ty (PRIMARY KEY (n)); CREATE INDEX i ON a.u (n);',
  'CREATE FUNCTION a.f(int) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$; CREATE FUNCTION a.f(text) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;',
  'CREATE OR REPLACE VIEW a.v AS SELECT 1 AS x; CREATE OR REPLACE VIEW a.v AS SELECT 1 AS x, 2 AS y;',
  'CREATE TRIGGER x BEFORE INSERT ON a.t EXECUTE FUNCTION a.f(); CREATE TRIGGER x BEFORE INSERT ON a.u EXECUTE FUNCTION a.f();',
  `${TABLE}ALTER TABLE a.p ATTACH PARTITION a.t DEFAULT; ALTER TABLE a.p ADD COLUMN z int; CREATE INDEX i ON a.t (z);`,
  `${TABLE}ALTER TABLE a.t INHERIT a.p; ALTER TABLE a.p ADD COLUMN z int; CREATE INDEX i ON a.t (z);`,
  'CREATE TYPE a.k AS (n int); CREATE TABLE a.u (PRIMARY KEY (id), id int REFERENCES a.t (zzz));',
])('no contradiction: %j', (sql) => {
  expect(found(sql)).toEqual([]);
});

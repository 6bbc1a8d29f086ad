import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadGrammar, parseSql } from '../../src/sql/grammar.js';
import { loadOlderGrammar, OLDER_MAJORS } from '../../src/sql/older-grammars.js';
import { type PostgresServer, requirePostgres, startPostgresServer } from '../support/postgres-server.js';

/** Statements of the grammar of 18, with the first major that takes them. */
const NEWER: readonly (readonly [string, number])[] = [
  ['CREATE FUNCTION a.f() RETURNS int LANGUAGE sql RETURN 1', 14],
  ['CREATE FUNCTION a.f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END', 14],
  ['CREATE OR REPLACE TRIGGER t AFTER INSERT ON a.b EXECUTE FUNCTION a.f()', 14],
  ['ALTER TABLE a.b ALTER COLUMN c SET COMPRESSION lz4', 14],
  ['CREATE UNIQUE INDEX i ON a.b (c) NULLS NOT DISTINCT', 15],
  ['CREATE TABLE a.b (c int, UNIQUE NULLS NOT DISTINCT (c))', 15],
  ['MERGE INTO a.b USING a.c ON true WHEN MATCHED THEN DELETE', 15],
  ['CREATE VIEW a.v WITH (security_invoker) AS SELECT 1', 13],
  ['ALTER TABLE a.b ALTER COLUMN c SET STORAGE DEFAULT', 16],
  ["SELECT '{}' IS JSON", 16],
  ['CREATE TABLE a.b (c text STORAGE external)', 16],
  ["INSERT INTO a.b SELECT * FROM JSON_TABLE('[1]', '$[*]' COLUMNS (x int PATH '$')) AS t", 17],
  ['MERGE INTO a.b USING a.c ON true WHEN MATCHED THEN DELETE RETURNING 1', 17],
  ['MERGE INTO a.b USING a.c ON true WHEN NOT MATCHED BY SOURCE THEN DELETE', 17],
  ['ALTER TABLE a.b ALTER COLUMN c SET EXPRESSION AS (1)', 17],
  ['CREATE TABLE a.b (c int GENERATED ALWAYS AS (1) VIRTUAL)', 18],
  ['CREATE TABLE a.b (c int, d int GENERATED ALWAYS AS (c * 2))', 18],
  ['CREATE TABLE a.b (c int, d tstzrange, UNIQUE (c, d WITHOUT OVERLAPS))', 18],
  ['ALTER TABLE a.b ADD FOREIGN KEY (c, PERIOD d) REFERENCES a.c (c, PERIOD d)', 18],
  ['ALTER TABLE a.b ADD CONSTRAINT k CHECK (c > 0) NOT ENFORCED', 18],
  ['ALTER TABLE a.b ADD CONSTRAINT k NOT NULL c NOT VALID', 18],
  ['UPDATE a.b SET c = 1 RETURNING WITH (OLD AS o) o.c', 18],
];

beforeAll(loadGrammar);

describe.each(OLDER_MAJORS)('the grammar of PostgreSQL %i', (major) => {
  it('refuses what is newer, at its token, and takes what is not', async () => {
    const parse = (await loadOlderGrammar(major))!;
    for (const [sql, since] of NEWER) {
      expect(parseSql(Buffer.from(sql)).problem).toBeNull();
      const problem = parse(sql);
      expect([sql, problem === null]).toEqual([sql, since <= major]);
      if (problem === null) continue;
      const [, token = '?'] = /^syntax error at or near "(.*)"$/.exec(problem.message) ?? [];
      expect([sql, sql.slice(problem.offset).startsWith(token)]).toEqual([sql, true]);
    }
  });
});

it('counts characters that are more than one byte, and more than one unit', async () => {
  const parse = (await loadOlderGrammar(17))!;
  const sql = 'INSERT INTO a.b SELECT \'😀é\' AS "😀" FROM WHERE';
  expect(parse(sql)).toEqual({
    message: 'syntax error at or near "WHERE"',
    offset: Buffer.byteLength(sql.slice(0, sql.indexOf('WHERE'))),
  });
});

describe.skipIf(requirePostgres() === null)('a server', () => {
  let server: PostgresServer;
  let client: pg.Client;
  let major: number;
  beforeAll(async () => {
    server = await startPostgresServer();
    client = new pg.Client({ connectionString: await server.createDatabase('older') });
    await client.connect();
    const { rows } = await client.query('SHOW server_version_num');
    major = Math.floor(Number(rows[0].server_version_num) / 10_000);
  });
  afterAll(async () => {
    await client?.end();
    await server?.stop();
  });

  it('refuses for their syntax just those that its grammar refuses', async () => {
    const parse = await loadOlderGrammar(OLDER_MAJORS.includes(major) ? major : 17);
    for (const [sql, since] of NEWER) {
      const state = await client.query(sql).then(
        () => null,
        (error) => error.code as string,
      );
      expect([sql, state === '42601']).toEqual([sql, since > major]);
      if (OLDER_MAJORS.includes(major)) expect([sql, state === '42601']).toEqual([sql, parse!(sql) !== null]);
    }
  });
});

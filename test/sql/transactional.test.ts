import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { brief, readFence } from './read.js';

beforeAll(loadGrammar);

const found = (sql: string) => brief(readFence('migration', `${sql};`).problems);

describe('what the server refuses inside a transaction is said to be that, and nothing else', () => {
  it.each<[string, string]>([
    ['CREATE INDEX CONCURRENTLY i ON a.b (c)', 'CREATE INDEX CONCURRENTLY'],
    ['DROP INDEX CONCURRENTLY a.i', 'DROP INDEX CONCURRENTLY'],
    ['REINDEX TABLE CONCURRENTLY a.b', 'REINDEX CONCURRENTLY'],
    ['REINDEX (CONCURRENTLY) INDEX a.i', 'REINDEX CONCURRENTLY'],
    ['REINDEX SCHEMA a', 'REINDEX SCHEMA'],
    ['REINDEX DATABASE a', 'REINDEX DATABASE'],
    ['REINDEX SYSTEM a', 'REINDEX SYSTEM'],
    ['ALTER TABLE a.b DETACH PARTITION a.c CONCURRENTLY', 'ALTER TABLE … DETACH PARTITION CONCURRENTLY'],
    ['VACUUM a.b', 'VACUUM'],
    ['CREATE DATABASE a', 'CREATE DATABASE'],
    ['DROP DATABASE a', 'DROP DATABASE'],
    ["CREATE TABLESPACE a LOCATION '/b'", 'CREATE TABLESPACE'],
    ['DROP TABLESPACE a', 'DROP TABLESPACE'],
    ["ALTER SYSTEM SET fsync = 'off'", 'ALTER SYSTEM'],
    ['CLUSTER', 'CLUSTER without a table'],
    ["CREATE SUBSCRIPTION a CONNECTION 'x' PUBLICATION p", 'CREATE SUBSCRIPTION that makes its slot'],
    [
      "CREATE SUBSCRIPTION a CONNECTION 'x' PUBLICATION p WITH (connect = on)",
      'CREATE SUBSCRIPTION that makes its slot',
    ],
    ['ALTER SUBSCRIPTION a REFRESH PUBLICATION', 'ALTER SUBSCRIPTION … REFRESH PUBLICATION'],
    ['DISCARD ALL', 'DISCARD ALL'],
    ['ALTER DATABASE a SET TABLESPACE b', 'ALTER DATABASE … SET TABLESPACE'],
  ])('%s', (sql, name) => {
    expect(found(sql)).toEqual([`no-non-transactional 3:1 ${name} cannot run inside a transaction`]);
  });

  it.each([
    'REINDEX TABLE a.b',
    'REINDEX (CONCURRENTLY false) TABLE a.b',
    'REFRESH MATERIALIZED VIEW CONCURRENTLY a.b',
    'ANALYZE a.b',
    'CLUSTER a.b USING i',
    "CREATE SUBSCRIPTION a CONNECTION 'x' PUBLICATION p WITH (connect = 0)",
    "CREATE SUBSCRIPTION a CONNECTION 'x' PUBLICATION p WITH (create_slot = off)",
    'DISCARD PLANS',
    'ALTER DATABASE a ALLOW_CONNECTIONS false',
  ])('%s could run, and is refused for another reason', (sql) => {
    expect(found(sql)).toEqual([expect.stringMatching(/^statement-allowed 3:1 /)]);
  });
});

describe('a new value of an enum', () => {
  const ADD = "ALTER TYPE a.t ADD VALUE 'x'";
  const used = `no-non-transactional 3:1 ALTER TYPE … ADD VALUE 'x', used before COMMIT, cannot run inside a transaction`;
  const refused = expect.stringMatching(/^statement-allowed 3:1 /);

  it.each<[string, string, unknown]>([
    ['cannot be used before COMMIT', `${ADD};\nUPDATE a.b SET c = 'x'`, used],
    ['as a default neither', `${ADD};\nALTER TABLE a.b ALTER c SET DEFAULT 'x'`, used],
    ['is refused all the same where it is not used', `${ADD};\nUPDATE a.b SET c = 'y'`, refused],
  ])('%s', (_, sql, expected) => {
    expect(found(sql)).toEqual([expected]);
  });

  it('may be used where the type is new as well', () => {
    expect(found(`CREATE TYPE a.t AS ENUM ('y');\n${ADD};\nUPDATE a.b SET c = 'x'`)).toEqual([
      expect.stringMatching(/^statement-allowed 4:1 /),
    ]);
  });
});

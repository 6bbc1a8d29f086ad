import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadGrammar } from '../../src/sql/grammar.js';
import { openPgliteTarget } from '../../src/target/pglite.js';
import { type Trial, trialOn } from '../support/given-trial.js';

/* What PostgreSQL has since 16, 17 and 18, on the embedded one, which is an 18. */

let trial: Trial;
beforeAll(async () => {
  await loadGrammar();
  trial = await trialOn(await openPgliteTarget('t', { memory: true }));
}, 60_000);
afterAll(() => trial?.close());

const MIGRATION = `CREATE SCHEMA app;
CREATE TABLE app.named (
  a integer CONSTRAINT a_is_there NOT NULL, b integer, c integer,
  v integer GENERATED ALWAYS AS (a + 1) VIRTUAL,
  text text STORAGE external COMPRESSION pglz, plain text STORAGE DEFAULT,
  CONSTRAINT b_is_there NOT NULL b, PRIMARY KEY (a)
);
ALTER TABLE app.named DROP CONSTRAINT b_is_there;
ALTER TABLE app.named ADD CONSTRAINT c_is_there NOT NULL c NOT VALID;
ALTER TABLE app.named VALIDATE CONSTRAINT c_is_there;
ALTER TABLE app.named ALTER COLUMN text SET STORAGE DEFAULT, SET ACCESS METHOD DEFAULT;
CREATE TABLE app.parted (k bigint GENERATED ALWAYS AS IDENTITY, n integer) PARTITION BY LIST (n);
CREATE TABLE app.one PARTITION OF app.parted FOR VALUES IN (1);
CREATE TABLE app.two (k bigint NOT NULL, n integer);
ALTER TABLE app.parted ATTACH PARTITION app.two FOR VALUES IN (2);
ALTER TABLE app.parted DETACH PARTITION app.one;
CREATE DOMAIN app.short AS text CONSTRAINT is_there NOT NULL;`;

test('named NOT NULL, storage in a definition, virtual columns and identity of partitions are given', async () => {
  expect(await trial.notGiven(MIGRATION)).toEqual([]);
});

test('what is added beside them is found', async () => {
  const beside = `ALTER TABLE app.named ADD CONSTRAINT extra NOT NULL plain; ALTER TABLE app.named ALTER c DROP NOT NULL;
    ALTER TABLE app.named ALTER v SET EXPRESSION AS (a + 2); ALTER TABLE app.two ALTER n SET NOT NULL;`;
  expect(await trial.notGiven(MIGRATION, beside)).toEqual([
    'not null of column app.named.plain: yes',
    'not null of column app.two.n: yes',
  ]);
});

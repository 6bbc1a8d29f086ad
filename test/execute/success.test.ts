import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { expectRun } from '../support/expect-run.js';
import { type PostgresChange, postgresChange } from '../support/postgres-change.js';
import { type PostgresServer, requirePostgres, startPostgresServer } from '../support/postgres-server.js';
import { runCli } from '../support/run-probatum.js';

describe.skipIf(requirePostgres() === null)('a run that goes well', () => {
  let server: PostgresServer;
  let change: PostgresChange | undefined;
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterEach(() => change?.remove());
  afterAll(() => server?.stop());

  test('commits the change, and its report says so', async () => {
    change = await postgresChange(server);
    const printed = await runCli(change.root, change.url);
    const { record } = await expectRun(change.root, printed, {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
      secret: server.password,
    });
    expect(record.checks.every(({ verdict }) => verdict === 'PASS')).toBe(true);
    expect(await change.query('SELECT id, label FROM app.base ORDER BY id')).toEqual([
      { id: 1, label: 'one' },
      { id: 2, label: 'two' },
    ]);
  });

  test('predicts what ordinary statements do to the catalogue', async () => {
    change = await postgresChange(server, {
      migration: `CREATE TABLE app.parent (
    "Order" bigint GENERATED ALWAYS AS IDENTITY,
    number serial NOT NULL,
    base_id integer REFERENCES app.base ON DELETE CASCADE,
    amount numeric(12) DEFAULT 0 CHECK (amount >= 0),
    PRIMARY KEY ("Order")
);
CREATE TABLE app.child (
    parent bigint NOT NULL REFERENCES app.parent ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    tags text[],
    seen timestamptz(3),
    UNIQUE (parent)
);
CREATE INDEX child_seen ON app.child (seen);
CREATE INDEX log_note ON app.log (note);
ALTER TABLE app.base ADD COLUMN extra text;
COMMENT ON COLUMN app.base.label IS 'a name';
CREATE VIEW app.children AS SELECT parent FROM app.child;
GRANT SELECT ON app.children TO PUBLIC;
CREATE SEQUENCE app.counter;
CREATE TYPE app.mood AS ENUM ('good', 'bad');
UPDATE app.base SET extra = 'x';
`,
      rollback: `DROP TYPE app.mood;
DROP SEQUENCE app.counter;
DROP VIEW app.children;
DROP TABLE app.child;
DROP TABLE app.parent;
COMMENT ON COLUMN app.base.label IS NULL;
ALTER TABLE app.base DROP COLUMN extra;
DROP INDEX app.log_note;
`,
      scope: {
        creates: ['app.parent', 'app.child', 'app.children', 'app.counter', 'app.mood'],
        alters: ['app.log', 'app.base'],
        writesRows: ['app.base'],
      },
      preflight: '-- P-1: nothing yet\n-- expect: 1\nSELECT count(*) FROM app.base;\n',
      verify: '-- V-3: rows\n-- expect: baseline\nSELECT count(*) FROM app.base;\n',
    });
    const printed = await runCli(change.root, change.url);
    const { record } = await expectRun(change.root, printed, {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    const subjects = record.plan.derived.map(({ subject, table }) => `${subject} ${table ?? ''}`.trim());
    expect(subjects).toContain('foreign-keys app.child');
    expect(subjects).toContain('catalogue-delta');
    expect(record.plan.derived.find(({ subject }) => subject === 'catalogue-delta')?.expected).toEqual([
      '+ sequence app.counter',
      '+ table app.child',
      '+ table app.parent',
      '+ type app.mood',
      '+ view app.children',
      '~ app.base',
      '~ app.log',
    ]);
    const wrong = record.checks.filter(({ verdict }) => verdict !== 'PASS');
    expect(wrong).toEqual([]);
  });
});

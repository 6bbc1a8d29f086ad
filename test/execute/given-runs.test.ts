import { describe, expect, test } from 'vitest';
import type { ChangeParts } from '../support/change.js';
import { type Ending, expectRun } from '../support/expect-run.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { runQuick } from '../support/run-probatum.js';

/* Whole runs on what given-beside.long.test.ts and given-properties.long.test.ts have one by one. */

const TITLE = 'parts, privileges and comments that no statement of the migration gives';
const STOPPED: Ending = { code: 1, status: 'aborted', outcome: 'not-committed' };
const SUCCEEDED: Ending = { code: 0, status: 'succeeded', outcome: 'committed' };
const SIMPLE: ChangeParts = {
  preflight: '-- P-1: one\n-- expect: 1\nSELECT 1;\n',
  verify: '-- V-3: one\n-- expect: 1\nSELECT 1;\n',
};

/** Event triggers that somebody left in the database before; each acts once, after a statement of its kind. */
const alongside = (tag: string, sql: string) => `
CREATE FUNCTION app.alongside() RETURNS event_trigger LANGUAGE plpgsql AS $f$ BEGIN
  IF pg_catalog.current_setting('given.once', true) IS DISTINCT FROM 'done' THEN
    PERFORM pg_catalog.set_config('given.once', 'done', true); ${sql} END IF; END $f$;
CREATE EVENT TRIGGER alongside ON ddl_command_end WHEN TAG IN ('${tag}') EXECUTE FUNCTION app.alongside();`;

describe.skipIf(requirePostgres() === null)('a run in which an event trigger changes what is made', () => {
  const lane = postgresLane({ fsync: 'off' });

  async function observed(parts: ChangeParts, prepare: string, ending: Ending) {
    const change = await lane.make({ ...SIMPLE, ...parts }, prepare);
    const before = await change.catalogue();
    const printed = await runQuick(change.root, change.url);
    const { record, report } = await expectRun(change.root, printed, ending);
    if (ending !== SUCCEEDED) expect(await change.catalogue()).toEqual(before);
    const failed = record.checks.filter(({ verdict }) => verdict === 'FAIL').map(({ title }) => title);
    const lines = record.checks.filter(({ title }) => title === TITLE).map((check) => check.observed);
    return { lines, failed, report };
  }

  const ITEM = `CREATE TABLE app.item (
    id    serial,
    label text,
    CONSTRAINT item_pkey PRIMARY KEY (id)
);
`;
  const DROP_ITEM = 'DROP TABLE app.item;\n';

  test.each<[string, string]>([
    ['ALTER COLUMN label SET NOT NULL', 'not null of column app.item.label: yes'],
    ["ALTER COLUMN label SET DEFAULT 'x'", 'default of column app.item.label'],
    ['SET (fillfactor = 10)', 'options of table app.item: fillfactor=10'],
    ['SET UNLOGGED', 'persistence of table app.item: unlogged'],
  ])('a new table by %s: it is stopped', async (part, line) => {
    const parts = { migration: ITEM, rollback: DROP_ITEM };
    const prepare = alongside('CREATE TABLE', `ALTER TABLE app.item ${part};`);
    const { lines, failed, report } = await observed(parts, prepare, STOPPED);
    expect(lines).toEqual([[line]]);
    expect(failed).toEqual([TITLE]);
    expect(report).toContain(TITLE);
  });

  test('a table that is altered: it is stopped', async () => {
    const parts = {
      migration: 'ALTER TABLE app.log ADD COLUMN at timestamptz;\n',
      rollback: 'ALTER TABLE app.log DROP COLUMN at;\n',
      scope: { creates: [], alters: ['app.log'] },
    };
    const added = `ALTER TABLE app.log ADD COLUMN more integer, ALTER COLUMN note DROP NOT NULL, ALTER COLUMN at SET NOT NULL,
      ALTER COLUMN note SET STORAGE external, ALTER COLUMN note SET COMPRESSION pglz, ENABLE ROW LEVEL SECURITY,
      REPLICA IDENTITY FULL, SET (fillfactor = 10);`;
    const { lines, failed } = await observed(parts, alongside('ALTER TABLE', added), STOPPED);
    expect(lines).toEqual([
      [
        'column app.log.more',
        'compression of column app.log.note: pglz',
        'not null of column app.log.at: yes',
        'not null of column app.log.note: no',
        'options of table app.log: fillfactor=10',
        'replica identity of table app.log: full',
        'row security of table app.log: on',
        'storage of column app.log.note: external',
      ],
    ]);
    expect(failed).toEqual([TITLE]);
  });

  test('nothing beside the statements: it is committed', async () => {
    const migration = `${ITEM}
ALTER TABLE app.item ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SEQUENCE app.item_id_seq TO PUBLIC;

CREATE UNLOGGED TABLE app.number (
    n    bigint GENERATED ALWAYS AS IDENTITY,
    at   timestamptz NOT NULL DEFAULT now(),
    note varchar(9) DEFAULT NULL,
    CONSTRAINT number_pkey PRIMARY KEY (n) WITH (fillfactor = 70)
) WITH (fillfactor = 80);

CREATE TABLE app.plain (
    code varchar(5) DEFAULT NULL,
    kept text DEFAULT 'x' NOT NULL
);

CREATE TABLE app.twin (LIKE app.number INCLUDING ALL);

ALTER TABLE app.log ALTER COLUMN note DROP NOT NULL, ALTER COLUMN note SET DEFAULT 'x', SET (fillfactor = 70);

ALTER TABLE app.log REPLICA IDENTITY FULL;

ALTER INDEX app.base_pkey SET (fillfactor = 71);
`;
    const rollback = `ALTER INDEX app.base_pkey RESET (fillfactor);

ALTER TABLE app.log REPLICA IDENTITY DEFAULT;

ALTER TABLE app.log ALTER COLUMN note SET NOT NULL, ALTER COLUMN note DROP DEFAULT, RESET (fillfactor);

DROP TABLE app.twin;

DROP TABLE app.plain;

DROP TABLE app.number;

${DROP_ITEM}`;
    const scope = {
      creates: ['app.item', 'app.number', 'app.plain', 'app.twin'],
      alters: ['app.log', 'app.base_pkey', 'app.item_id_seq'],
    };
    const { lines, failed } = await observed({ migration, rollback, scope }, '', SUCCEEDED);
    expect([lines, failed]).toEqual([[[], []], []]);
  });
});

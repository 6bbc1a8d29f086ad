import { describe, expect, test } from 'vitest';
import type { ChangeParts } from '../support/change.js';
import { type Ending, expectRun } from '../support/expect-run.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { runQuick } from '../support/run-probatum.js';

const TITLE = 'parts, privileges and comments that no statement of the migration gives';
const STOPPED: Ending = { code: 1, status: 'aborted', outcome: 'not-committed' };
const SUCCEEDED: Ending = { code: 0, status: 'succeeded', outcome: 'committed' };

const ROLES = `DO $$BEGIN CREATE ROLE "given ""Role"; EXCEPTION WHEN duplicate_object THEN NULL; END$$;`;
/** An event trigger that somebody left in the database before. */
const alongside = (sql: string, tag = 'CREATE TABLE') => `${ROLES}
CREATE FUNCTION app.alongside() RETURNS event_trigger LANGUAGE plpgsql AS $f$ BEGIN
  IF pg_catalog.current_setting('given.once', true) IS DISTINCT FROM 'done' THEN
    PERFORM pg_catalog.set_config('given.once', 'done', true); ${sql}; END IF; END $f$;
CREATE EVENT TRIGGER alongside ON ddl_command_end WHEN TAG IN ('${tag}') EXECUTE FUNCTION app.alongside();`;

const SIMPLE: ChangeParts = {
  preflight: '-- P-1: one\n-- expect: 1\nSELECT 1;\n',
  verify: '-- V-3: one\n-- expect: 1\nSELECT 1;\n',
};

describe.skipIf(requirePostgres() === null)(
  'what an event trigger adds to what the migration makes or alters',
  () => {
    const lane = postgresLane();

    async function observed(parts: ChangeParts, prepare: string, ending: Ending) {
      const change = await lane.make(parts, prepare);
      const before = await change.catalogue();
      const { record, report } = await expectRun(
        change.root,
        await runQuick(change.root, change.url),
        ending,
      );
      if (ending !== SUCCEEDED) expect(await change.catalogue()).toEqual(before);
      const checks = record.checks.filter(({ title }) => title === TITLE);
      expect(checks[0]).toMatchObject({ moment: 'in-transaction', expected: [] });
      const failed = record.checks.filter(({ verdict }) => verdict === 'FAIL').map(({ title }) => title);
      return { observed: checks.map((check) => check.observed), failed, report };
    }

    test.each<[string, string, string]>([
      ['an index', 'CREATE INDEX extra ON app.item (label)', 'index app.extra on app.item'],
      [
        'a unique key',
        'ALTER TABLE app.item ADD CONSTRAINT extra UNIQUE (label)',
        'constraint app.item.extra',
      ],
      ['a policy', 'CREATE POLICY extra ON app.item USING (true)', 'policy app.item.extra'],
      ['a rule', 'CREATE RULE extra AS ON DELETE TO app.item DO INSTEAD NOTHING', 'rule app.item.extra'],
      ['statistics', 'CREATE STATISTICS app.extra ON id, label FROM app.item', 'statistics app.extra'],
      [
        'a privilege',
        'GRANT SELECT ON app.item TO "given ""Role"',
        'privileges of table app.item: "given ""Role"=r/probatum_test',
      ],
      [
        'a privilege of everybody',
        'GRANT SELECT ON app.item TO PUBLIC',
        'privileges of table app.item: =r/probatum_test',
      ],
      [
        'a privilege on a column',
        'GRANT UPDATE (label) ON app.item TO "given ""Role"',
        'privileges of column app.item.label: "given ""Role"=w/probatum_test',
      ],
      ['a comment', "COMMENT ON TABLE app.item IS 'x'", 'comment on table app.item'],
      ['a comment on a column', "COMMENT ON COLUMN app.item.id IS 'x'", 'comment on column app.item.id'],
      [
        'row security',
        'ALTER TABLE app.item ENABLE ROW LEVEL SECURITY',
        'row security of table app.item: on',
      ],
      ['an owner', 'ALTER TABLE app.item OWNER TO "given ""Role"', 'owner of table app.item: given "Role'],
    ])('%s of a new table stops it inside the transaction', async (_, sql, line) => {
      const { observed: lines, failed, report } = await observed(SIMPLE, alongside(sql), STOPPED);
      expect(lines).toEqual([expect.arrayContaining([line])]);
      expect(failed).toEqual([TITLE]);
      expect(report).toContain(TITLE);
    });

    const ADD_COLUMN: ChangeParts = {
      ...SIMPLE,
      migration: 'ALTER TABLE app.log ADD COLUMN at timestamptz;\n',
      rollback: 'ALTER TABLE app.log DROP COLUMN at;\n',
      scope: { creates: [], alters: ['app.log'] },
    };

    test.each<[string, string, string]>([
      ['an index', 'CREATE INDEX extra ON app.log (note)', 'index app.extra on app.log'],
      ['a policy', 'CREATE POLICY extra ON app.log USING (true)', 'policy app.log.extra'],
      ['a privilege', 'GRANT SELECT ON app.log TO PUBLIC', 'privileges of table app.log: =r/probatum_test'],
      ['a comment', "COMMENT ON COLUMN app.log.note IS 'x'", 'comment on column app.log.note'],
      [
        'a trigger',
        'CREATE TRIGGER extra BEFORE UPDATE ON app.log FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
        'trigger app.log.extra',
      ],
    ])('%s of a table that is altered stops it too', async (_, sql, line) => {
      const { observed: lines, failed } = await observed(ADD_COLUMN, alongside(sql, 'ALTER TABLE'), STOPPED);
      expect(lines).toEqual([[line]]);
      expect(failed).toEqual([TITLE]);
    });

    test('a function that the migration makes and an event trigger gives away stops it', async () => {
      const made: ChangeParts = {
        ...SIMPLE,
        migration: 'CREATE FUNCTION app.f() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$;\n',
        rollback: 'DROP FUNCTION app.f();\n',
        scope: { creates: ['app.f()'] },
      };
      const give = alongside('GRANT EXECUTE ON FUNCTION app.f() TO "given ""Role"', 'CREATE FUNCTION');
      const { observed: lines } = await observed(made, give, STOPPED);
      expect(lines).toEqual([['privileges of function app.f(): "given ""Role"=X/probatum_test']]);
    });

    test('what the statements give, and what the server gives by itself, is no reason to stop', async () => {
      const migration = `CREATE SCHEMA made;

CREATE TYPE made.mood AS ENUM ('a', 'b');

CREATE TYPE made.span AS RANGE (subtype = numeric);

CREATE DOMAIN made.short AS text CHECK (length(value) < 9);

CREATE TABLE made.item (
    id   integer GENERATED ALWAYS AS IDENTITY,
    mood made.mood NOT NULL DEFAULT 'a',
    note made.short UNIQUE,
    CONSTRAINT item_pkey PRIMARY KEY (id)
);

CREATE INDEX item_mood_idx ON made.item (mood);

COMMENT ON COLUMN made.item.note IS 'short';

GRANT SELECT ON made.item TO PUBLIC;

CREATE TABLE made.copy (LIKE made.item INCLUDING ALL);

CREATE TABLE made.parted (
    n integer NOT NULL,
    CONSTRAINT parted_pkey PRIMARY KEY (n)
) PARTITION BY LIST (n);

CREATE INDEX parted_n ON made.parted (n);

CREATE TABLE made.parted_1 PARTITION OF made.parted FOR VALUES IN (1);

CREATE VIEW made.items AS SELECT id FROM made.item;

CREATE FUNCTION made.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;

CREATE TRIGGER tr BEFORE INSERT ON made.item FOR EACH ROW EXECUTE FUNCTION made.f();

CREATE TRIGGER noted BEFORE INSERT ON app.log FOR EACH ROW EXECUTE FUNCTION made.f();

ALTER TABLE app.log ALTER COLUMN note TYPE varchar(9);

CREATE SEQUENCE made.number;
`;
      const rollback = `ALTER TABLE app.log ALTER COLUMN note TYPE text;

DROP TRIGGER noted ON app.log;

DROP SEQUENCE made.number;

DROP VIEW made.items;

DROP TABLE made.parted_1;

DROP TABLE made.parted;

DROP TABLE made.copy;

DROP TABLE made.item;

DROP FUNCTION made.f();

DROP DOMAIN made.short;

DROP TYPE made.span;

DROP TYPE made.mood;

DROP SCHEMA made;
`;
      const names =
        'schema made,made.mood,made.span,made.short,made.item,made.copy,made.parted,made.parted_1,made.items,made.f(),made.number';
      const parts: ChangeParts = {
        ...SIMPLE,
        migration,
        rollback,
        scope: { creates: names.split(','), alters: ['app.log'] },
      };
      const prepare = `${ROLES} CREATE INDEX log_note ON app.log (note); COMMENT ON INDEX app.log_note IS 'kept';
      CREATE STATISTICS app.log_stats ON note, (lower(note)) FROM app.log;
      ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT ON TABLES TO "given ""Role";
      ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO "given ""Role";
      ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO PUBLIC;
      ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO "given ""Role";`;
      const { observed: lines } = await observed(parts, prepare, SUCCEEDED);
      expect(lines).toEqual([[], []]);
    });
  },
);

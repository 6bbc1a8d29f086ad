import { describe, expect, test } from 'vitest';
import { expectRun } from '../support/expect-run.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { runQuick } from '../support/run-probatum.js';

/** What a trigger that nobody reviewed does when the migration writes its row. */
const trigger = (body: string) => `CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN ${body}; RETURN NULL; END $$;
CREATE TRIGGER note AFTER INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.note();`;

describe.skipIf(requirePostgres() === null)('rows of system catalogues that no statement explains', () => {
  const lane = postgresLane();

  test.each<[string, string, string]>([
    [
      'pg_authid',
      'CREATE ROLE trust_1;',
      "UPDATE pg_catalog.pg_authid SET rolsuper = true WHERE rolname = 'trust_1'",
    ],
    ['pg_authid', 'CREATE ROLE trust_2;', "EXECUTE 'ALTER ROLE trust_2 SUPERUSER'"],
    ['pg_auth_members', 'CREATE ROLE trust_3; CREATE ROLE trust_4;', "EXECUTE 'GRANT trust_3 TO trust_4'"],
    ['pg_db_role_setting', 'CREATE ROLE trust_5;', "EXECUTE 'ALTER ROLE trust_5 SET work_mem = 64'"],
    ['pg_largeobject_metadata', '', 'PERFORM pg_catalog.lo_create(0)'],
    [
      'pg_largeobject',
      "SELECT pg_catalog.lo_from_bytea(4711, 'a');",
      "PERFORM pg_catalog.lo_put(4711, 0, 'b')",
    ],
    [
      'pg_database',
      '',
      "EXECUTE pg_catalog.format('ALTER DATABASE %I CONNECTION LIMIT 7', pg_catalog.current_database())",
    ],
    ['pg_tablespace', '', "UPDATE pg_catalog.pg_tablespace SET spcoptions = '{seq_page_cost=2}'"],
    ['pg_language', '', "UPDATE pg_catalog.pg_language SET lanpltrusted = true WHERE lanname = 'c'"],
    ['sql_features', '', 'DELETE FROM information_schema.sql_features'],
  ])('%s: nothing is committed (%#)', async (catalogue, prepare, body) => {
    const change = await lane.make({}, prepare + trigger(body));
    const { record, report } = await expectRun(change.root, await runQuick(change.root, change.url), {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
    });
    expect(record.reason).toMatch(/^C-06: verification in the transaction: /);
    const check = record.checks.find(
      ({ evidence, moment }) => evidence === 'row counters of the transaction' && moment === 'in-transaction',
    );
    expect(check).toMatchObject({ verdict: 'FAIL', expected: [] });
    expect(check?.observed).toContain(`system catalogue ${catalogue}`);
    expect(report).toContain(`system catalogue ${catalogue}`);
    expect(await change.query('SELECT id FROM app.base')).toEqual([{ id: 1 }]);
  });

  test('those that its own DDL writes are no reason to stop', async () => {
    const migration = `CREATE SCHEMA made;

CREATE TYPE made.mood AS ENUM ('a', 'b');

CREATE TYPE made.span AS RANGE (subtype = numeric);

CREATE DOMAIN made.short AS text CHECK (length(value) < 9);

CREATE TABLE made.item (
    id   integer GENERATED ALWAYS AS IDENTITY,
    mood made.mood NOT NULL DEFAULT 'a',
    note made.short,
    CONSTRAINT item_pkey PRIMARY KEY (id)
);

CREATE INDEX item_note_idx ON made.item (note);

CREATE VIEW made.items AS SELECT id FROM made.item;

CREATE FUNCTION made.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;

CREATE TRIGGER tr BEFORE INSERT ON made.item FOR EACH ROW EXECUTE FUNCTION made.f();

COMMENT ON TABLE made.item IS 'made';
`;
    const change = await lane.make({
      migration,
      rollback:
        'DROP TRIGGER tr ON made.item;\n\nDROP VIEW made.items;\n\nDROP TABLE made.item;\n\nDROP FUNCTION made.f();\n\nDROP DOMAIN made.short;\n\nDROP TYPE made.span;\n\nDROP TYPE made.mood;\n\nDROP SCHEMA made;\n',
      scope: {
        creates: [
          'schema made',
          'made.mood',
          'made.span',
          'made.short',
          'made.item',
          'made.items',
          'made.f()',
        ],
      },
      verify: '-- V-3: rows of app.base\n-- expect: baseline\nSELECT count(*) FROM app.base;\n',
    });
    const { record } = await expectRun(change.root, await runQuick(change.root, change.url), {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    expect(record.proofs.find(({ name }) => name === 'row counters')?.observed).toEqual([]);
  });
});

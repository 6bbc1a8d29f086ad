import { describe, expect, test } from 'vitest';
import type { ChangeParts } from '../support/change.js';
import { expectRun } from '../support/expect-run.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { runQuick } from '../support/run-probatum.js';

const SIMPLE: ChangeParts = {
  preflight: '-- P-1: one\n-- expect: 1\nSELECT 1;\n',
  verify: '-- V-3: one\n-- expect: 1\nSELECT 1;\n',
};

/** Of each kind one, as a migration could make it. */
const OBJECTS = `CREATE SCHEMA made;

CREATE TYPE made.mood AS ENUM ('a', 'b');

CREATE TYPE made.pair AS (a integer, b integer);

CREATE DOMAIN made.short AS text CONSTRAINT short_enough CHECK (length(value) < 9);

CREATE TABLE made.item (
    id   serial,
    note text CONSTRAINT noted CHECK (note <> ''),
    CONSTRAINT item_pkey PRIMARY KEY (id)
);

CREATE INDEX item_note ON made.item (note);

CREATE VIEW made.items AS SELECT id FROM made.item;

CREATE FUNCTION made.f(n integer, t timestamptz) RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$;

CREATE PROCEDURE made.p(n integer) LANGUAGE sql AS $$ SELECT 1 $$;

CREATE FUNCTION made.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;

CREATE TRIGGER stamped BEFORE INSERT ON made.item FOR EACH ROW EXECUTE FUNCTION made.stamp();

CREATE SEQUENCE made.number;
`;
const NAMES =
  'schema made,made.mood,made.pair,made.short,made.item,made.items,"made.f(integer, timestamp with time zone)",made.p(integer),made.stamp(),made.number';

/** What has a comment, and as what the scope names it where it was there before. */
const COMMENTS: readonly (readonly [on: string, altered: string])[] = [
  ['SCHEMA made', 'schema made'],
  ['TYPE made.mood', 'made.mood'],
  ['TYPE made.pair', 'made.pair'],
  ['COLUMN made.pair.a', 'made.pair'],
  ['DOMAIN made.short', 'made.short'],
  ['CONSTRAINT short_enough ON DOMAIN made.short', 'made.short'],
  ['TABLE made.item', 'made.item'],
  ['COLUMN made.item.note', 'made.item'],
  ['CONSTRAINT noted ON made.item', 'made.item'],
  ['CONSTRAINT item_pkey ON made.item', 'made.item'],
  ['INDEX made.item_note', 'made.item_note'],
  ['INDEX made.item_pkey', 'made.item_pkey'],
  ['TRIGGER stamped ON made.item', 'made.item'],
  ['VIEW made.items', 'made.items'],
  ['COLUMN made.items.id', 'made.items'],
  ['FUNCTION made.f(integer, timestamptz)', '"made.f(integer, timestamp with time zone)"'],
  ['FUNCTION made.f(n integer, timestamp with time zone)', '"made.f(integer, timestamp with time zone)"'],
  ['PROCEDURE made.p(integer)', 'made.p(integer)'],
  ['SEQUENCE made.number', 'made.number'],
  ['SEQUENCE made.item_id_seq', 'made.item_id_seq'],
];
/** What is only there before, as no statement of a migration makes it. */
const OTHERS: typeof COMMENTS = [
  ['POLICY seen ON made.item', 'made.item'],
  ['RULE kept ON made.item', 'made.item'],
  ['MATERIALIZED VIEW made.stored', 'made.stored'],
  ['INDEX made.stored_id', 'made.stored_id'],
];
const comment = ([on]: readonly [string, string], text = "'said'") => `COMMENT ON ${on} IS ${text};\n`;

describe.skipIf(requirePostgres() === null)('a migration that says what objects are', () => {
  const lane = postgresLane({ fsync: 'off' });

  async function succeeds(parts: ChangeParts, prepare = '') {
    const change = await lane.make({ ...SIMPLE, ...parts }, prepare);
    const ending = { code: 0, status: 'succeeded', outcome: 'committed' } as const;
    const { record } = await expectRun(change.root, await runQuick(change.root, change.url), ending);
    expect(record.checks.filter(({ verdict }) => verdict !== 'PASS')).toEqual([]);
    const [{ count }] = (await change.query(
      "SELECT count(*) FROM pg_catalog.pg_description WHERE description = 'said'",
    )) as [{ count: string }];
    return Number(count);
  }

  test('that it makes', async () => {
    const named = COMMENTS.filter(([, altered]) => /(?:pkey|seq)$/.test(altered));
    const said = COMMENTS.length - 1;
    const parts = {
      migration: `${OBJECTS}\n${COMMENTS.map((one) => comment(one)).join('\n')}`,
      rollback: `DROP SEQUENCE made.number;

DROP VIEW made.items;

DROP TABLE made.item;

DROP FUNCTION made.stamp();

DROP PROCEDURE made.p(integer);

DROP FUNCTION made.f(integer, timestamptz);

DROP DOMAIN made.short;

DROP TYPE made.pair;

DROP TYPE made.mood;

DROP SCHEMA made;
`,
      // What a column or a key makes by itself is named by nothing else.
      scope: { creates: [NAMES], alters: named.map(([, altered]) => altered) },
    };
    expect(await succeeds(parts)).toBe(said);
  });

  test('that were there before, each for itself', async () => {
    const prepare = `${OBJECTS}CREATE POLICY seen ON made.item USING (true);
      CREATE RULE kept AS ON DELETE TO made.item DO INSTEAD NOTHING;
      CREATE MATERIALIZED VIEW made.stored AS SELECT 1 AS id; CREATE INDEX stored_id ON made.stored (id);`;
    const all = [...COMMENTS, ...OTHERS];
    const parts = {
      migration: all.map((one) => comment(one)).join('\n'),
      rollback: all.map((one) => comment(one, 'NULL')).join('\n'),
      scope: { creates: [], alters: [...new Set(all.map(([, altered]) => altered))] },
    };
    expect(await succeeds(parts, prepare)).toBe(all.length - 1);
  });

  test.each(['INDEX made.item_note', 'SEQUENCE made.item_id_seq', 'TRIGGER stamped ON made.item'])(
    'that was there before, alone: %s',
    async (on) => {
      const [, altered] = COMMENTS.find(([one]) => one === on)!;
      const parts = {
        migration: comment([on, altered]),
        rollback: comment([on, altered], 'NULL'),
        scope: { creates: [], alters: [altered] },
      };
      expect(await succeeds(parts, OBJECTS)).toBe(1);
    },
  );
});

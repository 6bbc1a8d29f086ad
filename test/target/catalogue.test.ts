import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  catalogueDelta,
  catalogueText,
  deltaLines,
  readCatalogue,
  withoutFilenodes,
} from '../../src/target/catalogue.js';
import type { Session, Target } from '../../src/target/engine.js';
import { readIdentity } from '../../src/target/identity.js';
import { openPostgresTarget } from '../../src/target/postgres.js';
import { prepareRowChanges, readRowChanges } from '../../src/target/row-changes.js';
import { readRowCounts, rowCountsText } from '../../src/target/row-counts.js';
import { type PostgresServer, requirePostgres, startPostgresServer } from '../support/postgres-server.js';

/** Something of every kind. */
const SCHEMA = [
  'CREATE SCHEMA s',
  "COMMENT ON SCHEMA s IS 'ours'",
  'CREATE TABLE s.parent (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C" NOT NULL)',
  'CREATE TABLE s.child (id int UNIQUE, parent bigint REFERENCES s.parent, x int CHECK (x > 0), s serial)',
  'CREATE INDEX child_x ON s.child (x)',
  "COMMENT ON COLUMN s.child.x IS 'an x'",
  'CREATE TABLE s."Mixed Case" ("Col" int)',
  'CREATE TABLE s.part (day date, n int) PARTITION BY RANGE (day)',
  "CREATE TABLE s.part_1 PARTITION OF s.part FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
  'CREATE VIEW s.v AS SELECT id FROM s.parent',
  'CREATE MATERIALIZED VIEW s.mv AS SELECT id FROM s.parent',
  'CREATE UNIQUE INDEX mv_id ON s.mv (id)',
  'CREATE SEQUENCE s.seq START 7',
  "CREATE FUNCTION s.f(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT 1'",
  'CREATE PROCEDURE s.p() LANGUAGE plpgsql AS $$BEGIN NULL; END$$',
  'CREATE AGGREGATE s.agg(int) (SFUNC = int4pl, STYPE = int, INITCOND = 0)',
  "CREATE FUNCTION s.trigger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
  'CREATE TRIGGER tr BEFORE INSERT ON s.child FOR EACH ROW EXECUTE FUNCTION s.trigger()',
  "CREATE FUNCTION s.event() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
  "CREATE EVENT TRIGGER ev ON ddl_command_end WHEN TAG IN ('CREATE SERVER') EXECUTE FUNCTION s.event()",
  "CREATE TYPE s.mood AS ENUM ('sad', 'ok')",
  'CREATE TYPE s.pair AS (a int, b text)',
  'CREATE TYPE s.span AS RANGE (SUBTYPE = int)',
  'CREATE DOMAIN s.positive AS int CHECK (VALUE > 0)',
  'CREATE CAST (s.pair AS text) WITH INOUT',
  'CREATE OPERATOR s.@+ (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl)',
  'ALTER TABLE s.child ENABLE ROW LEVEL SECURITY',
  'CREATE POLICY pol ON s.child USING (x > 1)',
  'CREATE RULE r AS ON DELETE TO s.child DO INSTEAD NOTHING',
  'CREATE STATISTICS s.stat ON id, x FROM s.child',
  'CREATE PUBLICATION pub FOR TABLE s.parent',

  'GRANT SELECT ON s.parent TO PUBLIC',
  'ALTER DEFAULT PRIVILEGES IN SCHEMA s GRANT SELECT ON TABLES TO PUBLIC',
];

describe.skipIf(requirePostgres() === null)('the catalogue of a PostgreSQL server', () => {
  let server: PostgresServer;
  let target: Target;
  let session: Session;

  beforeAll(async () => {
    server = await startPostgresServer();
    const url = await server.createDatabase('catalogue');
    target = openPostgresTarget('t', { engine: 'postgres', connection: { env: 'DB' } }, { DB: url });
    session = await target.open();
    for (const statement of SCHEMA) await session.run(statement);
  });
  afterAll(async () => {
    await target?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    await session.run('ROLLBACK');
  });

  /** Lines of what the statements do, in a transaction that is rolled back; both snapshots are inside it. */
  async function linesOf(...statements: string[]): Promise<readonly string[]> {
    await session.run('BEGIN');
    const before = await readCatalogue(session);
    for (const statement of statements) await session.run(statement);
    const lines = deltaLines(catalogueDelta(before, await readCatalogue(session)));
    await session.run('ROLLBACK');
    return lines;
  }

  test('has every kind of object, sorted, with qualified names', async () => {
    const { objects } = await readCatalogue(session);
    expect(objects.map(({ kind, name }) => `${kind} ${name}`)).toMatchSnapshot();
    const names = objects.map(({ kind, name }) => `${kind}\0${name}`);
    expect(names).toEqual([...names].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(names).size).toBe(names.length);
  });

  test('has the definitions', async () => {
    const { objects } = await readCatalogue(session);
    const find = (kind: string, name: string) =>
      objects.find((object) => object.kind === kind && object.name === name);
    expect(find('column', 's.parent.id')).toMatchObject({
      table: 's.parent',
      definition: { position: '1', type: 'bigint', not_null: 't', identity: 'a' },
    });
    expect(find('column', 's.child.x')?.definition.comment).toBe('an x');
    expect(find('column', 's.parent.name')?.definition.collation).toBe('pg_catalog."C"');
    expect(find('table', 's.part_1')?.definition).toMatchObject({
      relkind: 'r',
      inherits: 's.part',
      partition_bound: "FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
    });
    expect(find('index', 's.parent_pkey')?.definition.constraint).toBe('s.parent.parent_pkey');
    expect(find('type', 's.mood')?.definition.labels).toBe("'sad', 'ok'");
    expect(find('domain', 's.positive')?.definition.constraints).toBe('positive_check CHECK ((VALUE > 0))');
    expect(find('sequence', 's.child_s_seq')?.definition.owned_by).toBe('s.child.s');
    expect(find('schema', 's')?.definition.comment).toBe('ours');
    expect(find('published table', 's.parent of pub')?.table).toBe('s.parent');
    expect(find('constraint', 's.child.child_parent_fkey')?.definition.definition).toBe(
      'FOREIGN KEY (parent) REFERENCES s.parent(id)',
    );
  });

  test('equals itself, on another session too, and after CREATE and DROP', async () => {
    const before = await readCatalogue(session);
    const other = await target.open();
    expect(catalogueText(await readCatalogue(other))).toBe(catalogueText(before));
    await session.run('CREATE TABLE s.passing (id serial PRIMARY KEY)');
    expect(catalogueDelta(before, await readCatalogue(session)).added.length).toBeGreaterThan(3);
    await session.run('DROP TABLE s.passing');
    await session.run('GRANT SELECT ON s.child TO PUBLIC');
    await session.run('REVOKE SELECT ON s.child FROM PUBLIC');
    await session.run('ALTER TABLE s.child ADD COLUMN y int');
    await session.run('ALTER TABLE s.child DROP COLUMN y');
    const after = await readCatalogue(session);
    expect(catalogueDelta(before, after)).toEqual({ added: [], removed: [], changed: [] });
    expect(catalogueText(after)).toBe(catalogueText(before));
    await other.close();
  });

  test('is not fooled by temporary tables', async () => {
    const { objects } = await readCatalogue(session);
    const other = await target.open();
    for (const name of ['pg_class', 'pg_constraint', 'pg_namespace', 'pg_inherits'])
      await other.run(`CREATE TEMPORARY TABLE "${name}" (x int)`);
    expect((await readCatalogue(other)).objects).toEqual(objects);
    // The server now prints the hidden types with their schema, so the text differs, but nothing is lost.
    for (const name of ['text', 'regclass', 'name', 'aclitem', 'regprocedure'])
      await other.run(`CREATE TEMPORARY TABLE "${name}" (x int)`);
    expect((await readCatalogue(other)).objects.length).toBe(objects.length);
    expect((await readRowCounts(other)).length).toBe((await readRowCounts(session)).length);
    await other.close();
  });

  test.each<[string, string[], string[]]>([
    [
      'a new table with all its parts is one line',
      [
        'CREATE TABLE s.n (id int PRIMARY KEY, c int NOT NULL CHECK (c > 0) REFERENCES s.child (id))',
        'CREATE INDEX n_c ON s.n (c)',
        "COMMENT ON COLUMN s.n.c IS 'c'",
        'CREATE TRIGGER tr BEFORE INSERT ON s.n FOR EACH ROW EXECUTE FUNCTION s.trigger()',
      ],
      ['+ table s.n'],
    ],
    [
      'a serial brings its sequence',
      ['CREATE TABLE s.n (id serial)'],
      ['+ sequence s.n_id_seq', '+ table s.n'],
    ],
    ['a dropped table is one line', ['DROP TABLE s.child'], ['- sequence s.child_s_seq', '- table s.child']],
    ['a dropped view is one line', ['DROP VIEW s.v'], ['- view s.v']],
    ['a column', ['ALTER TABLE s.child ADD COLUMN y int'], ['+ column s.child.y']],
    ['an index', ['CREATE INDEX i ON s.child (parent)'], ['+ index s.i on s.child']],
    [
      'a constraint and its index',
      ['ALTER TABLE s.child ADD CONSTRAINT u UNIQUE (x)'],
      ['+ constraint s.child.u'],
    ],
    [
      'NOT NULL, without a line of its own',
      ['ALTER TABLE s.child ALTER x SET NOT NULL'],
      ['~ column s.child.x'],
    ],
    ['comments', ["COMMENT ON TABLE s.child IS 'x'"], ['~ table s.child']],
    ['privileges', ['GRANT INSERT ON s.child TO PUBLIC'], ['~ table s.child']],
    [
      'a function',
      ["CREATE FUNCTION s.g(integer) RETURNS int LANGUAGE sql AS 'SELECT 1'"],
      ['+ function s.g(integer)'],
    ],
    ['an enum label', ["ALTER TYPE s.mood ADD VALUE 'good'"], ['~ type s.mood']],
    [
      'quoted names',
      ['ALTER TABLE s."Mixed Case" RENAME COLUMN "Col" TO "C 2"'],
      ['+ column s."Mixed Case"."C 2"', '- column s."Mixed Case"."Col"'],
    ],
    ['a disabled trigger', ['ALTER TABLE s.child DISABLE TRIGGER tr'], ['~ trigger s.child.tr']],
    ['a schema', ['CREATE SCHEMA n'], ['+ schema n']],
    ['a range type without its functions', ['CREATE TYPE s.r AS RANGE (SUBTYPE = int)'], ['+ type s.r']],
  ])('delta: %s', async (_, statements, lines) => {
    expect(await linesOf(...statements)).toEqual(lines);
  });

  test('delta: a row filter of a publication', async () => {
    if ((await readIdentity(session)).server_version_num < '150000') return;
    const statement = 'CREATE PUBLICATION filtered FOR TABLE s.parent WHERE (id > 1)';
    expect(await linesOf(statement)).toEqual([
      '+ publication filtered',
      '+ publication filter s.parent of filtered',
      '+ published table s.parent of filtered',
    ]);
  });

  test('delta: TRUNCATE and rewrites show, and can be left out', async () => {
    expect(await linesOf('TRUNCATE s.parent CASCADE')).toEqual(
      expect.arrayContaining(['~ table s.child', '~ table s.parent', '~ index s.child_x on s.child']),
    );
    await session.run('BEGIN');
    const before = await readCatalogue(session);
    await session.run('TRUNCATE s.child');
    const after = await readCatalogue(session);
    expect(catalogueDelta(withoutFilenodes(before), withoutFilenodes(after)).changed).toEqual([]);
    await session.run('ROLLBACK');
  });

  test('row counts are exact, and refused where row security hides rows', async () => {
    await session.run("INSERT INTO s.part VALUES ('2020-02-02', 1), ('2020-02-03', 2)");
    await session.run('INSERT INTO s."Mixed Case" VALUES (1)');
    const counts = await readRowCounts(session);
    const lines = [
      '["s.\\"Mixed Case\\"","1"]',
      '["s.child","0"]',
      '["s.mv","0"]',
      '["s.parent","0"]',
      '["s.part_1","2"]',
    ];
    expect(rowCountsText(counts)).toBe(`${lines.join('\n')}\n`);
    // A name cannot make a line of its own.
    const forged = rowCountsText([{ table: 's."ta\'b\nle.x\t7"', rows: '1' }]);
    expect(forged.split('\n')).toHaveLength(2);
    await session.run('CREATE ROLE reader');
    await session.run('GRANT USAGE ON SCHEMA s TO reader');
    await session.run('GRANT SELECT ON ALL TABLES IN SCHEMA s TO reader');
    await session.run('SET ROLE reader');
    await expect(readRowCounts(session)).rejects.toThrow('s.child');
    expect((await readIdentity(session)).role).toBe('reader');
    await session.run('RESET ROLE');
  });

  test('row changes are those of this transaction only', async () => {
    await session.run('INSERT INTO s.parent (name) VALUES ($1)', ['earlier']);
    await prepareRowChanges(session);
    await session.run('BEGIN');
    expect(await readRowChanges(session)).toEqual([]);
    await session.run("INSERT INTO s.parent (name) VALUES ('a'), ('b')");
    await session.run("UPDATE s.parent SET name = name WHERE name = 'a'");
    await session.run('DELETE FROM s."Mixed Case"');
    expect(await readRowChanges(session)).toEqual([
      { table: 's."Mixed Case"', inserted: '0', updated: '0', deleted: '1' },
      { table: 's.parent', inserted: '2', updated: '1', deleted: '0' },
    ]);
    await session.run('ROLLBACK');
  });

  test('row changes are refused where the server does not count', async () => {
    const other = await target.open();
    await other.run('SET track_counts = off');
    await expect(prepareRowChanges(other)).rejects.toThrow('track_counts');
    await other.close();
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ChangeParts, CREATE_ITEM, DOCUMENTS } from '../support/change.js';
import { expectRun } from '../support/expect-run.js';
import type { PostgresChange } from '../support/postgres-change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { runQuick } from '../support/run-probatum.js';

const PARTS: ChangeParts = {
  preflight: '-- P-1: rows\n-- expect: 1\nSELECT count(*) FROM app.base;\n',
  verify: '-- V-3: rows\n-- expect: baseline\nSELECT count(*) FROM app.log;\n',
};

/** Line and column (UTF-16 units) of a text in the ddl document. */
function placeOf(change: PostgresChange, text: string) {
  const document = readFileSync(join(change.root, DOCUMENTS.ddl), 'utf8');
  const before = document.slice(0, document.indexOf(text)).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

describe.skipIf(requirePostgres() === null)('what the server answers', () => {
  const lane = postgresLane();

  test('to each statement is in the record: whole tag, notices without detail, time', async () => {
    const change = await lane.make(
      {
        ...PARTS,
        migration: `${CREATE_ITEM}
ALTER TABLE app.item ADD COLUMN IF NOT EXISTS label text;
INSERT INTO app.item (id) VALUES (1), (2), (3);
UPDATE app.item SET label = 'é 😀' WHERE id < 3;
INSERT INTO app.base (id, label) VALUES (2, 'slow');
DELETE FROM app.item WHERE id = 3;
TRUNCATE app.item;
DO $$
BEGIN
  RAISE NOTICE 'é 😀 one' USING DETAIL = 'private detail', HINT = 'private hint';
  RAISE WARNING 'two' USING ERRCODE = '01004';
  RAISE DEBUG 'not shown';
END
$$;
LOCK TABLE app.item;
SET LOCAL work_mem = '8MB';
COMMENT ON TABLE app.item IS 'x';
`,
        rollback: 'DELETE FROM app.base WHERE id = 2;\nDROP TABLE app.item;\n',
        scope: { writesRows: ['app.item', 'app.base'] },
      },
      `CREATE FUNCTION app.slow() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN PERFORM pg_catalog.pg_sleep(0.5); RETURN NEW; END $$;
       CREATE TRIGGER slow BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.slow();`,
    );
    const printed = await runQuick(change.root, change.url);
    const { record, folder } = await expectRun(change.root, printed, {
      code: 0,
      status: 'succeeded',
      outcome: 'committed',
    });
    const statements = record.migration!.statements;
    expect(statements.map(({ number, tag, notices }) => [number, tag, ...notices])).toEqual([
      [1, 'CREATE TABLE'],
      [2, 'ALTER TABLE', 'NOTICE 42701: column "label" of relation "item" already exists, skipping'],
      [3, 'INSERT 0 3'],
      [4, 'UPDATE 2'],
      [5, 'INSERT 0 1'],
      [6, 'DELETE 1'],
      [7, 'TRUNCATE TABLE'],
      [8, 'DO', 'NOTICE 00000: é 😀 one', 'WARNING 01004: two'],
      [9, 'LOCK TABLE'],
      [10, 'SET'],
      [11, 'COMMENT'],
    ]);
    const slow = statements[4]!.milliseconds;
    expect(slow).toBeGreaterThanOrEqual(500);
    expect(slow).toBeGreaterThan(
      Math.max(...statements.filter(({ number }) => number !== 5).map((s) => s.milliseconds)),
    );
    expect(readFileSync(join(folder, 'journal.jsonl'), 'utf8')).not.toContain('private');
  });

  const refused = async (parts: ChangeParts) => {
    const change = await lane.make({ ...PARTS, ...parts });
    const printed = await runQuick(change.root, change.url);
    const { record } = await expectRun(change.root, printed, {
      code: 1,
      status: 'aborted',
      outcome: 'not-committed',
    });
    return { change, refused: record.migration?.refused, reason: record.reason };
  };

  test.each<[string, string, string, string]>([
    [
      'at a place within a line, behind characters of four bytes and two units',
      "INSERT INTO app.base (id, label) SELECT 2, '😀😀 é' || nothing_here;",
      'nothing_here',
      'SQLSTATE 42703: column "nothing_here" does not exist',
    ],
    [
      'at a place in a later line, behind a comment within the statement',
      'INSERT INTO app.base (id, label)\n  SELECT 2, /* 😀\n é */ "😀".x FROM app.base AS "ü";',
      '"😀".x',
      'SQLSTATE 42P01: missing FROM-clause entry for table "😀"',
    ],
    [
      'without a place: at the statement',
      "INSERT INTO app.base (id, label)\n  SELECT 1 / (count(*) - 1), '😀' FROM app.base;",
      'INSERT INTO app.base',
      'SQLSTATE 22012 (division_by_zero)',
    ],
    [
      'inside of a body, whose places are not those of the statement: at the statement',
      'DO $$\nBEGIN\n  INSERT INTO app.base (id) SELECT nothing_here FROM app.base;\nEND\n$$;',
      'DO $$',
      'SQLSTATE 42703: column "nothing_here" does not exist',
    ],
  ])('with an error %s', async (_, statement, place, message) => {
    const found = await refused({
      prose: 'Tiếng Việt 😀.\n\n',
      migration: `${CREATE_ITEM}\n-- 😀 é\n${statement}\n`,
      scope: { writesRows: ['app.base'] },
    });
    const { line, column } = placeOf(found.change, place);
    expect(found.refused).toEqual({ unit: 'migration', number: 2, line, column, message });
    expect(found.reason).toBe(`C-06: ${DOCUMENTS.ddl}:${line}:${column}: ${message}`);
  });

  test('with an error in the second of two fences: in that fence', async () => {
    const found = await refused({
      migration: `${CREATE_ITEM}\`\`\`\n\nText 😀 between.\n\n\`\`\`sql migration\n-- é\nINSERT INTO app.base (id, label) SELECT 2, '😀' || nothing_here;\n`,
      scope: { writesRows: ['app.base'] },
    });
    expect(found.refused).toMatchObject(placeOf(found.change, 'nothing_here'));
  });

  test('to the rollback, with an error: at its place in the rollback', async () => {
    const change = await lane.make({
      preflight: PARTS.preflight!,
      migration: CREATE_ITEM,
      rollback: "DELETE FROM app.item WHERE label = '😀' || nothing_here;\nDROP TABLE app.item;\n",
      scope: { writesRows: [] },
      verify: `-- V-3: inside only
-- expect: t
SELECT count(*) > 0 FROM pg_catalog.pg_locks AS l
WHERE l.relation = to_regclass('app.item')::oid AND l.mode = 'AccessExclusiveLock';
`,
    });
    const printed = await runQuick(change.root, change.url);
    const { record } = await expectRun(change.root, printed, {
      code: 4,
      status: 'failed',
      outcome: 'committed',
    });
    expect(record.rollback?.refused).toEqual({
      unit: 'rollback',
      number: 1,
      ...placeOf(change, 'nothing_here'),
      message: 'SQLSTATE 42703: column "nothing_here" does not exist',
    });
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resume } from '../../src/commands/resume.js';
import { URL_VARIABLE } from '../support/change.js';
import { enrolledChange } from '../support/enrolled-change.js';
import { expectRun } from '../support/expect-run.js';
import { killedRun } from '../support/killed-run.js';
import { findServerBinaries } from '../support/postgres-binaries.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { environmentOf, newestRun, runQuick } from '../support/run-probatum.js';

const SUCCESS = { code: 0, status: 'succeeded', outcome: 'committed' } as const;

/** Objects of kinds that the versions keep differently. */
const OBJECTS = `
CREATE TABLE app.kinds (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  note text NOT NULL,
  twice integer GENERATED ALWAYS AS (length(note) * 2) STORED,
  UNIQUE (note)
);
CREATE TABLE app.part (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE app.part_2026 PARTITION OF app.part FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE VIEW app.seen AS SELECT id FROM app.base;
CREATE MATERIALIZED VIEW app.kept AS SELECT count(*) AS n FROM app.base;
CREATE TYPE app.mood AS ENUM ('sad', 'ok');
CREATE TYPE app.span AS RANGE (subtype = float8);
CREATE DOMAIN app.positive AS integer CHECK (VALUE > 0);
CREATE SEQUENCE app.counter;
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
CREATE PROCEDURE app.act() LANGUAGE plpgsql AS $$BEGIN END$$;
CREATE TRIGGER touch BEFORE UPDATE ON app.kinds FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE STATISTICS app.stats ON id, note FROM app.kinds;
CREATE PUBLICATION pub FOR TABLE app.kinds;
ALTER TABLE app.log ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON app.log USING (note <> '');
COMMENT ON TABLE app.kinds IS 'kinds';
`;

function major(program: string): number {
  return Number(/\(PostgreSQL\) (\d+)/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[1]);
}

describe.skipIf(requirePostgres() === null)('a whole change', () => {
  const lane = postgresLane();

  /** A dump where the installed pg_dump can read the server, else a backup by a command of the site. */
  function target(): string {
    const entry = `    engine: postgres\n    connection:\n      env: ${URL_VARIABLE}\n`;
    if (major('pg_dump') >= major(join(findServerBinaries()!, 'postgres'))) return entry;
    const folder = mkdtempSync(join(tmpdir(), 'copies-'));
    lane.atEnd(() => rmSync(folder, { recursive: true }));
    const command = [join(import.meta.dirname, 'copy-backup.sh'), folder];
    return `${entry}    backup:\n      provider: command\n      command: ${JSON.stringify(command)}\n`;
  }

  test('is enrolled and run', async () => {
    const change = await enrolledChange(lane, { target: target() });
    const printed = await runQuick(change.root, change.url);
    await expectRun(change.root, printed, { ...SUCCESS, secret: lane.server.password });
    expect(await change.query("SELECT unit, outcome FROM probatum.run WHERE unit = 'migration'")).toEqual([
      { unit: 'migration', outcome: 'committed' },
    ]);
    expect(await change.query('SELECT id FROM app.base ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test('is rolled back where its verification fails after COMMIT', async () => {
    const change = await enrolledChange(lane, { onlyInside: true, target: target() });
    await change.query(OBJECTS);
    const before = await change.catalogue();
    const printed = await runQuick(change.root, change.url);
    await expectRun(change.root, printed, { code: 3, status: 'rolled-back', outcome: 'committed' });
    expect(await change.catalogue()).toEqual(before);
    expect(await change.query('SELECT id FROM app.base')).toEqual([{ id: 1 }]);
  });

  test.each([
    [
      'before COMMIT was sent',
      'statement-executed',
      { code: 1, status: 'aborted', outcome: 'not-committed' },
    ],
    ['after COMMIT', 'transaction-ended', SUCCESS],
  ] as const)('is resumed where the run was killed %s', async (_, event, ending) => {
    const change = await enrolledChange(lane, { target: target() });
    await killedRun(change.root, change.url, event);
    const { environment, printed } = environmentOf(change.root, { [URL_VARIABLE]: change.url });
    const code = await resume(environment, newestRun(change.root)!, { format: 'pretty' });
    await expectRun(change.root, { code, ...printed }, ending);
    const rows = await change.query('SELECT id FROM app.base');
    expect(rows).toHaveLength(ending.outcome === 'committed' ? 2 : 1);
  });

  test('has a catalogue snapshot that equals itself, and differs after any change of an object', async () => {
    const change = await lane.make({}, OBJECTS);
    const before = await change.catalogue();
    expect(await change.catalogue()).toEqual(before);
    const kinds = new Set(before.objects.map(({ kind }) => kind));
    for (const kind of [
      'table',
      'column',
      'constraint',
      'index',
      'trigger',
      'function',
      'view',
      'policy',
      'publication',
    ])
      expect(kinds).toContain(kind);
    let last = before;
    for (const sql of [
      "ALTER TABLE app.kinds ALTER COLUMN note SET DEFAULT 'x'",
      'ALTER TABLE app.kinds ALTER COLUMN note DROP NOT NULL',
      "ALTER TYPE app.mood ADD VALUE 'good'",
      'ALTER DOMAIN app.positive SET NOT NULL',
      'ALTER SEQUENCE app.counter INCREMENT 2',
      'DROP PROCEDURE app.act()',
      'ALTER PUBLICATION pub DROP TABLE app.kinds',
      'GRANT SELECT ON app.kinds TO PUBLIC',
      'ALTER POLICY own ON app.log USING (true)',
      'ALTER TABLE app.part DETACH PARTITION app.part_2026',
    ]) {
      await change.query(sql);
      const now = await change.catalogue();
      expect([sql, JSON.stringify(now) === JSON.stringify(last)]).toEqual([sql, false]);
      last = now;
    }
  });
});

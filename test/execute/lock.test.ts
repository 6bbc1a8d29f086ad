import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { STAGED } from '../../src/execute/steps/provenance.js';
import { readRecord } from '../../src/record/store.js';
import { removeChange } from '../support/change.js';
import { expectRun } from '../support/expect-run.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { runCli, runFolders } from '../support/run-probatum.js';

/** The first run takes its time, so that the second meets it. */
const SLOW = `CREATE FUNCTION app.slow() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_catalog.pg_sleep(2); RETURN NEW; END $$;
  CREATE TRIGGER slow BEFORE INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.slow();`;

describe.skipIf(requirePostgres() === null)('two runs at once on one database', () => {
  const lane = postgresLane();

  test('from two checkouts: one proceeds, the other writes nothing and says why', async () => {
    const change = await lane.make({}, SLOW);
    const other = mkdtempSync(join(tmpdir(), 'probatum-other-'));
    cpSync(change.root, other, { recursive: true });
    const roots = [change.root, other];
    try {
      const printed = await Promise.all(roots.map((root) => runCli(root, change.url)));
      expect(printed.map(({ code }) => code).sort()).toEqual([0, 5]);
      const loser = printed.findIndex(({ code }) => code === 5);
      const { record, report } = await expectRun(roots[loser]!, printed[loser]!, {
        code: 5,
        status: 'aborted',
        outcome: 'none',
      });
      expect(record.reason).toBe('LOCK: another run holds the lock on this database');
      expect(record.artefacts.map(({ name }) => name)).toEqual(Object.values(STAGED).map(({ name }) => name));
      expect(report).toContain('| LOCK | lock | denied | another run holds the lock on this database |');
      await expectRun(roots[1 - loser]!, printed[1 - loser]!, {
        code: 0,
        status: 'succeeded',
        outcome: 'committed',
      });
      expect(await change.query('SELECT id FROM app.base ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
    } finally {
      removeChange(other);
    }
  });

  test('from one checkout: each has a folder of its own', async () => {
    const change = await lane.make({}, SLOW);
    const printed = await Promise.all([1, 2, 3].map(() => runCli(change.root, change.url)));
    expect(printed.map(({ code }) => code).sort()).toEqual([0, 5, 5]);
    const statuses = runFolders(change.root).map(
      (folder) => readRecord(join(folder, 'record.json')).record.status,
    );
    expect(statuses.sort()).toEqual(['aborted', 'aborted', 'succeeded']);
  });
});

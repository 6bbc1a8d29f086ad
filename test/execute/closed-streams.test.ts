import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readRecord } from '../../src/record/store.js';
import { CLI } from '../cli/probatum.js';
import { DOCUMENTS, TARGET, URL_VARIABLE } from '../support/change.js';
import { postgresLane } from '../support/postgres-lane.js';
import { requirePostgres } from '../support/postgres-server.js';
import { newestRun } from '../support/run-probatum.js';

const execute = promisify(execFile);

describe.skipIf(requirePostgres() === null)('a run that nobody listens to any more', () => {
  const lane = postgresLane();

  test.each([1, 4, 9])('goes on to its record after %i lines', async (lines) => {
    const change = await lane.make({});
    const command = `"${process.execPath}" "${CLI}" run ${DOCUMENTS.package} --target ${TARGET} 2>&1 | head -${lines}`;
    await execute('sh', ['-c', command], {
      cwd: change.root,
      env: { ...process.env, [URL_VARIABLE]: change.url },
    });
    const { record } = readRecord(join(newestRun(change.root) as string, 'record.json'));
    expect(record).toMatchObject({ status: 'succeeded', migration: { outcome: 'committed' } });
    expect(await change.query("SELECT to_regclass('app.item') IS NOT NULL AS there")).toEqual([
      { there: true },
    ]);
  });
});

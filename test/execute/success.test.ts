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
});

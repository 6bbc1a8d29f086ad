import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BackupProvider } from '../../src/target/backup-provider.js';
import { restoreElsewhere } from '../../src/target/restore-backup.js';
import { findServerBinaries } from '../support/postgres-binaries.js';
import { requirePostgres } from '../support/postgres-server.js';

const never = {
  restore: async () => {
    throw new Error('it was restored');
  },
} as unknown as BackupProvider;

describe.skipIf(requirePostgres() === null)('the roles of a source that lies', () => {
  test.each([
    "COPY pg_catalog.pg_class TO PROGRAM 'cat > /dev/null'",
    'CREATE ROLE "a" IN ROLE "pg_execute_server_program"',
    'CREATE ROLE "a"" SUPERUSER',
  ])('are not sent to the scratch server: %s', async (role) => {
    const version = execFileSync(join(findServerBinaries()!, 'postgres'), ['--version'], {
      encoding: 'utf8',
    });
    const major = Number(/\(PostgreSQL\) (\d+)/.exec(version)?.[1]);
    const request = {
      tools: { directory: findServerBinaries()! },
      env: process.env,
      major,
      owners: { superuser: 'postgres', roles: ['CREATE ROLE fine', role] },
      scratch: undefined,
      timeoutMs: 60_000,
    };
    await expect(restoreElsewhere(never, '/nowhere', request)).rejects.toThrow(
      `not sent to the scratch server, as it is not on the list of own statements: ${role}`,
    );
  });
});

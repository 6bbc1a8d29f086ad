import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type CatalogueSnapshot,
  catalogueText,
  readCatalogue,
  withoutFilenodes,
} from '../../src/target/catalogue.js';
import type { Session, Target } from '../../src/target/engine.js';
import { openPostgresTarget } from '../../src/target/postgres.js';
import { type PostgresServer, requirePostgres, startPostgresServer } from '../support/postgres-server.js';
import { BASE, catalogueChanges } from './catalogue-changes.js';

const DATABASE = 'kinds';
const CHANGES = catalogueChanges(DATABASE, 'probatum_test');

describe.skipIf(requirePostgres() === null)('the catalogue snapshot and every kind of object', () => {
  let server: PostgresServer;
  let target: Target;
  let session: Session;
  let base: CatalogueSnapshot;

  beforeAll(async () => {
    server = await startPostgresServer();
    const url = await server.createDatabase(DATABASE);
    target = openPostgresTarget('t', { engine: 'postgres', connection: { env: 'DB' } }, { DB: url });
    session = await target.open();
    for (const statement of BASE) await session.run(statement);
    base = await readCatalogue(session);
  });
  afterAll(async () => {
    await target?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    await session.run('ROLLBACK');
  });

  const text = async () => catalogueText(await readCatalogue(session));
  const plain = async () => catalogueText(withoutFilenodes(await readCatalogue(session)));

  test('the table of changes is long enough, and each stands in it once', () => {
    const changes = CHANGES.map(([setup, change]) => [...setup, change].join('; '));
    expect(changes.length).toBeGreaterThanOrEqual(150);
    expect(new Set(changes).size).toBe(changes.length);
  });

  test.each(CHANGES.map(([setup, change, inverse]) => ({ setup, change, inverse })))(
    'differs after, and equals after ROLLBACK: $change',
    async ({ setup, change, inverse }) => {
      await session.run('BEGIN');
      for (const statement of setup.flatMap((sql) => sql.split('; '))) await session.run(statement);
      const before = await text();
      const plainBefore = await plain();
      await session.run('SAVEPOINT here');
      await session.run(change);
      expect(await text()).not.toBe(before);
      if (inverse !== undefined) {
        await session.run(inverse);
        expect(await plain()).toBe(plainBefore);
      }
      await session.run('ROLLBACK TO SAVEPOINT here');
      expect(await text()).toBe(before);
      await session.run('ROLLBACK');
      expect(await text()).toBe(catalogueText(base));
    },
  );

  test('holds no secret of a wrapper, a mapping, a subscription or a setting', async () => {
    await session.run('BEGIN');
    await session.run("ALTER DATABASE kinds SET app.key = 'hunter5'");
    const all = JSON.stringify(await readCatalogue(session));
    expect(all).not.toMatch(/hunter|'one'/);
    expect(all).toContain('app.key');
  });
});

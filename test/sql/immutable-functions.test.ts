import { PGlite } from '@electric-sql/pglite';
import { expect, it } from 'vitest';
import { functionDanger } from '../../src/sql/calls.js';
import { IMMUTABLE_FUNCTIONS } from '../../src/sql/immutable-functions.js';

it('what a check may call because it is immutable is so on a server, in every form', async () => {
  const server = await PGlite.create();
  const { rows } = await server.query<{ name: string }>(`SELECT DISTINCT p.proname::text AS name
    FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = 'pg_catalog'::regnamespace
      AND (p.provolatile <> 'i' OR p.prokind <> 'f')`);
  await server.close();
  expect(rows.length).toBeGreaterThan(500);
  expect(rows.map(({ name }) => name).filter((name) => IMMUTABLE_FUNCTIONS.has(name))).toEqual([]);
});

it('none of them reaches out of the transaction', () => {
  expect([...IMMUTABLE_FUNCTIONS].filter((name) => functionDanger(name) !== null)).toEqual([]);
});

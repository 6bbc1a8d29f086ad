import { PGlite } from '@electric-sql/pglite';
import { expect, it } from 'vitest';
import { ONE_ARGUMENT_FUNCTIONS } from '../../src/sql/one-argument-functions.js';
import { ONE_ARGUMENT_QUERY } from '../support/one-argument-query.js';

it('the list of functions that can be called as columns lacks none that a server has', async () => {
  const server = await PGlite.create();
  const { rows } = await server.query<{ name: string }>(ONE_ARGUMENT_QUERY);
  await server.close();
  expect(rows.length).toBeGreaterThan(300);
  expect(rows.map(({ name }) => name).filter((name) => !ONE_ARGUMENT_FUNCTIONS.has(name))).toEqual([]);
});

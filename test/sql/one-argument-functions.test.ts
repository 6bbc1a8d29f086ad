import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as built from '../../src/sql/built-in-names.js';
import { ONE_ARGUMENT_FUNCTIONS } from '../../src/sql/one-argument-functions.js';
import { BUILT_IN_NAMES_QUERY } from '../support/built-in-names-query.js';
import { ONE_ARGUMENT_QUERY } from '../support/one-argument-query.js';

let server: PGlite;
beforeAll(async () => {
  server = await PGlite.create();
});
afterAll(() => server.close());

it('the list of functions that can be called as columns lacks none that a server has', async () => {
  const { rows } = await server.query<{ name: string }>(ONE_ARGUMENT_QUERY);
  expect(rows.length).toBeGreaterThan(300);
  expect(rows.map(({ name }) => name).filter((name) => !ONE_ARGUMENT_FUNCTIONS.has(name))).toEqual([]);
});

it('the lists of what a server has by itself lack nothing of it', async () => {
  const { rows } = await server.query<{ kind: string; name: string }>(BUILT_IN_NAMES_QUERY);
  const lists: Readonly<Record<string, ReadonlySet<string>>> = {
    // One that another version calls volatile stands there.
    function: new Set([...built.STEADY_FUNCTIONS, ...built.VOLATILE_FUNCTIONS]),
    volatile: built.VOLATILE_FUNCTIONS,
    type: built.TYPES,
    relation: built.RELATIONS,
    operator: built.OPERATORS,
    operatorClass: built.OPERATOR_CLASSES,
  };
  for (const kind of Object.keys(lists)) {
    const names = rows.filter((row) => row.kind === kind).map(({ name }) => name);
    expect(names.length, kind).toBeGreaterThan(50);
    expect(
      names.filter((name) => !lists[kind]!.has(name)),
      kind,
    ).toEqual([]);
  }
});

import { type PostgresChange, queryOnce } from './postgres-change.js';

/** What the generated change makes of its database, as somebody else sees it. */
export async function itemState({ url }: Pick<PostgresChange, 'url'>) {
  const [state] = await queryOnce(
    url,
    "SELECT to_regclass('app.item') IS NOT NULL AS item, (SELECT count(*)::int FROM app.base) AS base",
  );
  return state;
}

export const BEFORE = { item: false, base: 1 };
export const AFTER = { item: true, base: 2 };

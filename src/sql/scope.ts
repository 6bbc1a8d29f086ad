import type { Effect, EffectAction } from './facts.js';

/**
 * Lists of a ddl document's `scope`. What is under `writes_rows_indirectly` is written by triggers, functions and dynamic
 * SQL: no statement tells of it, only what the transaction did.
 */
export type ScopeList = 'creates' | 'alters' | 'drops' | 'writes_rows' | 'writes_rows_indirectly';

/** A name in one of the lists. */
export interface ScopeName {
  readonly list: ScopeList;
  readonly name: string;
}

const LISTS: Readonly<Record<EffectAction, ScopeList>> = {
  create: 'creates',
  rename: 'creates',
  alter: 'alters',
  drop: 'drops',
  'write-rows': 'writes_rows',
};

/**
 * Where a scope names an effect: what belongs to a table (an index, a comment, an alteration) is part of that table
 * where the migration creates it, and alters it where it exists already. The rules ask it of statements, the executor of
 * what it finds in the catalogue.
 * @param created names that the migration creates @returns null where the effect needs no name of its own
 */
export function scopeName(
  { action, name, table }: Pick<Effect, 'action' | 'name' | 'table'>,
  created: ReadonlySet<string>,
): ScopeName | null {
  const object = table ?? name;
  const list = table === undefined ? LISTS[action] : 'alters';
  return list === 'alters' && created.has(object) ? null : { list, name: object };
}

/** A name of a scope in one line: `alters app.item`. */
export function scopeLine({ list, name }: ScopeName): string {
  return `${list} ${name}`;
}

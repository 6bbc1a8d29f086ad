import type { Effect, Statement } from '../sql/facts.js';

/** Lists of a ddl document's `scope`. */
export type ScopeList = 'creates' | 'alters' | 'drops' | 'writes_rows';

/** An effect as the scope declares it, at the statement that has it. */
interface ScopeEffect {
  readonly list: ScopeList;
  readonly name: string;
  readonly statement: Statement;
}

const LISTS: Readonly<Record<Effect['action'], ScopeList>> = {
  create: 'creates',
  alter: 'alters',
  drop: 'drops',
  'write-rows': 'writes_rows',
};

/**
 * Effects of a migration in the terms of a scope: what belongs to a table (an index, a comment, an alteration) is
 * part of that table where the migration creates it, and alters it where it exists already.
 */
export function scopeEffects(statements: readonly Statement[]): ScopeEffect[] {
  const created = new Set<string>();
  const found: ScopeEffect[] = [];
  for (const statement of statements) {
    for (const { action, kind, name, table } of statement.effects) {
      const part = action === 'create' && kind === 'index';
      const object = part ? (table ?? name) : name;
      const list = part ? 'alters' : LISTS[action];
      if (list === 'alters' && created.has(object)) continue;
      if (list === 'creates') created.add(object);
      found.push({ list, name: object, statement });
    }
  }
  return found;
}

import type { Range } from '../base/position.js';
import { type Entry, unitOf } from '../model/entry.js';
import { headerPosition } from '../parse/document.js';
import type { Effect, Statement } from '../sql/facts.js';

/** Lists of a ddl document's `scope`. */
export type ScopeList = 'creates' | 'alters' | 'drops' | 'writes_rows';

/** An effect as the scope declares it, at the statement that has it. */
interface ScopeEffect {
  readonly list: ScopeList;
  readonly name: string;
  readonly statement: Statement;
  /** Columns that an ALTER TABLE fills in every row, where that is how rows are written. */
  readonly filled: readonly string[];
}

const LISTS: Readonly<Record<Effect['action'], ScopeList>> = {
  create: 'creates',
  alter: 'alters',
  drop: 'drops',
  'write-rows': 'writes_rows',
};

/**
 * Effects of a migration in the terms of a scope: what belongs to a table (an index, a comment, an alteration) is
 * part of that table where the migration creates it, and alters it where it exists already. A column that is filled in
 * every row of a table that exists already writes its rows.
 */
function scopeEffects(statements: readonly Statement[]): ScopeEffect[] {
  const created = new Set<string>();
  const found: ScopeEffect[] = [];
  for (const statement of statements) {
    for (const { action, name, table } of statement.effects) {
      const object = table ?? name;
      const list = table === undefined ? LISTS[action] : 'alters';
      if (list === 'alters' && created.has(object)) continue;
      if (list === 'creates') created.add(object);
      found.push({ list, name: object, statement, filled: [] });
    }
    const { name = '', filled = [] } = statement.alteration ?? {};
    if (filled.length > 0 && !created.has(name)) found.push({ list: 'writes_rows', name, statement, filled });
  }
  return found;
}

/** A name that the scope of a ddl document declares. */
interface DeclaredName {
  readonly list: ScopeList;
  readonly name: string;
  readonly position: Range;
}

/** The names that a ddl document's scope declares, in order. */
export function declaredNames({ document }: Entry): DeclaredName[] {
  return (document.header?.values ?? []).flatMap(({ path, value, position }) => {
    const list = /^scope\.(creates|alters|drops|writes_rows)\.\d+$/.exec(path)?.[1] as ScopeList | undefined;
    return list ? [{ list, name: value, position }] : [];
  });
}

/** Place of a list in the header of a ddl document. */
export function scopePlace({ document }: Entry, list: ScopeList) {
  return { file: document.path, position: headerPosition(document, `scope.${list}`)! };
}

/**
 * Effects of a ddl document's migration; null where its SQL could not be read, or is not run, which has been reported:
 * its effects are not known.
 */
export function readScopeEffects(entry: Entry): ScopeEffect[] | null {
  const { document, sql, kind } = entry;
  if (kind !== 'ddl' || document.header === null) return null;
  const migration = unitOf(entry, 'migration');
  const written = document.fences.some(({ role }) => role === 'migration');
  if (written && !migration) return null;
  if (sql.problems.some(({ rule }) => rule === 'sql-syntax' || rule === 'no-meta-command')) return null;
  return scopeEffects(migration?.statements ?? []);
}

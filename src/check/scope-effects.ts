import { type Entry, unitOf } from '../model/entry.js';
import { headerPosition } from '../parse/document.js';
import type { Statement } from '../sql/facts.js';
import { type ScopeList, type ScopeName, scopeName } from '../sql/scope.js';

/** An effect as the scope declares it, at the statement that has it. */
export interface ScopeEffect extends ScopeName {
  readonly statement: Statement;
  /** Columns that an ALTER TABLE fills in every row, where that is how rows are written. */
  readonly filled: readonly string[];
}

/**
 * Effects of a migration in the terms of a scope. A column that is filled in every row of a table that exists already
 * writes its rows.
 */
function scopeEffects(statements: readonly Statement[]): ScopeEffect[] {
  const created = new Set<string>();
  const found: ScopeEffect[] = [];
  for (const statement of statements) {
    for (const effect of statement.effects) {
      const named = scopeName(effect, created);
      if (named === null) continue;
      if (named.list === 'creates') created.add(named.name);
      found.push({ ...named, statement, filled: [] });
    }
    const { name = '', filled = [] } = statement.alteration ?? {};
    if (filled.length > 0 && !created.has(name)) found.push({ list: 'writes_rows', name, statement, filled });
  }
  return found;
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

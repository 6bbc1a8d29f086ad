import type { Range } from '../base/position.js';
import { type DerivedCheck, derivedChecks } from '../sql/derived-checks.js';
import type { ScopeList, ScopeName } from '../sql/scope.js';
import { type Entry, unitOf } from './entry.js';

/** A name that the scope of a ddl document declares, and where. */
export interface DeclaredName extends ScopeName {
  readonly position: Range;
}

/** The names that a ddl document's scope declares, in order. */
export function declaredNames({ document }: Entry): DeclaredName[] {
  return (document.header?.values ?? []).flatMap(({ path, value, position }) => {
    const list = /^scope\.(creates|alters|drops|writes_rows(?:_indirectly)?)\.\d+$/.exec(path)?.[1] as
      | ScopeList
      | undefined;
    return list ? [{ list, name: value, position }] : [];
  });
}

/** The checks that follow from a ddl document's migration and its scope; none where it has no migration. */
export function derivedOf(entry: Entry): DerivedCheck[] {
  const migration = unitOf(entry, 'migration');
  return migration ? derivedChecks(migration.statements, declaredNames(entry)) : [];
}

import { compareText } from '../base/diagnostic.js';
import { headerText } from '../parse/document.js';
import type { Entry } from './entry.js';
import type { ColumnCount } from './model.js';

/** Numbers of columns that each table has had, by qualified name. */
export type ColumnHistory = ReadonlyMap<string, readonly ColumnCount[]>;

/**
 * How many columns each table has had, by replaying the migrations of all ddl documents in the order in which they
 * depend on each other. Tables that a statement leaves unclear are left out: no claim is judged by a guess.
 */
export function columnHistory(entries: readonly Entry[]): Map<string, ColumnCount[]> {
  const history = new Map<string, ColumnCount[]>();
  const unclear = new Set<string>();
  const say = (name: string, count: number, path: string) => {
    const known = history.get(name) ?? [];
    history.set(name, [...known, { count, path }]);
  };
  for (const { document, sql } of inOrder(entries.filter(({ kind }) => kind === 'ddl'))) {
    const statements = sql.units.find((unit) => unit.role === 'migration')?.statements ?? [];
    for (const { table, alteration } of statements) {
      if (table && !table.complete) unclear.add(table.name);
      if (table) say(table.name, table.columns.length, document.path);
      const last = alteration && history.get(alteration.name)?.at(-1)?.count;
      if (alteration && last !== undefined)
        say(alteration.name, last! + alteration.added.length - alteration.dropped.length, document.path);
    }
  }
  for (const name of unclear) history.delete(name);
  return history;
}

/** Qualified names by their last part; null where two schemas have one. */
export function bareNames(tables: Iterable<string>): Map<string, string | null> {
  const found = new Map<string, string | null>();
  for (const table of tables) {
    const dot = table.lastIndexOf('.');
    const name = table.slice(dot + 1);
    if (dot >= 0) found.set(name, found.has(name) ? null : table);
  }
  return found;
}

/** Dependencies first; documents that do not depend on each other by date and path. */
function inOrder(entries: readonly Entry[]): Entry[] {
  const byPath = new Map(entries.map((entry) => [entry.document.path, entry]));
  const order = new Map<string, Entry>();
  const visiting = new Set<string>();
  const visit = (entry: Entry) => {
    const path = entry.document.path;
    if (order.has(path) || visiting.has(path)) return;
    visiting.add(path);
    for (const pin of entry.pins) {
      const before = pin.key.startsWith('depends_on') ? byPath.get(pin.path) : undefined;
      if (before) visit(before);
    }
    order.set(path, entry);
  };
  const key = ({ document }: Entry) => `${headerText(document, 'date') ?? ''} ${document.path}`;
  for (const entry of [...entries].sort((a, b) => compareText(key(a), key(b)))) visit(entry);
  return [...order.values()];
}

import { relations, writtenTables } from './effect-names.js';
import { effectsOf } from './effects.js';
import type { Node } from './grammar.js';
import type { Refusal } from './refused-kinds.js';

/**
 * What a statement does to objects of the server's own, where neither the catalogue's difference nor the counters of rows
 * look; null where nothing. A schema's name begins with `pg_` only where the server made it.
 */
export function touchesServer(node: string, tree: Node): Refusal | null {
  const name = touchedNames(node, tree).find(isServers);
  if (name) return { what: `a change of ${name}, which is the server's own,`, why: UNSEEN };
  if (node === 'ViewStmt' && isWrittenThrough(tree))
    return { what: "a view that writes through to the server's own tables", why: OFFSET };
  return null;
}

const UNSEEN =
  'neither the catalogue’s difference nor the counters of rows would show it; use the statement for it';
const OFFSET =
  'the server lets rows be changed through it; end its query with OFFSET 0, and it can only be read';

function touchedNames(node: string, tree: Node): string[] {
  // Statements of a body are judged one by one.
  if (node === 'DoStmt') return [];
  const named = effectsOf(node, tree).map(({ name, table }) => table ?? name);
  if (node === 'CreateFunctionStmt') return named;
  return [...named, ...writtenTables(tree), ...(node === 'LockStmt' ? relations(tree) : [])];
}

/**
 * By its schema, after the words of a kind; routines and types may have the database's name before it. In bodies a name may
 * stand without a schema: then the server's own comes first.
 */
function isServers(name: string): boolean {
  return (
    /^(?:schema )?"?(?:pg_[^".(]*|information_schema)"?(?:\.|$)/.test(name) ||
    /^(?:"(?:[^"]|"")*"|[^".(]+)\."?(?:pg_[^".(]*|information_schema)"?\./.test(name)
  );
}

/** Whether the server would turn a change of the view's rows into one of its table's (an "automatically updatable" view). */
function isWrittenThrough({ query }: Node): boolean {
  const select = ((query ?? {}) as { SelectStmt?: Node }).SelectStmt ?? {};
  const from = (select.fromClause ?? []) as Node[];
  const table = from.length === 1 ? (from[0]!.RangeVar as { schemaname?: string } | undefined) : undefined;
  const isRead = ['limitOffset', 'limitCount', 'distinctClause', 'groupClause', 'withClause'].some(
    (key) => select[key],
  );
  return !isRead && /^(?:pg_|information_schema$)/.test(table?.schemaname ?? '');
}

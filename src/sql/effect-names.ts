import type { Node } from './grammar.js';
import { dottedName, quoteName, relationName } from './names.js';
import { meantRoutine, meantTrigger } from './routines.js';
import { nodesOf } from './walk.js';

/** Kinds of object that a migration may drop, in the words of the effects. */
export const DROPPABLE: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'table',
  OBJECT_INDEX: 'index',
  OBJECT_VIEW: 'view',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_SCHEMA: 'schema',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'domain',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'procedure',
  OBJECT_TRIGGER: 'trigger',
  OBJECT_EXTENSION: 'extension',
};

/** An object that a DROP names, with the table that it is a part of. */
interface DroppedObject {
  readonly kind: string;
  readonly name: string;
  readonly table?: string;
}

export function droppedObjects(tree: Node): DroppedObject[] {
  const kind = DROPPABLE[String(tree.removeType)] ?? 'object';
  return ((tree.objects ?? []) as Node[]).map((object) => {
    if (kind === 'trigger') return { kind, ...meantTrigger(object) };
    const name = dottedObject(object);
    return { kind, name: ['schema', 'extension'].includes(kind) ? `${kind} ${name}` : name };
  });
}

/** Qualified name of an index, whose schema is its table's. */
export function indexName(tree: Node): string {
  const { schemaname } = (tree.relation ?? {}) as { schemaname?: string };
  return relationName({ schemaname, relname: String(tree.idxname ?? '') });
}

/** Tables, or indexes, that an ALTER makes partitions of another one, or takes from it. */
export function movedPartitions(tree: Node): string[] {
  return ((tree.cmds ?? []) as Node[]).flatMap(({ AlterTableCmd }) => {
    const { subtype, def } = (AlterTableCmd ?? {}) as { subtype?: string; def?: { PartitionCmd?: Node } };
    if (!/^AT_(?:At|De)tachPartition$/.test(subtype ?? '')) return [];
    return [relationName(def?.PartitionCmd?.name)];
  });
}

export function renamedObject(tree: Node): string {
  if (tree.relation) return relationName(tree.relation);
  if (tree.renameType === 'OBJECT_SCHEMA') return `schema ${quoteName(String(tree.subname))}`;
  return dottedObject(tree.object);
}

/** Name that an object itself has after a renaming; null where a part of it is renamed. */
export function newName(tree: Node): string | null {
  const type = String(tree.renameType);
  if (/_(?:COLUMN|ATTRIBUTE|TABCONSTRAINT|DOMCONSTRAINT)$/.test(type)) return null;
  const last = quoteName(String(tree.newname));
  if (type === 'OBJECT_SCHEMA') return `schema ${last}`;
  const schema = /^(?:"(?:[^"]|"")*"|[^."]+)\./.exec(renamedObject(tree))?.[0] ?? '';
  return `${schema}${last}`;
}

export function commentedObject(tree: Node): string {
  if (tree.objtype === 'OBJECT_SCHEMA') return `schema ${dottedObject(tree.object)}`;
  // A comment on a part belongs to its table, view, type or domain.
  const list = (tree.object as { List?: { items?: Node[] } }).List?.items ?? [];
  if (/^OBJECT_(?:COLUMN|TABCONSTRAINT|TRIGGER|POLICY|RULE)$/.test(String(tree.objtype)))
    return dottedName(list.slice(0, -1));
  return dottedObject(tree.objtype === 'OBJECT_DOMCONSTRAINT' ? list[0] : tree.object);
}

function dottedObject(object: unknown): string {
  const node = (object ?? {}) as Node;
  const list = node.List as { items?: Node[] } | undefined;
  const type = node.TypeName as { names?: Node[] } | undefined;
  const routine = meantRoutine(node);
  if (routine !== null) return routine;
  if (list) return dottedName(list.items);
  if (type) return dottedName(type.names);
  return dottedName(node.ObjectWithArgs ? (node.ObjectWithArgs as Node).objname : [node]);
}

/** Tables whose rows a statement writes: its own, and those of its WITH queries. */
export function writtenTables(tree: Node): string[] {
  const names = [relationName(tree.relation)];
  for (const { key, node } of nodesOf(tree)) {
    if (/^(?:Insert|Update|Delete|Merge)Stmt$/.test(key)) names.push(relationName(node.relation));
  }
  return [...new Set(names)];
}

export function relations(tree: Node): string[] {
  return ((tree.relations ?? []) as Node[]).map((item) => relationName(item.RangeVar));
}

export function grantedObjects(tree: Node): string[] {
  return ((tree.objects ?? []) as Node[]).map((item) =>
    item.RangeVar
      ? relationName(item.RangeVar)
      : tree.objtype === 'OBJECT_SCHEMA'
        ? `schema ${dottedObject(item)}`
        : dottedObject(item),
  );
}

/** Tables that foreign keys refer to. */
export function referencedTables(tree: Node): string[] {
  const found: string[] = [];
  for (const { key, node } of nodesOf(tree)) {
    if (key === 'Constraint' && node.contype === 'CONSTR_FOREIGN') found.push(relationName(node.pktable));
  }
  return [...new Set(found)];
}

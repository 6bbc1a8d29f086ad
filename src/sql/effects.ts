import type { Effect, EffectAction } from './facts.js';
import type { Node } from './grammar.js';
import { dottedName, relationName, stringList } from './names.js';

/** What one kind of statement may do in a reviewed migration, and what it takes to do it. */
interface Kind {
  readonly effects: (tree: Node) => Effect[];
  /** Locks on objects that exist already, in the words of the server's manual. */
  readonly locks?: (tree: Node) => string[];
}

const effect = (action: EffectAction, kind: string, name: string, table?: string): Effect =>
  table === undefined ? { action, kind, name } : { action, kind, name, table };

const lockOn = (lock: string) => (tree: Node) => [`${lock} on ${relationName(tree.relation)}`];

const writesRows = (tree: Node) => [effect('write-rows', 'table', relationName(tree.relation))];

/**
 * The statements that a migration, a rollback or a fixture may hold. What is not listed is refused: an
 * allow-list, because a statement that nobody thought of must not run.
 */
const KINDS: Readonly<Record<string, Kind>> = {
  CreateStmt: {
    effects: (tree) => [effect('create', 'table', relationName(tree.relation))],
    locks: (tree) => referencedTables(tree).map((table) => `SHARE ROW EXCLUSIVE on ${table}`),
  },
  CreateSchemaStmt: { effects: (tree) => [effect('create', 'schema', `schema ${tree.schemaname}`)] },
  CreateSeqStmt: { effects: (tree) => [effect('create', 'sequence', relationName(tree.sequence))] },
  ViewStmt: {
    effects: (tree) => [effect(tree.replace ? 'alter' : 'create', 'view', relationName(tree.view))],
  },
  CompositeTypeStmt: { effects: (tree) => [effect('create', 'type', relationName(tree.typevar))] },
  CreateEnumStmt: { effects: (tree) => [effect('create', 'type', dottedName(tree.typeName))] },
  CreateRangeStmt: { effects: (tree) => [effect('create', 'type', dottedName(tree.typeName))] },
  CreateDomainStmt: { effects: (tree) => [effect('create', 'domain', dottedName(tree.domainname))] },
  IndexStmt: {
    effects: (tree) => [indexEffect(tree)],
    locks: lockOn('SHARE'),
  },
  AlterTableStmt: {
    effects: (tree) => [effect('alter', 'table', relationName(tree.relation))],
    locks: lockOn('ACCESS EXCLUSIVE'),
  },
  RenameStmt: {
    effects: (tree) => [
      effect('alter', 'object', tree.relation ? relationName(tree.relation) : dottedObject(tree.object)),
    ],
    locks: (tree) => (tree.relation ? lockOn('ACCESS EXCLUSIVE')(tree) : []),
  },
  CommentStmt: { effects: (tree) => [effect('alter', 'comment', commentedObject(tree))] },
  DropStmt: {
    effects: (tree) => droppedObjects(tree),
    locks: (tree) =>
      tree.removeType === 'OBJECT_TABLE'
        ? droppedObjects(tree).map(({ name }) => `ACCESS EXCLUSIVE on ${name}`)
        : [],
  },
  InsertStmt: { effects: writesRows, locks: lockOn('ROW EXCLUSIVE') },
  UpdateStmt: { effects: writesRows, locks: lockOn('ROW EXCLUSIVE') },
  DeleteStmt: { effects: writesRows, locks: lockOn('ROW EXCLUSIVE') },
  TruncateStmt: {
    effects: (tree) => relations(tree).map((name) => effect('write-rows', 'table', name)),
    locks: (tree) => relations(tree).map((name) => `ACCESS EXCLUSIVE on ${name}`),
  },
  GrantStmt: { effects: (tree) => grantedObjects(tree).map((name) => effect('alter', 'grant', name)) },
  TransactionStmt: { effects: () => [] },
};

/** Whether a statement of this kind may stand in executable SQL at all. */
export function isAllowed(node: string, tree: Node): boolean {
  if (!Object.hasOwn(KINDS, node)) return false;
  if (node === 'IndexStmt' && tree.concurrent) return false;
  if (
    node === 'CreateStmt' &&
    (tree.relation as { relpersistence?: string } | undefined)?.relpersistence === 't'
  )
    return false;
  return node !== 'DropStmt' || (!tree.concurrent && Object.hasOwn(DROPPABLE, String(tree.removeType)));
}

/** Predicted effects of an allowed statement. */
export function effectsOf(node: string, tree: Node): Effect[] {
  return KINDS[node]?.effects(tree) ?? [];
}

/** Predicted locks of an allowed statement. */
export function locksOf(node: string, tree: Node): string[] {
  return KINDS[node]?.locks?.(tree) ?? [];
}

const DROPPABLE: Readonly<Record<string, string>> = {
  OBJECT_TABLE: 'table',
  OBJECT_INDEX: 'index',
  OBJECT_VIEW: 'view',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_SCHEMA: 'schema',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'domain',
};

function droppedObjects(tree: Node): Effect[] {
  const kind = DROPPABLE[String(tree.removeType)] ?? 'object';
  return ((tree.objects ?? []) as Node[]).map((object) => {
    const list = object.List as { items?: Node[] } | undefined;
    const type = object.TypeName as { names?: Node[] } | undefined;
    const name = list
      ? dottedName(list.items)
      : type
        ? dottedName(type.names)
        : stringList([object]).join('');
    return effect('drop', kind, kind === 'schema' ? `schema ${name}` : name);
  });
}

function indexEffect(tree: Node): Effect {
  const table = relationName(tree.relation);
  const schema = table.includes('.') ? `${table.slice(0, table.indexOf('.'))}.` : '';
  return effect('create', 'index', `${schema}${tree.idxname ?? ''}`, table);
}

function commentedObject(tree: Node): string {
  const name = dottedObject(tree.object);
  if (tree.objtype === 'OBJECT_SCHEMA') return `schema ${name}`;
  // A comment on a column or constraint belongs to its table.
  const belongsToTable = ['OBJECT_COLUMN', 'OBJECT_TABCONSTRAINT', 'OBJECT_TRIGGER'].includes(
    String(tree.objtype),
  );
  return belongsToTable ? name.slice(0, name.lastIndexOf('.')) : name;
}

function dottedObject(object: unknown): string {
  const node = (object ?? {}) as Node;
  const list = node.List as { items?: Node[] } | undefined;
  const type = node.TypeName as { names?: Node[] } | undefined;
  if (list) return dottedName(list.items);
  if (type) return dottedName(type.names);
  return stringList([node]).join('.');
}

function relations(tree: Node): string[] {
  return ((tree.relations ?? []) as Node[]).map((item) => relationName(item.RangeVar));
}

function grantedObjects(tree: Node): string[] {
  return ((tree.objects ?? []) as Node[]).map((item) =>
    item.RangeVar
      ? relationName(item.RangeVar)
      : tree.objtype === 'OBJECT_SCHEMA'
        ? `schema ${stringList([item]).join('')}`
        : dottedObject(item),
  );
}

function referencedTables(tree: Node): string[] {
  const found: string[] = [];
  const collect = (node: Node) => {
    const constraint = node.Constraint as { contype?: string; pktable?: unknown } | undefined;
    if (constraint?.contype === 'CONSTR_FOREIGN') found.push(relationName(constraint.pktable));
  };
  for (const element of (tree.tableElts ?? []) as Node[]) {
    collect(element);
    for (const node of (element.ColumnDef as { constraints?: Node[] } | undefined)?.constraints ?? [])
      collect(node);
  }
  return found;
}

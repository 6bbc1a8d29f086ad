import type { Effect, EffectAction } from './facts.js';
import type { Node } from './grammar.js';
import { dottedName, quoteName, relationName, stringList } from './names.js';
import { nodesOf, relationsOf } from './walk.js';

/** What one kind of statement may do in a reviewed migration, and what it takes to do it. */
interface Kind {
  readonly effects: (tree: Node) => Effect[];
  /** Locks on objects that exist already, in the words of the server's manual. */
  readonly locks?: (tree: Node) => string[];
}

const effect = (action: EffectAction, kind: string, name: string, table?: string): Effect =>
  table === undefined ? { action, kind, name } : { action, kind, name, table };

const lockOn = (lock: string) => (tree: Node) => [`${lock} on ${relationName(tree.relation)}`];

/** Rows of the statement's own table, and of those that its WITH queries write. */
const writesRows = (tree: Node) => writtenTables(tree).map((name) => effect('write-rows', 'table', name));
const locksWritten = (tree: Node) => writtenTables(tree).map((name) => `ROW EXCLUSIVE on ${name}`);

/**
 * The statements that a migration, a rollback or a fixture may hold. What is not listed is refused: an
 * allow-list, because a statement that nobody thought of must not run.
 */
const KINDS: Readonly<Record<string, Kind>> = {
  CreateStmt: {
    effects: (tree) => [effect('create', 'table', relationName(tree.relation))],
    locks: (tree) => referencedTables(tree).map((table) => `SHARE ROW EXCLUSIVE on ${table}`),
  },
  CreateSchemaStmt: {
    effects: (tree) => [effect('create', 'schema', `schema ${quoteName(String(tree.schemaname))}`)],
  },
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
    locks: (tree) => [
      ...lockOn('ACCESS EXCLUSIVE')(tree),
      ...referencedTables(tree).map((table) => `SHARE ROW EXCLUSIVE on ${table}`),
    ],
  },
  RenameStmt: {
    effects: (tree) => [effect('alter', 'object', renamedObject(tree))],
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
  InsertStmt: { effects: writesRows, locks: locksWritten },
  UpdateStmt: { effects: writesRows, locks: locksWritten },
  DeleteStmt: { effects: writesRows, locks: locksWritten },
  TruncateStmt: {
    effects: (tree) => relations(tree).map((name) => effect('write-rows', 'table', name)),
    locks: (tree) => relations(tree).map((name) => `ACCESS EXCLUSIVE on ${name}`),
  },
  GrantStmt: { effects: (tree) => grantedObjects(tree).map((name) => effect('alter', 'grant', name)) },
  TransactionStmt: { effects: () => [] },
};

/** Statements that are refused, but whose rows can be told, so that a reviewer hears of both. */
const REFUSED: Readonly<Record<string, Kind>> = {
  MergeStmt: { effects: writesRows },
  CopyStmt: { effects: (tree) => (tree.is_from ? writesRows(tree) : []) },
};

/** Whether a statement of this kind may stand in executable SQL at all. */
export function isAllowed(node: string, tree: Node): boolean {
  if (!Object.hasOwn(KINDS, node)) return false;
  if (tree.objtype !== undefined && node !== 'AlterTableStmt' && !NAMED_OBJECTS.has(String(tree.objtype)))
    return false;
  if (node === 'RenameStmt' && !NAMED_OBJECTS.has(String(tree.renameType))) return false;
  return node !== 'DropStmt' || Object.hasOwn(DROPPABLE, String(tree.removeType));
}

/** Objects of one database whose names the effects can tell; not roles, databases or functions. */
const NAMED_OBJECTS = new Set(
  `OBJECT_TABLE OBJECT_COLUMN OBJECT_ATTRIBUTE OBJECT_TABCONSTRAINT OBJECT_INDEX OBJECT_VIEW OBJECT_SEQUENCE
   OBJECT_SCHEMA OBJECT_TYPE OBJECT_DOMAIN OBJECT_DOMCONSTRAINT`.split(/\s+/),
);

/**
 * What a statement of an allowed kind holds that may not stand in executable SQL, in words; null where nothing.
 * Each of these would do more than its effects say, or something that a rollback does not take back.
 */
export function refusedPart(node: string, tree: Node): string | null {
  if (node === 'CreateSchemaStmt' && tree.schemaElts) return 'CREATE SCHEMA with further statements in it';
  if (node === 'CreateSchemaStmt' && !tree.schemaname) return 'CREATE SCHEMA without a name';
  if (node === 'GrantStmt' && tree.targtype !== 'ACL_TARGET_OBJECT') return 'GRANT ON ALL OBJECTS IN SCHEMA';
  if (node === 'IndexStmt' && !tree.idxname) return 'CREATE INDEX without a name';
  const temporary = relationsOf(tree).find(
    ({ relpersistence, schemaname }) => relpersistence === 't' || /^pg_temp/.test(schemaname ?? ''),
  );
  if (temporary) return 'a temporary object';
  for (const { key, node: part } of nodesOf(tree)) {
    if (/^[A-Z]\w*Stmt$/.test(key) && key !== 'SelectStmt' && !isAllowed(key, part))
      return `${key} in a WITH query`;
    if (key !== 'FuncCall') continue;
    const name = stringList(part.funcname).at(-1) ?? '';
    if (REACHES_OUT.test(name)) return `function ${name}, which reaches outside the transaction`;
  }
  return null;
}

/** Functions of the server and its extensions whose effects outlive a ROLLBACK, or that hold up or watch others. */
const REACHES_OUT = new RegExp(
  `^(?:dblink|lo_|loread$|lowrite$|set_config$|query_to_xml|cursor_to_xml|table_to_xml|schema_to_xml|database_to_xml
   |pg_(?:read_|ls_|stat_file|stat_reset|file_|log|sleep|terminate|cancel|advisory|try_advisory|reload|rotate|promote
   |switch|create|drop|replication|wal_|backup|start_backup|stop_backup|notify|export|import|set_|restore_|sync_
   |copy_|clear_))`.replace(/\s+/g, ''),
);

/** Predicted effects of a statement; of a refused one, the rows that it writes. */
export function effectsOf(node: string, tree: Node): Effect[] {
  return (KINDS[node] ?? REFUSED[node])?.effects(tree) ?? [];
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
    const name = list ? dottedName(list.items) : type ? dottedName(type.names) : dottedName([object]);
    return effect('drop', kind, kind === 'schema' ? `schema ${name}` : name);
  });
}

function indexEffect(tree: Node): Effect {
  const { schemaname } = (tree.relation ?? {}) as { schemaname?: string };
  const name = relationName({ schemaname, relname: String(tree.idxname ?? '') });
  return effect('create', 'index', name, relationName(tree.relation));
}

function renamedObject(tree: Node): string {
  if (tree.relation) return relationName(tree.relation);
  if (tree.renameType === 'OBJECT_SCHEMA') return `schema ${quoteName(String(tree.subname))}`;
  return dottedObject(tree.object);
}

function commentedObject(tree: Node): string {
  if (tree.objtype === 'OBJECT_SCHEMA') return `schema ${dottedObject(tree.object)}`;
  // A comment on a column or constraint belongs to its table or domain.
  const list = (tree.object as { List?: { items?: Node[] } }).List?.items ?? [];
  if (['OBJECT_COLUMN', 'OBJECT_TABCONSTRAINT'].includes(String(tree.objtype)))
    return dottedName(list.slice(0, -1));
  return dottedObject(tree.objtype === 'OBJECT_DOMCONSTRAINT' ? list[0] : tree.object);
}

function dottedObject(object: unknown): string {
  const node = (object ?? {}) as Node;
  const list = node.List as { items?: Node[] } | undefined;
  const type = node.TypeName as { names?: Node[] } | undefined;
  if (list) return dottedName(list.items);
  if (type) return dottedName(type.names);
  return dottedName([node]);
}

function writtenTables(tree: Node): string[] {
  const names = [relationName(tree.relation)];
  for (const { key, node } of nodesOf(tree)) {
    if (/^(?:Insert|Update|Delete|Merge)Stmt$/.test(key)) names.push(relationName(node.relation));
  }
  return [...new Set(names)];
}

function relations(tree: Node): string[] {
  return ((tree.relations ?? []) as Node[]).map((item) => relationName(item.RangeVar));
}

function grantedObjects(tree: Node): string[] {
  return ((tree.objects ?? []) as Node[]).map((item) =>
    item.RangeVar
      ? relationName(item.RangeVar)
      : tree.objtype === 'OBJECT_SCHEMA'
        ? `schema ${dottedName([item])}`
        : dottedObject(item),
  );
}

function referencedTables(tree: Node): string[] {
  const found: string[] = [];
  for (const { key, node } of nodesOf(tree)) {
    if (key === 'Constraint' && node.contype === 'CONSTR_FOREIGN') found.push(relationName(node.pktable));
  }
  return [...new Set(found)];
}

import {
  commentedObject,
  DROPPABLE,
  droppedObjects,
  grantedObjects,
  indexName,
  movedPartitions,
  newName,
  referencedTables,
  relations,
  renamedObject,
  writtenTables,
} from './effect-names.js';
import { type Effect, type EffectAction, PARTITIONS } from './facts.js';
import type { Node } from './grammar.js';
import { dottedName, quoteName, relationName } from './names.js';
import { statementsOfBlock } from './plpgsql.js';
import { hasUnknownType, routineKind, routineName, triggerName } from './routines.js';

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

/** Rows that the statements of a DO block write, if they are reached. */
const writtenInBlock = (tree: Node) => [
  ...new Set(
    statementsOfBlock(tree).flatMap((inner) =>
      /^(?:Insert|Update|Delete)Stmt$/.test(inner.node) ? writtenTables(inner.tree) : [],
    ),
  ),
];

/**
 * ATTACH and DETACH write nothing of the partitioned table, which is said to have other partitions, and alter the one that
 * they name; both stand alone in their statement.
 */
function alteredBy(tree: Node): Effect[] {
  const name = relationName(tree.relation);
  const partitions = movedPartitions(tree);
  const isIndex = tree.objtype === 'OBJECT_INDEX';
  if (partitions.length === 0) return [effect('alter', 'table', name)];
  return [
    effect('alter', isIndex ? PARTITIONS.index : PARTITIONS.table, name),
    ...partitions.map((one) => effect('alter', 'table', one)),
  ];
}

/** Lock modes by the server's own numbers. */
const MODES: readonly string[] = [
  '',
  'ACCESS SHARE',
  'ROW SHARE',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
];

/**
 * The statements that a migration, a rollback or a fixture may hold. What is not listed is refused: an
 * allow-list, because a statement that nobody thought of must not run. refused-kinds.ts says why for the others.
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
  CreateExtensionStmt: {
    effects: (tree) => [effect('create', 'extension', `extension ${quoteName(String(tree.extname))}`)],
  },
  CreateFunctionStmt: {
    effects: (tree) => [effect(tree.replace ? 'alter' : 'create', routineKind(tree), routineName(tree))],
  },
  CreateTrigStmt: {
    effects: (tree) => [
      effect(tree.replace ? 'alter' : 'create', 'trigger', triggerName(tree), relationName(tree.relation)),
    ],
    locks: lockOn('SHARE ROW EXCLUSIVE'),
  },
  IndexStmt: {
    effects: (tree) => [effect('create', 'index', indexName(tree), relationName(tree.relation))],
    locks: lockOn('SHARE'),
  },
  AlterTableStmt: {
    effects: alteredBy,
    locks: (tree) => [
      ...lockOn('ACCESS EXCLUSIVE')(tree),
      ...referencedTables(tree).map((table) => `SHARE ROW EXCLUSIVE on ${table}`),
    ],
  },
  RenameStmt: {
    effects: (tree) => {
      const to = newName(tree);
      const altered = effect('alter', 'object', renamedObject(tree));
      return to === null ? [altered] : [altered, effect('rename', 'to', to)];
    },
    locks: (tree) => (tree.relation ? lockOn('ACCESS EXCLUSIVE')(tree) : []),
  },
  CommentStmt: { effects: (tree) => [effect('alter', 'comment', commentedObject(tree))] },
  DropStmt: {
    effects: (tree) => droppedObjects(tree).map(({ kind, name, table }) => effect('drop', kind, name, table)),
    locks: (tree) =>
      ['OBJECT_TABLE', 'OBJECT_TRIGGER'].includes(String(tree.removeType))
        ? droppedObjects(tree).map(({ name, table }) => `ACCESS EXCLUSIVE on ${table ?? name}`)
        : [],
  },
  InsertStmt: { effects: writesRows, locks: locksWritten },
  UpdateStmt: { effects: writesRows, locks: locksWritten },
  DeleteStmt: { effects: writesRows, locks: locksWritten },
  DoStmt: {
    effects: (tree) => writtenInBlock(tree).map((name) => effect('write-rows', 'table', name)),
    locks: (tree) => writtenInBlock(tree).map((name) => `ROW EXCLUSIVE on ${name}`),
  },
  TruncateStmt: {
    effects: (tree) => relations(tree).map((name) => effect('write-rows', 'table', name)),
    locks: (tree) => relations(tree).map((name) => `ACCESS EXCLUSIVE on ${name}`),
  },
  LockStmt: {
    effects: () => [],
    locks: (tree) => relations(tree).map((name) => `${MODES[Number(tree.mode)]} on ${name}`),
  },
  GrantStmt: { effects: (tree) => grantedObjects(tree).map((name) => effect('alter', 'grant', name)) },
  ConstraintsSetStmt: { effects: () => [] },
  VariableSetStmt: { effects: () => [] },
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
  const form = Object.hasOwn(FORMS, node) ? FORMS[node]! : () => true;
  return form(tree);
}

/** Kinds of which only some forms are allowed. */
const FORMS: Readonly<Record<string, (tree: Node) => boolean>> = {
  CommentStmt: ({ objtype }) =>
    [NAMED_OBJECTS, ROUTINES, COMMENTED_PARTS].some((kinds) => kinds.has(String(objtype))),
  GrantStmt: (tree) => NAMED_OBJECTS.has(String(tree.objtype)) || ROUTINES.has(String(tree.objtype)),
  RenameStmt: (tree) => NAMED_OBJECTS.has(String(tree.renameType)),
  DropStmt: (tree) => Object.hasOwn(DROPPABLE, String(tree.removeType)),
  VariableSetStmt: (tree) =>
    tree.kind === 'VAR_SET_VALUE' && tree.is_local === true && CHANGE_SETTINGS.has(String(tree.name)),
  CreateFunctionStmt: (tree) => !hasUnknownType(routineName(tree)),
};

/** Objects of one database whose names the effects can tell; not roles, databases or aggregates. */
const NAMED_OBJECTS = new Set(
  `OBJECT_TABLE OBJECT_COLUMN OBJECT_ATTRIBUTE OBJECT_TABCONSTRAINT OBJECT_INDEX OBJECT_VIEW OBJECT_SEQUENCE
   OBJECT_SCHEMA OBJECT_TYPE OBJECT_DOMAIN OBJECT_DOMCONSTRAINT`.split(/\s+/),
);
/** What a comment can be told of besides: parts of a table, and what no other statement here makes. */
const COMMENTED_PARTS = new Set(['OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE', 'OBJECT_MATVIEW']);
const ROUTINES = new Set(['OBJECT_FUNCTION', 'OBJECT_PROCEDURE']);

/** Settings that a change may make for its own transaction: they decide how fast it is, and nothing else. */
export const CHANGE_SETTINGS: ReadonlySet<string> = new Set([
  'maintenance_work_mem',
  'max_parallel_maintenance_workers',
  'max_parallel_workers_per_gather',
  'work_mem',
]);

/** Predicted effects of a statement; of a refused one, the rows that it writes. */
export function effectsOf(node: string, tree: Node): Effect[] {
  return (KINDS[node] ?? REFUSED[node])?.effects(tree) ?? [];
}

/** Predicted locks of an allowed statement. */
export function locksOf(node: string, tree: Node): string[] {
  return KINDS[node]?.locks?.(tree) ?? [];
}

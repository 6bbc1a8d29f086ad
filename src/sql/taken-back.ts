import { commentedObject, grantedObjects, relations, writtenTables } from './effect-names.js';
import { effectsOf } from './effects.js';
import type { Node, ParsedStatement } from './grammar.js';
import { granteesIn, privilegesIn } from './grants.js';
import { type AlterCommand, commandsOf, labelOf, partLabel } from './made.js';
import { dottedName, quoteName, relationName } from './names.js';
import { statementsOfBlock } from './plpgsql.js';
import type { Names } from './renames.js';
import { nodesOf } from './walk.js';

/** A property of an object, or of a part of a table, that a statement gives or takes away. */
export interface Change {
  /** `the default of column s.t.c`; the same for statements that take each other back. */
  readonly what: string;
  /** Names of the object and labels of the part that it is a property of. */
  readonly of: readonly string[];
  /** Which way it goes: one that goes both ways in a migration may be as it was. */
  readonly way: string;
  /** Whether only the other way takes it back: a grant is, another default may take back a default. */
  readonly twoWays: boolean;
  /** Of which it is enough to take one back: who revokes ALL does not say what was granted. */
  readonly among?: string;
}

/** What commands of ALTER TABLE change, by the grammar's names of the commands. */
const OF_COLUMN: Readonly<Record<string, string>> = {
  AT_ColumnDefault: 'the default of',
  AT_SetNotNull: 'NOT NULL of',
  AT_DropNotNull: 'NOT NULL of',
  AT_AlterColumnType: 'the type of',
  AT_AddIdentity: 'the identity of',
  AT_SetIdentity: 'the identity of',
  AT_DropIdentity: 'the identity of',
  AT_SetExpression: 'the expression of',
  AT_DropExpression: 'the expression of',
  AT_SetStatistics: 'the statistics target of',
  AT_SetOptions: 'the options of',
  AT_ResetOptions: 'the options of',
  AT_SetStorage: 'the storage of',
  AT_SetCompression: 'the compression of',
};
const OF_OBJECT: Readonly<Record<string, string>> = {
  AT_SetRelOptions: 'the options of',
  AT_ResetRelOptions: 'the options of',
  AT_SetTableSpace: 'the tablespace of',
  AT_SetAccessMethod: 'the access method of',
  AT_SetLogged: 'the persistence of',
  AT_SetUnLogged: 'the persistence of',
  AT_ReplicaIdentity: 'the replica identity of',
  AT_EnableRowSecurity: 'row security of',
  AT_DisableRowSecurity: 'row security of',
  AT_ForceRowSecurity: 'forced row security of',
  AT_NoForceRowSecurity: 'forced row security of',
  AT_ChangeOwner: 'the owner of',
  AT_ClusterOn: 'the clustering of',
  AT_DropCluster: 'the clustering of',
  AT_AddOf: 'the row type of',
  AT_DropOf: 'the row type of',
};

/** Properties that are so or not. */
const TWO_WAYS: ReadonlySet<string> = new Set([
  'NOT NULL of',
  'the persistence of',
  'row security of',
  'forced row security of',
]);

/** Properties that a statement changes, under the first names of what has them. */
export function changesOf({ node, tree }: ParsedStatement, names: Names): Change[] {
  if (tree.replace)
    return effectsOf(node, tree).map(({ kind, name, table }) => {
      const label = names.label(labelOf(kind, name));
      return { what: label, of: [names.name(table ?? name), label], way: 'replace', twoWays: false };
    });
  if (node === 'CommentStmt') return [comment(tree, names)];
  if (node === 'GrantStmt') return privileges(tree, names);
  if (node !== 'AlterTableStmt') return [];
  const table = relationName(tree.relation);
  return commandsOf(tree).flatMap((command) => commandChange(table, command, names) ?? []);
}

function commandChange(table: string, command: AlterCommand, names: Names): Change | null {
  const { subtype = '', name, def } = command;
  const object = names.name(table);
  const way = subtype === 'AT_ColumnDefault' ? `default ${def !== undefined}` : subtype;
  if (subtype === 'AT_SetIdentity' && isRestart(def)) return null;
  if (Object.hasOwn(OF_COLUMN, subtype)) {
    const column = names.label(partLabel('column', table, name));
    const what = OF_COLUMN[subtype]!;
    return { what: `${what} ${column}`, of: [object, column], way, twoWays: TWO_WAYS.has(what) };
  }
  if (/^AT_(?:En|Dis)able(?:Always|Replica)?(?:Trig|Rule)/.test(subtype)) {
    const part = name === undefined ? object : `${object}.${quoteName(name)}`;
    return { what: `the triggers or rules ${part}`, of: [object, `trigger ${part}`], way, twoWays: true };
  }
  const other = def?.RangeVar ?? (def?.PartitionCmd as Node | undefined)?.name;
  const partner = other === undefined ? '' : names.name(relationName(other));
  if (/^AT_(?:Add|Drop)Inherit$/.test(subtype))
    return { what: `the parent ${partner} of ${object}`, of: [object, partner], way, twoWays: true };
  if (/^AT_(?:At|De)tachPartition$/.test(subtype))
    return { what: `the partition ${partner} of ${object}`, of: [object, partner], way, twoWays: true };
  const what = Object.hasOwn(OF_OBJECT, subtype) ? OF_OBJECT[subtype]! : null;
  return what === null ? null : { what: `${what} ${object}`, of: [object], way, twoWays: TWO_WAYS.has(what) };
}

/** The next value of a sequence is a value, as those of rows are. */
function isRestart(def: Node | undefined): boolean {
  const { items = [] } = (def?.List ?? {}) as { items?: Node[] };
  return items.every(({ DefElem }) => ((DefElem ?? {}) as Node).defname === 'restart');
}

function privileges(tree: Node, names: Names): Change[] {
  const named = privilegesIn(tree).flatMap(({ name, columns }) => {
    if (name === null && columns.length === 0) return ALL[String(tree.objtype)] ?? ['ALL'];
    const on = columns.length === 0 ? '' : ` (${columns.map(quoteName).join(', ')})`;
    return [`${(name ?? 'all').toUpperCase()}${on}`];
  });
  const roles = granteesIn(tree).map(({ roletype, rolename }) =>
    roletype === 'ROLESPEC_CSTRING'
      ? quoteName(String(rolename))
      : String(roletype).slice('ROLESPEC_'.length),
  );
  return grantedObjects(tree).flatMap((one) => {
    const object = names.name(one);
    return roles.flatMap((role) =>
      named.map((privilege) => ({
        what: `the privilege ${privilege} of ${role} on ${object}`,
        of: [object],
        way: tree.is_grant ? 'grant' : 'revoke',
        twoWays: true,
        among: `the privileges of ${role} on ${object}`,
      })),
    );
  });
}

const OF_TABLES = 'SELECT INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER MAINTAIN'.split(' ');
/** What ALL stands for, by kind of object. */
const ALL: Readonly<Record<string, readonly string[]>> = {
  OBJECT_TABLE: OF_TABLES,
  OBJECT_SEQUENCE: ['USAGE', 'SELECT', 'UPDATE'],
  OBJECT_SCHEMA: ['CREATE', 'USAGE'],
  OBJECT_FUNCTION: ['EXECUTE'],
  OBJECT_PROCEDURE: ['EXECUTE'],
  OBJECT_TYPE: ['USAGE'],
  OBJECT_DOMAIN: ['USAGE'],
};

const PARTS: Readonly<Record<string, string>> = {
  OBJECT_COLUMN: 'column',
  OBJECT_TABCONSTRAINT: 'constraint',
  OBJECT_TRIGGER: 'trigger',
  OBJECT_POLICY: 'policy',
  OBJECT_RULE: 'rule',
};

function comment(tree: Node, names: Names): Change {
  const object = names.name(commentedObject(tree));
  const part = PARTS[String(tree.objtype)];
  const way = tree.comment === undefined ? 'none' : 'some';
  if (part === undefined) return { what: `the comment on ${object}`, of: [object], way, twoWays: false };
  const { items = [] } = (tree.object as { List?: { items?: Node[] } }).List ?? {};
  const label = names.label(labelOf(part, dottedName(items)));
  return { what: `the comment on ${label}`, of: [object, label], way, twoWays: false };
}

/** What a statement does to rows of tables, under their first names. */
export interface RowsWritten {
  readonly how: 'inserts' | 'updates' | 'deletes' | 'empties';
  readonly table: string;
}

const HOW: Readonly<Record<string, RowsWritten['how']>> = {
  InsertStmt: 'inserts',
  UpdateStmt: 'updates',
  DeleteStmt: 'deletes',
};

export function rowsOf({ node, tree }: ParsedStatement, names: Names): RowsWritten[] {
  if (node === 'TruncateStmt')
    return relations(tree).map((table) => ({ how: 'empties', table: names.name(table) }));
  if (node === 'DoStmt') return statementsOfBlock(tree).flatMap((inner) => rowsOf(inner, names));
  if (!Object.hasOwn(HOW, node)) return [];
  const found: RowsWritten[] = [{ how: HOW[node]!, table: names.name(relationName(tree.relation)) }];
  for (const { key, node: inner } of nodesOf(tree)) {
    if (Object.hasOwn(HOW, key))
      found.push({ how: HOW[key]!, table: names.name(relationName(inner.relation)) });
    // ON CONFLICT DO UPDATE
    if (key === 'onConflictClause' && inner.action === 'ONCONFLICT_UPDATE')
      for (const table of writtenTables(tree)) found.push({ how: 'updates', table: names.name(table) });
  }
  return found;
}

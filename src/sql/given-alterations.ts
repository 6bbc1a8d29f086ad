import {
  columnName,
  givenByColumn,
  givenByConstraint,
  givenCompression,
  givenStorage,
  identity,
  kept,
} from './given-columns.js';
import { givenLine, NEXT_VALUE, OWN_ROLE } from './given-line.js';
import { givenOptions, resetOptions } from './given-options.js';
import type { Node } from './grammar.js';
import { type AlterCommand, commandsOf } from './made.js';
import { dottedName, quoteName, relationName } from './names.js';

/** What the commands of an ALTER TABLE, INDEX, VIEW or SEQUENCE give to the object, its columns and its partitions. */
export function givenByAlteration(tree: Node): string[] {
  const name = relationName(tree.relation);
  const { schemaname } = (tree.relation ?? {}) as { schemaname?: string };
  const lines = commandsOf(tree).flatMap((command) => {
    const read = Object.hasOwn(COMMANDS, command.subtype ?? '') ? COMMANDS[command.subtype!] : undefined;
    return (
      read?.({ name, schemaname, column: columnName(name, command.name), command }) ?? switched(name, command)
    );
  });
  return tree.missing_ok ? [...lines, givenLine('conditions', name)] : lines;
}

interface Place {
  /** Of the altered object. */
  readonly name: string;
  readonly schemaname: string | undefined;
  /** Name of the column or constraint that the command names, if it names one. */
  readonly column: string;
  readonly command: AlterCommand;
}

const ofTable = (what: string, value: string) => (place: Place) => [givenLine(what, place.name, value)];
const ofColumn = (what: string, value?: string) => (place: Place) => [givenLine(what, place.column, value)];

/** By the grammar's names of the commands; those that are not here give nothing that is compared. */
const COMMANDS: Readonly<Record<string, (place: Place) => string[]>> = {
  AT_AddColumn: ({ name, command: { def, missing_ok: ifNotExists } }) => {
    const column = (def?.ColumnDef ?? {}) as Node;
    const lines = givenByColumn(name, column);
    return ifNotExists ? [...lines, givenLine('conditions', columnName(name, column.colname))] : lines;
  },
  AT_AddConstraint: addedConstraint,
  AT_AlterConstraint: alteredConstraint,
  AT_ValidateConstraint: ({ column: constraint }) => [givenLine('validation', constraint, 'yes')],
  // Since 18 NOT NULL is a constraint, too, and which column it is of stands elsewhere.
  AT_DropConstraint: ({ name, column: constraint }) => [
    givenLine('not null', name, 'no'),
    givenLine('replica identity', name),
    givenLine('dropping', `constraint ${constraint}`),
  ],
  AT_DropColumn: ({ name, command }) => [givenLine('dropped columns', name, quoteName(String(command.name)))],
  AT_SetNotNull: ofColumn('not null', 'yes'),
  AT_DropNotNull: ofColumn('not null', 'no'),
  AT_ColumnDefault: ({ column, command: { def } }) => [
    givenLine('default', column, def ? kept(def) : 'none'),
  ],
  AT_AddIdentity: ({ column, command: { def } }) => [
    givenLine('identity', column, identity(((def?.Constraint ?? {}) as Node).generated_when)),
    givenLine('not null', column, 'yes'),
  ],
  AT_SetIdentity: ({ column, command: { def } }) => setIdentity(column, def),
  AT_DropIdentity: ofColumn('identity', 'none'),
  AT_SetExpression: ({ name, column }) => [
    givenLine('default', column, 'some'),
    givenLine('rebuilding', name),
  ],
  AT_DropExpression: ({ column, command: { missing_ok: ifExists } }) => [
    givenLine('default', column, 'none'),
    givenLine('generated', column, 'none'),
    ...(ifExists ? [givenLine('conditions', column)] : []),
  ],
  // Default, storage and collation are made anew for the other type, and what is made of the column, too.
  AT_AlterColumnType: ({ name, column }) => [
    ...['type', 'default', 'storage', 'compression', 'collation'].map((what) => givenLine(what, column)),
    givenLine('rebuilding', name),
  ],
  AT_SetStorage: ({ column, command: { def } }) => [givenStorage(column, text(def))],
  AT_SetCompression: ({ column, command: { def } }) => [givenCompression(column, text(def))],
  AT_SetStatistics: ({ name, column, command }) => [
    // Columns of an index have numbers.
    command.name === undefined
      ? givenLine('statistics target', name)
      : givenLine('statistics target', column, target(command.def)),
  ],
  AT_SetOptions: ({ column, command: { def } }) => givenOptions(def, column),
  AT_ResetOptions: ({ column, command: { def } }) => resetOptions(def, column),
  AT_SetRelOptions: ({ name, command: { def } }) => givenOptions(def, name),
  AT_ResetRelOptions: ({ name, command: { def } }) => resetOptions(def, name),
  AT_SetTableSpace: ({ name, command }) => [givenLine('tablespace', name, String(command.name))],
  AT_SetAccessMethod: ({ name, command }) => [givenLine('access method', name, command.name)],
  AT_SetLogged: ofTable('persistence', 'permanent'),
  AT_SetUnLogged: ofTable('persistence', 'unlogged'),
  AT_ReplicaIdentity: replicaIdentity,
  AT_EnableRowSecurity: ofTable('row security', 'on'),
  AT_DisableRowSecurity: ofTable('row security', 'off'),
  AT_ForceRowSecurity: ofTable('forced row security', 'on'),
  AT_NoForceRowSecurity: ofTable('forced row security', 'off'),
  AT_ChangeOwner: ({ name, command: { newowner } }) => [givenLine('owner', name, ownerOf(newowner))],
  AT_ClusterOn: ({ name, schemaname, command }) => [
    givenLine('clustering', name),
    givenLine('clustering', relationName({ schemaname, relname: command.name }), 'on'),
  ],
  AT_DropCluster: ({ name }) => [givenLine('clustering', name)],
  AT_AddInherit: ({ name, command: { def } }) => [givenLine('parents', name, relationName(def?.RangeVar))],
  AT_DropInherit: ({ name, command: { def } }) => [
    givenLine('former parents', name, relationName(def?.RangeVar)),
  ],
  AT_AttachPartition: ({ name, command }) => [givenLine('parents', partition(command), name)],
  // Since 17 a partition has identity columns of its parent, and loses them with it.
  AT_DetachPartition: ({ name, command }) => [
    givenLine('former parents', partition(command), name),
    givenLine('identity', partition(command)),
  ],
  AT_AddOf: ({ name, command: { def } }) => [
    givenLine('row type', name, dottedName(((def?.TypeName ?? {}) as Node).names)),
  ],
  AT_DropOf: ofTable('row type', 'none'),
};

/** The index that a key is made of has the name of the key from then on. */
function addedConstraint({ name, schemaname, command: { def } }: Place): string[] {
  const constraint = (def?.Constraint ?? {}) as Node;
  const index = relationName({ schemaname, relname: constraint.indexname });
  return [
    ...givenByConstraint(name, constraint),
    ...(constraint.indexname ? [givenLine('dropping', `index ${index}`)] : []),
  ];
}

/** When a constraint holds, and whether it is enforced; what is enforced again is validated again. */
function alteredConstraint({ name, command: { def } }: Place): string[] {
  const older = (def?.Constraint ?? {}) as Node;
  const { conname, deferrable, initdeferred, ...altered } = (def?.ATAlterConstraint ?? older) as Node;
  const constraint = columnName(name, conname);
  const deferral = initdeferred ? 'deferred' : deferrable ? 'immediate' : 'none';
  const enforcement = altered.alterEnforceability
    ? [givenLine('enforcement', constraint), givenLine('validation', constraint)]
    : [];
  const isDeferral = def?.ATAlterConstraint === undefined || altered.alterDeferrability;
  return [...(isDeferral ? [givenLine('deferral', constraint, deferral)] : []), ...enforcement];
}

function setIdentity(column: string, def: unknown): string[] {
  const { List } = (def ?? {}) as { List?: { items?: Node[] } };
  return (List?.items ?? []).flatMap(({ DefElem }) => {
    const { defname, arg } = (DefElem ?? {}) as { defname?: string; arg?: { Integer?: { ival?: number } } };
    if (defname === 'generated') return [givenLine('identity', column, identity(arg?.Integer?.ival))];
    return defname === 'restart' ? [givenLine(NEXT_VALUE, column)] : [];
  });
}

const IDENTITIES: Readonly<Record<string, string>> = { d: 'default', f: 'full', n: 'nothing' };

function replicaIdentity({ name, schemaname, command: { def } }: Place): string[] {
  const { identity_type: type, name: index } = (def?.ReplicaIdentityStmt ?? {}) as Node;
  const value = type === 'i' ? relationName({ schemaname, relname: index }) : IDENTITIES[String(type)];
  return [givenLine('replica identity', name, value)];
}

/** Triggers and rules that are switched on or off: one, those of users, or all with those of foreign keys. */
function switched(name: string, { subtype = '', name: part }: AlterCommand): string[] {
  if (!/^AT_(?:En|Dis)able(?:Always|Replica)?(?:Trig|Rule)/.test(subtype)) return [];
  return [givenLine('switching', part === undefined ? name : columnName(name, part))];
}

/** Name of a role, or what stands for who runs the statement. */
export function ownerOf(role: unknown): string {
  const { roletype, rolename } = (role ?? {}) as Node;
  return roletype === 'ROLESPEC_CSTRING' ? String(rolename) : OWN_ROLE;
}

function partition({ def }: AlterCommand): string {
  return relationName(((def?.PartitionCmd ?? {}) as Node).name);
}

function text(def: Node | undefined): unknown {
  return ((def?.String ?? {}) as Node).sval;
}

/** The server takes no more than 10,000, and -1 for its own. */
function target(def: Node | undefined): string {
  const value = Number(((def?.Integer ?? { ival: -1 }) as Node).ival ?? 0);
  return value < 0 ? 'none' : String(Math.min(value, 10_000));
}

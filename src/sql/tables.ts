import type { ColumnDefinition, ForeignKey, TableAlteration, TableDefinition } from './facts.js';
import { isFilled } from './filled-columns.js';
import type { Node } from './grammar.js';
import { printedType, quoteName, relationName, stringList } from './names.js';

interface ConstraintNode {
  readonly contype?: string;
  readonly keys?: Node[];
  readonly fk_attrs?: Node[];
  readonly pktable?: unknown;
  readonly pk_attrs?: Node[];
  readonly fk_matchtype?: string;
  readonly fk_upd_action?: string;
  readonly fk_del_action?: string;
  readonly fk_del_set_cols?: Node[];
  readonly including?: Node[];
  readonly deferrable?: boolean;
  readonly initdeferred?: boolean;
  readonly raw_expr?: Node;
}

interface ColumnNode {
  readonly colname?: string;
  readonly typeName?: unknown;
  readonly constraints?: Node[];
}

/** What a CREATE TABLE says of columns, keys and CHECK constraints. */
export function readTable(tree: Node): TableDefinition {
  const columns: ColumnDefinition[] = [];
  const primaryKey: string[] = [];
  const foreignKeys: ForeignKey[] = [];
  let checks = 0;
  let copies = Boolean(tree.inhRelations || tree.partbound);
  let complete = !tree.inhRelations && !tree.partbound && !tree.partspec && !tree.ofTypename;
  const constrain = (node: ConstraintNode, column: string | null) => {
    // Keys of other forms are printed with more than their columns.
    if (node.contype === 'CONSTR_PRIMARY' && (node.including || node.deferrable)) complete = false;
    if (node.contype === 'CONSTR_PRIMARY')
      primaryKey.push(...(column ? [column] : stringList(node.keys).map(quoteName)));
    else if (node.contype === 'CONSTR_FOREIGN') foreignKeys.push(readForeignKey(node, column));
    else if (node.contype === 'CONSTR_CHECK') checks += 1;
    else if (node.contype === 'CONSTR_IDENTITY' || node.contype === 'CONSTR_GENERATED') complete = false;
  };
  for (const element of (tree.tableElts ?? []) as Node[]) {
    const column = element.ColumnDef as ColumnNode | undefined;
    const constraint = element.Constraint as ConstraintNode | undefined;
    if (constraint) constrain(constraint, null);
    else if (column) {
      const definition = readColumn(column);
      complete &&= definition.complete;
      columns.push(definition.column);
      for (const node of foldDeferral(column.constraints ?? [])) constrain(node, definition.column.name);
    } else {
      copies = true;
      complete = false;
    }
  }
  const name = relationName(tree.relation);
  return { name, columns, primaryKey, foreignKeys, checks, copies, complete };
}

/**
 * Columns that an ALTER TABLE adds and drops.
 * @param steady functions of one's own that are known not to be volatile
 */
export function readAlteration(tree: Node, steady: ReadonlySet<string>): TableAlteration {
  const added: ColumnDefinition[] = [];
  const dropped: string[] = [];
  const filled: string[] = [];
  let complete = true;
  for (const node of (tree.cmds ?? []) as Node[]) {
    const command = node.AlterTableCmd as { subtype?: string; name?: string; def?: Node } | undefined;
    if (command?.subtype === 'AT_AddColumn' && command.def?.ColumnDef) {
      const definition = readColumn(command.def.ColumnDef as ColumnNode);
      complete &&= definition.complete;
      added.push(definition.column);
      if (isFilled(command.def.ColumnDef as ColumnNode, steady)) filled.push(definition.column.name);
    } else if (command?.subtype === 'AT_DropColumn' && command.name) dropped.push(quoteName(command.name));
    else complete = false;
  }
  return { name: relationName(tree.relation), added, dropped, filled, complete };
}

function readColumn(node: ColumnNode): { column: ColumnDefinition; complete: boolean } {
  const type = printedType(node.typeName);
  const constraints = (node.constraints ?? []).map((item) => item.Constraint as ConstraintNode | undefined);
  const given = constraints.find((item) => item?.contype === 'CONSTR_DEFAULT')?.raw_expr;
  const hasDefault = given !== undefined && (isNull(given) ? keepsNull(given, node.typeName, type) : true);
  const column = { name: quoteName(node.colname ?? ''), type: type ?? '', hasDefault };
  return { column, complete: type !== null };
}

function readForeignKey(node: ConstraintNode, column: string | null): ForeignKey {
  return {
    columns: column ? [column] : stringList(node.fk_attrs).map(quoteName),
    references: relationName(node.pktable),
    referencedColumns: stringList(node.pk_attrs).map(quoteName),
    options: foreignKeyOptions(node),
  };
}

const ACTIONS: Readonly<Record<string, string>> = {
  r: 'RESTRICT',
  c: 'CASCADE',
  n: 'SET NULL',
  d: 'SET DEFAULT',
};

/** In the order and the words of `pg_get_constraintdef`, which leaves out what is the default. */
function foreignKeyOptions(node: ConstraintNode): string {
  const updated = ACTIONS[node.fk_upd_action ?? ''];
  const deleted = ACTIONS[node.fk_del_action ?? ''];
  const set = stringList(node.fk_del_set_cols).map(quoteName).join(', ');
  return [
    node.fk_matchtype === 'f' ? ' MATCH FULL' : '',
    updated ? ` ON UPDATE ${updated}` : '',
    deleted ? ` ON DELETE ${deleted}` : '',
    deleted && set ? ` (${set})` : '',
    node.deferrable || node.initdeferred ? ' DEFERRABLE' : '',
    node.initdeferred ? ' INITIALLY DEFERRED' : '',
  ].join('');
}

/** Constraints of a column: its DEFERRABLE and INITIALLY DEFERRED are nodes after the one that they belong to. */
function foldDeferral(nodes: readonly Node[]): ConstraintNode[] {
  const found: ConstraintNode[] = [];
  for (const node of nodes.map((item) => item.Constraint as ConstraintNode)) {
    const last = found.at(-1);
    if (last && node.contype === 'CONSTR_ATTR_DEFERRABLE')
      found[found.length - 1] = { ...last, deferrable: true };
    else if (last && node.contype === 'CONSTR_ATTR_DEFERRED')
      found[found.length - 1] = { ...last, deferrable: true, initdeferred: true };
    else if (!node.contype?.startsWith('CONSTR_ATTR_')) found.push(node);
  }
  return found;
}

/** A NULL is no default, unless it has to be made to fit: another type, a length, or a domain, which nobody can tell here. */
function keepsNull(expression: Node, typeName: unknown, type: string | null): null | false {
  const { names, typmods } = (typeName ?? {}) as { names?: Node[]; typmods?: Node[] };
  const cast = expression.TypeCast as { arg?: Node; typeName?: unknown } | undefined;
  const isOwn = !cast || (printedType(cast.typeName) === type && cast.arg?.TypeCast === undefined);
  const isPlain = stringList(names).length === 1 || stringList(names)[0] === 'pg_catalog';
  return isOwn && isPlain && !typmods ? false : null;
}

/** Whether an expression is a plain NULL. */
export function isNull(expression: Node): boolean {
  const cast = expression.TypeCast as { arg?: Node } | undefined;
  if (cast) return isNull(cast.arg ?? {});
  return (expression.A_Const as { isnull?: boolean } | undefined)?.isnull === true;
}

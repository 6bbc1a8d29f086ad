import type { ColumnDefinition, ForeignKey, TableAlteration, TableDefinition } from './facts.js';
import type { Node } from './grammar.js';
import { printedType, quoteName, relationName, stringList } from './names.js';

interface ConstraintNode {
  readonly contype?: string;
  readonly keys?: Node[];
  readonly fk_attrs?: Node[];
  readonly pktable?: unknown;
  readonly pk_attrs?: Node[];
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
  let complete = !tree.inhRelations && !tree.partbound && !tree.partspec && !tree.ofTypename;
  const constrain = (node: ConstraintNode, column: string | null) => {
    if (node.contype === 'CONSTR_PRIMARY') primaryKey.push(...(column ? [column] : stringList(node.keys).map(quoteName)));
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
      for (const node of column.constraints ?? [])
        constrain(node.Constraint as ConstraintNode, definition.column.name);
    } else complete = false;
  }
  return { name: relationName(tree.relation), columns, primaryKey, foreignKeys, checks, complete };
}

/** Columns that an ALTER TABLE adds and drops. */
export function readAlteration(tree: Node): TableAlteration {
  const added: ColumnDefinition[] = [];
  const dropped: string[] = [];
  let complete = true;
  for (const node of (tree.cmds ?? []) as Node[]) {
    const command = node.AlterTableCmd as { subtype?: string; name?: string; def?: Node } | undefined;
    if (command?.subtype === 'AT_AddColumn' && command.def?.ColumnDef) {
      const definition = readColumn(command.def.ColumnDef as ColumnNode);
      complete &&= definition.complete;
      added.push(definition.column);
    } else if (command?.subtype === 'AT_DropColumn' && command.name) dropped.push(quoteName(command.name));
    else complete = false;
  }
  return { name: relationName(tree.relation), added, dropped, complete };
}

function readColumn(node: ColumnNode): { column: ColumnDefinition; complete: boolean } {
  const type = printedType(node.typeName);
  const kinds = (node.constraints ?? []).map(
    (item) => (item.Constraint as ConstraintNode | undefined)?.contype,
  );
  const column = { name: quoteName(node.colname ?? ''), type: type ?? '', hasDefault: kinds.includes('CONSTR_DEFAULT') };
  return { column, complete: type !== null };
}

function readForeignKey(node: ConstraintNode, column: string | null): ForeignKey {
  return {
    columns: column ? [column] : stringList(node.fk_attrs).map(quoteName),
    references: relationName(node.pktable),
    referencedColumns: stringList(node.pk_attrs).map(quoteName),
  };
}

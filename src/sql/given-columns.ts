import { givenLine, keysOf, UNNAMED } from './given-line.js';
import { givenOptions } from './given-options.js';
import type { Node } from './grammar.js';
import { quoteName, stringList } from './names.js';
import { isNull } from './tables.js';

/** What a column's definition gives to the column; one without a type is about a column that comes from elsewhere. */
export function givenByColumn(table: string, column: Node): string[] {
  const name = columnName(table, column.colname);
  const constraints = ((column.constraints ?? []) as Node[]).map(
    ({ Constraint }) => (Constraint ?? {}) as Node,
  );
  const type = (column.typeName ?? {}) as { names?: Node[] };
  const names = stringList(type.names);
  const serial = names.length === 1 && /^(?:small|big)?serial[248]?$/.test(names[0]!);
  return [
    ...(column.typeName ? [`column ${name}`] : []),
    ...(serial ? [givenLine('not null', name, 'yes'), givenLine('default', name, 'some')] : []),
    ...(column.collClause ? [givenLine('collation', name)] : []),
    ...(column.storage_name ? [givenStorage(name, column.storage_name)] : []),
    ...(column.compression ? [givenCompression(name, column.compression)] : []),
    ...constraints.flatMap((constraint) => givenByConstraint(table, constraint, column.colname)),
  ];
}

/** What a constraint is, and gives to columns and to the index of a key. @param column whose definition it stands in */
export function givenByConstraint(table: string, constraint: Node, column?: unknown): string[] {
  const lines = givenToColumns(table, constraint, column);
  if (!OBJECTS.has(String(constraint.contype))) return lines;
  const { conname } = constraint;
  return [...lines, conname ? `constraint ${columnName(table, conname)}` : givenLine(UNNAMED, table)];
}

/** Constraints that are objects of their own. */
const OBJECTS: ReadonlySet<string> = new Set(
  ['CHECK', 'EXCLUSION', 'FOREIGN', 'PRIMARY', 'UNIQUE'].map((name) => `CONSTR_${name}`),
);

function givenToColumns(table: string, constraint: Node, column?: unknown): string[] {
  const names = (column === undefined ? stringList(constraint.keys) : [column]).map((one) =>
    columnName(table, one),
  );
  const each = (what: string, value?: string) => names.map((name) => givenLine(what, name, value));
  switch (constraint.contype) {
    case 'CONSTR_NOTNULL':
      return each('not null', 'yes');
    case 'CONSTR_DEFAULT':
      return each('default', kept((constraint.raw_expr ?? {}) as Node));
    case 'CONSTR_IDENTITY':
      return [...each('not null', 'yes'), ...each('identity', identity(constraint.generated_when))];
    case 'CONSTR_GENERATED':
      return [...each('default', 'some'), ...each('generated', GENERATED[String(constraint.generated_kind)])];
    case 'CONSTR_PRIMARY':
      // The columns of an index stand where it was made.
      if (constraint.indexname) return [givenLine('not null', table, 'yes')];
      return [...each('not null', 'yes'), ...ofKey(table, constraint)];
    case 'CONSTR_UNIQUE':
    case 'CONSTR_EXCLUSION':
      return ofKey(table, constraint);
    default:
      return [];
  }
}

/** Whether a default is kept: of a NULL that depends on the column's type. */
export function kept(expression: Node): string | undefined {
  return isNull(expression) ? undefined : 'some';
}

function ofKey(table: string, { options, indexspace }: Node): string[] {
  const space = indexspace ? [givenLine('tablespace', keysOf(table), String(indexspace))] : [];
  return [...givenOptions(options, keysOf(table)), ...space];
}

/** Name of a column as the catalogue's snapshot writes it. */
export function columnName(table: string, column: unknown): string {
  return `${table}.${quoteName(String(column ?? ''))}`;
}

/** Words for when a value is generated, which the grammar has as a letter or as its number. */
export function identity(when: unknown): string {
  return when === 'a' || when === 97 ? 'always' : 'by default';
}

const GENERATED: Readonly<Record<string, string>> = { s: 'stored', v: 'virtual' };

/** What is usual for a type only the server knows. */
export function givenStorage(name: string, storage: unknown): string {
  const value = String(storage).toLowerCase();
  return givenLine('storage', name, value === 'default' ? undefined : value);
}

export function givenCompression(name: string, method: unknown): string {
  const value = String(method).toLowerCase();
  return givenLine('compression', name, value === 'default' ? 'none' : value);
}

import { effectsOf } from './effects.js';
import type { Node, ParsedStatement } from './grammar.js';
import { dottedName, isQualified, quoteName, relationName, stringList } from './names.js';
import { nodesOf, relationsOf } from './walk.js';

/** Something that a statement makes: an object, or a column or constraint of a table. */
export interface Made {
  /** As a message names it: `table app.item`, `column app.item.note`; what has no name of its own has a number. */
  readonly label: string;
  /** Qualified name of an object, empty for a part of a table. */
  readonly name: string;
  readonly statement: ParsedStatement;
  /** Whether it certainly was not there before, and goes only if somebody drops it. */
  readonly demanded: boolean;
  /** Labels of what it goes with: an index with its table and its columns. */
  readonly belongs: readonly string[];
  /** Names of objects that cannot be dropped before it, unless by CASCADE. */
  readonly needs: readonly string[];
}

/** Label of an object as effects name it. */
export function labelOf(kind: string, name: string): string {
  return name.startsWith(`${kind} `) ? name : `${kind} ${name}`;
}

/** What a statement makes, in order. @param isNew whether an object with a label was made before */
export function madeBy(statement: ParsedStatement, isNew: (label: string) => boolean): Made[] {
  const { node, tree } = statement;
  const objects = effectsOf(node, tree)
    .filter(({ action }) => action === 'create')
    .map(({ kind, name, table }) => object(statement, labelOf(kind, name), name, table));
  if (node === 'CreateStmt') return [...objects, ...partsOfTable(statement, relationName(tree.relation))];
  // Whether it takes the place of what was there cannot be told.
  if (tree.replace)
    return effectsOf(node, tree).map(({ kind, name, table }) => ({
      ...object(statement, labelOf(kind, name), name, table),
      demanded: false,
    }));
  return node === 'AlterTableStmt' ? partsOfAlteration(statement, isNew) : objects;
}

function object(statement: ParsedStatement, label: string, name: string, table: string | undefined): Made {
  const { node, tree } = statement;
  const used = relationsOf(tree).map(relationName);
  const belongs = table === undefined ? [] : [`table ${table}`, ...columnsOf(table, tree)];
  const parents = node === 'CreateStmt' ? parentsOf(tree) : [];
  if (tree.partbound) belongs.push(...parents.map((parent) => `table ${parent}`));
  if (node === 'CreateSeqStmt') belongs.push(...ownerOf(tree));
  return {
    label,
    name,
    statement,
    demanded: !tree.if_not_exists,
    belongs,
    needs: [
      ...schemaOf(name),
      ...(node === 'ViewStmt' ? used.filter((one) => one !== name) : []),
      ...(node === 'CreateStmt' && !tree.partbound ? parents : []),
      ...(WITH_TYPES.has(node) ? typesIn(tree) : []),
      ...(node === 'CreateTrigStmt' ? [`${dottedName(tree.funcname)}()`] : []),
    ],
  };
}

const WITH_TYPES = new Set([
  'CompositeTypeStmt',
  'CreateDomainStmt',
  'CreateRangeStmt',
  'CreateFunctionStmt',
]);

/** What a table made here cannot do without, each as a part that goes with the table, or alone by CASCADE. */
function partsOfTable(statement: ParsedStatement, table: string): Made[] {
  const { tree } = statement;
  const needs = [...keysIn(tree), ...typesIn(tree), ...sequencesIn(tree)];
  return needs.map((need, index) => ({
    label: `part ${index} of table ${table}`,
    name: '',
    statement,
    demanded: false,
    belongs: [`table ${table}`],
    needs: [need],
  }));
}

function partsOfAlteration(statement: ParsedStatement, isNew: (label: string) => boolean): Made[] {
  const { tree, start } = statement;
  const table = relationName(tree.relation);
  const old = !isNew(`table ${table}`);
  return commandsOf(tree).flatMap(({ subtype, def = {}, missing_ok: ifNotExists }, position): Made[] => {
    const constraint = def.Constraint as Node | undefined;
    const column = def.ColumnDef as Node | undefined;
    const part = (label: string, demanded: boolean, belongs: readonly string[]): Made => {
      const needs = [...keysIn(def), ...typesIn(def), ...sequencesIn(def)];
      return { label, name: '', statement, demanded, belongs: [`table ${table}`, ...belongs], needs };
    };
    if (subtype === 'AT_AddColumn' && column) {
      const label = partLabel('column', table, column.colname);
      const named = constraintNames(column).map((name) => partLabel('constraint', table, name));
      return [part(label, old && !ifNotExists, []), ...named.map((name) => part(name, false, [label]))];
    }
    if (subtype !== 'AT_AddConstraint' || !constraint) return [];
    const label = constraint.conname
      ? partLabel('constraint', table, constraint.conname)
      : `constraint ${start}.${position} of ${table}`;
    const made = part(label, old && constraint.conname !== undefined, columnsOf(table, constraint));
    if (!constraint.indexname) return [made];
    // The index becomes the constraint's.
    const { schemaname } = tree.relation as { schemaname?: string };
    const index = relationName({ schemaname, relname: String(constraint.indexname) });
    return [made, part(`index ${index}`, false, [label])];
  });
}

/** Label of a column or constraint of a table. */
export function partLabel(kind: 'column' | 'constraint', table: string, name: unknown): string {
  return `${kind} ${table}.${quoteName(String(name ?? ''))}`;
}

/** One command of an ALTER TABLE, as the grammar has it. */
export interface AlterCommand {
  readonly subtype?: string;
  /** Of a column, constraint, trigger, tablespace, ... */
  readonly name?: string;
  readonly def?: Node;
  readonly newowner?: Node;
  readonly behavior?: string;
  readonly missing_ok?: boolean;
}

/** Commands of an ALTER TABLE. */
export function commandsOf(tree: Node): AlterCommand[] {
  return ((tree.cmds ?? []) as Node[]).map(({ AlterTableCmd }) => (AlterTableCmd ?? {}) as AlterCommand);
}

/** Whether a statement takes along whatever needs what it drops or empties. */
export function cascades({ node, tree }: Pick<ParsedStatement, 'node' | 'tree'>): boolean {
  if (node === 'DropStmt' || node === 'TruncateStmt') return tree.behavior === 'DROP_CASCADE';
  return node === 'AlterTableStmt' && commandsOf(tree).some(({ behavior }) => behavior === 'DROP_CASCADE');
}

/** Whether an ALTER TABLE or CREATE TABLE makes constraints to which the server gives names. */
export function namesLeftToServer(tree: Node): boolean {
  for (const { key, node } of nodesOf(tree))
    if (key === 'Constraint' && !node.conname && !/_(?:NOTNULL|NULL|DEFAULT)$/.test(String(node.contype)))
      return true;
  return false;
}

/** Whether a statement makes sequences that belong to columns. */
export function makesSequences(tree: Node): boolean {
  for (const { key, node } of nodesOf(tree)) {
    if (key === 'Constraint' && node.contype === 'CONSTR_IDENTITY') return true;
    if (key === 'typeName' && /serial\d?$/.test(stringList(node.names).at(-1) ?? '')) return true;
  }
  return false;
}

function constraintNames(column: Node): string[] {
  return ((column.constraints ?? []) as Node[])
    .map(({ Constraint }) => (Constraint as Node).conname)
    .filter((name) => typeof name === 'string');
}

function parentsOf(tree: Node): string[] {
  return ((tree.inhRelations ?? []) as Node[]).map(({ RangeVar }) => relationName(RangeVar));
}

/** `OWNED BY schema.table.column` of a sequence. */
function ownerOf(tree: Node): string[] {
  const option = ((tree.options ?? []) as Node[])
    .map(({ DefElem }) => DefElem as Node)
    .find(({ defname }) => defname === 'owned_by');
  const list = ((option?.arg as Node | undefined)?.List as { items?: Node[] } | undefined)?.items ?? [];
  if (list.length < 2) return [];
  const table = dottedName(list.slice(0, -1));
  return [`table ${table}`, partLabel('column', table, stringList(list).at(-1))];
}

/** Labels of the columns that an index or a constraint names: without one of them it is gone. */
function columnsOf(table: string, tree: Node): string[] {
  const names: unknown[] = [...stringList(tree.keys), ...stringList(tree.fk_attrs)];
  for (const { key, node } of nodesOf(tree)) {
    if (key === 'IndexElem' && node.name) names.push(node.name);
    if (key === 'ColumnRef') names.push(stringList(node.fields).at(-1));
  }
  return names.map((name) => partLabel('column', table, name));
}

/** The schema that a name stands in, as its own effects name it. */
function schemaOf(name: string): string[] {
  const schema = isQualified(name) ? /^(?:"(?:[^"]|"")*"|[^."]+)/.exec(name)?.[0] : undefined;
  return schema === undefined ? [] : [`schema ${schema}`];
}

function keysIn(tree: Node): string[] {
  return [...nodesOf(tree)].flatMap(({ key, node }) =>
    key === 'Constraint' && node.pktable ? [relationName(node.pktable)] : [],
  );
}

function typesIn(tree: Node): string[] {
  return [...nodesOf(tree)].flatMap(({ key, node }) => {
    const names = /^(?:typeName|TypeName|argType|returnType)$/.test(key) ? stringList(node.names) : [];
    return names.length === 2 && names[0] !== 'pg_catalog' ? [names.map(quoteName).join('.')] : [];
  });
}

/** Sequences that a default names plainly: `nextval('app.number')`. */
function sequencesIn(tree: Node): string[] {
  return [...nodesOf(tree)].flatMap(({ key, node }) => {
    if (key !== 'FuncCall' || stringList(node.funcname).at(-1) !== 'nextval') return [];
    const texts = [...nodesOf(node)].flatMap(({ key, node }) => (key === 'sval' ? [String(node.sval)] : []));
    return texts.filter((text) => /^[a-z_][\w$]*\.[a-z_][\w$]*$/.test(text));
  });
}

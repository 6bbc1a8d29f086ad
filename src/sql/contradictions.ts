import { indexName } from './effect-names.js';
import { effectsOf } from './effects.js';
import type { SqlProblem } from './facts.js';
import type { Node, ParsedStatement } from './grammar.js';
import { commandsOf } from './made.js';
import { quoteName, relationName, stringList } from './names.js';
import type { UnitText } from './unit-text.js';

/** A table that the migration itself makes, and says everything of. */
interface KnownTable {
  readonly name: string;
  readonly columns: Set<string>;
  hasKey: boolean;
}

type Report = (message: string, location?: unknown) => void;

/**
 * Statements of a migration that cannot succeed, as what comes before them shows: something that is made twice, a
 * column that a table does not have. Only what the migration itself makes is known well enough.
 */
export function contradictions(text: UnitText, statements: readonly ParsedStatement[]): SqlProblem[] {
  const problems: SqlProblem[] = [];
  const state = new Made();
  for (const raw of statements) {
    state.follow(raw, (message, location) => {
      const position = text.tokenAt(typeof location === 'number' ? location : raw.start);
      problems.push({ rule: 'no-contradiction', message, position, help: HELP });
    });
  }
  return problems;
}

const HELP = 'the server would refuse the statement; correct it, or what it contradicts';

/** What stands there after the statements so far, as far as they made it. */
class Made {
  /** Labels of objects, each with the table that it goes with. */
  private readonly objects = new Map<string, string>();
  private readonly tables = new Map<string, KnownTable>();

  follow(raw: ParsedStatement, report: Report): void {
    const { node, tree } = raw;
    this.create(raw, report);
    if (node === 'CreateStmt') this.createTable(tree, report);
    else if (node === 'AlterTableStmt') this.alter(tree, report);
    else if (node === 'IndexStmt') this.index(tree, report);
    else if (node === 'InsertStmt') this.insert(tree, report);
    else if (node === 'DropStmt' && tree.removeType === 'OBJECT_INDEX')
      for (const { name } of effectsOf(node, tree)) this.objects.delete(name);
    // What goes along, what gets another name, and what a block does, is not followed.
    else if (node === 'DropStmt' || node === 'RenameStmt' || node === 'DoStmt') this.forget();
  }

  private forget(): void {
    this.objects.clear();
    this.tables.clear();
  }

  private create({ node, tree }: ParsedStatement, report: Report): void {
    if (tree.if_not_exists || tree.replace) return;
    for (const { action, kind, name, table = '' } of effectsOf(node, tree)) {
      if (action !== 'create') continue;
      // Tables, views, sequences and indexes share their names.
      const label = /^(?:table|view|sequence|index)$/.test(kind) ? name : `${kind} ${name}`;
      if (this.objects.has(label)) report(`${labelled(kind, name)} is made a second time`);
      this.objects.set(label, table);
    }
  }

  private createTable(tree: Node, report: Report): void {
    const name = relationName(tree.relation);
    const table: KnownTable = { name, columns: new Set(), hasKey: false };
    const elements = (tree.tableElts ?? []) as Node[];
    for (const { ColumnDef } of elements) if (ColumnDef) addColumn(table, ColumnDef as Node, report);
    const copies = elements.some(({ TableLikeClause }) => TableLikeClause) || tree.inhRelations;
    const isKnown = !copies && !tree.partbound && !tree.ofTypename && !tree.if_not_exists;
    if (isKnown) this.tables.set(name, table);
    else this.tables.delete(name);
    for (const { constraint, isColumns } of constraintsOf(elements))
      this.constrain(table, constraint, isKnown && !isColumns, report);
  }

  private alter(tree: Node, report: Report): void {
    const name = relationName(tree.relation);
    const table = this.tables.get(name);
    // From then on it gets the columns of its parent.
    if (commandsOf(tree).some(({ subtype }) => INHERITING.has(subtype ?? ''))) this.forget();
    if (!table) return;
    const before = new Set(table.columns);
    for (const { subtype, name: column = '', def = {}, missing_ok: isLenient } of commandsOf(tree)) {
      if (subtype === 'AT_AddColumn' && def.ColumnDef)
        addColumn(table, def.ColumnDef as Node, isLenient ? () => undefined : report);
      else if (
        OF_COLUMN.has(subtype ?? '') &&
        !isLenient &&
        !before.has(column) &&
        !table.columns.has(column)
      )
        report(lacks(name, column));
      if (subtype === 'AT_DropColumn') {
        table.columns.delete(column);
        // Its indexes go with it, and its keys.
        for (const [label, owner] of this.objects) if (owner === name) this.objects.delete(label);
      }
      if (subtype === 'AT_DropColumn' || subtype === 'AT_DropConstraint') table.hasKey = false;
    }
    for (const { def } of commandsOf(tree))
      for (const { constraint, isColumns } of constraintsOf(def ? [def] : []))
        this.constrain(table, constraint, !isColumns, report);
  }

  private index(tree: Node, report: Report): void {
    const table = this.tables.get(relationName(tree.relation));
    const elements = [tree.indexParams, tree.indexIncludingParams].flatMap((list) => (list ?? []) as Node[]);
    const names = elements.map(({ IndexElem }) => (IndexElem as Node).name).filter(Boolean);
    this.demand(table, names.map(String), `index ${indexName(tree)}: `, report);
  }

  private insert(tree: Node, report: Report): void {
    const table = this.tables.get(relationName(tree.relation));
    for (const { ResTarget } of (tree.cols ?? []) as Node[]) {
      const { name, location } = ResTarget as Node;
      this.demand(table, [String(name)], '', (message) => report(message, location));
    }
  }

  /** @param isOwn whether the constraint names columns of the table, and these are known */
  private constrain(table: KnownTable, constraint: Node, isOwn: boolean, report: Report): void {
    const here: Report = (message) => report(message, constraint.location);
    if (constraint.contype === 'CONSTR_PRIMARY') {
      if (table.hasKey) here(`${table.name} gets a second primary key`);
      table.hasKey = true;
    }
    const names = [...stringList(constraint.keys), ...stringList(constraint.fk_attrs)];
    if (isOwn) this.demand(table, names, '', here);
    if (constraint.contype === 'CONSTR_FOREIGN')
      this.demand(
        this.tables.get(relationName(constraint.pktable)),
        stringList(constraint.pk_attrs),
        '',
        here,
      );
  }

  private demand(
    table: KnownTable | undefined,
    names: readonly string[],
    where: string,
    report: Report,
  ): void {
    for (const name of names)
      if (table && !table.columns.has(name)) report(`${where}${lacks(table.name, name)}`);
  }
}

const INHERITING: ReadonlySet<string> = new Set(['AT_AttachPartition', 'AT_AddInherit', 'AT_AddOf']);

/** Commands of ALTER TABLE that name a column which has to be there. */
const OF_COLUMN: ReadonlySet<string> = new Set(
  'AT_DropColumn AT_ColumnDefault AT_SetNotNull AT_DropNotNull AT_AlterColumnType'.split(' '),
);

function addColumn(table: KnownTable, column: Node, report: Report): void {
  const name = String(column.colname);
  if (table.columns.has(name))
    report(`column ${table.name}.${quoteName(name)} is made a second time`, column.location);
  table.columns.add(name);
}

function lacks(table: string, column: string): string {
  return `${table} has no column ${quoteName(column)} here`;
}

function labelled(kind: string, name: string): string {
  return name.startsWith(`${kind} `) ? name : `${kind} ${name}`;
}

/** A constraint, and whether it stands at a column, and so names none of its own. */
interface Placed {
  readonly constraint: Node;
  readonly isColumns: boolean;
}

function constraintsOf(elements: readonly Node[]): Placed[] {
  return elements.flatMap(({ Constraint, ColumnDef }): Placed[] => {
    if (Constraint) return [{ constraint: Constraint as Node, isColumns: false }];
    const own = ((ColumnDef as Node | undefined)?.constraints ?? []) as Node[];
    return own.map((item) => ({ constraint: item.Constraint as Node, isColumns: true }));
  });
}

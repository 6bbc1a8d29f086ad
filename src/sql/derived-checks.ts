import { type ForeignKey, PARTITIONS, type Statement, type TableDefinition } from './facts.js';
import { givenParts } from './given-parts.js';
import { type ScopeName, scopeLine } from './scope.js';

/** What a derived check looks at; the executor answers it from the catalogue and the server's row counters. */
export type DerivedSubject =
  | 'columns'
  | 'primary-key'
  | 'foreign-keys'
  | 'check-constraints'
  | 'column-defaults'
  | 'triggers'
  | 'catalogue-delta'
  | 'rows-written'
  | 'scope'
  | 'given-parts';

/** A check that nobody has to write: it follows from the migration's syntax tree (FORMAT, "Checks"). */
export interface DerivedCheck {
  readonly id: string;
  readonly title: string;
  readonly subject: DerivedSubject;
  /** Table that is looked at; null for the checks of the change as a whole. */
  readonly table: string | null;
  readonly expected: readonly string[];
  /**
   * What may be: for `rows-written` the tables whose rows the scope declares, for `scope` all of it in lines, for
   * `given-parts` what the statements give to objects.
   */
  readonly allowed: readonly string[];
}

/**
 * Derives the checks of a migration: every created table's shape, the exact delta, whose rows were written, that
 * nothing lay outside of the scope, and that nothing was given to an object beside it.
 * @param declared the scope of the ddl document
 */
export function derivedChecks(
  statements: readonly Statement[],
  declared: readonly ScopeName[],
): DerivedCheck[] {
  const scope = declared.map(asDone);
  const checks: Omit<DerivedCheck, 'id'>[] = [];
  // A table that is altered, renamed or dropped again is not what its CREATE TABLE says.
  const altered = new Set(
    statements.flatMap(({ node, effects, alteration }) => {
      const changed = ALTERING.has(node) ? effects.map(({ name }) => name) : [];
      return alteration ? [alteration.name, ...changed] : changed;
    }),
  );
  for (const { table } of statements) {
    if (table?.complete && !altered.has(table.name)) checks.push(...tableChecks(table, statements));
  }
  checks.push(...deltaChecks(statements), rowsCheck(scope), scopeCheck(scope), ...givenCheck(statements));
  return checks.map((check, index) => ({ id: `D-${String(index + 1).padStart(2, '0')}`, ...check }));
}

const ALTERING: ReadonlySet<string> = new Set(['RenameStmt', 'DropStmt', 'AlterTableStmt']);

function tableChecks(table: TableDefinition, statements: readonly Statement[]): Omit<DerivedCheck, 'id'>[] {
  const check = (subject: DerivedSubject, title: string, expected: readonly string[]) => ({
    title: `${table.name}: ${title}`,
    subject,
    table: table.name,
    expected,
    allowed: [],
  });
  const primary = table.primaryKey.length > 0 ? [`PRIMARY KEY (${table.primaryKey.join(', ')})`] : [];
  const foreign = table.foreignKeys.map((key) => printForeignKey(key, statements));
  const defaults = table.columns.filter((column) => column.hasDefault).length;
  const isCounted = table.columns.every(({ hasDefault }) => hasDefault !== null);
  return [
    check(
      'columns',
      'columns in order with types',
      table.columns.map(({ name, type }) => `${name} ${type}`),
    ),
    check('primary-key', 'primary key', primary),
    // Left out where a key refers to the primary key of a table that is not created here.
    ...(foreign.includes(null) ? [] : [check('foreign-keys', 'foreign keys', (foreign as string[]).sort())]),
    check('check-constraints', 'CHECK constraints', [String(table.checks)]),
    ...(isCounted ? [check('column-defaults', 'columns with a DEFAULT', [String(defaults)])] : []),
    check('triggers', 'triggers', [String(triggersOn(table.name, statements))]),
  ];
}

function triggersOn(table: string, statements: readonly Statement[]): number {
  const effects = statements.flatMap((statement) => statement.effects);
  return effects.filter((one) => one.kind === 'trigger' && one.action === 'create' && one.table === table)
    .length;
}

function printForeignKey(key: ForeignKey, statements: readonly Statement[]): string | null {
  const target = statements.find(({ table }) => table?.name === key.references)?.table;
  const columns = key.referencedColumns.length > 0 ? key.referencedColumns : target?.primaryKey;
  if (!columns || columns.length === 0) return null;
  return `FOREIGN KEY (${key.columns.join(', ')}) REFERENCES ${key.references}(${columns.join(', ')})${key.options}`;
}

/**
 * The exact catalogue delta: `+` and `-` for objects that come and go, `~` with the table's name where something
 * that belongs to a table which stays is touched. Left out where a statement's delta is not modelled: renames,
 * a dropped index, whose table no statement tells, an extension, whose objects no statement tells, a partition of an
 * index, which may make the whole index valid, and what is dropped and made again.
 */
function deltaChecks(statements: readonly Statement[]): Omit<DerivedCheck, 'id'>[] {
  const created = new Set<string>();
  const dropped = new Set<string>();
  const parts = new Set<string>();
  const expected = new Set<string>();
  for (const { node, effects } of statements) {
    if (node === 'RenameStmt') return [];
    for (const { action, kind, name, table } of effects) {
      const label = name.startsWith(`${kind} `) ? name : `${kind} ${name}`;
      if (kind === 'extension' || kind === PARTITIONS.index) return [];
      if (kind === PARTITIONS.table) continue;
      if (action === 'create' && table === undefined) {
        if (dropped.has(label)) return [];
        created.add(name);
        expected.add(`+ ${label}`);
      } else if (action === 'drop' && kind === 'index') return [];
      else if (table !== undefined) {
        // A part of a table: dropped after it was made, it may leave nothing.
        if (action === 'drop' && parts.has(label)) return [];
        if (action === 'create') parts.add(label);
        if (!created.has(table)) expected.add(`~ ${table}`);
      } else if (action === 'drop' && created.delete(name)) expected.delete(`+ ${label}`);
      else if (action === 'drop') {
        dropped.add(label);
        expected.delete(`~ ${name}`);
        expected.add(`- ${label}`);
      } else if (!created.has(name) && (action !== 'write-rows' || node === 'TruncateStmt'))
        expected.add(`~ ${name}`);
    }
  }
  const title = 'objects added, dropped and changed, and nothing else';
  return [{ title, subject: 'catalogue-delta', table: null, expected: [...expected].sort(), allowed: [] }];
}

function rowsCheck(scope: readonly ScopeName[]): Omit<DerivedCheck, 'id'> {
  const written = scope.flatMap(({ list, name }) => (list === 'writes_rows' ? [name] : []));
  const allowed = [...new Set(written)].sort();
  const but = allowed.length === 0 ? 'in any table' : `in tables other than ${allowed.join(', ')}`;
  return { title: `rows written ${but}`, subject: 'rows-written', table: null, expected: [], allowed };
}

/** When the transaction is looked at, rows are rows, whoever wrote them. */
function asDone({ list, name }: ScopeName): ScopeName {
  return { list: list === 'writes_rows_indirectly' ? 'writes_rows' : list, name };
}

/** Holds whatever the statements are: where the delta cannot be predicted, the scope still bounds it. */
function scopeCheck(scope: readonly ScopeName[]): Omit<DerivedCheck, 'id'> {
  const allowed = [...new Set(scope.map(scopeLine))].sort();
  const title = 'objects outside of the scope that were added, dropped or changed';
  return { title, subject: 'scope', table: null, expected: [], allowed };
}

/** What the delta folds into a table, and what an object has besides its definition. */
function givenCheck(statements: readonly Statement[]): Omit<DerivedCheck, 'id'>[] {
  const allowed = givenParts(statements);
  if (allowed === null) return [];
  const title = 'parts, privileges and comments that no statement of the migration gives';
  return [{ title, subject: 'given-parts', table: null, expected: [], allowed }];
}

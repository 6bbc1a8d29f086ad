import type { SqlProblem, TableAlteration } from './facts.js';
import { steadyRoutines } from './filled-columns.js';
import type { Node, ParsedStatement } from './grammar.js';
import { commandsOf } from './made.js';
import { quoteName, relationName, stringList } from './names.js';
import { readAlteration } from './tables.js';
import type { UnitText } from './unit-text.js';

/** What holds up others for as long as a table is large. */
interface Hazard {
  readonly message: string;
  readonly help: string;
  /** Byte offset of the part of the statement, where the grammar tells it. */
  readonly location?: number | undefined;
}

/**
 * Statements of a migration that hold a lock while the server reads or writes a whole table that was there before, as
 * the server's manual says of each. What the migration itself creates is empty, and seen by nobody yet.
 */
export function lockHazards(text: UnitText, statements: readonly ParsedStatement[]): SqlProblem[] {
  const created = new Set<string>();
  const validated = new Set<string>();
  const steady = steadyRoutines(statements);
  return statements.flatMap((raw) => {
    const { node, tree, start } = raw;
    const table = tree.relation ? relationName(tree.relation) : '';
    const isNew = created.has(table);
    if (node === 'CreateStmt') created.add(table);
    if (isNew) return [];
    const hazards =
      node === 'IndexStmt' && !tree.concurrent
        ? [indexHazard(tree, table)]
        : node === 'AlterTableStmt' && tree.objtype === 'OBJECT_TABLE'
          ? alterationHazards(tree, readAlteration(tree, steady), validated, created)
          : [];
    return hazards.map(({ message, help, location }) => ({
      rule: 'lock-hazard' as const,
      message,
      position: text.tokenAt(location ?? start),
      help,
    }));
  });
}

function indexHazard(tree: Node, table: string): Hazard {
  return {
    message: `CREATE INDEX ${String(tree.idxname ?? '')} holds up every writer of ${table} until it is built`,
    help: "CONCURRENTLY cannot run inside the change's transaction: accept it for a small table or a quiet hour, or build the index outside of this tool",
  };
}

function alterationHazards(
  tree: Node,
  { name: table, filled }: TableAlteration,
  validated: Set<string>,
  created: ReadonlySet<string>,
): Hazard[] {
  return commandsOf(tree).flatMap(({ subtype, name = '', def = {} }): Hazard[] => {
    const constraint = def.Constraint as Node | undefined;
    const column = (def.ColumnDef ?? {}) as Node;
    if (subtype === 'AT_ValidateConstraint') validated.add(table);
    if (subtype === 'AT_AddColumn' && filled.includes(quoteName(String(column.colname))))
      return [
        {
          message: `ADD COLUMN ${String(column.colname)} writes ${table} anew, with every reader and writer held up`,
          help: 'add the column without a default, and fill it in portions',
          location: placeOf(column),
        },
      ];
    if (subtype === 'AT_AlterColumnType')
      return [
        {
          message: `ALTER COLUMN ${name} TYPE may write ${table} anew, with every reader and writer held up`,
          help: 'a wider varchar or text is not written anew; for other types add a new column, and fill it in portions',
          location: placeOf((column.typeName ?? {}) as Node),
        },
      ];
    if (subtype === 'AT_SetNotNull' && !validated.has(table))
      return [
        {
          message: `SET NOT NULL of ${name} reads all of ${table}, with every reader and writer held up`,
          help: 'validate a CHECK (… IS NOT NULL) in an earlier statement; the server then takes its word',
        },
      ];
    return subtype === 'AT_AddConstraint' && constraint ? constraintHazards(constraint, table, created) : [];
  });
}

/** Offset that the grammar gives of a part; it leaves out 0, which no part of a statement has. */
function placeOf({ location }: Node): number | undefined {
  return typeof location === 'number' ? location : undefined;
}

function constraintHazards(constraint: Node, table: string, created: ReadonlySet<string>): Hazard[] {
  const location = placeOf(constraint);
  const columns = stringList(constraint.keys ?? constraint.fk_attrs).join(', ');
  const later = 'add it NOT VALID, and validate it in a later change';
  if (constraint.contype === 'CONSTR_FOREIGN' && !constraint.skip_validation) {
    const target = relationName(constraint.pktable);
    const both = created.has(target) ? table : `${table} and ${target}`;
    return [
      {
        message: `FOREIGN KEY (${columns}) reads all of ${table}, with every writer of ${both} held up`,
        help: later,
        location,
      },
    ];
  }
  if (constraint.contype === 'CONSTR_CHECK' && !constraint.skip_validation)
    return [
      { message: `CHECK reads all of ${table}, with every reader and writer held up`, help: later, location },
    ];
  const unique = constraint.contype === 'CONSTR_UNIQUE' || constraint.contype === 'CONSTR_PRIMARY';
  if (!unique || constraint.indexname) return [];
  const kind = constraint.contype === 'CONSTR_UNIQUE' ? 'UNIQUE' : 'PRIMARY KEY';
  return [
    {
      message: `${kind} (${columns}) builds its index with every reader and writer of ${table} held up`,
      help: 'build a unique index outside of this tool, and take it by USING INDEX',
      location,
    },
  ];
}

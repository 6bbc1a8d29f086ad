import type { Node, ParsedStatement } from './grammar.js';
import { dottedName, stringList } from './names.js';
import { nodesOf } from './walk.js';

/**
 * Name of a statement that the server refuses inside a transaction (`PreventInTransactionBlock`, each seen on a
 * server); null for all others. @param all statements of the transaction, this one at `index`
 */
export function nonTransactional(
  { node, tree }: ParsedStatement,
  all: readonly ParsedStatement[],
  index: number,
): string | null {
  if (Object.hasOwn(ALWAYS, node)) return ALWAYS[node]!;
  switch (node) {
    case 'IndexStmt':
      return tree.concurrent ? 'CREATE INDEX CONCURRENTLY' : null;
    case 'DropStmt':
      return tree.concurrent ? 'DROP INDEX CONCURRENTLY' : null;
    case 'ReindexStmt':
      return reindex(tree);
    case 'VacuumStmt':
      return tree.is_vacuumcmd ? 'VACUUM' : null;
    case 'ClusterStmt':
      return tree.relation ? null : 'CLUSTER without a table';
    case 'DiscardStmt':
      return tree.target === 'DISCARD_ALL' ? 'DISCARD ALL' : null;
    case 'CreateSubscriptionStmt':
      return isOff(tree, 'connect') || isOff(tree, 'create_slot')
        ? null
        : 'CREATE SUBSCRIPTION that makes its slot';
    case 'AlterSubscriptionStmt':
      return tree.kind === 'ALTER_SUBSCRIPTION_REFRESH' ? 'ALTER SUBSCRIPTION … REFRESH PUBLICATION' : null;
    case 'AlterDatabaseStmt':
      return option(tree.options, 'tablespace') ? 'ALTER DATABASE … SET TABLESPACE' : null;
    case 'AlterTableStmt':
      return detachesConcurrently(tree) ? 'ALTER TABLE … DETACH PARTITION CONCURRENTLY' : null;
    case 'AlterEnumStmt':
      return usesNewValue(tree, all.slice(0, index), all.slice(index + 1))
        ? `ALTER TYPE … ADD VALUE '${String(tree.newVal)}', used before COMMIT,`
        : null;
    default:
      return null;
  }
}

const ALWAYS: Readonly<Record<string, string>> = {
  CreatedbStmt: 'CREATE DATABASE',
  DropdbStmt: 'DROP DATABASE',
  CreateTableSpaceStmt: 'CREATE TABLESPACE',
  DropTableSpaceStmt: 'DROP TABLESPACE',
  AlterSystemStmt: 'ALTER SYSTEM',
};

const WHOLE: Readonly<Record<string, string>> = {
  REINDEX_OBJECT_SCHEMA: 'REINDEX SCHEMA',
  REINDEX_OBJECT_DATABASE: 'REINDEX DATABASE',
  REINDEX_OBJECT_SYSTEM: 'REINDEX SYSTEM',
};

function reindex(tree: Node): string | null {
  const whole = WHOLE[String(tree.kind)];
  if (whole) return whole;
  const concurrently = option(tree.params, 'concurrently');
  return concurrently && !saysOff(concurrently) ? 'REINDEX CONCURRENTLY' : null;
}

function detachesConcurrently(tree: Node): boolean {
  for (const { key, node } of nodesOf(tree)) if (key === 'PartitionCmd' && node.concurrent) return true;
  return false;
}

/** A value that was added to an enum stands for nothing until COMMIT, unless the enum is new as well. */
function usesNewValue(
  tree: Node,
  earlier: readonly ParsedStatement[],
  later: readonly ParsedStatement[],
): boolean {
  const type = dottedName(tree.typeName);
  if (earlier.some(({ node, tree }) => node === 'CreateEnumStmt' && dottedName(tree.typeName) === type))
    return false;
  return later.some((statement) => {
    for (const { key, node } of nodesOf(statement.tree))
      if (key === 'sval' && node.sval === tree.newVal) return true;
    return false;
  });
}

function isOff({ options }: Node, name: string): boolean {
  const found = option(options, name);
  return found !== undefined && saysOff(found);
}

function option(list: unknown, name: string): Node | undefined {
  return ((list ?? []) as Node[])
    .map((item) => (item.DefElem ?? {}) as Node)
    .find(({ defname }) => defname === name);
}

/** As the server reads a truth value; the syntax tree leaves out the number 0. */
function saysOff({ arg }: Node): boolean {
  if (typeof arg !== 'object' || arg === null) return false;
  const { Integer: number, TypeName: word } = arg as { Integer?: { ival?: number }; TypeName?: Node };
  if (number) return !number.ival;
  return /^(?:false|off)$/i.test(stringList(word ? word.names : [arg])[0] ?? '');
}

import { isAllowed } from './effects.js';
import type { Node } from './grammar.js';
import { stringList } from './names.js';
import { hasUnknownType, meantRoutine } from './routines.js';
import { nodesOf, relationsOf } from './walk.js';

/**
 * What a statement of an allowed kind holds that may not stand in executable SQL, in words; null where nothing.
 * Each of these would do more than its effects say, or something that a rollback does not take back.
 */
export function refusedPart(node: string, tree: Node): string | null {
  if (node === 'CreateSchemaStmt' && tree.schemaElts) return 'CREATE SCHEMA with further statements in it';
  if (node === 'CreateSchemaStmt' && !tree.schemaname) return 'CREATE SCHEMA without a name';
  if (node === 'GrantStmt' && tree.targtype !== 'ACL_TARGET_OBJECT') return 'GRANT ON ALL OBJECTS IN SCHEMA';
  if (node === 'IndexStmt' && !tree.idxname) return 'CREATE INDEX without a name';
  if (isCascading(node, tree)) return 'CREATE EXTENSION … CASCADE';
  if (leavesOutTypes(node, tree)) return 'a function without the types of its arguments';
  const temporary = relationsOf(tree).find(
    ({ relpersistence, schemaname }) => relpersistence === 't' || /^pg_temp/.test(schemaname ?? ''),
  );
  if (temporary) return 'a temporary object';
  for (const { key, node: part } of nodesOf(tree)) {
    const inner = /^[A-Z]\w*Stmt$/.test(key) ? refusedInside(node, key, part) : null;
    if (inner) return inner;
    if (key !== 'FuncCall') continue;
    const name = stringList(part.funcname).at(-1) ?? '';
    if (REACHES_OUT.test(name)) return `function ${name}, which reaches outside the transaction`;
    if (RUNS_TEXT.test(name)) return `function ${name}, which runs a text as SQL`;
  }
  return null;
}

function refusedInside(node: string, key: string, part: Node): string | null {
  if (key === 'SelectStmt' || key === 'ReturnStmt') return null;
  // Settings of a function hold while it runs.
  if (node === 'CreateFunctionStmt' && key === 'VariableSetStmt')
    return /^(?:role|session_authorization)$/.test(String(part.name))
      ? 'a function that sets the role'
      : null;
  return isAllowed(key, part) ? null : `${key} in a WITH query`;
}

function isCascading(node: string, tree: Node): boolean {
  const options = node === 'CreateExtensionStmt' ? ((tree.options ?? []) as Node[]) : [];
  return options.some(({ DefElem }) => (DefElem as Node).defname === 'cascade');
}

function leavesOutTypes(node: string, tree: Node): boolean {
  if (!['DropStmt', 'GrantStmt', 'CommentStmt'].includes(node)) return false;
  const objects = [...((tree.objects ?? []) as Node[]), tree.object as Node | undefined];
  return objects.some((object) => object?.ObjectWithArgs && hasUnknownType(meantRoutine(object) ?? '(?)'));
}

/** Functions of the server and its extensions whose effects outlive a ROLLBACK, or that hold up or watch others. */
const REACHES_OUT = new RegExp(
  `^(?:dblink|lo_|loread$|lowrite$|set_config$|postgres_fdw_|binary_upgrade_
   |pg_(?:read_|ls_|stat_file|stat_reset|file_|log|sleep|terminate|cancel|advisory|try_advisory|reload|rotate|promote
   |switch|create|drop|replication|wal_|backup|start_backup|stop_backup|notify|export|import|set_|restore_|sync_
   |copy_|clear_|logical_|stat_force))`.replace(/\s+/g, ''),
);

/** Functions that take SQL as a text, which no list has seen. */
const RUNS_TEXT =
  /^(?:(?:query|cursor|table|schema|database)_to_xml|ts_stat$|ts_rewrite$|crosstab|connectby$|xpath_table$)/;

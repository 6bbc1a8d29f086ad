import type { Node } from './grammar.js';
import { stringList } from './names.js';
import { ONE_ARGUMENT_FUNCTIONS } from './one-argument-functions.js';

/** The function that a node calls in the form `f(…)`, as the SQL writes it; null where it is none. */
export function calledFunction(key: string, node: Node): readonly string[] | null {
  return key === 'FuncCall' || key === 'funccall' ? stringList(node.funcname) : null;
}

/**
 * Names after a dot. PostgreSQL takes `(x).f` and `alias.f` for a call of `f` with one argument wherever there is no
 * column `f`, and the syntax tree does not tell the two apart: whether it may be a call is judged by the name. The
 * function has no schema then, so with the empty search path it is the server's own. A name without a dot is none.
 */
export function namesAfterDot(node: Node): readonly string[] {
  if (Array.isArray(node.indirection) && 'arg' in node) return stringList(node.indirection).filter(Boolean);
  if (!Array.isArray(node.fields) || node.fields.length < 2) return [];
  return stringList(node.fields.slice(-1)).filter(Boolean);
}

/** Whether a name after a dot may be a call that reads or writes something: not so what only computes, and casts. */
export function mayBeCalledAsColumn(name: string): boolean {
  return ONE_ARGUMENT_FUNCTIONS.has(name) || OF_EXTENSIONS.test(name);
}

/** Functions with such names take one argument too, and stand on the search path where somebody put them there. */
const OF_EXTENSIONS =
  /^(?:dblink|postgres_fdw_|crosstab|pg_(?:file_|prewarm$|truncate_visibility_map$|buffercache_evict|stat_statements_reset$))/;

/** Functions of the server and its extensions whose effects outlive a ROLLBACK, or that hold up or watch others. */
const REACHES_OUT = new RegExp(
  `^(?:dblink|lo_|loread$|lowrite$|set_config$|postgres_fdw_|binary_upgrade_|brin_(?:de)?summarize_|gin_clean_pending
   |heap_force_|autoprewarm_|triggered_change_notification$
   |pg_(?:read_|ls_|stat_file|stat_reset|stat_statements_reset|file_|log|sleep|terminate|cancel|advisory|try_advisory
   |reload|rotate|promote|switch|create|drop|replication|wal_|backup|start_backup|stop_backup|notify|export|import|set_
   |restore_|sync_|copy_|clear_|logical_|stat_force|prewarm|truncate_|buffercache_|nextoid|stop_making|hba_|ident_
   |show_all_file))`.replace(/\s+/g, ''),
);

/** Functions that take SQL as a text, which no list has seen. */
const RUNS_TEXT =
  /^(?:(?:query|cursor|table|schema|database)_to_xml|ts_stat$|ts_rewrite$|crosstab|connectby$|xpath_table$)/;

/** Why no migration may call a function of this name; null where nothing is known against it. */
export function functionDanger(name: string): { readonly what: string; readonly why?: string } | null {
  if (name === 'setval') return { what: 'function setval, which no rollback takes back', why: SETVAL };
  if (REACHES_OUT.test(name)) return { what: `function ${name}, which reaches outside the transaction` };
  if (RUNS_TEXT.test(name)) return { what: `function ${name}, which runs a text as SQL` };
  return null;
}

const SETVAL =
  'write CREATE SEQUENCE … START WITH, or ALTER TABLE … ALTER COLUMN … RESTART WITH for an identity column';

import { calledFunction, mayBeCalledAsColumn, namesAfterDot } from './calls.js';
import type { Node } from './grammar.js';
import { IMMUTABLE_FUNCTIONS } from './immutable-functions.js';
import { stringList } from './names.js';
import { nodesOf } from './walk.js';

/**
 * Functions that a check may call besides those that only compute: those of the server that read only, and whose answer does
 * not depend on the moment. Everything else is refused, because a check runs inside the migration's transaction.
 */
const READING_FUNCTIONS = new Set(
  `count sum min max avg bool_and bool_or every string_agg array_agg json_agg jsonb_agg jsonb_object_agg
   json_object_agg row_number rank dense_rank lag lead first_value last_value nth_value coalesce nullif
   greatest least concat concat_ws length trim starts_with format quote_literal convert_to to_char
   array_to_string generate_series json_build_object jsonb_build_object row_to_json to_json to_jsonb
   date_trunc date_part extract timezone age to_regclass to_regtype to_regproc to_regprocedure
   to_regnamespace to_regrole format_type obj_description col_description shobj_description
   pg_get_constraintdef pg_get_indexdef pg_get_viewdef pg_get_functiondef pg_get_triggerdef pg_get_expr
   pg_get_ruledef pg_get_serial_sequence pg_get_function_identity_arguments pg_relation_size
   pg_total_relation_size pg_table_size pg_indexes_size pg_relation_filenode pg_table_is_visible
   has_table_privilege has_schema_privilege has_column_privilege has_function_privilege
   has_database_privilege current_database current_schema pg_get_userbyid pg_encoding_to_char overlaps
   pg_size_bytes pg_size_pretty`.split(/\s+/),
);

const WRITING_KEYS: Readonly<Record<string, string>> = {
  InsertStmt: 'INSERT',
  UpdateStmt: 'UPDATE',
  DeleteStmt: 'DELETE',
  MergeStmt: 'MERGE',
  intoClause: 'SELECT INTO',
  IntoClause: 'SELECT INTO',
  lockingClause: 'FOR UPDATE / FOR SHARE',
  LockingClause: 'FOR UPDATE / FOR SHARE',
  RangeTableSample: 'TABLESAMPLE',
};

/** Why a statement may not be a check, and what to do. */
interface NoCheck {
  readonly why: string;
  readonly help: string;
}

const READS = 'a check reads the database and changes nothing';
const AS_COLUMN =
  'a name after a dot can be a call; a column of that name is written without its table, or under another alias';

/** Why a statement may not be a check; null where it only reads. */
export function writesReason(node: string, tree: Node): NoCheck | null {
  if (node !== 'SelectStmt') return { why: 'a check is one SELECT', help: READS };
  for (const { key, node: part } of nodesOf(tree)) {
    const writing = Object.hasOwn(WRITING_KEYS, key) ? WRITING_KEYS[key] : undefined;
    const why = writing ? `${writing} is not allowed in a check` : unknownName(key, part);
    if (why) return { why, help: READS };
    const column = namesAfterDot(part).find((name) => mayBeCalledAsColumn(name) && !onlyReads(name));
    if (column) return { why: `function ${column} is not known to read only`, help: AS_COLUMN };
  }
  return null;
}

/** A function, operator or type that is not the server's own, or not known to read only. */
function unknownName(key: string, part: Node): string | null {
  const called = calledFunction(key, part);
  if (called && !isKnown(called, onlyReads)) return `function ${called.join('.')} is not known to read only`;
  // Operators and types can be somebody's own, and then they call functions.
  for (const operator of [part.name, part.operName, part.useOp]) {
    if (key !== 'ResTarget' && isNameList(operator) && !isKnown(stringList(operator)))
      return `operator ${stringList(operator).join('.')} is not known to read only`;
  }
  if (isNameList(part.names) && !isKnown(stringList(part.names)))
    return `type ${stringList(part.names).join('.')} is not known to read only`;
  return null;
}

function onlyReads(name: string): boolean {
  return READING_FUNCTIONS.has(name) || IMMUTABLE_FUNCTIONS.has(name);
}

function isNameList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((item) => 'String' in Object(item));
}

/** With an empty search path, a name without a schema is the server's own. */
function isKnown(names: readonly string[], accepts: (name: string) => boolean = () => true): boolean {
  const own = names.length === 1 || (names.length === 2 && names[0] === 'pg_catalog');
  return own && accepts(names.at(-1) ?? '');
}

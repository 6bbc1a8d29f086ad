import {
  OPERATOR_CLASSES,
  OPERATORS,
  RELATIONS,
  STEADY_FUNCTIONS,
  TYPES,
  VOLATILE_FUNCTIONS,
} from './built-in-names.js';
import { calledFunction, functionDanger } from './calls.js';
import { type Node, parseSql } from './grammar.js';
import { quoteName, stringList } from './names.js';
import { nodesOf } from './walk.js';

/** A name without a schema that the server does not have by itself. */
export interface BareName {
  /** As a message names it: `type mood`, `function f`, `t`. */
  readonly label: string;
  /** Offset in the text of the part that holds it, where the grammar tells it. */
  readonly location?: number;
}

/** What is wrong with a name, by its label. */
export function unqualifiedMessage(label: string): string {
  return `${label} is not qualified with its schema`;
}

/** What to do about it. */
export const UNQUALIFIED = 'the search path is empty when it runs; write schema.name';

/** What a name can stand for besides a relation that a statement names as such, with what the server has of it. */
const OWN: Readonly<Record<string, (name: string) => boolean>> = {
  type: (name) => isType(name),
  // What is refused by its name needs no schema.
  function: (name) =>
    STEADY_FUNCTIONS.has(name) ||
    VOLATILE_FUNCTIONS.has(name) ||
    isType(name) ||
    functionDanger(name) !== null,
  operator: (name) => OPERATORS.has(name),
  'operator class': (name) => OPERATOR_CLASSES.has(name),
  collation: (name) => COLLATIONS.test(name),
  relation: (name) => RELATIONS.has(name),
  sequence: () => false,
};
type Kind = keyof typeof OWN;

/** Words of the grammar for a column with a sequence, and the types of rows and arrays, are types too. */
function isType(name: string): boolean {
  if (/^(?:(?:small|big)?serial|serial[248])$/.test(name)) return true;
  const element = name.replace(/^_/, '');
  return TYPES.has(element) || RELATIONS.has(element);
}

/** What every server has, and what it takes over from its system and from ICU when a cluster is made. */
const COLLATIONS =
  /^(?:default|C|POSIX|ucs_basic|unicode|pg_c_utf8|pg_unicode_fast|[a-z]{2,3}|.*-x-icu|C\.[Uu].*|[a-z]{2,3}[-_][A-Z]{2}(?:[-_.@].*)?|[A-Z][a-z]+_[A-Z].*)$/;

/**
 * Types, functions, operators, operator classes, collations and texts that name a relation, in a statement. Names of the
 * server's own need no schema: `pg_catalog` is searched even where the search path is empty.
 */
export function bareNames(node: string, tree: Node): BareName[] {
  const found: BareName[] = [];
  // Values of options look like types: `autovacuum_enabled = off`.
  const values = new Set<unknown>();
  for (const { key, node: part } of nodesOf(tree)) {
    if (key === 'DefElem') values.add((part.arg as Node | undefined)?.TypeName);
    const location = typeof part.location === 'number' && part.location >= 0 ? part.location : undefined;
    const within = values.has(part) ? [] : namesOf(key === '' ? node : key, part);
    for (const label of within) found.push(location === undefined ? { label } : { label, location });
  }
  if (node === 'CreateRangeStmt')
    found.push(...rangeNames((tree.params ?? []) as Node[]).map((label) => ({ label })));
  return found;
}

function* namesOf(key: string, part: Node): Generator<string> {
  const called = key === 'CreateTrigStmt' ? stringList(part.funcname) : calledFunction(key, part);
  if (called) yield* bare('function', called);
  if (called && isServers(called)) yield* namedByArgument(called.at(-1)!, part);
  if (Array.isArray(part.names) && 'typemod' in part) yield* bareType(part);
  if (key === 'TypeCast') yield* namedByCast(part);
  if (key === 'IndexElem' || key === 'PartitionElem') {
    yield* bare('operator class', stringList(part.opclass));
    yield* bare('collation', stringList(part.collation));
  }
  if (Array.isArray(part.collname)) yield* bare('collation', stringList(part.collname));
  for (const list of [key === 'A_Expr' ? part.name : undefined, part.operName, part.useOp])
    yield* bareOperator(list);
  if (key === 'DefElem') yield* ofSequence(part);
  for (const pair of key === 'Constraint' ? ((part.exclusions ?? []) as Node[]) : [])
    yield* bareOperator(listOf(listOf(pair)[1]));
}

function* bare(kind: Kind, names: readonly string[]): Generator<string> {
  const [name] = names;
  if (names.length !== 1 || name === undefined || name === '' || OWN[kind]!(name)) return;
  yield kind === 'relation' || kind === 'sequence' ? quoteName(name) : label(kind, name);
}

function label(kind: Kind, name: string): string {
  return `${kind} ${kind === 'operator' ? name : quoteName(name)}`;
}

function isServers(names: readonly string[]): boolean {
  return names.length === 1 || (names.length === 2 && names[0] === 'pg_catalog');
}

/** A `%TYPE` has the name of a column at its end. */
function* bareType({ names, pct_type: isColumns }: Node): Generator<string> {
  if (!isColumns) yield* bare('type', stringList(names));
  else if ((names as unknown[]).length === 2) yield* bare('relation', stringList(names).slice(0, 1));
}

/** The words of the grammar, such as BETWEEN, are no operators of a schema. */
function* bareOperator(list: unknown): Generator<string> {
  const names = Array.isArray(list) ? stringList(list) : [];
  if (names.length === 1 && /^[-+*/<>=~!@#%^&|`?]+$/.test(names[0]!)) yield* bare('operator', names);
}

function listOf(node: unknown): Node[] {
  return ((node as Node | undefined)?.List as { items?: Node[] } | undefined)?.items ?? [];
}

function* ofSequence({ defname, arg }: Node): Generator<string> {
  const names = stringList(listOf(arg));
  if (defname === 'owned_by' && names.length === 2) yield* bare('relation', names.slice(0, 1));
  if (defname === 'sequence_name') yield* bare('sequence', names);
}

/** A range type names functions, classes and collations as if they were types. */
function rangeNames(params: readonly Node[]): string[] {
  const kinds: Readonly<Record<string, Kind>> = {
    subtype: 'type',
    subtype_opclass: 'operator class',
    collation: 'collation',
    canonical: 'function',
    subtype_diff: 'function',
    multirange_type_name: 'type',
  };
  return params.flatMap(({ DefElem }) => {
    const { defname, arg } = (DefElem ?? {}) as { defname?: string; arg?: Node };
    const kind = kinds[defname ?? ''];
    const names = stringList((arg?.TypeName as Node | undefined)?.names);
    return kind ? [...bare(kind, names)] : [];
  });
}

/** Functions of the server whose first argument is the name of a relation. */
const OF_RELATIONS = new Set(
  `nextval currval setval to_regclass pg_get_serial_sequence pg_relation_size pg_table_size pg_total_relation_size
   pg_indexes_size pg_relation_filenode`.split(/\s+/),
);

function* namedByArgument(name: string, { args }: Node): Generator<string> {
  const [first] = (args ?? []) as Node[];
  if (OF_RELATIONS.has(name)) yield* namedByText('relation', textOf(first));
}

/** What the text of a cast names: `'app.t'::regclass`. */
const NAMED_BY: Readonly<Record<string, Kind>> = {
  regclass: 'relation',
  regtype: 'type',
  regproc: 'function',
  regprocedure: 'function',
  regcollation: 'collation',
};

function* namedByCast({ arg, typeName }: Node): Generator<string> {
  const { names, arrayBounds } = (typeName ?? {}) as { names?: Node[]; arrayBounds?: unknown };
  const type = stringList(names);
  const kind = isServers(type) && !arrayBounds ? NAMED_BY[type.at(-1) ?? ''] : undefined;
  const text = textOf(arg as Node | undefined);
  if (kind === 'type') yield* typeNamedBy(text ?? '');
  else if (kind) yield* namedByText(kind, text);
}

function textOf(node: Node | undefined): string | undefined {
  return (node?.A_Const as { sval?: { sval?: string } } | undefined)?.sval?.sval;
}

/** A name in a text, read as the server reads it: a number, or a hyphen for none, is no name. */
function* namedByText(kind: Kind, text: string | undefined): Generator<string> {
  const name = /^\s*("(?:[^"]|"")+"|[^\s".(]+)\s*(?:\(.*\)\s*)?$/s.exec(text ?? '')?.[1];
  if (name === undefined || /^(?:\d+|-)$/.test(name)) return;
  yield* bare(kind, name.startsWith('"') ? [name.slice(1, -1).replaceAll('""', '"')] : [name.toLowerCase()]);
}

/** Names without a schema in the text of a type, as a literal or a declaration of PL/pgSQL has it. */
export function typeNamedBy(text: string): string[] {
  if (text.trim() === '') return [];
  const { statements } = parseSql(Buffer.from(`SELECT NULL::${text}`));
  return statements.flatMap(({ node, tree }) => bareNames(node, tree).map(({ label }) => label));
}

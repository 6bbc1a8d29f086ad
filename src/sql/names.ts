import { isKeyword, type Node } from './grammar.js';

/** An identifier as the server prints it: quoted where SQL needs it (`quote_ident`). */
export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) && !isKeyword(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** Name of a table-like reference, qualified where the statement qualifies it. */
export function relationName(relation: unknown): string {
  const { schemaname, relname } = (relation ?? {}) as { schemaname?: string; relname?: string };
  return schemaname ? `${quoteName(schemaname)}.${quoteName(relname ?? '')}` : quoteName(relname ?? '');
}

/** Whether a printed name has a schema; a dot inside of quotes is part of a name, and one in brackets of an argument's type. */
export function isQualified(name: string): boolean {
  return /^(?:"(?:[^"]|"")*"|[^."(]+)\./.test(name);
}

/** Joins a list of String nodes with dots. */
export function dottedName(list: unknown): string {
  return stringList(list).map(quoteName).join('.');
}

/** Values of a list of String nodes. */
export function stringList(list: unknown): string[] {
  return ((list ?? []) as Node[]).map((item) => {
    const value = (item as { String?: { sval?: string } }).String?.sval;
    return value ?? '';
  });
}

/** Names that the grammar gives to types, as `format_type` prints them. */
const PRINTED: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  varchar: 'character varying',
  char: '"char"',
  varbit: 'bit varying',
  timestamptz: 'timestamp with time zone',
  timestamp: 'timestamp without time zone',
  timetz: 'time with time zone',
  time: 'time without time zone',
};

/** A type as `format_type` prints it; null where this model cannot say (serial types, interval fields). */
export function printedType(typeName: unknown): string | null {
  const type = (typeName ?? {}) as {
    names?: Node[];
    typmods?: Node[];
    arrayBounds?: Node[];
    setof?: boolean;
  };
  const names = stringList(type.names);
  const base = names.at(-1) ?? '';
  const builtIn = names.length === 1 || names[0] === 'pg_catalog';
  // The server's names of array types, as it prints the element's.
  if (builtIn && base.startsWith('_')) return null;
  if (type.setof || /^(small|big)?serial\d?$/.test(base) || (base === 'interval' && type.typmods))
    return null;
  const modifiers = (type.typmods ?? []).map((node) => {
    const constant = (node as { A_Const?: { ival?: { ival?: number } } }).A_Const;
    return constant?.ival ? (constant.ival.ival ?? 0) : null;
  });
  if (modifiers.some((modifier) => modifier === null)) return null;
  if (builtIn && base === 'numeric' && modifiers.length === 1) modifiers.push(0);
  // Without a length, which the grammar adds to `char`, it is a type of its own.
  const known = base === 'bpchar' && modifiers.length > 0 ? 'character' : PRINTED[base];
  const printed = builtIn ? (known ?? base) : dottedName(type.names);
  // Arrays print one pair of brackets.
  const suffix = modifiers.length > 0 ? `(${modifiers.join(',')})` : '';
  const array = type.arrayBounds && type.arrayBounds.length > 0 ? '[]' : '';
  return `${builtIn ? withModifier(printed, suffix) : printed + suffix}${array}`;
}

/** `timestamp(3) with time zone`: the modifier stands after the first word of such types. */
function withModifier(printed: string, suffix: string): string {
  return /^time/.test(printed) ? printed.replace(/^(\w+)/, `$1${suffix}`) : `${printed}${suffix}`;
}

import { type Node, type ParsedStatement, parsePlpgsql, parseSql } from './grammar.js';
import { sourceOf } from './routines.js';

/** Something in a body of PL/pgSQL that the server runs. */
export interface BodyPart {
  /** A whole statement of SQL; an expression; or what is not SQL that anybody can read beforehand. */
  readonly kind: 'statement' | 'expression' | 'dynamic' | 'transaction' | 'unknown';
  /** SQL that parses as a statement; empty where there is none. */
  readonly sql: string;
  /** 1-based line of the body. */
  readonly line: number;
}

/** What a body of PL/pgSQL holds. */
interface PlpgsqlBody {
  readonly parts: readonly BodyPart[];
  /** Types of its variables as they are written, each with its 1-based line. */
  readonly types: readonly { readonly type: string; readonly line: number }[];
  /** Names of its variables and blocks, in lower case. */
  readonly variables: ReadonlySet<string>;
}

/** Statements of the language that only steer, or whose SQL stands in expressions of their own. */
const STEERING: ReadonlySet<string> = new Set(
  `block assign if case loop while fori fors forc foreach_a exit return return_next return_query raise assert
   execsql perform call getdiag open fetch close`
    .split(/\s+/)
    .map((name) => `PLpgSQL_stmt_${name}`),
);

const OTHERS: Readonly<Record<string, BodyPart['kind']>> = {
  PLpgSQL_stmt_dynexecute: 'dynamic',
  PLpgSQL_stmt_dynfors: 'dynamic',
  PLpgSQL_stmt_commit: 'transaction',
  PLpgSQL_stmt_rollback: 'transaction',
};

/**
 * What a body runs, by the language's own parser.
 * @param statement a CREATE FUNCTION, CREATE PROCEDURE or DO in PL/pgSQL, whose body is one string
 * @returns what it holds, or why the parser refuses the body
 */
export function readPlpgsql(statement: string): PlpgsqlBody | { problem: string } {
  let tree: unknown;
  try {
    tree = parsePlpgsql(statement);
  } catch (error) {
    return { problem: (error as Error).message };
  }
  const parts: BodyPart[] = [];
  const types: { type: string; line: number }[] = [];
  const variables = new Set<string>();
  const open: { key: string; value: unknown; line: number }[] = [{ key: '', value: tree, line: 1 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { key, value, line } = next;
    if (typeof value !== 'object' || value === null) continue;
    const node = value as Node;
    const here = typeof node.lineno === 'number' ? node.lineno : line;
    parts.push(...partsOf(key, node, here));
    for (const name of [node.refname, node.label])
      if (typeof name === 'string') variables.add(name.toLowerCase());
    const { PLpgSQL_type: type } = (node.datatype ?? {}) as { PLpgSQL_type?: { typname?: string } };
    // The language's own variables, such as TG_OP, have no line.
    if (type?.typname && typeof node.lineno === 'number') types.push({ type: type.typname, line: here });
    for (const [name, child] of Object.entries(value).reverse())
      open.push({ key: Array.isArray(value) ? key : name, value: child, line: here });
  }
  return { parts, types, variables };
}

/** The statements of SQL in a DO block of PL/pgSQL; none where it cannot be read, which is reported elsewhere. */
export function statementsOfBlock(tree: Node): ParsedStatement[] {
  const { language, body } = sourceOf(tree);
  if (language !== 'plpgsql' || body === null) return [];
  let quote = '$block$';
  while (body.includes(quote)) quote = quote.replace('$b', '$bb');
  const read = readPlpgsql(`DO ${quote}${body}${quote}`);
  if ('problem' in read) return [];
  return read.parts.flatMap(({ kind, sql }) =>
    kind === 'statement' ? parseSql(Buffer.from(sql)).statements : [],
  );
}

function partsOf(key: string, node: Node, line: number): BodyPart[] {
  if (key === 'PLpgSQL_expr') return [expression(String(node.query), Number(node.parseMode ?? 0), line)];
  // The text of a query that is put together when it runs.
  if ('dynquery' in node) return [{ kind: 'dynamic', sql: '', line }];
  if (!key.startsWith('PLpgSQL_stmt_') || STEERING.has(key)) return [];
  return [{ kind: OTHERS[key] ?? 'unknown', sql: '', line }];
}

/** Values of the parser's RawParseMode. */
const WHOLE = 0;
const TYPE_NAME = 1;
const EXPRESSION = 2;

/** An assignment has the form of one in UPDATE, with the language's own sign or that of SQL. */
function expression(query: string, mode: number, line: number): BodyPart {
  if (mode === WHOLE) return { kind: 'statement', sql: query, line };
  if (mode === TYPE_NAME) return { kind: 'unknown', sql: '', line };
  const sql = mode === EXPRESSION ? `SELECT ${query}` : `UPDATE a SET ${query.replace(':=', '=')}`;
  return { kind: 'expression', sql, line };
}

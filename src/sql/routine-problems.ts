import type { Allowances } from './allowances.js';
import { unqualifiedMessage } from './bare-names.js';
import { type BodyNames, bodyNames } from './body-names.js';
import { isAllowed } from './effects.js';
import type { SqlProblem } from './facts.js';
import { type Node, type ParsedStatement, parseSql, type Token } from './grammar.js';
import { readPlpgsql } from './plpgsql.js';
import { declaredValues } from './plpgsql-declarations.js';
import { refusalOf } from './refused-kinds.js';
import { refusedPart } from './refused-parts.js';
import { sourceOf } from './routines.js';
import type { UnitText } from './unit-text.js';

/** Statements that a body may hold: a reviewer can tell what they do, and the server counts what they write. */
const IN_BODIES: ReadonlySet<string> = new Set([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'ReturnStmt',
]);

/** What may not stand in a body, and where: bytes of the unit. */
interface Finding {
  readonly rule?: 'qualified-names';
  readonly what: string;
  readonly why: string;
  readonly start: number;
  readonly end: number;
}

/**
 * What a function, procedure or DO block holds that may not run, each at its own line, and what the document would have
 * to declare.
 * @param all the statements of the unit
 */
export function routineProblems(
  raw: ParsedStatement,
  text: UnitText,
  tokens: readonly Token[],
  allowances: Allowances,
  all: readonly ParsedStatement[],
): SqlProblem[] {
  return [...findings(raw, text, tokens, allowances, all)].map(({ rule, what, why, start, end }) => ({
    rule: rule ?? 'statement-allowed',
    message: rule ? what : `${what} may not stand in executable SQL`,
    position: text.range(start, end),
    help: why,
  }));
}

function* findings(
  raw: ParsedStatement,
  text: UnitText,
  tokens: readonly Token[],
  allowances: Allowances,
  all: readonly ParsedStatement[],
): Generator<Finding> {
  const whole = firstLineOf(text, raw.start, raw.end);
  if (raw.node === 'CreateExtensionStmt') {
    const name = `extension ${String(raw.tree.extname)}`;
    if (!allowances.has(name)) yield { what: name, why: declare(name), ...whole };
  }
  if (raw.node !== 'CreateFunctionStmt' && raw.node !== 'DoStmt') return;
  const { language, body, location } = sourceOf(raw.tree);
  if (language !== 'sql' && language !== 'plpgsql') {
    const name = `language ${language}`;
    if (!allowances.has(name)) yield { what: `a body in ${name}`, why: declare(name), ...whole };
    return;
  }
  if (raw.tree.sql_body) {
    // Its names are those of the statement.
    for (const inner of statementsIn(raw.tree.sql_body)) yield* judge(inner.node, inner.tree, whole);
    return;
  }
  const place = body === null ? null : bodyPlace(text, tokens, raw, location);
  // Where the body is in other quotes, the first dollar quotes can be another part of the statement.
  const isBody = place !== null && text.bytes.toString('utf8', place.start, place.end) === body;
  if (!isBody)
    yield { what: 'a body that is not between dollar quotes', why: 'write it as $$ … $$', ...whole };
  else if (language === 'sql') yield* judgeSql(text, place, bodyNames(raw, all));
  else yield* judgePlpgsql(raw, text, place, allowances, bodyNames(raw, all));
}

function declare(name: string): string {
  return `write "allows: [${name}]" in the front matter, so that the reviewers know of it`;
}

/** Bytes of a body, without its dollar quotes: only so its lines are those of the document. */
interface Place {
  readonly start: number;
  readonly end: number;
}

function bodyPlace(
  text: UnitText,
  tokens: readonly Token[],
  raw: ParsedStatement,
  location: number,
): Place | null {
  const token = tokens.find(({ start, end }) => {
    const sign = String.fromCharCode(text.bytes[start]!);
    return start >= location && end <= raw.end && /[$']/.test(sign);
  });
  if (!token) return null;
  const quote = /^\$[^$]*\$/.exec(text.bytes.toString('utf8', token.start, token.end))?.[0];
  if (quote === undefined) return null;
  const size = Buffer.byteLength(quote);
  return { start: token.start + size, end: token.end - size };
}

function* judgeSql(text: UnitText, { start, end }: Place, names: BodyNames): Generator<Finding> {
  const { statements, problem } = parseSql(text.bytes.subarray(start, end));
  if (problem) {
    const at = start + problem.offset;
    yield { what: 'a body that cannot be read', why: problem.message, start: at, end: at + 1 };
  }
  for (const { node, tree, ...inner } of statements) {
    const here = firstLineOf(text, start + inner.start, start + inner.end);
    yield* judge(node, tree, here, names);
  }
}

function* judgePlpgsql(
  raw: ParsedStatement,
  text: UnitText,
  place: Place,
  allowances: Allowances,
  names: BodyNames,
): Generator<Finding> {
  const read = readPlpgsql(text.bytes.toString('utf8', raw.start, raw.end));
  if ('problem' in read) {
    const whole = firstLineOf(text, raw.start, raw.end);
    yield { what: 'a body that cannot be read', why: read.problem, ...whole };
    return;
  }
  for (const { kind, sql, line } of read.parts) {
    const here = lineOf(text, place, line);
    if (kind === 'dynamic') {
      if (!allowances.has('dynamic-sql'))
        yield { what: 'SQL that is put together when it runs', why: declare('dynamic-sql'), ...here };
    } else if (kind === 'transaction') yield { what: 'COMMIT or ROLLBACK in a body', why: OWNED, ...here };
    else if (kind === 'unknown') yield { what: 'a statement that is not known', why: UNKNOWN, ...here };
    else yield* judgeText(sql, kind === 'expression', here, names);
  }
  for (const { type, line } of read.types)
    yield* unqualified(names.ofDeclaration(type, read.variables), lineOf(text, place, line));
  const known = new Set(read.parts.map(({ sql }) => sql));
  for (const { expression, line } of declaredValues(text.bytes.toString('utf8', place.start, place.end))) {
    const sql = `SELECT ${expression}`;
    if (!known.has(sql)) yield* judgeText(sql, true, lineOf(text, place, line), names);
  }
}

const OWNED = 'the executor owns the transaction';
const UNKNOWN = 'nobody has judged yet what it does';
const OTHERS = 'anything but SELECT, INSERT, UPDATE and DELETE in a body';
const INTO = { what: 'SELECT INTO in a body', why: 'write CREATE TABLE, then INSERT … SELECT' };
const UNCERTAIN =
  'whether it runs cannot be told beforehand, so its effects could not be compared; write it outside';

function* judgeText(sql: string, isExpression: boolean, here: Place, names: BodyNames): Generator<Finding> {
  const { statements, problem } = parseSql(Buffer.from(sql));
  if (problem || statements.length !== 1) {
    yield { what: 'a statement that cannot be read', why: problem?.message ?? UNKNOWN, ...here };
    return;
  }
  const { node, tree } = statements[0]!;
  if (!isExpression) return yield* judge(node, tree, here, names);
  // The table and the columns of an expression are the reader's own; what it calls is not.
  const part = refusedPart(node, tree);
  if (part) yield { ...part, ...here };
  const { relation: _, ...rest } = tree;
  yield* unqualified(names.ofStatement('SelectStmt', rest), here);
}

function* judge(node: string, tree: Node, here: Place, names?: BodyNames): Generator<Finding> {
  if (!IN_BODIES.has(node)) {
    if (node === 'TransactionStmt') yield { what: 'a transaction statement in a body', why: OWNED, ...here };
    else if (isAllowed(node, tree)) yield { what: OTHERS, why: UNCERTAIN, ...here };
    else {
      const { what, why } = refusalOf(node, tree);
      yield { what: `${what} in a body`, why, ...here };
    }
    return;
  }
  const part = tree.intoClause ? INTO : refusedPart(node, tree);
  if (part) yield { ...part, ...here };
  if (names) yield* unqualified(names.ofStatement(node, tree), here);
}

function* unqualified(names: readonly string[], here: Place): Generator<Finding> {
  for (const name of names)
    yield { rule: 'qualified-names', what: unqualifiedMessage(name), why: OF_BODY, ...here };
}

const OF_BODY = 'write schema.name, or give the function SET search_path with its schemas';

/** The statements of `BEGIN ATOMIC … END`, or the one `RETURN`. */
function statementsIn(body: unknown): { node: string; tree: Node }[] {
  if (Array.isArray(body)) return body.flatMap(statementsIn);
  return Object.entries(body as Node).flatMap(([node, tree]) =>
    node === 'List'
      ? statementsIn((tree as { items?: unknown[] }).items ?? [])
      : [{ node, tree: tree as Node }],
  );
}

/** A line of a body, without the blanks around it. */
function lineOf(text: UnitText, { start, end }: Place, line: number): Place {
  let at = start;
  for (let passed = 1; passed < line; passed++) {
    const next = text.bytes.indexOf(10, at);
    if (next < 0 || next >= end) break;
    at = next + 1;
  }
  return firstLineOf(text, at, end);
}

/** The bytes from `start` to the end of its line, without the blanks around them. */
function firstLineOf(text: UnitText, start: number, limit: number): Place {
  const next = text.bytes.indexOf(10, start);
  const end = next < 0 ? limit : Math.min(next, limit);
  const line = text.bytes.toString('utf8', start, end);
  const blanks = line.length - line.trimStart().length;
  return { start: start + blanks, end: start + blanks + Math.max(1, Buffer.byteLength(line.trim())) };
}

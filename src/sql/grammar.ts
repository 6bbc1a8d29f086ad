import { createRequire } from 'node:module';
import type { SqlError } from 'libpg-query';
import { Recent } from '../base/recent.js';

type Grammar = typeof import('libpg-query');

let grammar: Grammar | undefined;

/** Loads PostgreSQL's own grammar (WebAssembly); needed once before `parseSql`. */
export async function loadGrammar(): Promise<void> {
  if (grammar) return;
  // Required, as loading a first ES module takes longer than reading a document.
  const module = createRequire(import.meta.url)('libpg-query') as Grammar;
  await module.loadModule();
  grammar = module;
}

/** A node of PostgreSQL's syntax tree, wrapped as `{ CreateStmt: {...} }`. */
export type Node = { readonly [key: string]: unknown };

/** One statement: bytes `start..end` of the text, without its semicolon and the comments around it. */
export interface ParsedStatement {
  readonly node: string;
  readonly tree: Node;
  readonly start: number;
  readonly end: number;
}

/** A token of the server's lexer: bytes `start..end` of the text. */
export interface Token {
  readonly kind: 'line-comment' | 'block-comment' | 'other';
  readonly start: number;
  readonly end: number;
}

export interface SyntaxProblem {
  readonly message: string;
  /** Byte offset in the text. */
  readonly offset: number;
}

/** What is wrong with SQL that is there to be read; null where the server's grammar takes it. */
export function syntaxProblem(bytes: Uint8Array): SyntaxProblem | null {
  const text = textOf(bytes);
  if (text.length > MOST_JUDGED) return judge(text);
  const known = judged.get(text);
  if (known !== undefined) return known;
  const problem = judge(text);
  judged.set(text, problem);
  return problem;
}

/** Examples are copied from page to page, and an editor asks for all of a document at each key: the last short ones. */
const judged = new Recent<SyntaxProblem | null>(1000);
/** In UTF-16 units. */
const MOST_JUDGED = 1000;

function judge(text: string): SyntaxProblem | null {
  if (!grammar) throw new Error('the SQL grammar is not loaded');
  if (text.trim() === '') return null;
  const deep = tooDeep(text);
  if (deep) return deep;
  try {
    grammar.parseSync(text);
    return null;
  } catch (error) {
    return toProblem(error, text);
  }
}

function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}

/** Tokens of SQL that need not parse; none where even the lexer refuses it. */
export function tokensOf(bytes: Uint8Array): Token[] {
  try {
    return scan(textOf(bytes));
  } catch {
    return [];
  }
}

/** Splits SQL into statements by the server's grammar. All offsets are UTF-8 bytes. */
export function parseSql(bytes: Uint8Array): {
  statements: ParsedStatement[];
  tokens: Token[];
  problem: SyntaxProblem | null;
} {
  if (!grammar) throw new Error('the SQL grammar is not loaded');
  const text = textOf(bytes);
  if (text.trim() === '') return { statements: [], tokens: [], problem: null };
  const deep = tooDeep(text);
  if (deep) return { statements: [], tokens: [], problem: deep };
  try {
    const parsed = grammar.parseSync(text).stmts ?? [];
    const tokens = scan(text);
    const statements = parsed.map((raw) => {
      const start = raw.stmt_location ?? 0;
      const limit = raw.stmt_len ? start + raw.stmt_len : bytes.length;
      const [node = '', tree] = Object.entries(raw.stmt as Node)[0] ?? [];
      return { node, tree: (tree ?? {}) as Node, start, end: endOfStatement(tokens, limit) };
    });
    return { statements, tokens, problem: null };
  } catch (error) {
    return { statements: [], tokens: [], problem: toProblem(error, text) };
  }
}

/**
 * Brackets that the grammar is not shown. It runs out of stack at about 2,500, and doing that some 40 times leaves its
 * memory damaged for whatever is read afterwards; 1,500 were read 300 times without harm.
 */
const DEEPEST = 1000;

/** Brackets within text and comments count as well: nobody has that many open. */
function tooDeep(text: string): SyntaxProblem | null {
  let depth = 0;
  for (let unit = 0; unit < text.length; unit++) {
    const code = text.charCodeAt(unit);
    if (code === OPEN) depth += 1;
    else if (code === CLOSE) depth -= 1;
    if (depth > DEEPEST) return { message: TOO_DEEP, offset: Buffer.byteLength(text.slice(0, unit)) };
  }
  return null;
}

const OPEN = 0x28;
const CLOSE = 0x29;
const TOO_DEEP = 'the statement is nested too deeply to be read';

/** What PL/pgSQL's own parser makes of a CREATE FUNCTION or DO whose body is one string. @throws Error with its refusal */
export function parsePlpgsql(statement: string): unknown {
  if (!grammar) throw new Error('the SQL grammar is not loaded');
  return grammar.parsePlPgSQLSync(statement);
}

function scan(text: string): Token[] {
  // The scanner's result is JSON in which control characters are not escaped; same bytes, so the same offsets.
  const plain = text.replace(/[\u0001-\u0008\u000b\u000e-\u001f]/g, '?');
  return grammar!.scanSync(plain).tokens.map(({ start, end, tokenName }) => ({
    kind:
      tokenName === 'SQL_COMMENT' ? 'line-comment' : tokenName === 'C_COMMENT' ? 'block-comment' : 'other',
    start,
    end,
  }));
}

/** End of the last token before a byte that is neither comment nor semicolon. Tokens are in order. */
function endOfStatement(tokens: readonly Token[], limit: number): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tokens[middle]!.end <= limit) low = middle + 1;
    else high = middle;
  }
  while (low > 0 && tokens[low - 1]!.kind !== 'other') low -= 1;
  return tokens[low - 1]?.end ?? limit;
}

/** What the parser said, at its byte. */
export function toProblem(error: unknown, text: string): SyntaxProblem {
  const details = (error as SqlError).sqlDetails;
  if (details) {
    return { message: details.message, offset: byteOffset(text, details.cursorPosition) };
  }
  if (error instanceof RangeError) return { message: TOO_DEEP, offset: 0 };
  return { message: (error as Error).message, offset: 0 };
}

/** The byte at which a character of a text begins; the grammar counts characters, as Unicode does. */
function byteOffset(text: string, character: number): number {
  let unit = 0;
  for (let left = character; left > 0 && unit < text.length; left--)
    unit += text.codePointAt(unit)! > 0xffff ? 2 : 1;
  return Buffer.byteLength(text.slice(0, unit));
}

/** Whether a word is a keyword that the server quotes when it prints an identifier: all but the unreserved. */
export function isKeyword(word: string): boolean {
  if (!grammar) throw new Error('the SQL grammar is not loaded');
  const known = keywords.get(word);
  if (known !== undefined) return known;
  const kind = grammar.scanSync(word).tokens[0]?.keywordName;
  const keyword = kind !== undefined && kind !== 'NO_KEYWORD' && kind !== 'UNRESERVED_KEYWORD';
  keywords.set(word, keyword);
  return keyword;
}

/** The last words that were asked for: a document names the same tables and columns again and again. */
const keywords = new Recent<boolean>(1000);

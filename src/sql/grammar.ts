import type { SqlError } from 'libpg-query';

type Grammar = typeof import('libpg-query');

let grammar: Grammar | undefined;

/** Loads PostgreSQL's own grammar (WebAssembly); needed once before `parseSql`. */
export async function loadGrammar(): Promise<void> {
  if (grammar) return;
  const module = await import('libpg-query');
  await module.loadModule();
  grammar = module;
}

/** A node of PostgreSQL's syntax tree, wrapped as `{ CreateStmt: {...} }`. */
export type Node = { readonly [key: string]: unknown };

/** One statement: bytes `start..end` of the text, without its semicolon and leading comments. */
export interface ParsedStatement {
  readonly node: string;
  readonly tree: Node;
  readonly start: number;
  readonly end: number;
}

export interface SyntaxProblem {
  readonly message: string;
  /** Byte offset in the text. */
  readonly offset: number;
}

/** Splits SQL into statements by the server's grammar. All offsets are UTF-8 bytes. */
export function parseSql(bytes: Uint8Array): {
  statements: ParsedStatement[];
  problem: SyntaxProblem | null;
} {
  if (!grammar) throw new Error('the SQL grammar is not loaded');
  const text = Buffer.from(bytes).toString('utf8');
  if (text.trim() === '') return { statements: [], problem: null };
  try {
    const statements = (grammar.parseSync(text).stmts ?? []).map((raw) => {
      const start = raw.stmt_location ?? 0;
      const end = raw.stmt_len ? start + raw.stmt_len : trimmedEnd(bytes);
      const [node = '', tree] = Object.entries(raw.stmt as Node)[0] ?? [];
      return { node, tree: (tree ?? {}) as Node, start, end };
    });
    return { statements, problem: null };
  } catch (error) {
    return { statements: [], problem: toProblem(error, text) };
  }
}

function toProblem(error: unknown, text: string): SyntaxProblem {
  const details = (error as SqlError).sqlDetails;
  if (details) {
    const before = [...text].slice(0, Math.max(0, details.cursorPosition)).join('');
    return { message: details.message, offset: Buffer.byteLength(before) };
  }
  if (error instanceof RangeError)
    return { message: 'the statement is nested too deeply to be read', offset: 0 };
  return { message: (error as Error).message, offset: 0 };
}

/** The last statement without a semicolon runs to the end of the text. */
function trimmedEnd(bytes: Uint8Array): number {
  return Buffer.byteLength(Buffer.from(bytes).toString('utf8').trimEnd());
}

/** Whether a word is a keyword that the server quotes when it prints an identifier: all but the unreserved. */
export function isKeyword(word: string): boolean {
  if (!grammar) throw new Error('the SQL grammar is not loaded');
  const kind = grammar.scanSync(word).tokens[0]?.keywordName;
  return kind !== undefined && kind !== 'NO_KEYWORD' && kind !== 'UNRESERVED_KEYWORD';
}

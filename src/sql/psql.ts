import type { SqlProblem } from './facts.js';
import type { ParsedStatement } from './grammar.js';
import type { UnitText } from './unit-text.js';

/** A piece of a script that psql reads and the server never sees. All offsets are bytes. */
export interface PsqlPart {
  readonly kind: 'meta-command' | 'variable' | 'inline-data';
  /** Span of the token that gives it away: `\copy`, `:name`, `stdin`. */
  readonly start: number;
  readonly end: number;
  /** What has to go so that the rest is SQL: the rest of the line, the colon, the rows of data. */
  readonly from: number;
  readonly to: number;
}

/**
 * Finds what only psql understands in a script that the server's grammar refuses. It needs a lexer of its own: a
 * meta-command may hold half a quotation mark, which stops the server's.
 */
export function psqlParts(bytes: Buffer): PsqlPart[] {
  // One character for each byte, so that offsets need no conversion.
  const script = bytes.toString('latin1');
  const parts: PsqlPart[] = [];
  let brackets = 0;
  let statement = '';
  let stdin: Token | null = null;
  for (let at = 0; at < script.length; ) {
    const literal = literalEnd(script, at);
    if (literal !== null) {
      at = literal;
      continue;
    }
    const token = tokenAt(script, at);
    const { kind, start, end } = token;
    at = end;
    if (kind === 'meta-command') {
      at = lineEnd(script, start);
      parts.push({ kind, start, end, from: start, to: at });
    } else if (kind === 'variable') {
      // Within brackets it is a bound of a slice.
      if (brackets === 0) parts.push({ kind, start, end, from: start, to: start + 1 });
    } else if (kind === 'word') {
      const word = script.slice(start, end);
      if (/^stdin$/i.test(word) && /^copy .*\bfrom $/i.test(statement)) stdin = token;
      if (statement.length < FAR) statement += `${word} `;
    } else if (script[start] === '[') brackets += 1;
    else if (script[start] === ']') brackets = Math.max(0, brackets - 1);
    else if (script[start] === ';') {
      if (stdin) {
        at = dataEnd(script, end);
        parts.push({ kind: 'inline-data', start: stdin.start, end: stdin.end, from: end, to: at });
      }
      brackets = 0;
      statement = '';
      stdin = null;
    }
  }
  return parts;
}

/** The script without those parts, byte for byte as long, so that the rest can be parsed where it stands. */
export function withoutPsqlParts(bytes: Buffer, parts: readonly PsqlPart[]): Buffer {
  const rest = Buffer.from(bytes);
  for (const { from, to } of parts) {
    for (let at = from; at < to; at++) if (rest[at] !== LINE_FEED) rest[at] = BLANK;
  }
  return rest;
}

/** Whether a statement takes rows from the script that it stands in: COPY … FROM STDIN. */
export function readsInlineData({ node, tree }: Pick<ParsedStatement, 'node' | 'tree'>): boolean {
  return node === 'CopyStmt' && tree.is_from === true && !tree.filename && !tree.is_program;
}

/** The finding for such a piece, at its token. */
export function psqlProblem(
  text: UnitText,
  { kind, start, end }: Pick<PsqlPart, 'kind' | 'start' | 'end'>,
): SqlProblem {
  const token = text.bytes.toString('utf8', start, end);
  const [message, help] = {
    'meta-command': [
      `psql meta-command ${token} in executable SQL`,
      'it is no SQL and never runs; write the SQL that it stands for, or take it out',
    ],
    variable: [
      `psql variable ${token} in executable SQL`,
      'nothing is put in its place; write the value itself, so that what is reviewed is what runs',
    ],
    'inline-data': [
      'COPY … FROM STDIN in executable SQL: its rows are data for psql and no SQL',
      'write the rows as INSERT statements',
    ],
  }[kind] as [string, string];
  return { rule: 'no-meta-command', message, position: text.range(start, end), help };
}

const LINE_FEED = 10;
const BLANK = 32;

/** So much of a statement is looked at for the words of a COPY. */
const FAR = 10_000;

interface Token {
  readonly kind: 'meta-command' | 'variable' | 'word' | 'sign';
  readonly start: number;
  readonly end: number;
}

const LETTER = '\\w\\x80-\\xff';
const META_COMMAND = /\\(?:[A-Za-z_]+\+?|\S)?/y;
const VARIABLE = new RegExp(`:(?:[${LETTER}]+|'[${LETTER}]+'|"[${LETTER}]+"|\\{\\?[${LETTER}]+\\})`, 'y');
const OPERATOR = /::|:=/y;
const WORD = new RegExp(`[${LETTER}$]+`, 'y');

function tokenAt(script: string, start: number): Token {
  const matched = (kind: Token['kind'], pattern: RegExp): Token | null => {
    const end = matchEnd(pattern, script, start);
    return end === null ? null : { kind, start, end };
  };
  const sign = script[start];
  const token =
    sign === '\\'
      ? matched('meta-command', META_COMMAND)
      : sign === ':'
        ? (matched('sign', OPERATOR) ?? matched('variable', VARIABLE))
        : matched('word', WORD);
  return token ?? { kind: 'sign', start, end: start + 1 };
}

const DOLLAR = new RegExp(`\\$(?:[A-Za-z_\\x80-\\xff][${LETTER}]*)?\\$`, 'y');
const ESCAPED = /[eE]'[^'\\]*(?:\\[\s\S][^'\\]*)*/y;

/** Where the comment or literal at an offset ends; one that is not closed goes on to the end, as for the server. */
function literalEnd(script: string, start: number): number | null {
  const sign = script[start]!;
  const until = (close: string, from: number) => {
    const end = script.indexOf(close, from);
    return end < 0 ? script.length : end + close.length;
  };
  if (script.startsWith('--', start)) return lineEnd(script, start);
  if (script.startsWith('/*', start)) return commentEnd(script, start);
  if (sign === "'" || sign === '"') return until(sign, start + 1);
  const dollar = sign === '$' ? matchEnd(DOLLAR, script, start) : null;
  if (dollar !== null) return until(script.slice(start, dollar), dollar);
  const escaped = matchEnd(ESCAPED, script, start);
  return escaped === null ? null : Math.min(escaped + 1, script.length);
}

/** Block comments nest. */
function commentEnd(script: string, start: number): number {
  let depth = 0;
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  for (let mark = marks.exec(script); mark; mark = marks.exec(script)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return script.length;
}

function lineEnd(script: string, at: number): number {
  const end = script.indexOf('\n', at);
  return end < 0 ? script.length : end;
}

/** Rows of data run up to a line with `\.`; without one it cannot be said where they end. */
function dataEnd(script: string, at: number): number {
  const end = /^\\\.[ \t]*$/m.exec(script.slice(at));
  return end ? at + end.index + end[0].length : script.length;
}

function matchEnd(pattern: RegExp, script: string, start: number): number | null {
  pattern.lastIndex = start;
  return pattern.test(script) ? pattern.lastIndex : null;
}

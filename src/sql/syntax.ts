import type { SqlProblem } from './facts.js';
import { type ParsedStatement, parseSql, type SyntaxProblem, type Token } from './grammar.js';
import { psqlParts, psqlProblem, withoutPsqlParts } from './psql.js';
import type { UnitText } from './unit-text.js';

/** A refusal of the grammar at its token. */
export function atToken(text: UnitText, { message, offset }: SyntaxProblem): SqlProblem {
  const help = /^\s*\\/.test(text.lineAt(offset))
    ? 'psql meta-commands are not SQL and never run; write the SQL they stand for'
    : "PostgreSQL's own grammar refuses it here";
  return { rule: 'sql-syntax', message, position: text.tokenAt(offset), help };
}

/** Parses SQL that runs: what psql alone understands is told apart from what nobody does. */
export function checkExecutableSyntax(text: UnitText, problems: SqlProblem[]): ReturnType<typeof parseSql> {
  const parsed = parseSql(text.bytes);
  if (!parsed.problem) return parsed;
  const parts = psqlParts(text.bytes);
  problems.push(...parts.map((part) => psqlProblem(text, part)));
  const rest = parts.length > 0 ? parseSql(withoutPsqlParts(text.bytes, parts)).problem : parsed.problem;
  if (rest) {
    const problem = atToken(text, rest);
    // What a variable stood for may not be SQL without it: one cause, one finding.
    const { line } = problem.position.start;
    const explained = parts.some((part) => text.range(part.start, part.end).start.line === line);
    if (!explained) problems.push(problem);
  }
  return parsed;
}

/** Each fence is read on its own by a reviewer, so nothing may begin in one and end in another. */
export function acrossFences(text: UnitText, parts: readonly { start: number; end: number }[]): SqlProblem[] {
  if (text.ranges.length === 1) return [];
  const crossing = parts.find(({ start, end }) => text.fenceOf(start) !== text.fenceOf(end - 1));
  if (!crossing) return [];
  const { start } = text.range(crossing.start, crossing.end);
  return [
    {
      rule: 'sql-syntax',
      message: 'a statement, text or comment runs on into the next fence',
      position: { start, end: { line: start.line, column: start.column + 1 } },
      help: 'end it in the fence that it begins in',
    },
  ];
}

/** COPY … FROM STDIN without rows behind it is read by the server's grammar too. */
export function inlineData(text: UnitText, tokens: readonly Token[], raw: ParsedStatement): SqlProblem {
  const stdin = tokens.find(
    ({ start, end }) =>
      start >= raw.start && end <= raw.end && /^stdin$/i.test(text.bytes.toString('utf8', start, end)),
  );
  return psqlProblem(text, { ...(stdin ?? raw), kind: 'inline-data' });
}

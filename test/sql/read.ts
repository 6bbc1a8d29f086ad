import { parseDocument } from '../../src/parse/parse-document.js';
import type { SqlFacts, SqlProblem } from '../../src/sql/facts.js';
import { readSql } from '../../src/sql/read-sql.js';

/** SQL facts of a document; `loadGrammar` must have been awaited. */
export function readText(text: string): SqlFacts {
  const bytes = Buffer.from(text);
  return readSql(parseDocument('a.md', bytes), bytes);
}

/** SQL facts of one fence of a role, whose first line is line 3 of the document. */
export function readFence(role: string, sql: string): SqlFacts {
  return readText(`# Title\n\`\`\`sql ${role}\n${sql}\n\`\`\`\n`);
}

/** `rule line:column message` of each problem. */
export function brief(problems: readonly SqlProblem[]): string[] {
  return problems.map(
    ({ rule, message, position }) => `${rule} ${position.start.line}:${position.start.column} ${message}`,
  );
}

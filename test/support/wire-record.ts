import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { isOwnStatement } from '../../src/execute/own-statements.js';
import type { FenceRole } from '../../src/parse/document.js';
import type { Plan } from '../../src/plan/plan.js';
import { parseSql } from '../../src/sql/grammar.js';
import type { FrontendMessage } from './frontend-messages.js';

/** One SQL text as it went over the wire, with the values that were bound to it. */
export interface SentStatement {
  readonly sql: string;
  readonly values: readonly (string | null)[];
}

/** The name by which a client gave itself away, or the empty text. */
export function applicationOf(connection: readonly FrontendMessage[]): string {
  const start = connection.find((message) => message.kind === 'StartupMessage');
  return start?.parameters.application_name ?? '';
}

/** Every message that a statement of the tool consists of; CopyFail is said to PGlite with each of them. */
const SEQUENCE = /^(?:Parse Bind Describe Execute (?:CopyFail )?Sync (?:CopyFail Sync )?)*$/;

/**
 * The statements of one connection of the tool. Asserts that each is one unnamed Parse, Bind, Describe, Execute and Sync
 * with nothing between: no simple Query, nothing that is prepared to be used again.
 */
export function statementsOf(connection: readonly FrontendMessage[]): SentStatement[] {
  const said = connection.filter(
    ({ kind }) => !['StartupMessage', 'SSLRequest', 'Password', 'Terminate'].includes(kind),
  );
  expect(said.map(({ kind }) => `${kind} `).join('')).toMatch(SEQUENCE);
  for (const message of said) {
    if ('statement' in message) expect(message.statement).toBe('');
    if ('portal' in message) expect(message.portal).toBe('');
    if (message.kind === 'Execute') expect(message.rows).toBe(0);
  }
  const binds = said.filter((message) => message.kind === 'Bind');
  return said
    .filter((message) => message.kind === 'Parse')
    .map(({ sql }, index) => ({ sql, values: binds[index]!.values }));
}

/** What the tool said, session by session, where nobody connected but the tool and programs of these names. */
export function sessionsOf(
  connections: readonly (readonly FrontendMessage[])[],
  programs: readonly string[] = ['pg_dump'],
): SentStatement[][] {
  const strangers = connections
    .map(applicationOf)
    .filter((name) => !['probatum', ...programs].includes(name));
  expect(strangers).toEqual([]);
  const sessions = connections.filter((one) => applicationOf(one) === 'probatum').map(statementsOf);
  for (const { sql } of sessions.flat())
    expect({ sql, count: parseSql(Buffer.from(sql)).statements.length }).toEqual({ sql, count: 1 });
  return sessions;
}

/** Statements of the reviewed documents, cut from their files by what the plan says of the bytes. */
export interface Reviewed {
  readonly migration: readonly string[];
  readonly rollback: readonly string[];
  readonly preflight: readonly string[];
  readonly verify: readonly string[];
  /** Those of `verify` whose expectation needs their value before the migration. */
  readonly baselines: readonly string[];
}

export function reviewedOf(root: string, plan: Plan): Reviewed {
  const change = (name: 'migration' | 'rollback') => {
    const bytes = fencesOf(root, plan.ddl.path, name);
    return plan[name].statements
      .filter(({ sent }) => sent)
      .map(({ start, end }) => bytes.toString('utf8', start, end));
  };
  const checks = (name: 'preflight' | 'verify', which = (_: Plan['preflight']['checks'][number]) => true) => {
    const bytes = fencesOf(root, plan.package.path, name);
    return (name === 'verify' ? plan.verification : plan.preflight).checks
      .filter(which)
      .flatMap(({ statement }) =>
        statement ? [bytes.toString('utf8', statement.start, statement.end)] : [],
      );
  };
  return {
    migration: change('migration'),
    rollback: change('rollback'),
    preflight: checks('preflight'),
    verify: checks('verify'),
    baselines: checks('verify', ({ expected }) => expected.kind === 'baseline'),
  };
}

/** The bytes between the fence lines of a role, without any code of the tool. */
export function fencesOf(root: string, path: string, role: FenceRole): Buffer {
  const text = readFileSync(join(root, path), 'utf8');
  const fences = [...text.matchAll(new RegExp(`^\`\`\`sql ${role}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))];
  return Buffer.from(fences.map(([, sql]) => sql).join(''));
}

/** How often each text of `wanted` must have been sent, and was. */
export function timesSent(sent: readonly SentStatement[], wanted: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    [...new Set(wanted)].map((text) => [text, sent.filter(({ sql }) => sql === text).length]),
  );
}

/** What must have been sent how often: one for each time that it stands in the lists. */
export function timesExpected(...lists: readonly (readonly string[])[]): Record<string, number> {
  const times: Record<string, number> = {};
  for (const text of lists.flat()) times[text] = (times[text] ?? 0) + 1;
  return times;
}

/** What is neither on the list of the tool's own statements, with its parameters, nor a reviewed one without any. */
export function strangers(sent: readonly SentStatement[], reviewed: readonly string[]): SentStatement[] {
  return sent.filter(
    ({ sql, values }) =>
      !isOwnStatement(sql, values.length) && !(reviewed.includes(sql) && values.length === 0),
  );
}

/**
 * How often one session committed reviewed statements: COMMIT of a transaction in which one of them was sent, and each
 * one that was sent outside of a transaction, which would commit itself.
 */
export function commitsOf(session: readonly SentStatement[], reviewed: readonly string[]): number {
  let commits = 0;
  let [open, holds] = [false, false];
  for (const { sql } of session) {
    if (reviewed.includes(sql)) {
      if (!open) commits += 1;
      holds = true;
    } else if (/^(?:BEGIN|START)\b/i.test(sql)) [open, holds] = [true, false];
    else if (/^(?:COMMIT|END|PREPARE TRANSACTION)\b/i.test(sql)) {
      if (open && holds) commits += 1;
      [open, holds] = [false, false];
    } else if (/^(?:ROLLBACK|ABORT)(?! TO\b)/i.test(sql)) [open, holds] = [false, false];
  }
  return commits;
}

import type { Diagnostic } from '../base/diagnostic.js';
import { loadOlderGrammar, OLDER_MAJORS, type OlderParser } from '../sql/older-grammars.js';
import type { UnitText } from '../sql/unit-text.js';
import type { Plan } from './plan.js';
import type { ReviewedBytes } from './reviewed-bytes.js';

/** What servers that the plan may run on would refuse, and whose grammars could not be asked. */
export interface OlderServers {
  readonly errors: readonly Diagnostic[];
  /** Majors within the target's range whose packages are not installed. */
  readonly missing: readonly number[];
}

/** A statement of the plan, with its document. */
interface PlacedStatement {
  readonly file: string;
  readonly text: UnitText;
  readonly start: number;
  readonly end: number;
}

/**
 * Asks the grammar of each older server that the package's target may be for every statement: what everything else reads
 * is PostgreSQL 18's, which takes more. A statement is reported once, with the newest server that refuses it.
 * @param load how a grammar is found; null where it is not installed
 */
export async function olderServers(
  plan: Plan,
  bytes: ReviewedBytes,
  load: (major: number) => Promise<OlderParser | null> = loadOlderGrammar,
): Promise<OlderServers> {
  const { min, max } = plan.target.serverMajor;
  const wanted = OLDER_MAJORS.filter((major) => major >= min && major <= max).sort((a, b) => b - a);
  const loaded = await Promise.all(wanted.map(async (major) => ({ major, parse: await load(major) })));
  const parsers = loaded.filter((one): one is typeof one & { parse: OlderParser } => one.parse !== null);
  const missing = loaded.filter(({ parse }) => parse === null).map(({ major }) => major);
  const errors = statementsOf(plan, bytes).flatMap((statement) => {
    const sql = statement.text.bytes.toString('utf8', statement.start, statement.end);
    for (const { major, parse } of parsers) {
      const problem = parse(sql);
      if (problem) return [refused(statement, major, problem.message, problem.offset)];
    }
    return [];
  });
  return { errors, missing };
}

function refused(
  { file, text, start }: PlacedStatement,
  major: number,
  message: string,
  offset: number,
): Diagnostic {
  return {
    ruleId: 'sql-syntax',
    severity: 'error',
    file,
    message: `PostgreSQL ${major} refuses it: ${message}`,
    position: text.tokenAt(start + offset),
    help: "write it as that version takes it, or say in the package's target from which server_major on it runs",
  };
}

function statementsOf(plan: Plan, bytes: ReviewedBytes): PlacedStatement[] {
  const changes = (['migration', 'rollback'] as const).flatMap((name) =>
    plan[name].statements.map(({ start, end }) => ({ file: plan.ddl.path, text: bytes[name], start, end })),
  );
  const phases = [
    { checks: plan.preflight.checks, text: bytes.preflight },
    { checks: plan.verification.checks, text: bytes.verify },
  ];
  const checks = phases.flatMap((phase) =>
    phase.checks.flatMap(({ statement }) =>
      statement
        ? [{ file: plan.package.path, text: phase.text, start: statement.start, end: statement.end }]
        : [],
    ),
  );
  return [...changes, ...checks];
}

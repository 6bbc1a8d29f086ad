import { UsageError } from '../base/usage-error.js';
import { type Entry, unitOf } from '../model/entry.js';
import { readExpectation } from '../sql/expectation.js';
import type { Check, SqlUnit } from '../sql/facts.js';
import type { Plan, PlanCheck, PlanStatement, PlanUnit } from './plan.js';

/** The SQL of one role. @throws UsageError `plan-refused` where a document has none */
export function needUnit(entry: Entry, role: SqlUnit['role']): SqlUnit {
  const unit = unitOf(entry, role);
  if (!unit) throw new UsageError('plan-refused', `${entry.document.path} has no "sql ${role}" fence`);
  return unit;
}

/** The statements of a unit as a plan names them. @param bytes the unit's bytes, for labels */
export function planUnit(entry: Entry, unit: SqlUnit, bytes: Buffer): PlanUnit {
  const statements = unit.statements.map((statement, index): PlanStatement => {
    const sql = bytes.subarray(statement.start, statement.end).toString('utf8');
    return {
      number: index + 1,
      label: (sql.split('\n', 1)[0] ?? '').replace(/\s*\($/, '').slice(0, 120),
      start: statement.start,
      end: statement.end,
      sha256: statement.sha256,
      line: statement.position.start.line,
      sent: statement.transaction === null,
      effects: statement.effects.map(({ action, kind, name, table }) => {
        const label = name.startsWith(`${kind} `) ? name : `${kind} ${name}`;
        return table ? `${action} ${label} on ${table}` : `${action} ${label}`;
      }),
      locks: statement.locks,
    };
  });
  return {
    document: entry.document.path,
    sha256: unit.digest,
    size: unit.size,
    ranges: unit.ranges,
    statements,
  };
}

/** The checks of one phase. @throws UsageError `plan-refused` for one that could prove nothing */
export function planChecks(pack: Entry, role: 'preflight' | 'verify'): Plan['preflight'] {
  const unit = needUnit(pack, role);
  const checks = pack.sql.checks.filter(({ phase }) => phase === role).map((check) => planCheck(pack, check));
  return { sha256: unit.digest, checks };
}

function planCheck(pack: Entry, check: Check): PlanCheck {
  const { statement, evidence } = check;
  const refuse = (problem: string) => {
    const place = `${pack.document.path}:${check.position.start.line}`;
    return new UsageError('plan-refused', `${place}: check ${check.id}: ${problem}`);
  };
  if (/^D-/.test(check.id)) throw refuse('ids that start with D- are those of derived checks');
  const expected = readExpectation(check.expect.map(({ text: line }) => line));
  if ('problem' in expected) throw refuse(expected.problem);
  if ((statement === null) === (evidence === null))
    throw refuse('it is answered by one statement, or by evidence of the tool');
  if (expected.kind === 'baseline' && check.phase === 'preflight')
    throw refuse('a baseline is read in the state that the preflight judges; it would prove nothing there');
  if (expected.kind === 'baseline' && statement === null)
    throw refuse('evidence has no value before the migration that could be its baseline');
  return {
    id: check.id,
    title: check.title,
    phase: check.phase,
    line: check.position.start.line,
    expected,
    evidence,
    statement: statement && { start: statement.start, end: statement.end, sha256: statement.sha256 },
  };
}

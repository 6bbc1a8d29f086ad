import type { Plan, PlanCheck, PlanUnit } from '../plan/plan.js';
import type { Paint } from './diagnostics.js';
import { encodeTerminal } from './encode.js';

/** A plan for people: what will be sent to the database, in order, and what must hold. */
export function planText(plan: Plan, planSha256: string, paint: Paint): string {
  const heading = (text: string) => `\n${paint.bold(text)}`;
  const { target, limits } = plan;
  const lines = [
    `${paint.bold('plan')} ${planSha256}`,
    `change   ${plan.change}`,
    `package  ${plan.package.path} (${plan.package.revision}) ${plan.package.sha256}`,
    `ddl      ${plan.ddl.path} (${plan.ddl.revision}) ${plan.ddl.sha256}`,
    `law      ${plan.law.path} (${plan.law.revision}) ${plan.law.sha256}`,
    `target   ${target.name}: system identifier ${target.systemIdentifier}, database ${target.database}, role ${target.role}`,
    `limits   lock_timeout ${limits.lockTimeoutMs} ms, statement_timeout ${limits.statementTimeoutMs} ms`,
    heading('Commands, each behind its gates'),
    ...plan.commands.map(({ id, step }) =>
      `  ${id.padEnd(6)} ${step.padEnd(16)} ${gatesBefore(plan, id)}`.trimEnd(),
    ),
    heading(`Sent in one transaction (${plan.migration.size} bytes, sha256 ${plan.migration.sha256})`),
    ...unitLines(plan.migration, paint),
    heading(`Rollback, ${plan.rollbackPolicy} (${plan.rollback.size} bytes, sha256 ${plan.rollback.sha256})`),
    ...unitLines(plan.rollback, paint),
    heading(`Preflight: ${plan.preflight.checks.length} checks`),
    ...plan.preflight.checks.map(checkLine),
    heading(
      `Verification, inside the transaction and after COMMIT: ${plan.verification.checks.length} checks`,
    ),
    ...plan.verification.checks.map(checkLine),
    heading(`Derived from the migration: ${plan.derived.length} checks`),
    ...plan.derived.map(
      ({ id, title, expected }) => `  ${id.padEnd(10)} ${title}: ${expected.join(', ') || '(none)'}`,
    ),
  ];
  return `${lines.map((line) => encodeLine(line)).join('\n')}\n`;
}

/** Colours and the line's own breaks stay; anything else that could steer a terminal does not. */
function encodeLine(line: string): string {
  return line
    .split(/(\u001b\[\d+m|\n)/)
    .map((part, index) => (index % 2 === 1 ? part : encodeTerminal(part)))
    .join('');
}

function gatesBefore(plan: Plan, id: string): string {
  return plan.gates
    .filter(({ appliesTo }) => appliesTo === id)
    .map(
      ({ id: gate, gate: name, maxAgeSeconds }) =>
        `${gate} ${name}${maxAgeSeconds === null ? '' : ` <= ${maxAgeSeconds} s`}`,
    )
    .join(', ');
}

function unitLines(unit: PlanUnit, paint: Paint): string[] {
  return unit.statements.flatMap(({ number, label, line, sent, effects, locks }) => [
    `  ${String(number).padStart(2)}. ${label} ${paint.dim(`line ${line}`)}${sent ? '' : paint.dim(' (the executor sends its own)')}`,
    ...[...effects, ...locks.map((lock) => `lock ${lock}`)].map((text) => `      ${paint.dim(text)}`),
  ]);
}

function checkLine({ id, title, expected, evidence }: PlanCheck): string {
  const value =
    expected.kind === 'baseline'
      ? `baseline${expected.offset === null ? '' : ` ${expected.offset < 0 ? '-' : '+'} ${Math.abs(expected.offset)}`}`
      : expected.rows.join(' ⏎ ') || '(no rows)';
  return `  ${id.padEnd(10)} ${title}: ${value}${evidence === null ? '' : ` (by ${evidence})`}`;
}

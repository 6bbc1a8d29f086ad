import { milliseconds } from '../base/duration.js';
import { UsageError } from '../base/usage-error.js';
import type { HeaderValue } from '../parse/document.js';
import type { Plan, PlanReport, PlanTarget } from './plan.js';

type Data = { readonly [key: string]: HeaderValue };

/** What a package's front matter says of target, limits, reports and what is not in scope. */
export function readPackage(
  data: Data,
): Pick<Plan, 'target' | 'limits' | 'rollbackPolicy' | 'reports' | 'nonScope' | 'next'> {
  const limits = data.limits as Data;
  const reports = data.reports as Data;
  return {
    target: readTarget(data.target as Data),
    limits: {
      lockTimeoutMs: limit(text(limits, 'lock_timeout')),
      statementTimeoutMs: limit(text(limits, 'statement_timeout')),
    },
    rollbackPolicy: text(data, 'rollback') === 'by-hand' ? 'by-hand' : 'on-verification-failure',
    reports: {
      dryRun: planReport(text(reports, 'dry_run')),
      execution: planReport(text(reports, 'execution')),
    },
    nonScope: ((data.non_scope ?? []) as readonly Data[]).map(readNonScope),
    next: (data.next ?? []) as readonly string[],
  };
}

function readTarget(data: Data): PlanTarget {
  const optional = (key: string) => (data[key] === undefined ? null : text(data, key));
  const major = (data.server_major ?? { min: '13', max: '18' }) as Data;
  return {
    name: text(data, 'name'),
    systemIdentifier: text(data, 'system_identifier'),
    database: text(data, 'database'),
    role: text(data, 'role'),
    databaseOid: optional('database_oid'),
    timeline: optional('timeline'),
    host: optional('host'),
    serverMajor: { min: Number(major.min), max: Number(major.max) },
    marker: optional('marker'),
    ledger: data.ledger === 'none' ? 'none' : 'required',
  };
}

function limit(duration: string): number {
  const value = milliseconds(duration);
  if (value === null)
    throw new UsageError(
      'plan-refused',
      `${JSON.stringify(duration)} is no limit that the server could keep`,
    );
  return value;
}

function readNonScope(line: Data): Plan['nonScope'][number] {
  return {
    statement: text(line, 'statement'),
    provedBy: (line.proved_by ?? []) as readonly string[],
    declared: line.declared === undefined ? null : text(line, 'declared'),
  };
}

function planReport(path: string): PlanReport {
  return { path, date: /(\d{4}-\d{2}-\d{2})(?=[^/]*$)/.exec(path)?.[1] ?? null };
}

function text(data: Data, key: string): string {
  return String(data[key] ?? '');
}

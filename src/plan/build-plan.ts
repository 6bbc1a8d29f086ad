import { canonicalJson } from '../base/canonical-json.js';
import { sha256 } from '../base/digest.js';
import { UsageError } from '../base/usage-error.js';
import { type Entry, type Model, unitOf } from '../model/model.js';
import { type HeaderValue, headerText } from '../parse/document.js';
import { derivedChecks } from '../sql/derived-checks.js';
import { readExpectation } from '../sql/expectation.js';
import type { Check, SqlUnit } from '../sql/facts.js';
import type {
  DocumentRef,
  NonScopeLine,
  Plan,
  PlanCheck,
  PlanReport,
  PlanStatement,
  PlanTarget,
  PlanUnit,
} from './plan.js';
import { readProtocol } from './protocol.js';

/** Bytes of a document's unit, for labels; the same buffers that are hashed and later executed. */
export type UnitBytes = (entry: Entry, unit: SqlUnit) => Buffer;

type Data = { readonly [key: string]: HeaderValue };

/**
 * Builds the plan of a command package. The documents are valid by then: their errors are reported before.
 * @throws UsageError `wrong-kind`, `plan-refused` where a document or a part of it is missing
 */
export function buildPlan(model: Model, packagePath: string, unitBytes: UnitBytes): Plan {
  const pack = need(model, packagePath, 'command-package');
  const data = pack.document.header!.data;
  const ddl = need(model, pinPath(pack, 'ddl'), 'ddl');
  const law = need(model, pinPath(pack, 'law'), 'law');
  const migration = needUnit(ddl, 'migration');
  for (const entry of [pack, ddl]) refuseBrokenPins(model, entry);
  const predecessors = ddl.pins
    .filter(({ key }) => key.startsWith('depends_on.'))
    .map(({ path }) => need(model, path, 'ddl'));
  return {
    format: 'probatum-plan/1',
    change: text(data, 'change'),
    package: reference(pack),
    law: reference(law),
    ddl: reference(ddl),
    predecessors: predecessors.map((entry) => ({
      ...reference(entry),
      migrationSha256: needUnit(entry, 'migration').digest,
      fixtureSha256: unitOf(entry, 'fixture')?.digest ?? null,
    })),
    ...readProtocol(law, pack),
    target: readTarget(data.target as Data),
    limits: {
      lockTimeoutMs: milliseconds(text(data.limits as Data, 'lock_timeout')),
      statementTimeoutMs: milliseconds(text(data.limits as Data, 'statement_timeout')),
    },
    migration: planUnit(ddl, migration, unitBytes(ddl, migration)),
    rollback: planUnit(ddl, needUnit(ddl, 'rollback'), unitBytes(ddl, needUnit(ddl, 'rollback'))),
    rollbackPolicy: text(data, 'rollback') === 'by-hand' ? 'by-hand' : 'on-verification-failure',
    preflight: planChecks(pack, 'preflight'),
    verification: planChecks(pack, 'verify'),
    derived: derivedChecks(migration.statements),
    reports: {
      dryRun: planReport(text(data.reports as Data, 'dry_run')),
      execution: planReport(text(data.reports as Data, 'execution')),
    },
    nonScope: ((data.non_scope ?? []) as readonly Data[]).map(readNonScope),
    next: (data.next ?? []) as readonly string[],
    roles: Object.fromEntries(
      ['author', 'sovereign', 'verifier', 'phase'].flatMap((role) => {
        const value = headerText(pack.document, role);
        return value === undefined ? [] : [[role, value]];
      }),
    ),
  };
}

/** Digest of a plan: SHA-256 over its canonical JSON. */
export function planDigest(plan: Plan): string {
  return sha256(canonicalJson(plan));
}

/** Documents that a plan is made from, by path. */
export function planDocuments(plan: Plan): DocumentRef[] {
  return [plan.package, plan.law, plan.ddl, ...plan.predecessors];
}

/**
 * A plan is only made of documents that are what the package says they are. The linter says the same with places;
 * this is the last word before anything runs.
 */
function refuseBrokenPins(model: Model, entry: Entry): void {
  for (const { path, key, fields } of entry.pins) {
    const target = model.entries.get(path);
    for (const { name, value } of fields) {
      const actual =
        target &&
        (name === 'revision'
          ? headerText(target.document, 'revision')
          : name === 'sha256'
            ? target.document.digest
            : unitOf(target, name === 'migration_sha256' ? 'migration' : 'rollback')?.digest);
      if (actual !== value)
        throw new UsageError(
          'plan-refused',
          `${entry.document.path}: ${key}.${name} of ${path} is ${actual}, pinned was ${value}`,
        );
    }
  }
}

function need(model: Model, path: string, kind: Entry['kind']): Entry {
  const entry = model.entries.get(path);
  if (!entry) throw new UsageError('no-such-document', `no document ${path} in the corpus`);
  if (entry.kind !== kind)
    throw new UsageError('wrong-kind', `${path} is of kind ${entry.kind ?? '(none)'}, not ${kind}`);
  return entry;
}

function needUnit(entry: Entry, role: SqlUnit['role']): SqlUnit {
  const unit = unitOf(entry, role);
  if (!unit) throw new UsageError('plan-refused', `${entry.document.path} has no "sql ${role}" fence`);
  return unit;
}

function pinPath(entry: Entry, key: string): string {
  const pin = entry.pins.find((one) => one.key === key);
  if (!pin) throw new UsageError('plan-refused', `${entry.document.path} pins no ${key}`);
  return pin.path;
}

function reference({ document }: Entry): DocumentRef {
  return { path: document.path, revision: headerText(document, 'revision') ?? '', sha256: document.digest };
}

function text(data: Data, key: string): string {
  return String(data[key] ?? '');
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
  };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000 };

/** Longest time that the server's settings hold. */
const LONGEST_MS = 2_147_483_647;

function milliseconds(duration: string): number {
  const [, amount, unit] = /^(\d+)(ms|s|min)$/.exec(duration) ?? [];
  const value = Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
  if (!(value > 0 && value <= LONGEST_MS))
    throw new UsageError('plan-refused', `${JSON.stringify(duration)} is no limit that the server could keep`);
  return value;
}

function planUnit(entry: Entry, unit: SqlUnit, bytes: Buffer): PlanUnit {
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

function planChecks(pack: Entry, role: 'preflight' | 'verify'): Plan['preflight'] {
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

function readNonScope(line: Data): NonScopeLine {
  return {
    statement: text(line, 'statement'),
    provedBy: (line.proved_by ?? []) as readonly string[],
    declared: line.declared === undefined ? null : text(line, 'declared'),
  };
}

function planReport(path: string): PlanReport {
  return { path, date: /(\d{4}-\d{2}-\d{2})(?=[^/]*$)/.exec(path)?.[1] ?? null };
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createColors } from 'picocolors';
import { report as publish } from '../../src/commands/report.js';
import { chainOf } from '../../src/commands/run.js';
import { sealBeside, sealText } from '../../src/commands/seal.js';
import { loadConfig } from '../../src/load/config.js';
import { compile, type PreparedPlan, preparePlan } from '../../src/pipeline.js';
import type { Plan, PlanCheck } from '../../src/plan/plan.js';
import type { ChainLink, CheckMoment, RunEvent } from '../../src/record/events.js';
import { Journal } from '../../src/record/journal.js';
import { JOURNAL_FILE, RECORD_FILE, writeRecord } from '../../src/record/store.js';
import { renderReport } from '../../src/render/report.js';
import { TOOL } from '../../src/version.js';

/*
 * What a rehearsal that succeeded leaves behind, without a database: its journal is written event by event, folded,
 * rendered and published as that of a real one. So a test that is about a run need not wait for another one.
 */

/** When it took place: before everything that a test does. */
const AT = new Date('2026-05-16T04:00:00.000Z');

/**
 * Publishes a rehearsal of a package as it is now, in place of an earlier one. A package that has no plan has none.
 * @returns path of the report; null where there is no plan
 */
export async function publishRehearsal(root: string, packagePath: string): Promise<string | null> {
  const compilation = await compile(loadConfig(root));
  const prepared = preparePlan(compilation, packagePath);
  if (!('plan' in prepared) || prepared.errors.length > 0) return null;
  const folder = mkdtempSync(join(tmpdir(), 'probatum-rehearsal-'));
  try {
    const journal = Journal.create(join(folder, JOURNAL_FILE), () => AT);
    for (const event of rehearsalEvents(prepared, chainOf(compilation, prepared))) journal.append(event);
    journal.close();
    const stored = writeRecord(folder);
    const report = renderReport(stored.record, stored.sha256);
    const file = join(folder, RECORD_FILE);
    writeFileSync(sealBeside(file), (await sealText(file, stored, report, null)).text);
    const silent = () => {};
    const colors = createColors(false);
    const terminal = { out: silent, err: silent, colors, errColors: colors, interactive: false };
    const environment = { cwd: root, root, variables: {}, terminal, now: () => AT, touched: silent };
    await publish(environment, folder, { publish: true, force: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return prepared.plan.reports.dryRun.path;
}

/** The events of a rehearsal of a plan in which everything was as the plan says. */
export function rehearsalEvents({ plan, planSha256 }: PreparedPlan, chain: readonly ChainLink[]): RunEvent[] {
  const database = { engine: 'pglite', host: 'in process', port: '', database: 'postgres', role: 'postgres' };
  return [
    {
      type: 'run-started',
      runId: '20260516T040000Z',
      ledgerId: '00000000-0000-4000-8000-000000000000',
      mode: 'rehearsal',
      tool: TOOL,
      plan,
      planSha256,
      target: { name: 'scratch database', ...database, limitations: [] },
      chain,
      authorization: null,
      earlier: [],
      corpus: { commit: null, changed: [] },
    },
    {
      type: 'scratch-built',
      documents: plan.predecessors.map(({ path, revision, sha256 }) => ({ path, revision, sha256 })),
    },
    ...plan.commands.flatMap((command) => stepEvents(plan, command)),
    {
      type: 'run-finished',
      status: 'succeeded',
      reason: 'every step was done and every check that a rehearsal can answer passed',
    },
  ];
}

function stepEvents(plan: Plan, { id, step }: Plan['commands'][number]): RunEvent[] {
  const gates = plan.gates.filter(({ appliesTo }) => appliesTo === id);
  const [status, detail] =
    step === 'rollback' ? (['skipped', 'not triggered'] as const) : (['done', ''] as const);
  return [
    { type: 'step-started', id, step },
    ...gates.map(
      ({ id: gateId, gate }): RunEvent => ({
        type: 'gate-evaluated',
        id: gateId,
        gate,
        before: id,
        expected: 'as planned',
        observed: 'as planned',
        verdict: 'PASS',
      }),
    ),
    ...(step === 'preflight' ? plan.preflight.checks.map((check) => checked(check, 'preflight')) : []),
    ...(step === 'migration' ? migration(plan) : []),
    ...(step === 'verification' ? verified(plan, 'after-commit') : []),
    { type: 'step-finished', id, step, status, detail },
  ];
}

function migration(plan: Plan): RunEvent[] {
  const unit = 'migration';
  return [
    {
      type: 'transaction-started',
      unit,
      xid: '700',
      attempt: 1,
      backend: { pid: '42', startedAt: '2026-05-16 03:59:59+00' },
      serverLife: '2026-05-16 03:59:59+00',
      ledger: false,
    },
    ...plan.migration.statements
      .filter(({ sent }) => sent)
      .map(
        ({ number, sha256 }): RunEvent => ({
          type: 'statement-executed',
          unit,
          number,
          sha256,
          tag: 'CREATE TABLE',
          milliseconds: 1,
          notices: [],
        }),
      ),
    ...verified(plan, 'in-transaction'),
    { type: 'commit-sent', unit },
    {
      type: 'transaction-ended',
      unit,
      tag: 'COMMIT',
      outcome: 'committed',
      decidedBy: 'the answer to COMMIT',
    },
  ];
}

function verified(plan: Plan, moment: CheckMoment): RunEvent[] {
  return [
    ...plan.verification.checks.map((check) => checked(check, moment)),
    ...plan.derived.map(
      ({ id, title, expected }): RunEvent => ({
        type: 'check-evaluated',
        id,
        title,
        moment,
        expected,
        observed: expected,
        verdict: 'PASS',
        statementSha256: null,
        evidence: 'catalogue',
        reason: null,
      }),
    ),
  ];
}

/** What would ask for the target's identity cannot run in a rehearsal. */
function checked({ id, title, expected, evidence, statement }: PlanCheck, moment: CheckMoment): RunEvent {
  const rows = expected.kind === 'rows' ? expected.rows : ['1'];
  const elsewhere = evidence?.startsWith('identity.') ?? false;
  return {
    type: 'check-evaluated',
    id,
    title,
    moment,
    expected: rows,
    observed: elsewhere ? null : rows,
    verdict: elsewhere ? 'NOT RUN' : 'PASS',
    statementSha256: statement?.sha256 ?? null,
    evidence,
    reason: elsewhere ? 'a rehearsal never runs on the target that the package names' : null,
  };
}

import type { CheckMoment, ConcurrentMoment, Verdict } from '../record/events.js';
import type { RunRecord, TransactionRecord } from '../record/record.js';
import { leftBehind } from './left-behind.js';
import { nonceText } from './nonce-text.js';
import { createdTables, dataMutation, objectChanges, proofOf, resultOf, rowsText } from './report-claims.js';

/** What the templates of reports may use: text and lists of text, made from a record alone. */
export function reportView(record: RunRecord, recordSha256: string) {
  const { plan } = record;
  const rehearsal = record.mode === 'rehearsal';
  const report = rehearsal ? plan.reports.dryRun : plan.reports.execution;
  const backup = record.artefacts.find(({ step }) => step === 'backup') ?? null;
  return {
    rehearsal,
    report: { path: report.path, date: report.date ?? record.startedAt.slice(0, 10) },
    record: { path: recordPath(record), sha256: recordSha256 },
    run: record,
    plan,
    title: `${plan.change} ${rehearsal ? 'Dry-Run Report' : 'Execution Report'}`,
    summary: summary(record),
    finishedAt: record.finishedAt ?? record.startedAt,
    outcome: record.migration?.outcome ?? 'not-committed',
    // Sent and committed, or nobody knows; one that was given up left nothing.
    rollbackExecuted: record.rollback !== null && record.rollback.outcome !== 'not-committed',
    rollbackTriggered: wasTriggered(record),
    chain: record.chain,
    nonce: nonceText(record),
    bindings: record.chain.flatMap(({ bindings, document }) =>
      bindings.map((binding) => ({ ...binding, by: document.path, result: resultOf(record, binding.check) })),
    ),
    identity: record.identity.after ?? record.identity.before,
    artefacts: record.artefacts,
    backup,
    commands: commandRows(record),
    gates: record.gates,
    preflight: checkRows(record, 'preflight'),
    preflightCount: countOf(record, 'preflight'),
    migration: transactionView(record.migration, record),
    rollback: transactionView(record.rollback, record),
    inTransaction: checkRows(record, 'in-transaction'),
    inTransactionCount: countOf(record, 'in-transaction'),
    afterCommit: checkRows(record, 'after-commit'),
    afterCommitCount: countOf(record, 'after-commit'),
    afterRollback: checkRows(record, 'after-rollback'),
    trial: trialView(record),
    objects: objectChanges(record),
    concurrent: concurrentRows(record),
    proofs: proofRows(record),
    created: createdTables(record),
    baselines: record.baselines.map(({ id, rows }) => ({ id, rows: rowsText(rows) })),
    nonScope: plan.nonScope.map((line) => ({ statement: line.statement, ...proofOf(record, line) })),
    dataMutation: dataMutation(record),
    documents: crossReferences(record),
  };
}

/** Where a record is filed in the corpus, beside the reports of its change. */
export function recordPath(record: RunRecord): string {
  const report = record.mode === 'rehearsal' ? record.plan.reports.dryRun : record.plan.reports.execution;
  return `${report.path.slice(0, report.path.lastIndexOf('/'))}/records/${record.runId}/record.json`;
}

function summary(record: RunRecord): string {
  const rehearsal = record.mode === 'rehearsal';
  const subject = rehearsal ? 'The rehearsal' : 'The run';
  const moved = record.checks.flatMap(({ id, verdict }) => (verdict === 'MOVED' ? [id] : [])).join(', ');
  const all = rehearsal ? 'every check that a rehearsal can answer passed' : 'every check passed';
  const passed =
    moved === '' ? `${all} after COMMIT` : `no check failed; other sessions moved ${moved} after COMMIT`;
  if (rehearsal && hasFailedTrial(record))
    return `${subject} committed the migration to its scratch database, where ${passed}, and the reviewed rollback could not take it back (§10). No other database was touched.`;
  const words: Record<RunRecord['status'], string> = {
    succeeded: `committed the migration, and ${passed}.`,
    aborted: `was aborted: the migration was not committed and ${leftBehind(record)}.`,
    'rolled-back': 'committed the migration, found it wrong, and rolled it back.',
    failed: 'changed the database and could not put it right: a person is needed.',
    indeterminate: 'ended without an answer: it is not known whether the migration took effect.',
  };
  return `${subject} ${words[record.status]}`;
}

/** Whether the rehearsal went through, and its rollback did not. */
function hasFailedTrial({ steps }: RunRecord): boolean {
  return steps.some(({ step, status }) => step === 'prove-rollback' && status === 'failed');
}

/** The trial of the rollback, which nothing else in the report speaks of; null where the rehearsal did not come to it. */
function trialView(record: RunRecord) {
  const { rollbackTrial, steps } = record;
  const step = steps.find((one) => one.step === 'prove-rollback');
  if (!rollbackTrial || !step) return null;
  const { transaction, checks, proofs } = rollbackTrial;
  return {
    result: step.status === 'done' ? 'proved' : step.status === 'skipped' ? 'NOT RUN' : 'NOT PROVED',
    failed: hasFailedTrial(record),
    detail: step.detail || 'interrupted',
    transaction: transactionView(transaction, record),
    checks: checkRows({ ...record, checks }, 'after-rollback'),
    proofs: proofRows({ proofs }),
  };
}

function proofRows({ proofs }: Pick<RunRecord, 'proofs'>) {
  return proofs.map(({ name, covers, observed, reason }) => ({
    name,
    available: observed === null ? 'no' : 'yes',
    covers: observed === null ? 'nothing' : covers,
    observed: observed === null ? '' : rowsText(observed),
    note: reason ?? '',
  }));
}

/** The law's commands with how each went; one that was not reached is there too, as not run. */
function commandRows({ steps, plan }: RunRecord) {
  const missing = plan.commands.filter(({ id }) => !steps.some((step) => step.id === id));
  const shown = steps.map((one, index) => (wasRepeated(steps, index) ? repeated(one) : one));
  return [...shown, ...missing.map(({ id, step }) => ({ id, step, status: 'NOT RUN', detail: '' }))];
}

/** A process that died before the step could say that it is not due has triggered nothing. */
function wasTriggered({ rollback, steps }: RunRecord): boolean {
  const last = steps.findLast(({ step }) => step === 'rollback');
  return rollback !== null || (last !== undefined && !['skipped', 'interrupted'].includes(last.status));
}

/** Whether a step failed and was done again when the run was taken up: the later one counts. */
function wasRepeated(steps: RunRecord['steps'], index: number): boolean {
  const { id, status } = steps[index]!;
  return status === 'failed' && steps.slice(index + 1).some((later) => later.id === id);
}

function repeated(step: RunRecord['steps'][number]) {
  return { ...step, status: 'repeated', detail: `failed: ${step.detail}` };
}

/** Checks as they were answered at one moment; where only some were, the others follow as not run. */
function checkRows(record: RunRecord, moment: CheckMoment) {
  const rows = record.checks
    .filter((check) => check.moment === moment)
    .map((check) => ({
      id: check.id,
      title: check.title,
      expected: rowsText(check.expected),
      observed: observedText(check),
      result: check.verdict,
      by: check.evidence ?? 'SQL',
    }));
  if (rows.length === 0) return [];
  const missing = plannedChecks(record, moment).filter(({ id }) => !rows.some((row) => row.id === id));
  return [
    ...rows,
    ...missing.map(({ id, title }) => ({ id, title, expected: '', observed: '', result: 'NOT RUN', by: '' })),
  ];
}

function observedText({ observed, reason }: RunRecord['checks'][number]): string {
  if (observed === null) return reason ?? '';
  return reason === null ? rowsText(observed) : `${rowsText(observed)} (${reason})`;
}

/** The row counters exist only inside the transaction, so that check is not repeated after COMMIT. */
function plannedChecks({ plan }: RunRecord, moment: CheckMoment): readonly { id: string; title: string }[] {
  const { preflight, verification, derived } = plan;
  switch (moment) {
    case 'preflight':
      return preflight.checks;
    case 'in-transaction':
      return [...verification.checks, ...derived];
    case 'after-commit':
      return [...verification.checks, ...derived.filter(({ subject }) => subject !== 'rows-written')];
    case 'after-rollback':
      return [];
  }
}

const WHEN: Readonly<Record<ConcurrentMoment, string>> = {
  'before-migration': 'between the snapshot and BEGIN',
  'in-transaction': 'between BEGIN and COMMIT',
  'after-commit': 'after COMMIT',
  rollback: 'until the rollback was done',
};

/** What other sessions changed in the catalogue meanwhile; what is too much to list is counted. */
function concurrentRows({ concurrent }: RunRecord) {
  return concurrent.flatMap(({ moment, lines, touching, count }) => [
    ...lines.map((change) => ({
      when: WHEN[moment],
      change,
      refers: touching.includes(change) ? 'yes' : 'no',
    })),
    ...(count > lines.length
      ? [{ when: WHEN[moment], change: `${count - lines.length} more`, refers: '' }]
      : []),
  ]);
}

function countOf(record: RunRecord, moment: CheckMoment) {
  const total = plannedChecks(record, moment).length;
  const checks = record.checks.filter((check) => check.moment === moment);
  const count = (verdict: Verdict) => checks.filter((check) => check.verdict === verdict).length;
  const [passed, failed, moved] = [count('PASS'), count('FAIL'), count('MOVED')];
  return { total, passed, failed, moved, notRun: total - passed - failed - moved };
}

function transactionView(transaction: TransactionRecord | null, record: RunRecord) {
  if (!transaction) return null;
  const unit = record.plan[transaction.unit];
  return {
    ...transaction,
    // Only what the journal recorded; it has no answer to BEGIN.
    tags: [...transaction.statements.map(({ tag }) => tag), transaction.tag || '(no answer)'].join(' / '),
    statements: unit.statements.map((planned) => {
      const ran = transaction.statements.find(({ number }) => number === planned.number);
      const refused = transaction.refused?.number === planned.number ? transaction.refused : null;
      return {
        number: planned.number,
        line: planned.line,
        label: planned.label,
        sha256: planned.sha256,
        tag: !planned.sent ? 'by the executor' : (ran?.tag ?? (refused ? refused.message : 'NOT RUN')),
        milliseconds: ran ? String(ran.milliseconds) : '',
        notices: ran?.notices ?? [],
      };
    }),
  };
}

function crossReferences(record: RunRecord) {
  const { plan } = record;
  return [
    { role: 'command package', ...plan.package },
    { role: 'ddl', ...plan.ddl },
    { role: 'law', ...plan.law },
    ...plan.predecessors.map((document) => ({ role: 'depends on', ...document })),
    ...record.chain.map(({ document, kind }) => ({ role: kind, ...document })),
  ];
}

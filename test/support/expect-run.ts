import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { lint } from '../../src/commands/lint.js';
import { report } from '../../src/commands/report.js';
import { verify } from '../../src/commands/verify.js';
import { loadConfig } from '../../src/load/config.js';
import type { CheckMoment, MigrationOutcome, RunStatus } from '../../src/record/events.js';
import type { RunRecord } from '../../src/record/record.js';
import { RECORD_FILE, readRecord, recordProblem } from '../../src/record/store.js';
import { recordPath } from '../../src/render/report-view.js';
import { readReport, rowsUnder } from './report-tables.js';
import { environmentOf, newestRun, type Printed } from './run-probatum.js';

/** How a run should have ended. */
export interface Ending {
  readonly code: 0 | 1 | 3 | 4 | 5;
  readonly status: RunStatus;
  readonly outcome: MigrationOutcome | 'none';
  /** Text that must be in no file and no output. */
  readonly secret?: string;
  /** Whether the run met a bug of the tool, which it shows with its stack. */
  readonly fault?: true;
}

/** What the newest run left behind. */
export interface Left {
  readonly record: RunRecord;
  readonly report: string;
  readonly folder: string;
}

/**
 * Asserts how the newest run of a root ended, and everything that must hold of every run: the record follows from
 * its journal, the report says what the record says and no more, renders to the same bytes again, and is a document
 * that passes `lint` and `verify`.
 */
export async function expectRun(
  root: string,
  printed: Printed,
  ending: Ending,
  folder = newestRun(root),
): Promise<Left> {
  if (folder === undefined)
    throw new Error(`no run folder; the command printed:\n${printed.out}${printed.err}`);
  const file = join(folder, RECORD_FILE);
  const stored = readRecord(file);
  const { record } = stored;
  const { code, err } = printed;
  const { status, reason } = record;
  expect({ code, status, outcome: record.migration?.outcome ?? 'none', reason, err }).toEqual({
    code: ending.code,
    status: ending.status,
    outcome: ending.outcome,
    reason: expect.any(String),
    err: ending.fault
      ? expect.stringContaining('fault of probatum')
      : expect.not.stringContaining('fault of probatum'),
  });
  expect(recordProblem(file, stored)).toBeNull();
  expectHarmless(printed.out + printed.err);
  const text = readFileSync(join(folder, 'report.md'), 'utf8');
  expect(await rendered(root, folder)).toBe(text);
  expect(await rendered(root, folder)).toBe(text);
  expectTruth(record, text);
  if (ending.secret !== undefined) expectNoSecret(root, printed, ending.secret);
  await expectPublishable(root, folder, record);
  return { record, report: text, folder };
}

/** Nothing that could steer a terminal. */
function expectHarmless(output: string): void {
  expect(output.replaceAll('\n', '')).not.toMatch(
    /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u,
  );
}

async function rendered(root: string, folder: string): Promise<string> {
  const { environment, printed } = environmentOf(root);
  expect(await report(environment, folder, { publish: false, force: false })).toBe(0);
  return printed.out;
}

const SECTIONS: readonly (readonly [RegExp, CheckMoment])[] = [
  [/^§5 /, 'preflight'],
  [/^Inside the transaction/, 'in-transaction'],
  [/^After COMMIT/, 'after-commit'],
  [/^§10 /, 'after-rollback'],
];

/** The report says of every command, statement and check what the record says, and claims nothing else. */
function expectTruth(record: RunRecord, text: string): void {
  const { tables } = readReport(text);
  for (const table of tables) for (const row of table.rows) expect(row.length).toBe(table.header.length);
  for (const [section, moment] of SECTIONS) {
    const here = tables.filter((table) => section.test(table.section));
    const shown = rowsUnder(here, 'ID', 'Check', 'Expected', 'Observed', 'Result');
    for (const [, , expected, observed, result] of shown)
      if (result === 'PASS') expect(observed).toBe(expected);
    const verdicts = new Map(
      record.checks.filter((check) => check.moment === moment).map((c) => [c.id, c.verdict]),
    );
    for (const [id = '', , , , result] of shown)
      expect([id, result]).toEqual([id, verdicts.get(id) ?? 'NOT RUN']);
    expect(shown.map(([id]) => id)).toEqual(expect.arrayContaining([...verdicts.keys()]));
    const [, passed, total] = new RegExp(`${COUNTED[moment]}.*?\\((\\d+) of (\\d+) PASS`).exec(text) ?? [];
    const passes = [...verdicts.values()].filter((verdict) => verdict === 'PASS').length;
    if (moment !== 'after-rollback') expect([moment, passed]).toEqual([moment, String(passes)]);
    expect(Number(passed ?? 0)).toBeLessThanOrEqual(Number(total ?? 0));
  }
  expectTrial(record, text);
  const commands = rowsUnder(tables, 'Cmd', 'Step', 'Status');
  for (const { id } of record.plan.commands) {
    const [ran, again] = record.steps.filter((step) => step.id === id);
    const status = ran?.status === 'failed' && again ? 'repeated' : (ran?.status ?? 'NOT RUN');
    expect([id, commands.find((row) => row[0] === id)?.[2]]).toEqual([id, status]);
  }
  // Table rows may tell of an earlier attempt.
  const claims = text.split('\n').filter((line) => !line.startsWith('|'));
  if (record.status !== 'succeeded' || record.checks.some(({ verdict }) => verdict !== 'PASS'))
    expect(claims.join('\n')).not.toMatch(/every check passed/);
  expect(text).toContain(`- execution_status: ${record.status}\n`);
  const committed = record.rollback?.outcome === 'committed';
  expect(text).toContain(`\nrollback_executed: ${committed}\n`);
  const standing = record.migration?.outcome === 'committed' && !committed;
  if (record.migration?.outcome !== 'unknown') expect(/\nNone stands: /.test(text)).toBe(!standing);
}

/** A rehearsal that succeeded has proved its rollback, and what else it says is from before the trial. */
function expectTrial(record: RunRecord, text: string): void {
  const trial = record.steps.find(({ step }) => step === 'prove-rollback');
  const succeeded = record.mode === 'rehearsal' && record.status === 'succeeded';
  if (succeeded) expect(trial?.status).toBe('done');
  expect(record.rollbackTrial !== undefined).toBe(trial !== undefined);
  expect(text.includes('- rollback_trial: proved\n')).toBe(succeeded);
  if (!trial) return;
  const here = readReport(text).tables.filter(({ section }) => section.startsWith('Trial of the rollback'));
  const shown = rowsUnder(here, 'ID', 'Check', 'Expected', 'Observed', 'Result').map((row) => [
    row[0],
    row[4],
  ]);
  expect(shown).toEqual(record.rollbackTrial?.checks.map(({ id, verdict }) => [id, verdict]));
}

const COUNTED: Readonly<Record<CheckMoment, string>> = {
  preflight: '## §5 — Preflight',
  'in-transaction': '### Inside the transaction',
  'after-commit': '## §7 — Verification',
  'after-rollback': '## §10',
};

function expectNoSecret(root: string, printed: Printed, secret: string): void {
  const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
  const texts = [printed.out, printed.err];
  for (const file of filesBelow(root)) texts.push(readFileSync(file, 'latin1'));
  for (const form of forms) for (const text of texts) expect(text.includes(form)).toBe(false);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

/** Files the report in the corpus, has it linted and verified there, and takes it away again. */
async function expectPublishable(root: string, folder: string, record: RunRecord): Promise<void> {
  const { environment, printed } = environmentOf(root);
  const path =
    record.mode === 'rehearsal' ? record.plan.reports.dryRun.path : record.plan.reports.execution.path;
  expect(await report(environment, folder, { publish: true, force: true })).toBe(0);
  const codes = [
    await lint(environment, [path], { format: 'pretty', cache: false }),
    await verify(environment, [path], { format: 'pretty' }),
  ];
  expect({ codes, ...(codes.some((code) => code !== 0) ? printed : {}) }).toEqual({ codes: [0, 0] });
  const { root: top } = loadConfig(root);
  rmSync(join(top, path));
  rmSync(join(top, dirname(recordPath(record))), { recursive: true });
}

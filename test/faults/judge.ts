import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../../src/base/usage-error.js';
import { lint } from '../../src/commands/lint.js';
import { report } from '../../src/commands/report.js';
import { resume } from '../../src/commands/resume.js';
import { verify } from '../../src/commands/verify.js';
import { EXIT_CODES } from '../../src/execute/execute.js';
import { LOCK_KEY } from '../../src/execute/statements.js';
import type { JournalReading } from '../../src/record/journal.js';
import { readInterrupted } from '../../src/record/journal.js';
import type { RunRecord } from '../../src/record/record.js';
import { JOURNAL_FILE, RECORD_FILE, readRecord, readRun, recordProblem } from '../../src/record/store.js';
import { renderReport } from '../../src/render/report.js';
import { recordPath } from '../../src/render/report-view.js';
import { URL_VARIABLE } from '../support/change.js';
import { environmentOf, runFolders } from '../support/run-probatum.js';
import type { Lane, Standing, Variant } from './lane.js';
import { runInProcess, type Said } from './run-once.js';

/** What a run under a fault came to. */
export interface Judgement {
  /** Everything that must hold and did not; empty for a run that came out well. */
  readonly problems: readonly string[];
  /** Where the database stands at the end. */
  readonly stands: Standing['at'];
  /** How the run ended by its own word, `killed` where it said nothing any more. */
  readonly said: string;
  /** How it ended by its record once it was taken up again; null where it left no journal to take up. */
  readonly settled: RunRecord['status'] | null;
}

/** @param thorough whether another run is made */
export async function judge(lane: Lane, variant: Variant, said: Said, thorough: boolean): Promise<Judgement> {
  const problems: string[] = [...(said.problems ?? [])];
  const check = (holds: boolean, problem: string) => {
    if (!holds) problems.push(problem);
  };
  await lane.untilReady();
  const folder = said.folder ?? runFolders(variant.root).at(-1);
  const reading = folder === undefined ? null : readOrNull(folder);
  const { at: first } = await lane.stands(variant.name);
  check(first !== 'half', 'the database is neither as before nor as after');
  const stated =
    folder && existsSync(join(folder, RECORD_FILE)) ? readRecord(join(folder, RECORD_FILE)).record : null;
  if (stated) {
    for (const lie of lies(stated, first)) problems.push(`stated at the end of the run: ${lie}`);
    if (said.code !== null && said.code !== 2 && stated.status !== 'aborted')
      check(
        said.code === EXIT_CODES[stated.status],
        `exit code ${said.code} of a run that is ${stated.status}`,
      );
  }
  // Only what could not be written may be missing, and that is said.
  const ended = stated !== null && said.code !== null && said.code !== 2;
  if (ended && !said.err.includes('no report: ')) expectReport(folder!, problems, 'at the end of the run');
  check(
    said.code !== 0 || (stated?.status === 'succeeded' && first === 'after'),
    'exit code 0 of a run that did not succeed',
  );
  check(said.code === null || [0, 1, 2, 3, 4, 5].includes(said.code), `exit code ${said.code}`);
  check(!said.err.includes('fault of probatum'), `a fault: ${said.err.slice(0, 300)}`);
  if ([1, 2, 3, 5].includes(said.code ?? -1))
    check(first === 'before', `exit code ${said.code}, but the database was changed`);
  const word = said.code === null ? 'killed' : (stated?.status ?? `exit code ${said.code}`);
  let settled: Settled | null = null;
  if (folder !== undefined && reading !== null && reading.lines.length > 0)
    settled = await settle(lane, variant, folder, problems);
  else check(first === 'before', 'there is no journal, but the database was changed');
  const last = settled?.stands ?? first;
  check(last !== 'half', 'after resume the database is neither as before nor as after');
  await expectNothingHeld(lane, check);
  if (thorough && last === 'before' && settled?.status !== 'indeterminate')
    await expectNewRun(lane, variant, check);
  return { problems, stands: last, said: word, settled: settled?.status ?? null };
}

function readOrNull(folder: string): JournalReading | null {
  try {
    return readInterrupted(join(folder, JOURNAL_FILE));
  } catch (error) {
    if (error instanceof UsageError && error.code === 'cannot-read') return null;
    throw error;
  }
}

/** What a record says that the database does not bear out. */
function lies(record: RunRecord, stands: Standing['at']): string[] {
  const { status, migration, rollback } = record;
  const outcome = migration?.outcome ?? 'not-committed';
  const back = rollback?.outcome ?? 'not-committed';
  const open = outcome === 'unknown' || back === 'unknown';
  const expected = outcome === 'committed' && back !== 'committed' ? 'after' : 'before';
  const found: string[] = [];
  if (!open && stands !== expected)
    found.push(`migration ${outcome}, rollback ${back}; the database stands ${stands}`);
  if (status === 'succeeded' && stands !== 'after') found.push(`${status}; the database stands ${stands}`);
  if ((status === 'aborted' || status === 'rolled-back') && stands !== 'before')
    found.push(`${status}; the database stands ${stands}`);
  return found;
}

interface Settled {
  readonly status: RunRecord['status'];
  readonly stands: Standing['at'];
}

/** Takes the run up again, twice, and looks at what is there then. */
async function settle(
  lane: Lane,
  variant: Variant,
  folder: string,
  problems: string[],
): Promise<Settled | null> {
  const codes: number[] = [];
  const files: string[] = [];
  for (let time = 0; time < 2; time++) {
    const { environment, printed } = environmentOf(variant.root, { [URL_VARIABLE]: lane.url });
    try {
      codes.push(await resume(environment, folder, { format: 'pretty' }));
    } catch (error) {
      problems.push(`resume ${time + 1}: ${(error as Error).stack}`);
      return null;
    }
    if (printed.err.includes('fault of probatum'))
      problems.push(`resume ${time + 1}: ${printed.err.slice(0, 300)}`);
    files.push(
      [JOURNAL_FILE, RECORD_FILE].map((name) => readFileSync(join(folder, name), 'utf8')).join('\0'),
    );
  }
  const stored = readRecord(join(folder, RECORD_FILE));
  const { record } = stored;
  const { at: stands, moved } = await lane.stands(variant.name);
  const silent = /nothing was changed\./.test(readFileSync(join(folder, 'report.md'), 'utf8'));
  if (record.status === 'aborted' && moved.length > 0 && silent)
    problems.push(`the report says that nothing was changed, and ${moved.join(', ')} moved`);
  for (const lie of lies(record, stands)) problems.push(`stated after resume: ${lie}`);
  if (record.status !== 'indeterminate') {
    if (files[0] !== files[1] || codes[0] !== codes[1]) problems.push('a second resume changes something');
  } else if (variant.name !== 'no-ledger')
    problems.push('it is not known what became of the migration, in spite of the ledger');
  const broken = recordProblem(join(folder, RECORD_FILE), stored);
  if (broken) problems.push(`record: ${broken}`);
  if (readRun(folder).sha256 !== stored.sha256) problems.push('the run reads as another record');
  expectReport(folder, problems, 'after resume');
  if (variant.name !== 'no-ledger') await expectLedger(lane, folder, record, problems);
  await expectPublishable(variant, folder, record, problems);
  return { status: record.status, stands };
}

/** The report that a command left is there, and is what the record renders to here. */
function expectReport(folder: string, problems: string[], when: string): void {
  const { record, sha256 } = readRecord(join(folder, RECORD_FILE));
  const written = join(folder, 'report.md');
  if (!existsSync(written)) problems.push(`${when} there is no report.md`);
  else if (readFileSync(written, 'utf8') !== renderReport(record, sha256))
    problems.push(`${when} report.md is not what the record renders to`);
}

/** One row says committed for each transaction that is. */
async function expectLedger(
  lane: Lane,
  folder: string,
  record: RunRecord,
  problems: string[],
): Promise<void> {
  const [start] = readInterrupted(join(folder, JOURNAL_FILE)).lines;
  if (start?.type !== 'run-started') return;
  const rows = await lane.query(
    `SELECT unit FROM probatum.run WHERE run_id = '${start.ledgerId}' AND outcome = 'committed' ORDER BY unit`,
  );
  const committed = [record.migration, record.rollback].filter(
    (unit) => unit?.outcome === 'committed',
  ).length;
  if (rows.length !== committed)
    problems.push(`${rows.length} rows in the ledger, ${committed} transactions committed`);
}

/** Files the report in the corpus, has it linted and verified there, and takes it away again. */
async function expectPublishable({ root }: Variant, folder: string, record: RunRecord, problems: string[]) {
  const { environment, printed } = environmentOf(root);
  const path = record.plan.reports.execution.path;
  const codes = [
    await report(environment, folder, { publish: true, force: true }),
    await lint(environment, [path], { format: 'pretty', cache: false }),
    await verify(environment, [path], { format: 'pretty' }),
  ];
  if (codes.some((code) => code !== 0))
    problems.push(`the report does not verify: ${codes} ${printed.out}${printed.err}`);
  rmSync(join(root, path));
  rmSync(join(root, dirname(recordPath(record))), { recursive: true });
}

async function expectNothingHeld(
  lane: Lane,
  check: (holds: boolean, problem: string) => void,
): Promise<void> {
  const [row] = await lane.query(`SELECT
    (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND database =
      (SELECT oid FROM pg_database WHERE datname = current_database())) AS locks,
    (SELECT count(*)::int FROM pg_stat_activity
      WHERE datname = current_database() AND state LIKE 'idle in transaction%') AS transactions`);
  check(row?.locks === 0, `an advisory lock stays behind (${LOCK_KEY})`);
  check(row?.transactions === 0, 'a transaction stays open');
}

async function expectNewRun(lane: Lane, variant: Variant, check: (holds: boolean, problem: string) => void) {
  const said = await runInProcess(variant, lane.url);
  const ends = variant.name === 'rollback' ? 3 : 0;
  check(said.code === ends, `a new run ended with ${said.code}: ${said.out}${said.err}`);
  const { at: stands } = await lane.stands(variant.name);
  check(stands === (ends === 0 ? 'after' : 'before'), `after a new run the database stands ${stands}`);
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../base/digest.js';
import { UsageError } from '../base/usage-error.js';
import { planDigest } from '../plan/build-plan.js';
import type { Plan } from '../plan/plan.js';
import type { ReviewedBytes } from '../plan/reviewed-bytes.js';
import type { JournalLine } from '../record/events.js';
import type { JournalReading } from '../record/journal.js';
import { UnitText } from '../sql/unit-text.js';
import { parseCatalogue } from '../target/catalogue.js';
import { CatalogueWatch } from '../target/catalogue-watch.js';
import { countedTable } from '../target/effect-proofs.js';
import type { Target } from '../target/engine.js';
import type { Identity } from '../target/identity.js';
import type { RunContext, RunState } from './context.js';
import { freshState } from './execute.js';
import { ReviewedOnly } from './reviewed-only.js';
import { STAGED } from './steps/provenance.js';

/** The run's surroundings as they were when it was interrupted, on a new session. @throws UsageError */
export async function restoreRun(
  folder: string,
  { lines }: JournalReading,
  target: Target,
  now: () => Date,
): Promise<RunContext> {
  const start = lines[0];
  if (start?.type !== 'run-started') throw damaged(folder, 'the journal does not begin with run-started');
  const { plan, planSha256, mode, ledgerId, authorization } = start;
  if (mode !== 'run')
    throw new UsageError('unresolved', 'a rehearsal has no database to go back to', 'rehearse again');
  if (planDigest(plan) !== planSha256)
    throw damaged(folder, 'its plan does not have the digest that it names');
  const state = stateOf(folder, lines);
  const bytes = stagedBytes(folder, plan, lines);
  const reviewed = new ReviewedOnly(target, plan, bytes);
  state.session = await reviewed.open();
  return {
    plan,
    planSha256,
    authorization,
    proveBackup: false,
    once: null,
    bytes,
    target: reviewed,
    mode,
    ledgerId,
    folder,
    now,
    emit: () => {},
    state,
  };
}

/** What the steps so far have left, from the journal and from artefacts that still have their digests. */
function stateOf(folder: string, lines: readonly JournalLine[]): RunState {
  const state = freshState();
  for (const line of lines) {
    if (line.type === 'identity-read' && line.moment === 'before')
      state.identity = line.identity as unknown as Identity;
    if (line.type === 'baseline-read') state.baselines.set(line.id, line.rows);
    if (line.type === 'check-evaluated' && line.moment === 'in-transaction' && line.verdict === 'PASS')
      state.passedInside.add(line.id);
    if (line.type === 'check-evaluated' && line.verdict === 'MOVED') state.moved.add(line.id);
    if (line.type === 'proof-read' && line.name === 'row counters' && line.observed)
      state.counted = new Set(line.observed.map(countedTable));
    if (line.type === 'proof-read' && line.name === 'write-ahead log' && line.observed) state.log = line;
    if (line.type === 'transaction-started') state.begun[line.unit] = line.attempt;
    if (line.type === 'artefact-written' && line.step === 'schema-snapshot')
      state.catalogue = parseCatalogue(readArtefact(folder, line.path, line.sha256).toString('utf8'));
    if (line.type === 'catalogue-attributed' && state.catalogue)
      state.watch = CatalogueWatch.resume(state.catalogue, line);
    if (line.type === 'artefact-written' && line.name === STAGED.migration.name)
      state.staged = { migration: join(folder, line.path) };
    if (line.type === 'artefact-written' && line.step === 'backup')
      state.backup = {
        file: join(folder, line.path),
        sha256: line.sha256,
        takenAt: new Date(line.at),
        serverTakenAt: line.at,
      };
    if (line.type === 'backup-read' && state.backup) {
      const { takenAt, serverTakenAt } = line;
      state.backup = { ...state.backup, takenAt: new Date(takenAt), serverTakenAt };
      state.backupRead = line.method;
    }
    if (line.type === 'step-finished' && line.step === 'verification')
      state.verified = line.status === 'done' ? 'passed' : line.status === 'denied' ? 'failed' : null;
  }
  return state;
}

/** The reviewed bytes as C-00 has staged them; before it, nothing can have been sent and nothing will be. */
function stagedBytes(folder: string, plan: Plan, lines: readonly JournalLine[]): ReviewedBytes {
  const staged = lines.some(
    (line) => line.type === 'step-finished' && line.step === 'provenance' && line.status === 'done',
  );
  const empty = UnitText.of(Buffer.alloc(0), []);
  if (!staged) return { migration: empty, rollback: empty, preflight: empty, verify: empty };
  const read = (name: keyof typeof STAGED, digest: string) =>
    readArtefact(folder, `artefacts/${STAGED[name].file}`, digest);
  const whole = (bytes: Buffer) =>
    UnitText.of(bytes, [{ start: 0, end: bytes.length, firstLine: 1, lastLine: 1 }]);
  const ddl = read('ddl', plan.ddl.sha256);
  return {
    migration: UnitText.of(ddl, plan.migration.ranges),
    rollback: UnitText.of(ddl, plan.rollback.ranges),
    preflight: whole(read('preflight', plan.preflight.sha256)),
    verify: whole(read('verify', plan.verification.sha256)),
  };
}

function readArtefact(folder: string, path: string, digest: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(folder, path));
  } catch (error) {
    throw damaged(folder, `${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  if (sha256(bytes) !== digest) throw damaged(folder, `${path} does not have the digest that was recorded`);
  return bytes;
}

function damaged(folder: string, why: string): UsageError {
  return new UsageError('bad-record', `the run in ${folder} cannot be taken up: ${why}`);
}

import { join } from 'node:path';
import type { Session } from '../../target/engine.js';
import { migratingSession, type RunContext } from '../context.js';
import { beginEvidence } from '../early-evidence.js';
import { OWN } from '../statements.js';
import { done, type Step } from './step.js';

/** How often a backup is begun where a table goes away between its snapshot and its locks. */
const MOST_ATTEMPTS = 3;

/** C-01: a backup in the snapshot that the following steps read too. */
export const backup: Step = {
  title: 'back up',
  async run(context) {
    for (let attempt = 1; ; attempt++) {
      try {
        const detail = await takeBackup(context);
        return done(attempt === 1 ? detail : `${detail}, in snapshot ${attempt}: before, a table went away`);
      } catch (error) {
        if (attempt === MOST_ATTEMPTS || !(await lostTable(context))) throw error;
      }
    }
  },
};

async function takeBackup(context: RunContext): Promise<string> {
  const { target, state, folder, emit, now } = context;
  // Both clocks before the snapshot: a backup is rather said to be older than it is.
  const takenAt = now();
  const serverTakenAt = (await migratingSession(context).run(OWN.serverClock)).rows[0]![0]!;
  if (target.exportsSnapshots) await exportSnapshot(context);
  const path = `artefacts/backup${target.backupExtension}`;
  const file = join(folder, path);
  const meanwhile = () => {
    const { snapshot } = state;
    if (snapshot) state.snapshot = { ...snapshot, evidence: beginEvidence(snapshot.session) };
  };
  const written = await target.backup(file, state.snapshot?.id ?? null, meanwhile);
  await state.snapshot?.evidence?.settled;
  const { size, sha256, producer, takenAt: declared, reading } = written;
  if (declared !== undefined) await refuseFuture(context, declared);
  emit({
    type: 'artefact-written',
    step: 'backup',
    name: 'backup',
    path,
    size: String(size),
    sha256,
    producer,
  });
  // What somebody else took may be older than this step, and is never taken to be younger.
  const instant =
    declared !== undefined && Date.parse(declared) < takenAt.getTime()
      ? { takenAt: new Date(declared), serverTakenAt: declared }
      : { takenAt, serverTakenAt };
  state.backup = { file, sha256, ...instant, ...(reading && { reading }) };
  return `${size} bytes, sha256 ${sha256}`;
}

/** Seconds by which a clock of the site may be ahead of the others. */
const AHEAD_SECONDS = 5;

/** A backup that says it was taken later than now says so of another time: nothing it declares is believed. @throws Error */
async function refuseFuture(context: RunContext, declared: string): Promise<void> {
  const here = (context.now().getTime() - Date.parse(declared)) / 1000;
  const { rows } = await migratingSession(context).run(OWN.serverAge, [declared]);
  const there = Number.parseFloat(rows[0]?.[0] ?? '');
  if (here >= -AHEAD_SECONDS && there >= -AHEAD_SECONDS) return;
  throw new Error(`the backup is declared to be taken in the future: ${declared}`);
}

async function exportSnapshot({ target, state }: RunContext): Promise<void> {
  const session: Session = await target.open();
  await session.run(OWN.beginReading);
  const { rows } = await session.run(OWN.exportSnapshot);
  state.snapshot = { session, id: rows[0]![0]!, evidence: null };
}

/**
 * Whether the backup failed because a table of its snapshot is not there any more: then there is no snapshot any more
 * either. Behind its first byte it has all locks, and failed for another reason.
 */
async function lostTable({ state }: RunContext): Promise<boolean> {
  const { snapshot } = state;
  if (!snapshot || snapshot.evidence) return false;
  const { rows } = await snapshot.session.run(OWN.tableGone).catch(() => ({ rows: [] }));
  if (rows[0]?.[0] !== 't') return false;
  state.snapshot = null;
  await snapshot.session.close();
  return true;
}

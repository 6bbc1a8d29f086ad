import { join } from 'node:path';
import { migratingSession } from '../context.js';
import { OWN } from '../statements.js';
import { done, type Step } from './step.js';

/** C-01: a backup in the snapshot that the following steps read too. */
export const backup: Step = {
  title: 'back up',
  async run(context) {
    const { target, state, folder, emit, now } = context;
    // Both clocks before the snapshot: a backup is rather said to be older than it is.
    const takenAt = now();
    const serverTakenAt = (await migratingSession(context).run(OWN.serverClock)).rows[0]![0]!;
    if (target.exportsSnapshots) {
      const session = await target.open();
      await session.run(OWN.beginReading);
      const { rows } = await session.run(OWN.exportSnapshot);
      state.snapshot = { session, id: rows[0]![0]! };
    }
    const path = `artefacts/backup${target.backupExtension}`;
    const file = join(folder, path);
    const {
      size,
      sha256,
      producer,
      takenAt: declared,
    } = await target.backup(file, state.snapshot?.id ?? null);
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
    state.backup =
      declared !== undefined && Date.parse(declared) < takenAt.getTime()
        ? { file, sha256, takenAt: new Date(declared), serverTakenAt: declared }
        : { file, sha256, takenAt, serverTakenAt };
    return done(`${size} bytes, sha256 ${sha256}`);
  },
};

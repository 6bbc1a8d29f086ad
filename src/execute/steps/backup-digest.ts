import { done, failed, type Step } from './step.js';

/**
 * C-02: the stored backup is hashed again from disk and read in full. Where its very bytes were read as they were written,
 * that digest is what makes it a reading of the stored file.
 */
export const backupDigest: Step = {
  title: 'hash the stored backup and read it in full',
  async run({ state, target, emit }) {
    if (!state.backup) return failed('there is no backup');
    const { file, sha256, takenAt, serverTakenAt, reading } = state.backup;
    const stored = await target.digestBackup(file);
    if (stored !== sha256) return failed(`the stored file has sha256 ${stored}, written was ${sha256}`);
    const { entries, method } = await (reading ?? target.readBackup(file));
    if (entries === 0)
      return failed('the backup has no entries: what is empty cannot be told from what was not saved');
    emit({
      type: 'backup-read',
      sha256: stored,
      entries: String(entries),
      method,
      takenAt: takenAt.toISOString(),
      serverTakenAt,
    });
    state.backupRead = method;
    return done(`${entries} entries, ${method}, taken ${takenAt.toISOString()}`);
  },
};

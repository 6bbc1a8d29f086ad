import type { Gate } from './gate.js';

/** The backup is on disk, unchanged since it was written, and was read in full. */
export const backupRestorable: Gate = async ({ state, target }) => {
  const expected = `read in full, sha256 ${state.backup?.sha256 ?? '(none)'}`;
  if (!state.backup || state.backupRead === null)
    return { pass: false, expected, observed: 'no backup that was read in full' };
  const stored = await target.digestBackup(state.backup.file);
  return {
    pass: stored === state.backup.sha256,
    expected,
    observed: `${state.backupRead}, sha256 ${stored}`,
  };
};

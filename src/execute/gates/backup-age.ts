import type { Gate } from './gate.js';

/** The backup is young enough, and not from the future: a clock that moved denies. */
export const backupAge: Gate = ({ state, now }, { maxAgeSeconds }) => {
  const expected = `at most ${maxAgeSeconds} s old`;
  if (!state.backup || maxAgeSeconds === null) return { pass: false, expected, observed: 'not known' };
  const age = (now().getTime() - state.backup.takenAt.getTime()) / 1000;
  return { pass: age >= 0 && age <= maxAgeSeconds, expected, observed: `${age.toFixed(3)} s old` };
};

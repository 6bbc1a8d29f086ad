import { migratingSession } from '../context.js';
import { OWN } from '../statements.js';
import type { Gate } from './gate.js';

/** Seconds by which the two ages may differ: what two clocks drift apart in a long backup, far below any that was set. */
const TOLERANCE_SECONDS = 5;

/**
 * The backup is young enough and not from the future, by this machine's clock and by the server's. Where one of them was
 * set since, the two ages differ, and nobody knows which is true: that denies too.
 */
export const backupAge: Gate = async (context, { maxAgeSeconds }) => {
  const { backup } = context.state;
  const expected = `at most ${maxAgeSeconds} s old by both clocks, within ${TOLERANCE_SECONDS} s of each other`;
  if (!backup || maxAgeSeconds === null) return { pass: false, expected, observed: 'not known' };
  const here = (context.now().getTime() - backup.takenAt.getTime()) / 1000;
  const { rows } = await migratingSession(context).run(OWN.serverAge, [backup.serverTakenAt]);
  const there = Number.parseFloat(rows[0]?.[0] ?? '');
  const young = [here, there].every((age) => age >= 0 && age <= maxAgeSeconds);
  return {
    pass: young && Math.abs(here - there) <= TOLERANCE_SECONDS,
    expected,
    observed: `${here.toFixed(3)} s old by this machine's clock, ${there.toFixed(3)} s by the server's`,
  };
};

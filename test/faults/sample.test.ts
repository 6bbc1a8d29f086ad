import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requirePostgres } from '../support/postgres-server.js';
import { type Case, casesOf } from './faults.js';
import { Lane, type VariantName } from './lane.js';
import { type Outcome, pointsOf, runCase, shuffled } from './programme.js';

/** How many points of each fault are tried; `npm run test:faults` has them all. */
const TRIED: Readonly<Record<VariantName, number>> = { ledger: 1, rollback: 1, 'no-ledger': 1 };
const SEED = 7;

describe.skipIf(requirePostgres() === null)('a run under faults', () => {
  let lanes: Lane[] = [];
  beforeAll(async () => {
    lanes = await Promise.all([Lane.open(), Lane.open()]);
  });
  afterAll(() => Promise.all(lanes.map((lane) => lane.close())));

  test('is wholly done or not at all, says which, and can be taken up again', async () => {
    const [points] = await Promise.all(lanes.map(pointsOf));
    const cases = shuffled(
      [...points!].flatMap(([name, one]) => [...casesOf(name, one)]),
      SEED,
    );
    const chosen = sample(cases);
    const outcomes: Outcome[] = [];
    const left = chosen.entries();
    await Promise.all(
      lanes.map(async (lane) => {
        for (const [index, one] of left) outcomes.push(await runCase(lane, one, index % 8 === 0));
      }),
    );
    expect(outcomes).toHaveLength(chosen.length);
    const wrong = outcomes.filter(({ problems }) => problems.length > 0);
    expect(
      wrong.map(({ one, problems }) => `${one.variant}: ${one.fault} at ${one.point}: ${problems}`),
    ).toEqual([]);
    // The faults did something: some runs were stopped before COMMIT, some came through it.
    expect(new Set(outcomes.map(({ stands }) => stands))).toEqual(new Set(['before', 'after']));
    expect(outcomes.some(({ said }) => said === 'killed')).toBe(true);
    // A machine with other work may take five times as long as one without.
  }, 600_000);
});

/** The first cases of each fault and variant. */
function sample(cases: readonly Case[]): Case[] {
  const taken = new Map<string, number>();
  return cases.filter(({ variant, fault }) => {
    const key = `${variant} ${fault}`;
    const count = (taken.get(key) ?? 0) + 1;
    taken.set(key, count);
    return count <= TRIED[variant];
  });
}

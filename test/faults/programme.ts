import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { writeFaults } from '../support/reliability-page.js';
import { type Case, casesOf, enumeratePoints, type Points } from './faults.js';
import { type Judgement, judge } from './judge.js';
import { Lane, VARIANTS, type VariantName } from './lane.js';
import { type Row, resultPage } from './result-page.js';

/*
 * The fault programme: `npm run test:faults -- [--runs N] [--minutes N] [--seed N] [--lanes N] [--only TEXT] [--log FILE] [--write]`.
 * Every fault at every point of a run, in an order that the seed decides; `--runs` takes the first of them.
 */

/** Shares of cases that a programme with fewer runs takes of each variant. */
const SHARE: Readonly<Record<VariantName, number>> = { ledger: 1, rollback: 0.6, 'no-ledger': 0.35 };
/** Points next to what changes the database: four times as likely in a programme with fewer runs. */
const KEEN =
  /COMMIT|\(BEGIN\)|INSERT|CREATE TABLE|DELETE|DROP|advisory|commit-sent|transaction-|statement-executed|run-finished/;

/** One in so many runs is followed by another run. */
const THOROUGH = 5;

export interface Outcome extends Judgement {
  readonly one: Case;
}

/** Runs one case from a fresh database to its judgement. */
export async function runCase(lane: Lane, one: Case, thorough: boolean): Promise<Outcome> {
  const variant = lane.variant(one.variant);
  await lane.reset(variant);
  lane.wire.reset(null);
  try {
    const said = await one.run(lane, variant).finally(() => lane.wire.release());
    return { one, ...(await judge(lane, variant, said, thorough)) };
  } catch (error) {
    await lane.wire.release();
    await lane.untilReady();
    const problem = `the programme itself: ${(error as Error).stack ?? error}`;
    return {
      one,
      problems: [problem],
      stands: (await lane.stands(one.variant)).at,
      said: 'nothing',
      settled: null,
    };
  }
}

/** A generator of numbers in [0, 1) that a seed decides (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The cases in an order that mixes faults, points and variants. One of each fault on each variant comes first, then one
 * at each kind of point, so that a programme with fewer runs has them all.
 */
export function shuffled(cases: readonly Case[], seed: number): Case[] {
  const next = random(seed);
  const mixed = cases
    .map((one) => ({ one, key: next() * weight(one) }))
    .sort((a, b) => a.key - b.key)
    .map(({ one }) => one);
  const met = new Set<string>();
  const strata: Case[][] = [[], [], []];
  for (const one of mixed) {
    const fault = `${one.variant} ${one.fault}`;
    strata[!met.has(fault) ? 0 : !met.has(cellOf(one)) ? 1 : 2]!.push(one);
    met.add(fault).add(cellOf(one));
  }
  return strata.flat();
}

/** A fault at one kind of point of one variant. */
export function cellOf({ variant, fault, kind }: Pick<Case, 'variant' | 'fault' | 'kind'>): string {
  return `${variant} ${fault} at ${kind}`;
}

/** A case's place on the way: what is keen comes early, pairs of deaths, of which there are very many, later. */
function weight({ point, fault, variant }: Case): number {
  const keen = KEEN.test(point) ? 0.25 : 1;
  return (keen * (fault === 'kill -9, and of resume' ? 6 : 1)) / SHARE[variant];
}

/** Measures the lane's variants: their points, and the states before and after. */
export async function pointsOf(lane: Lane): Promise<Map<VariantName, Points>> {
  const points = new Map<VariantName, Points>();
  for (const name of VARIANTS) points.set(name, await enumeratePoints(lane, lane.variant(name)));
  return points;
}

/** Without a limit, every case is run. */
const DEFAULTS = {
  runs: '1000000',
  seed: '1',
  lanes: '2',
  minutes: '100000',
  only: '',
} as const;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: DEFAULTS.runs },
      seed: { type: 'string', default: DEFAULTS.seed },
      lanes: { type: 'string', default: DEFAULTS.lanes },
      minutes: { type: 'string', default: DEFAULTS.minutes },
      only: { type: 'string', default: DEFAULTS.only },
      log: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  const lanes = await Promise.all(Array.from({ length: Number(values.lanes) }, () => Lane.open()));
  try {
    const measured = await Promise.all(lanes.map(pointsOf));
    const all = [...measured[0]!].flatMap(([name, points]) => [...casesOf(name, points)]);
    const chosen = shuffled(all, Number(values.seed))
      .filter(({ fault, point, variant }) => `${variant}: ${fault} at ${point}`.includes(values.only))
      .slice(0, Number(values.runs));
    const cells = (of: readonly Case[]) => new Set(of.map(cellOf)).size;
    process.stdout.write(
      `${all.length} cases, ${chosen.length} chosen; ${cells(all)} cells, ${cells(chosen)} met\n`,
    );
    const outcomes = await runAll(lanes, chosen, Date.now() + Number(values.minutes) * 60_000, values.log);
    const rows = outcomes.map(
      ({ one, ...rest }): Row => ({
        fault: one.fault,
        variant: one.variant,
        point: one.point,
        kind: one.kind,
        ...rest,
      }),
    );
    const { log: _, ...said } = values;
    const words = Object.entries(said).flatMap(([name, value]) =>
      value === true
        ? [`--${name}`]
        : (DEFAULTS as Record<string, unknown>)[name] === value || value === false
          ? []
          : [`--${name} ${value}`],
    );
    const page = resultPage(rows, all, words);
    if (values.write) writeFaults(page);
    else process.stdout.write(page);
    process.exitCode = rows.some(({ problems }) => problems.length > 0) ? 1 : 0;
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

async function runAll(
  lanes: readonly Lane[],
  cases: readonly Case[],
  until: number,
  log?: string,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let next = 0;
  const work = async (lane: Lane) => {
    while (next < cases.length && Date.now() < until) {
      const number = next++;
      const started = Date.now();
      const outcome = await runCase(lane, cases[number]!, number % THOROUGH === 0);
      outcomes.push(outcome);
      const { one, problems, ...rest } = outcome;
      const took = Date.now() - started;
      if (log !== undefined)
        appendFileSync(
          log,
          `${JSON.stringify({ number, took, fault: one.fault, variant: one.variant, point: one.point, ...rest, problems })}\n`,
        );
      for (const problem of problems)
        process.stdout.write(`${number} ${one.variant}: ${one.fault} at ${one.point}\n    ${problem}\n`);
    }
  };
  await Promise.all(lanes.map(work));
  return outcomes;
}

if (process.argv[1] === import.meta.filename) await main();

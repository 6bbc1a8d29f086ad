import { beforeAll, describe, expect, it } from 'vitest';
import { RULES } from '../../src/check/rules/index.js';
import { Random } from '../equality/random.js';
import { NOT_PLANTED } from './not-planted.js';
import { compileMutant, type Mutant, mutants, type Outcome, type Run, runMutants } from './run.js';

/*
 * Defects of every kind, planted into the documents of knowledge/: each one has to be found by its rule in the line
 * where it stands. Where it stands is calculated from the text alone, without the parser. `npm run planted` writes the
 * figures to docs/planted-defects.md.
 */

const all = mutants();
let run: Run;

beforeAll(async () => {
  run = await runMutants(all);
}, 300_000);

const title = ({ rule, name, expected: { file, line } }: Mutant) => `${rule}: ${name}, at ${file}:${line}`;

describe('planted defects', () => {
  it('are many, and none is there twice', () => {
    expect(all.length).toBeGreaterThan(400);
    const keys = all.map(({ rule, files, expected }) => JSON.stringify([rule, files, expected]));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('are there for every rule, or the reason why not', () => {
    const few = RULES.filter(({ id }) => all.filter(({ rule }) => rule === id).length < 3);
    expect(few.map(({ id }) => id)).toEqual(Object.keys(NOT_PLANTED));
    expect(all.filter(({ rule }) => !RULES.some(({ id }) => id === rule))).toEqual([]);
  });

  it('are all found by their rule in their line', () => {
    expect(run.outcomes.filter(({ caught }) => !caught).map(({ mutant }) => title(mutant))).toEqual([]);
  });

  it('give no finding in a document that has nothing to do with them', () => {
    const strays = run.outcomes.filter((outcome) => outcome.strays.length > 0);
    expect(strays.map(({ mutant, strays: [first] }) => [title(mutant), first])).toEqual([]);
  });

  it('gone again, the corpus gives no finding', () => {
    expect(run.clean).toEqual([]);
  });

  it('are the same to a compile that reads everything', async () => {
    const random = new Random(2026);
    for (let count = 0; count < 20; count++) {
      const { mutant, diagnostics }: Outcome = random.pick(run.outcomes);
      expect(await compileMutant(mutant), title(mutant)).toEqual(diagnostics);
    }
  });
});

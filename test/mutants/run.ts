import { compareText, type Diagnostic } from '../../src/base/diagnostic.js';
import { LOCK_FILE } from '../../src/base/lock-file.js';
import { incrementalCompile } from '../../src/incremental.js';
import type { Reading } from '../../src/load/corpus.js';
import { compile } from '../../src/pipeline.js';
import { Random } from '../equality/random.js';
import { mutantConfig } from './config.js';
import { MOST, type Operator, type Planting } from './operator.js';
import { OPERATORS } from './operators/index.js';
import { Originals } from './originals.js';
import { strays } from './strays.js';

/** A planted defect. */
export interface Mutant extends Planting {
  readonly rule: string;
  readonly name: string;
}

/** A mutant and what the compiler said of it. */
export interface Outcome {
  readonly mutant: Mutant;
  readonly caught: boolean;
  /** Findings in documents that have nothing to do with what was changed. */
  readonly strays: readonly Diagnostic[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What became of all of them. */
export interface Run {
  readonly outcomes: readonly Outcome[];
  /** Findings of the corpus without any of them. */
  readonly clean: readonly Diagnostic[];
}

/** All mutants, the same ones in every run. */
export function mutants(): Mutant[] {
  const originals = new Originals();
  return OPERATORS.flatMap((operator, index) => {
    const all = [...operator.plantings(originals)];
    return drawn(all, operator, new Random(index + 1)).map((planting) => ({
      ...planting,
      rule: operator.rule,
      name: operator.name,
    }));
  });
}

function drawn(all: Planting[], { most = MOST }: Operator, random: Random): Planting[] {
  if (all.length <= most) return all;
  const left = [...all];
  return Array.from({ length: most }, () => left.splice(random.below(left.length), 1)[0]!);
}

/** Compiles every mutant, over one corpus that is read once, and then the corpus as it is. */
export async function runMutants(all: readonly Mutant[]): Promise<Run> {
  const compileAgain = incrementalCompile(mutantConfig(), false);
  const originals = new Originals();
  const outcomes = new Map<Mutant, Outcome>();
  // Those of one document after each other: what a mutant spoilt is not read again for the next one.
  const firstFile = ({ files }: Mutant) => Object.keys(files)[0]!;
  const sorted = [...all].sort((a, b) => compareText(firstFile(a), firstFile(b)));
  for (const mutant of sorted) {
    const { diagnostics } = await compileAgain(readingOf(mutant));
    outcomes.set(mutant, judge(mutant, diagnostics, originals));
  }
  const { diagnostics: clean } = await compileAgain({ lock: null });
  return { outcomes: all.map((mutant) => outcomes.get(mutant)!), clean };
}

/** The same by the compiler that remembers nothing. */
export async function compileMutant(mutant: Mutant): Promise<readonly Diagnostic[]> {
  return (await compile(mutantConfig(), readingOf(mutant))).diagnostics;
}

/** The lock file of the repository would say of every mutant that its revision has other bytes. */
function readingOf({ files }: Mutant): Reading {
  const { [LOCK_FILE]: lock = null, ...documents } = files;
  const overlay = new Map(Object.entries(documents).map(([path, put]) => [path, bytesOf(put)]));
  return { overlay, lock: bytesOf(lock) };
}

function bytesOf(put: string | Uint8Array | null): Uint8Array | null {
  return typeof put === 'string' ? Buffer.from(put) : put;
}

function judge(mutant: Mutant, diagnostics: readonly Diagnostic[], originals: Originals): Outcome {
  const { file, line } = mutant.expected;
  const caught = diagnostics.some(
    (one) => one.ruleId === mutant.rule && one.file === file && one.position.start.line === line,
  );
  return { mutant, caught, strays: strays(mutant, diagnostics, originals), diagnostics };
}

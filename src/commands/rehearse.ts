import { join } from 'node:path';
import { buildScratch, type ScratchSource } from '../execute/scratch.js';
import { startRun } from '../execute/start-run.js';
import { unitOf } from '../model/entry.js';
import { type Compilation, type PreparedPlan, textOf } from '../pipeline.js';
import { openScratch } from '../target/open-target.js';
import { compileCorpus } from './corpus.js';
import { corpusState } from './corpus-state.js';
import { finish } from './finish.js';
import { runProgress } from './progress.js';
import { chainOf, usablePlan } from './run.js';
import { sealKeyFor } from './seal-key.js';
import type { Environment } from './terminal.js';

export interface RehearseOptions {
  readonly format: 'pretty' | 'json';
  readonly expectPlan?: string;
  /** Whether the backup is restored elsewhere and compared. */
  readonly proveBackup?: boolean;
  /** File of the key that signs the seal. */
  readonly sealKey?: string;
}

/** `probatum rehearse PACKAGE`: the same path as a run, on a scratch database built from the corpus. @returns exit code */
export async function rehearse(
  environment: Environment,
  path: string,
  options: RehearseOptions,
): Promise<number> {
  const { compilation } = await compileCorpus(environment, [path]);
  const prepared = await usablePlan(environment, compilation, path, { ...options, mode: 'rehearsal' });
  if (!prepared) return 1;
  const { root } = compilation.config;
  const sealKey = await sealKeyFor(environment, compilation.config, options.sealKey, false);
  const target = await openScratch(join(root, '.probatum', 'cache'));
  try {
    const sources = scratchSources(compilation, prepared);
    const finished = await startRun({
      ...prepared,
      mode: 'rehearsal',
      targetName: 'scratch database',
      target,
      root,
      chain: chainOf(compilation, prepared),
      corpus: await corpusState(environment, root, prepared.plan),
      now: environment.now,
      proveBackup: options.proveBackup ?? false,
      onEvent: await runProgress(environment),
      // Its SQL is reviewed too, but not part of the plan: it goes by a session of its own.
      buildScratch: async (emit) => {
        const session = await target.open();
        await buildScratch(session, sources, emit).finally(() => session.close());
      },
    });
    return await finish(environment, finished, { sealKey, format: options.format });
  } finally {
    await target.close();
  }
}

/** The documents that the plan's ddl depends on, as reviewed bytes. */
export function scratchSources(compilation: Compilation, { plan }: PreparedPlan): ScratchSource[] {
  return plan.predecessors.map((document) => {
    const entry = compilation.model.entries.get(document.path)!;
    const units = (['migration', 'fixture'] as const).flatMap((role) => {
      const unit = unitOf(entry, role);
      return unit ? [{ unit, text: textOf(compilation, entry, unit) }] : [];
    });
    const { path, revision, sha256 } = document;
    return { document: { path, revision, sha256 }, units };
  });
}

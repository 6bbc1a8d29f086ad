import { compareDiagnostics, type Diagnostic } from './base/diagnostic.js';
import { LOCK_FILE } from './base/lock-file.js';
import { applyToCorpus } from './check/apply-settings.js';
import { judgeLock } from './check/judge-lock.js';
import { type LeftOut, leftOutFiles } from './check/left-out-files.js';
import { UNREADABLE } from './check/protected-rules.js';
import { runRules } from './check/run-rules.js';
import { readFacts } from './engine/read-facts.js';
import type { Config } from './load/config.js';
import { loadCorpus, type Reading, type SourceFile } from './load/corpus.js';
import { isThere, presenceOf } from './load/on-disk.js';
import { readLock } from './load/read-lock.js';
import { reviewsOf } from './model/chain.js';
import { readDocumentLock, releasesOf } from './model/document-lock.js';
import { type Entry, unitOf } from './model/entry.js';
import { buildModel, type Model } from './model/model.js';
import { SourceText } from './parse/source-text.js';
import { buildPlan, planDigest, planDocuments } from './plan/build-plan.js';
import { olderServers } from './plan/older-servers.js';
import type { Plan } from './plan/plan.js';
import type { ReviewedBytes } from './plan/reviewed-bytes.js';
import type { SqlUnit } from './sql/facts.js';
import { UnitText } from './sql/unit-text.js';
import { squawkDiagnostics } from './squawk/squawk-diagnostics.js';
import { teamRules } from './team-rules.js';

export { expectOlderGrammars } from './sql/older-grammars.js';

/** A compiled corpus: its files and every finding, and the model of them for those who ask for it. */
export interface Compiled {
  readonly config: Config;
  /** Bytes of the documents; undefined for what is no document, or is not any more what was compiled. */
  readonly files: { get(path: string): SourceFile | undefined };
  /** Paths of the documents, in order. */
  readonly paths: readonly string[];
  /** Findings as the configuration weighs them. */
  readonly diagnostics: readonly Diagnostic[];
  /** Findings that a comment with a reason has accepted. */
  readonly suppressed: readonly Diagnostic[];
  /** The model, as long as nothing was compiled after this; most who look at findings do without what makes it. */
  loadModel(): Promise<Model>;
}

/** A corpus that was compiled anew, for what decides over a plan, a run or a verification. */
export interface Compilation extends Compiled {
  readonly model: Model;
  /** Findings as the rules weigh them, or heavier: whatever is configured. */
  readonly strict: readonly Diagnostic[];
}

/**
 * Load, parse, model, check: every byte is read, nothing is remembered.
 * @param plugins whether programs of the corpus may run: its own rules, squawk
 */
export async function compile(config: Config, reading: Reading = {}, plugins = false): Promise<Compilation> {
  const team = await teamRules(config, plugins);
  const left: LeftOut[] = [];
  const sources = loadCorpus(config, reading, (one) => left.push(one));
  const read = await Promise.all(sources.map(({ path, bytes }) => readFacts(path, bytes, team.kinds)));
  const presence = presenceOf(reading.overlay, reading.index, reading.skipped);
  const onDisk = (path: string) => isThere(config.root, path, presence);
  const model = buildModel(read, config.corpus, onDisk);
  const found = [
    ...runRules(read, sources, model, team.rules, team.settings),
    ...(config.squawk && plugins ? squawkFindings(config, read, sources) : []),
  ];
  const { kept, suppressed, strict } = applyToCorpus(read, found, team.findings);
  const lock = reading.lock === undefined ? readLock(config) : reading.lock;
  // Nobody may turn these down, so there is nothing to apply.
  const locked = lock ? judgeLock(readDocumentLock(lock), releasesOf(read), onDisk) : [];
  const beside = [...locked, ...leftOutFiles(left)];
  const withBeside = (findings: readonly Diagnostic[]) => [...findings, ...beside].sort(compareDiagnostics);
  const files = new Map(sources.map((file) => [file.path, file]));
  const paths = [...files.keys()];
  if (lock) files.set(LOCK_FILE, { path: LOCK_FILE, bytes: lock });
  return {
    config,
    files,
    paths,
    model,
    loadModel: async () => model,
    diagnostics: withBeside(kept),
    suppressed,
    strict: withBeside(strict),
  };
}

/** What squawk says of the migrations, where the configuration asks for it. */
function squawkFindings(
  config: Config,
  read: readonly Entry[],
  sources: readonly SourceFile[],
): Diagnostic[] {
  const migrations = read.flatMap((entry, index) => {
    const unit = entry.kind === 'ddl' ? unitOf(entry, 'migration') : undefined;
    if (!unit || unit.statements.length === 0) return [];
    const source = new SourceText(sources[index]!.bytes);
    return [{ path: entry.document.path, text: new UnitText(source, unit.ranges) }];
  });
  return squawkDiagnostics(config.root, migrations);
}

/** A plan with its digest and the reviewed bytes that it speaks of. */
export interface PreparedPlan {
  readonly plan: Plan;
  readonly planSha256: string;
  readonly bytes: ReviewedBytes;
  /** Errors in documents that the plan is made from; it must not be executed while there are any. */
  readonly errors: readonly Diagnostic[];
}

/** Plans a command package. @throws UsageError where there is no plan to speak of */
export function preparePlan(
  compilation: Compilation,
  packagePath: string,
): PreparedPlan | { readonly errors: readonly Diagnostic[] } {
  const early = errorsIn(compilation, [packagePath]);
  if (early.length > 0) return { errors: early };
  const pinned = compilation.model.entries.get(packagePath)?.pins.map(({ path }) => path) ?? [];
  const broken = errorsIn(compilation, [packagePath, ...pinned]);
  if (broken.length > 0) return { errors: broken };
  const unitText = (entry: Entry, unit: SqlUnit) => textOf(compilation, entry, unit);
  const plan = buildPlan(compilation.model, packagePath, (entry, unit) => unitText(entry, unit).bytes);
  const ofDocument = (path: string, role: SqlUnit['role']) => {
    const entry = compilation.model.entries.get(path)!;
    return unitText(entry, unitOf(entry, role)!);
  };
  const bytes = {
    migration: ofDocument(plan.ddl.path, 'migration'),
    rollback: ofDocument(plan.ddl.path, 'rollback'),
    preflight: ofDocument(plan.package.path, 'preflight'),
    verify: ofDocument(plan.package.path, 'verify'),
  };
  const errors = errorsIn(
    compilation,
    planDocuments(plan).map(({ path }) => path),
  );
  return { plan, planSha256: planDigest(plan), bytes, errors };
}

/**
 * Digest of the plan that documents give which come from elsewhere than the disk, whatever rules find in them.
 * @param config what reads them @param files no others are looked at
 * @throws UsageError where they give none
 */
export async function planDigestOf(
  config: Config,
  files: readonly SourceFile[],
  packagePath: string,
): Promise<string> {
  const { kinds } = await teamRules(config, false);
  const read = await Promise.all(files.map(({ path, bytes }) => readFacts(path, bytes, kinds)));
  const bytesOf = (entry: Entry, unit: SqlUnit) => {
    const { bytes } = files.find(({ path }) => path === entry.document.path)!;
    return new UnitText(new SourceText(bytes), unit.ranges).bytes;
  };
  return planDigest(
    buildPlan(
      buildModel(read, config.corpus, () => false),
      packagePath,
      bytesOf,
    ),
  );
}

/**
 * The same with what the older servers within the target's range refuse.
 * @returns the prepared plan, and the majors whose grammars are not installed
 */
export async function preparePlanForServers(
  compilation: Compilation,
  packagePath: string,
): Promise<ReturnType<typeof preparePlan> & { readonly missingGrammars: readonly number[] }> {
  const prepared = preparePlan(compilation, packagePath);
  if (!('plan' in prepared) || prepared.errors.length > 0) return { ...prepared, missingGrammars: [] };
  const { errors, missing } = await olderServers(prepared.plan, prepared.bytes);
  return { ...prepared, errors, missingGrammars: missing };
}

/**
 * Errors that stand in the way of a run besides those of the plan's own documents: in reviews of these and of its
 * rehearsals, and in what could not be read.
 */
export function reviewErrors(compilation: Compilation, plan: Plan): readonly Diagnostic[] {
  const { model } = compilation;
  const rehearsals = model
    .pinning('package', plan.package.path)
    .filter((path) => model.entries.get(path)?.kind === 'dry-run-report');
  const reviews = reviewsOf(model, [plan.ddl.path, plan.package.path, ...rehearsals]);
  const paths = reviews.map(({ entry }) => entry.document.path);
  return compilation.strict.filter(
    ({ severity, file, ruleId }) =>
      severity === 'error' && (paths.includes(file) || UNREADABLE.includes(ruleId)),
  );
}

function errorsIn({ strict }: Compilation, paths: readonly string[]): Diagnostic[] {
  return strict.filter(({ severity, file }) => severity === 'error' && paths.includes(file));
}

/** The bytes of one unit, from the buffer that was hashed, with the way back to their document. */
export function textOf({ files }: Compilation, { document }: Entry, unit: SqlUnit): UnitText {
  return new UnitText(new SourceText(files.get(document.path)!.bytes), unit.ranges);
}

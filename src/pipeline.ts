import type { Diagnostic } from './base/diagnostic.js';
import { RULES } from './check/rules/index.js';
import { runRules } from './check/run-rules.js';
import type { Config } from './load/config.js';
import { loadCorpus, type SourceFile } from './load/corpus.js';
import { reviewsOf } from './model/chain.js';
import { type Entry, readEntry, unitOf } from './model/entry.js';
import { buildModel, type Model } from './model/model.js';
import { readDocument } from './parse/read-document.js';
import { SourceText } from './parse/source-text.js';
import { buildPlan, planDigest, planDocuments } from './plan/build-plan.js';
import type { Plan } from './plan/plan.js';
import type { ReviewedBytes } from './plan/reviewed-bytes.js';
import type { SqlUnit } from './sql/facts.js';
import { loadGrammar } from './sql/grammar.js';
import { holdsSql, readSql } from './sql/read-sql.js';
import { UnitText } from './sql/unit-text.js';

/** A compiled corpus: its files, the model of them, and every finding. */
export interface Compilation {
  readonly config: Config;
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly model: Model;
  readonly diagnostics: readonly Diagnostic[];
}

/** Load, parse, model, check. @param besides files to read that the configuration's globs do not name */
export async function compile(config: Config, besides: readonly string[] = []): Promise<Compilation> {
  const sources = await loadCorpus(config, besides);
  const parsed = await Promise.all(
    sources.map(async ({ path, bytes }) => ({ document: await readDocument(path, bytes), bytes })),
  );
  if (parsed.some(({ document }) => holdsSql(document))) await loadGrammar();
  const read = parsed.map(({ document, bytes }) => readEntry(document, readSql(document, bytes)));
  const model = buildModel(read, config.corpus);
  const diagnostics = runRules(read, model, RULES);
  return { config, files: new Map(sources.map((file) => [file.path, file])), model, diagnostics };
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

/** Rules that say that a document could not be read for what it is: it might be a review that says no. */
const UNREADABLE = [
  'encoding',
  'readable',
  'front-matter-yaml',
  'front-matter-required',
  'front-matter-schema',
];

/** Errors that stand in the way of a run besides those of the plan's own documents: in its reviews, and unread ones. */
export function reviewErrors(compilation: Compilation, plan: Plan): readonly Diagnostic[] {
  const reviews = reviewsOf(compilation.model, [plan.ddl.path, plan.package.path]);
  const paths = reviews.map(({ entry }) => entry.document.path);
  return compilation.diagnostics.filter(
    ({ severity, file, ruleId }) =>
      severity === 'error' && (paths.includes(file) || UNREADABLE.includes(ruleId)),
  );
}

function errorsIn({ diagnostics }: Compilation, paths: readonly string[]): Diagnostic[] {
  return diagnostics.filter(({ severity, file }) => severity === 'error' && paths.includes(file));
}

/** The bytes of one unit, from the buffer that was hashed, with the way back to their document. */
export function textOf({ files }: Compilation, { document }: Entry, unit: SqlUnit): UnitText {
  return new UnitText(new SourceText(files.get(document.path)!.bytes), unit.ranges);
}

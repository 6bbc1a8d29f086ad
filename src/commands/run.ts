import { UsageError } from '../base/usage-error.js';
import { startRun } from '../execute/start-run.js';
import { reviewsOf } from '../model/chain.js';
import { headerText } from '../parse/document.js';
import { type Compilation, expectOlderGrammars, type PreparedPlan, reviewErrors } from '../pipeline.js';
import type { ChainLink, RunMode } from '../record/events.js';
import { encodeTerminal } from '../render/encode.js';
import { openTarget } from '../target/open-target.js';
import { chooseAuthorization } from './authorizations.js';
import { compileCorpus, documentPath, errorLine, showErrors } from './corpus.js';
import { corpusState } from './corpus-state.js';
import { finish } from './finish.js';
import { planForServers } from './plan-for-servers.js';
import { runProgress } from './progress.js';
import { missingChain } from './proved-reports.js';
import { endLine, refusedEnd } from './run-end.js';
import { sealKeyFor } from './seal-key.js';
import { refuseShortQueryTimeout } from './short-query-timeout.js';
import { unsignedDocuments } from './signatures.js';
import type { Environment } from './terminal.js';

export interface RunOptions {
  readonly target: string;
  readonly format: 'pretty' | 'json';
  /** Digest of the plan that the caller reviewed; another one is refused. */
  readonly expectPlan?: string;
  /** Whether the backup is restored elsewhere and compared. */
  readonly proveBackup?: boolean;
  /** Revision whose policy of signatures is taken, in place of the work tree's. */
  readonly policyFrom?: string;
  /** File of the key that signs the seal. */
  readonly sealKey?: string;
}

/** `probatum run PACKAGE --target NAME`. @returns exit code (RUN, "Outcomes") */
export async function run(environment: Environment, path: string, options: RunOptions): Promise<number> {
  expectOlderGrammars();
  const { compilation } = await compileCorpus(environment, [path], options.policyFrom);
  const prepared = await usablePlan(environment, compilation, path, { ...options, mode: 'run' });
  if (!prepared) return 1;
  const { plan, planSha256 } = prepared;
  const errors = reviewErrors(compilation, plan);
  const now = environment.now();
  const unsigned = await unsignedDocuments(compilation, now);
  const missing = await missingChain(environment, compilation, prepared, unsigned);
  const authorized = chooseAuthorization(compilation, prepared, { now, unsigned });
  missing.push(...authorized.missing);
  if (errors.length + missing.length > 0) {
    showErrors(environment, compilation, errors);
    for (const link of missing) environment.terminal.err(`refused: ${link}\n`);
    environment.terminal.err('refused: nothing was sent to the database\n');
    const [code, message] =
      errors.length > 0
        ? (['documents', 'the documents of the run have errors'] as const)
        : (['chain', 'the chain of the package does not stand'] as const);
    const details = [...errors.map(errorLine), ...missing];
    if (options.format === 'json')
      environment.terminal.out(endLine(refusedEnd('run', planSha256, { code, message, details })));
    return 1;
  }
  if (plan.target.name !== options.target) {
    const help = `the package was reviewed for target ${plan.target.name}`;
    throw new UsageError('bad-argument', `${path} may not run on target ${options.target}`, help);
  }
  const { root, targets } = compilation.config;
  refuseShortQueryTimeout(compilation.config, options.target, plan.limits);
  const { authorization } = authorized;
  if (authorization) environment.terminal.err(`authorized by ${encodeTerminal(authorization.path)}\n`);
  const sealKey = await sealKeyFor(environment, compilation.config, options.sealKey, true);
  const target = await openTarget(options.target, targets, root, environment.variables);
  try {
    const finished = await startRun({
      ...prepared,
      mode: 'run',
      targetName: options.target,
      target,
      root,
      chain: chainOf(compilation, prepared),
      authorization,
      corpus: await corpusState(environment, root, plan),
      now: environment.now,
      proveBackup: options.proveBackup ?? false,
      onEvent: await runProgress(environment),
    });
    return await finish(environment, finished, { sealKey, format: options.format });
  } finally {
    await target.close();
  }
}

/** What `usablePlan` is asked for. */
interface PlanWanted {
  readonly mode: RunMode;
  readonly format: 'pretty' | 'json';
  readonly expectPlan?: string;
}

/** The plan of a package, or null after saying why there is none to execute. */
export async function usablePlan(
  environment: Environment,
  compilation: Compilation,
  path: string,
  { mode, format, expectPlan }: PlanWanted,
): Promise<PreparedPlan | null> {
  const { terminal } = environment;
  const prepared = await planForServers(
    environment,
    compilation,
    documentPath(compilation, environment, path),
  );
  if (!('plan' in prepared) || prepared.errors.length > 0) {
    showErrors(environment, compilation, prepared.errors);
    const message = 'the documents of the plan have errors';
    terminal.err(`refused: ${message}; nothing was sent to the database\n`);
    const details = prepared.errors.map(errorLine);
    if (format === 'json')
      terminal.out(endLine(refusedEnd(mode, null, { code: 'documents', message, details })));
    return null;
  }
  const { planSha256 } = prepared;
  if (expectPlan !== undefined && expectPlan !== planSha256) {
    const message = `the plan has digest ${planSha256}, expected ${expectPlan}`;
    terminal.err(`refused: ${message}\n`);
    if (format === 'json')
      terminal.out(endLine(refusedEnd(mode, planSha256, { code: 'plan', message, details: [] })));
    return null;
  }
  return prepared;
}

/** Reviews and authorizations of what is run, and of its rehearsal, as they stand in the corpus. */
export function chainOf({ model }: Compilation, { plan }: PreparedPlan): ChainLink[] {
  const paths = [plan.ddl.path, plan.reports.dryRun.path, plan.package.path];
  return reviewsOf(model, paths).map((link): ChainLink => {
    const { document } = link.entry;
    return {
      document: {
        path: document.path,
        revision: headerText(document, 'revision') ?? '',
        sha256: document.digest,
      },
      kind: link.entry.kind === 'authorization' ? 'authorization' : 'review',
      author: headerText(document, 'author') ?? '',
      subject: { path: link.subjectPath, revision: link.subjectRevision, sha256: link.subjectSha256 },
      subjectMatches: link.subjectMatches,
      verdict: link.verdict,
      allows: link.allows,
      bindings: link.bindings,
    };
  });
}

import { canonicalJson } from '../base/canonical-json.js';
import { PACKAGE_ROOT } from '../base/package-root.js';
import { UsageError } from '../base/usage-error.js';
import { startRun } from '../execute/start-run.js';
import { defaultConfig, loadConfig } from '../load/config.js';
import { missingReviews } from '../model/chain.js';
import { compile, preparePlan, reviewErrors } from '../pipeline.js';
import { planDigest } from '../plan/build-plan.js';
import type { Plan, PlanTarget } from '../plan/plan.js';
import { encodeTerminal } from '../render/encode.js';
import { DatabaseError, type Target } from '../target/engine.js';
import { type Identity, readIdentity } from '../target/identity.js';
import { openTarget } from '../target/open-target.js';
import { finish } from './finish.js';
import { runProgress } from './progress.js';
import { chainOf } from './run.js';
import { sealKeyFor } from './seal-key.js';
import type { Environment } from './terminal.js';

/** Path of the package of the project's own governed change, which comes with the tool. */
export const ENROLMENT_PACKAGE =
  'knowledge/probatum/enrolment/probatum-enrolment-command-package-2026-11-22.md';

export interface EnrollOptions {
  /** Whether to run the change, or only to show it. */
  readonly write: boolean;
  readonly format: 'pretty' | 'json';
  /** File of the key that signs the seal. */
  readonly sealKey?: string;
}

/**
 * `probatum enroll TARGET`: runs the project's own change on a target, which gives it a mark and a ledger.
 * @returns exit code: 0 enrolled, 1 shown only or a no, else as of a run
 */
export async function enroll(
  environment: Environment,
  name: string,
  options: EnrollOptions,
): Promise<number> {
  const config = loadConfig(environment.root);
  const { root, targets } = config;
  const compilation = await compile(defaultConfig(PACKAGE_ROOT));
  const prepared = preparePlan(compilation, ENROLMENT_PACKAGE);
  if (!('plan' in prepared) || prepared.errors.length > 0) throw damaged('its documents have errors');
  // The documents come with the tool; nobody of the team has signed them.
  const unsigned = new Map<string, string>();
  const { package: pack, ddl } = prepared.plan;
  const missing = missingReviews(compilation.model, pack.path, ddl.path, unsigned);
  if (missing.length + reviewErrors(compilation, prepared.plan).length > 0)
    throw damaged('it is not reviewed');
  const sealKey = options.write ? await sealKeyFor(environment, config, options.sealKey, true) : null;
  const target = await openTarget(name, targets, root, environment.variables);
  try {
    const identity = await identityOf(target);
    if (identity.marker !== '') return said(environment, identity, options);
    if (identity.ledger !== 'none') throw notReadable(name, identity);
    const plan: Plan = { ...prepared.plan, target: meaning(name, identity) };
    const planSha256 = planDigest(plan);
    if (!options.write) return show(environment, plan, planSha256, options);
    const finished = await startRun({
      ...prepared,
      plan,
      planSha256,
      mode: 'run',
      // It is not enrolled, whatever an earlier run did.
      repeatable: true,
      targetName: name,
      target,
      root,
      chain: chainOf(compilation, prepared),
      // Its documents are those of the tool, and in no repository of the team.
      corpus: { commit: null, changed: [] },
      now: environment.now,
      onEvent: await runProgress(environment),
    });
    const code = await finish(environment, finished, { sealKey, format: options.format });
    return code === 0 && options.format === 'pretty'
      ? said(environment, await identityOf(target), options)
      : code;
  } finally {
    await target.close();
  }
}

function damaged(why: string): UsageError {
  return new UsageError(
    'plan-refused',
    `the change that comes with the tool cannot be run: ${why}`,
    'Install the tool again.',
  );
}

/** Enrolled it is, but what a package has to say cannot be told. */
function notReadable(name: string, { role, ledger }: Identity): UsageError {
  return new UsageError(
    'bad-configuration',
    ledger === 'not readable'
      ? `target ${name} is enrolled, but role ${role} may not read it`
      : `target ${name} is enrolled, but has no mark: probatum.target does not have one row`,
    'Grant it USAGE on the schema probatum, SELECT on both of its tables and INSERT on probatum.run.',
  );
}

async function identityOf(target: Target): Promise<Identity> {
  const session = await target.open();
  try {
    return await readIdentity(session);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    throw new UsageError(
      'cannot-read',
      `the database does not say whether it is enrolled: ${error.message}`,
      'Use a role that may use the schema probatum, and read its tables.',
    );
  } finally {
    await session.close();
  }
}

/** The one package whose target is not known beforehand means the database that answers. */
function meaning(name: string, identity: Identity): PlanTarget {
  const major = Math.floor(Number(identity.server_version_num) / 10_000);
  return {
    name,
    systemIdentifier: identity.system_identifier,
    database: identity.database,
    role: identity.role,
    databaseOid: identity.database_oid,
    timeline: identity.timeline,
    host: null,
    serverMajor: { min: major, max: major },
    marker: null,
    ledger: 'none',
  };
}

function show({ terminal }: Environment, plan: Plan, planSha256: string, { format }: EnrollOptions): number {
  const { target } = plan;
  if (format === 'json') {
    terminal.out(`${canonicalJson({ enrolled: false, planSha256, target })}\n`);
    return 1;
  }
  const lines = [
    `target ${target.name}: database ${target.database} of system ${target.systemIdentifier}, as ${target.role}`,
    `would run plan ${planSha256}:`,
    ...plan.migration.statements.map(({ label }) => `  ${label}`),
  ];
  terminal.out(`${lines.map(encodeTerminal).join('\n')}\n`);
  terminal.err('nothing was written: say --write to enroll it\n');
  return 1;
}

/** What a package has to say to mean this database. */
function said({ terminal }: Environment, identity: Identity, { format }: EnrollOptions): number {
  const { system_identifier, database, role, marker } = identity;
  if (format === 'json')
    terminal.out(`${canonicalJson({ enrolled: true, database, marker, role, system_identifier })}\n`);
  else
    terminal.out(
      `enrolled; a package means it by\ntarget:\n  system_identifier: ${system_identifier}\n  database: ${encodeTerminal(database)}\n  role: ${encodeTerminal(role)}\n  marker: ${encodeTerminal(marker)}\n`,
    );
  return 0;
}

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { UsageError } from '../base/usage-error.js';
import { lint } from '../commands/lint.js';
import { plan } from '../commands/plan.js';
import { rehearse, scratchSources } from '../commands/rehearse.js';
import { report } from '../commands/report.js';
import { run } from '../commands/run.js';
import type { Environment } from '../commands/terminal.js';
import { verify } from '../commands/verify.js';
import { buildScratch } from '../execute/scratch.js';
import { loadConfig } from '../load/config.js';
import { compile, preparePlan } from '../pipeline.js';
import { type Identity, readIdentity } from '../target/identity.js';
import { openPgliteTarget } from '../target/pglite.js';
import { createPgliteCluster } from '../target/pglite-cluster.js';
import { addReviews, bindPackage, copyDraft, EXAMPLE } from './example.js';
import { repinExample } from './repin.js';

const CONFIG = `corpus:
  - knowledge/**/*.md
targets:
  production:
    engine: pglite
    directory: production
`;

/** `probatum demo`: every command in turn, on a copy of the example and an embedded database. @returns exit code */
export async function demo(outer: Environment, options: { readonly directory?: string }): Promise<number> {
  const root = workFolder(outer, options.directory);
  const environment: Environment = { ...outer, cwd: root, root };
  const { terminal } = outer;
  const say = (text: string) => terminal.err(`\n${terminal.errColors.bold(text)}\n`);
  const must = async (what: string, code: Promise<number>) => {
    if ((await code) !== 0) throw new Error(`${what} did not end well; the folder is ${root}`);
  };

  say(`Working in ${root}`);
  copyDraft(root);
  writeFileSync(join(root, 'probatum.config.yaml'), CONFIG);
  say('1. An embedded "production" database, built from the predecessors of the change');
  bindPackage(root, await buildProduction(root));
  await repinExample(root);
  say('2. lint: the draft, its law and its predecessors');
  await must('lint', lint(environment, [], { format: 'pretty', cache: false, maxWarnings: 0 }));
  say('3. plan: what would be sent');
  await must('plan', plan(environment, EXAMPLE.package, { format: 'pretty' }));
  say('4. rehearse: the same path on a scratch database');
  await must('rehearse', rehearse(environment, EXAMPLE.package, { format: 'pretty' }));
  await must('report', report(environment, newestRun(root), { publish: true, force: false }));
  say('5. The reviewers read the rehearsal and the package (here: the reviews of the example, pinned anew)');
  addReviews(root);
  await repinExample(root);
  await must('lint', lint(environment, [], { format: 'pretty', cache: false, maxWarnings: 0 }));
  say('6. run: on the production database');
  await must('run', run(environment, EXAMPLE.package, { target: 'production', format: 'pretty' }));
  await must('report', report(environment, newestRun(root), { publish: true, force: false }));
  say('7. lint and verify: the reports are governed documents too');
  await must('lint', lint(environment, [], { format: 'pretty', cache: false, maxWarnings: 0 }));
  await must('verify', verify(environment, [], { format: 'pretty' }));
  say('The verification table of the report');
  terminal.out(`${verificationTable(readFileSync(join(root, EXAMPLE.executionReport), 'utf8'))}\n`);
  terminal.out(`\nreport  ${join(root, EXAMPLE.executionReport)}\n`);
  return 0;
}

function workFolder({ cwd }: Environment, directory: string | undefined): string {
  if (directory === undefined) return mkdtempSync(join(tmpdir(), 'probatum-demo-'));
  const root = resolve(cwd, directory);
  if (existsSync(root) && readdirSync(root).length > 0)
    throw new UsageError('bad-argument', `${directory} is not empty`, 'name a new folder');
  mkdirSync(root, { recursive: true });
  return root;
}

/** A cluster of its own with the predecessors of the change and their fixtures in it. */
async function buildProduction(root: string): Promise<Identity> {
  const directory = join(root, 'production');
  await createPgliteCluster(directory);
  const compilation = await compile(loadConfig(root));
  const prepared = preparePlan(compilation, EXAMPLE.package);
  if (!('plan' in prepared)) throw new Error('the example has no plan');
  const target = await openPgliteTarget('production', directory);
  try {
    const session = await target.open();
    await buildScratch(session, scratchSources(compilation, prepared), () => {});
    return await readIdentity(session);
  } finally {
    await target.close();
  }
}

/** Folder of the run that started last. */
function newestRun(root: string): string {
  const runs = join(root, '.probatum', 'runs', 'dot-iu-cutter-v0.2-p0-2');
  return join(runs, readdirSync(runs).sort().at(-1)!);
}

/** The report's table of checks after COMMIT. */
function verificationTable(text: string): string {
  const section = text.slice(text.indexOf('### After COMMIT'));
  return section.slice(0, section.indexOf('\n## ')).trim();
}

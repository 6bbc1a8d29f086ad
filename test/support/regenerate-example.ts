/**
 * Makes the generated documents of the example corpus anew: a PostgreSQL server of its own becomes "production",
 * the package is bound to it, and the whole way from rehearsal to report is gone. Run by `npm run example`, after
 * `npm run build`, whenever the law, the package, the ddl or a template changes.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scratchSources } from '../../src/commands/rehearse.js';
import { addReviews, bindPackage, EXAMPLE, toDraft } from '../../src/demo/example.js';
import { repinExample } from '../../src/demo/repin.js';
import { buildScratch } from '../../src/execute/scratch.js';
import { loadConfig } from '../../src/load/config.js';
import { compile, preparePlan } from '../../src/pipeline.js';
import { readIdentity } from '../../src/target/identity.js';
import { openTarget } from '../../src/target/open-target.js';
import { startPostgresServer } from './postgres-server.js';

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const cli = join(repository, 'dist', 'cli.js');
const work = mkdtempSync(join(tmpdir(), 'probatum-example-'));
const server = await startPostgresServer();

const config = (role: string) => `corpus:
  - knowledge/**/*.md
targets:
  production:
    engine: postgres
    connection:
      env: ${role}
`;

try {
  cpSync(join(repository, 'knowledge'), join(work, 'knowledge'), { recursive: true });
  toDraft(work);
  await server.createDatabase('directus');
  const admin = new URL(server.url('directus'));
  const sql = (text: string) =>
    execFileSync('psql', ['-X', '-v', 'ON_ERROR_STOP=1', '-c', text, admin.href], { stdio: 'pipe' });
  sql("CREATE ROLE workflow_admin SUPERUSER LOGIN PASSWORD 'example'");
  const owner = new URL(admin.href);
  owner.username = 'workflow_admin';
  owner.password = 'example';
  writeFileSync(join(work, 'probatum.config.yaml'), config('EXAMPLE_URL'));
  const variables = { ...process.env, EXAMPLE_URL: owner.href };

  const loaded = loadConfig(work);
  const target = await openTarget('production', loaded.targets, work, variables);
  const session = await target.open();
  const first = await compile(loaded);
  const prepared = preparePlan(first, EXAMPLE.package);
  if (!('plan' in prepared)) throw new Error(JSON.stringify(prepared.errors, null, 2));
  await buildScratch(session, scratchSources(first, prepared), () => {});
  bindPackage(work, await readIdentity(session));
  await session.close();
  await target.close();
  await repinExample(work);

  const probatum = (...args: string[]) =>
    execFileSync(process.execPath, [cli, ...args], {
      cwd: work,
      env: variables,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  const newest = () => {
    const runs = join(work, '.probatum', 'runs', 'dot-iu-cutter-v0.2-p0-2');
    return join(runs, readdirSync(runs).sort().at(-1) as string);
  };
  probatum('rehearse', EXAMPLE.package);
  probatum('report', newest(), '--publish');
  addReviews(work);
  await repinExample(work);
  probatum('run', EXAMPLE.package, '--target', 'production');
  probatum('report', newest(), '--publish');
  probatum('lint');
  probatum('verify');
  cpSync(join(repository, EXAMPLE.readme), join(work, EXAMPLE.readme));
  rmSync(join(repository, 'knowledge'), { recursive: true });
  cpSync(join(work, 'knowledge'), join(repository, 'knowledge'), { recursive: true });
  // The example is made anew, not revised.
  execFileSync(process.execPath, [cli, 'lock', '--force'], { cwd: repository, stdio: 'inherit' });
} finally {
  await server.stop();
  rmSync(work, { recursive: true, force: true });
}

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findServerBinaries } from '../support/postgres-binaries.js';

/*
 * `npm run test:versions`: a whole change on every server of test/versions/servers and on the installed one. Writes
 * docs/versions.md. Ends with 1 where a test failed.
 */

const ROOT = join(import.meta.dirname, '../..');
const SERVERS = join(import.meta.dirname, 'servers');
const TEST = 'test/versions/whole-change.test.ts';

/** What one server made of the tests. */
interface Column {
  readonly version: string;
  readonly results: ReadonlyMap<string, string>;
}

function installServers(): void {
  const modules = join(SERVERS, 'node_modules');
  if (!existsSync(join(modules, '.package-lock.json')))
    execFileSync('npm', ['ci', '--prefix', SERVERS, '--ignore-scripts', '--no-audit', '--no-fund'], {
      stdio: 'inherit',
    });
  // Packages hold no links; their own script makes them. It runs here, as not every npm runs it.
  for (const name of names()) {
    const cwd = join(modules, name);
    execFileSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd });
  }
}

function names(): string[] {
  return readdirSync(join(SERVERS, 'node_modules')).filter((name) => name.startsWith('postgres-'));
}

function runOn(binaries: string): Column {
  const version = execFileSync(join(binaries, 'postgres'), ['--version'], { encoding: 'utf8' }).trim();
  process.stderr.write(`\n${version}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'versions-'));
  const file = join(folder, 'results.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  spawnSync('npx', ['vitest', 'run', TEST, ...reporters], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PROBATUM_PG_BINDIR: binaries, PROBATUM_REQUIRE_POSTGRES: '1' },
  });
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as {
    testResults: { assertionResults: { title: string; status: string }[] }[];
  };
  rmSync(folder, { recursive: true });
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const number = /\d+\.\d+/.exec(version)?.[0] ?? version;
  return { version: number, results: new Map(tests.map(({ title, status }) => [title, status])) };
}

function page(columns: readonly Column[], commit: string): string {
  const titles = [...new Set(columns.flatMap(({ results }) => [...results.keys()]))];
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const dump = execFileSync('pg_dump', ['--version'], { encoding: 'utf8' }).trim();
  return `# Versions of PostgreSQL

\`npm run test:versions\` runs a whole change on each of these servers and writes this page. The servers besides the installed one
come from the package registry (\`test/versions/servers\`), without client programs. Where the server is newer than the installed
\`pg_dump\`, which was ${dump}, the backup is one that a command declares: the rows of every table by COPY, in the run's
snapshot. So backups by \`pg_dump\` 16 to 18 are not covered by this table.

Run on ${new Date().toISOString().slice(0, 10)} at commit \`${commit}\`, Node ${process.version}.

${row(['A whole change', ...columns.map(({ version }) => version)])}${row(['---', ...columns.map(() => '---')])}${titles
  .map((title) => row([title, ...columns.map(({ results }) => results.get(title) ?? 'not run')]))
  .join('')}`;
}

installServers();
const modules = join(SERVERS, 'node_modules');
const installed = findServerBinaries();
const folders = names().map((name) => join(modules, name, 'native', 'bin'));
const columns = [...folders, ...(installed === null ? [] : [installed])]
  .map(runOn)
  .sort((a, b) => Number(a.version) - Number(b.version));
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
writeFileSync(join(ROOT, 'docs', 'versions.md'), page(columns, commit));
const wrong = columns.some(
  ({ results }) => results.size === 0 || [...results.values()].some((one) => one !== 'passed'),
);
process.exitCode = wrong ? 1 : 0;

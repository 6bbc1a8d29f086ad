/**
 * What a run costs over the same work by hand, on a database whose dump has some 64 MB:
 * `npm run bench:run -- --runs 5`. By hand: `pg_dump -Fc | tee FILE | sha256sum`, the checks, the SQL in one
 * transaction, the checks again.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { RunRecord } from '../src/record/record.js';
import { DOCUMENTS, TARGET, URL_VARIABLE } from '../test/support/change.js';
import { type PostgresChange, postgresChange, queryOnce } from '../test/support/postgres-change.js';
import { startPostgresServer } from '../test/support/postgres-server.js';
import { newestRun } from '../test/support/run-probatum.js';
import { median } from './measure.js';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } });
const RUNS = Number(values.runs);
/** Hex of random numbers: half of it is what a compressor cannot spare. */
const BULK = `CREATE TABLE app.bulk AS SELECT g AS id, md5(g::text || random()::text) AS hash FROM generate_series(1, 2900000) AS g;`;
const CLI = join(import.meta.dirname, '..', 'dist', 'cli.js');
const BY_HAND = `set -euo pipefail
query() { psql -X -q -v ON_ERROR_STOP=1 "$@" "$URL"; }
pg_dump -Fc "$URL" | tee backup.dump | sha256sum
query -f baselines.sql
query -f preflight.sql
query -1 -f migration.sql
query -f verify.sql
`;

/** Milliseconds that a command takes as a whole. */
function wall(command: string, args: readonly string[], { root, url }: PostgresChange): number {
  const start = performance.now();
  const env = { ...process.env, URL: url, [URL_VARIABLE]: url };
  const { status, stderr } = spawnSync(command, args, { cwd: root, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

/** A change and its database, settled: neither of the two has to write what making it has left. */
async function prepared(): Promise<PostgresChange> {
  const change = await postgresChange(server, {}, BULK);
  await change.query('VACUUM (ANALYZE) app.bulk');
  await change.query('CHECKPOINT');
  return change;
}

async function remove(change: PostgresChange): Promise<void> {
  await queryOnce(server.url('postgres'), `DROP DATABASE ${change.identity.database}`);
  change.remove();
}

/** Writes the reviewed SQL into files for psql; the checks that compare with a baseline are asked before, too. */
function extractSql({ root }: PostgresChange): void {
  const write = (name: string, sql: string) => writeFileSync(join(root, `${name}.sql`), sql);
  const extract = (document: string, role: string) =>
    execFileSync(process.execPath, [CLI, 'extract', document, '--role', role], {
      cwd: root,
      encoding: 'utf8',
    });
  const verify = extract(DOCUMENTS.package, 'verify');
  const compared = verify.split('\n\n').filter((check) => check.includes('-- expect: baseline'));
  write('baselines', compared.join('\n\n'));
  write('preflight', extract(DOCUMENTS.package, 'preflight'));
  write('migration', extract(DOCUMENTS.ddl, 'migration'));
  write('verify', verify);
}

/** Milliseconds of each step of a run, by its record; what comes before the first is the start. */
function stepsOf(change: PostgresChange, whole: number): Map<string, number> {
  const record = JSON.parse(readFileSync(join(newestRun(change.root)!, 'record.json'), 'utf8')) as RunRecord;
  const time = (at: string | null) => Date.parse(at ?? '');
  const steps = record.steps.map(
    ({ step, startedAt, finishedAt }) => [step, time(finishedAt) - time(startedAt)] as const,
  );
  const inside = time(record.finishedAt) - time(record.startedAt);
  return new Map([['before the first step, and after the last', whole - inside], ...steps]);
}

const server = await startPostgresServer({ shared_buffers: '256MB', fsync: 'on' });
try {
  const hand: number[] = [];
  const ours: number[] = [];
  const steps: Map<string, number>[] = [];
  let bytes = 0;
  for (let round = 0; round < RUNS; round++) {
    const one = await prepared();
    extractSql(one);
    hand.push(wall('bash', ['-c', BY_HAND], one));
    bytes = statSync(join(one.root, 'backup.dump')).size;
    await remove(one);
    const other = await prepared();
    ours.push(wall(process.execPath, [CLI, 'run', DOCUMENTS.package, '--target', TARGET], other));
    steps.push(stepsOf(other, ours.at(-1)!));
    await remove(other);
  }
  const seconds = (walls: readonly number[]) => (median({ name: 'a run', walls }) / 1000).toFixed(2);
  const load = loadavg()[0]!.toFixed(1);
  console.log(`${RUNS} runs of each in turn, medians; load of the machine at the end ${load}\n`);
  console.log('| What | Seconds |\n| --- | --- |');
  console.log(`| by hand, a dump of ${(bytes / 1e6).toFixed(0)} MB | ${seconds(hand)} |`);
  console.log(`| \`probatum run\` | ${seconds(ours)} |`);
  for (const name of steps[0]!.keys())
    console.log(`| – ${name} | ${seconds(steps.map((of) => of.get(name) ?? 0))} |`);
  const ratio = median({ name: 'ratio', walls: ours }) / median({ name: 'ratio', walls: hand });
  console.log(`| ratio | ${ratio.toFixed(2)} |`);
  console.log(`| ratio in each round | ${ours.map((one, at) => (one / hand[at]!).toFixed(2)).join(', ')} |`);
} finally {
  await server.stop();
}

/**
 * What a run costs over the same work by hand, on a database whose dump has some 64 MB: `npm run bench:run`.
 * By hand: `pg_dump -Fc | tee FILE | sha256sum`, the checks, the SQL in one transaction, the checks again.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { DOCUMENTS, TARGET, URL_VARIABLE } from '../test/support/change.js';
import { postgresChange } from '../test/support/postgres-change.js';
import { startPostgresServer } from '../test/support/postgres-server.js';
import { median } from './measure.js';

const ROUNDS = 3;
/** Hex of random numbers: half of it is what a compressor cannot spare. */
const BULK = `CREATE TABLE app.bulk AS SELECT g AS id, md5(g::text || random()::text) AS hash FROM generate_series(1, 2500000) AS g;`;
const CLI = join(import.meta.dirname, '..', 'dist', 'cli.js');
const BY_HAND = `set -euo pipefail
pg_dump -Fc "$URL" | tee backup.dump | sha256sum
psql -X -q -v ON_ERROR_STOP=1 -f preflight.sql "$URL"
psql -X -q -v ON_ERROR_STOP=1 -1 -f migration.sql "$URL"
psql -X -q -v ON_ERROR_STOP=1 -f verify.sql "$URL"
`;

function seconds(command: string, args: readonly string[], cwd: string, url: string): number {
  const start = performance.now();
  const env = { ...process.env, URL: url, [URL_VARIABLE]: url };
  const { status, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

const server = await startPostgresServer({ shared_buffers: '256MB', fsync: 'on' });
try {
  const seen = { ours: [] as number[], hand: [] as number[] };
  let size = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const hand = await postgresChange(server, {}, BULK);
    for (const [role, document] of [
      ['migration', DOCUMENTS.ddl],
      ['preflight', DOCUMENTS.package],
      ['verify', DOCUMENTS.package],
    ] as const) {
      const sql = execFileSync(process.execPath, [CLI, 'extract', document, '--role', role], {
        cwd: hand.root,
      });
      writeFileSync(join(hand.root, `${role}.sql`), sql);
    }
    seen.hand.push(seconds('bash', ['-c', BY_HAND], hand.root, hand.url));
    size = statSync(join(hand.root, 'backup.dump')).size;
    hand.remove();
    const ours = await postgresChange(server, {}, BULK);
    const run = [CLI, 'run', DOCUMENTS.package, '--target', TARGET];
    seen.ours.push(seconds(process.execPath, run, ours.root, ours.url));
    ours.remove();
  }
  const run = median({ name: 'run', walls: seen.ours }) / 1000;
  const hand = median({ name: 'by hand', walls: seen.hand }) / 1000;
  console.log(`| what | seconds (median of ${ROUNDS}) |\n| --- | --- |`);
  console.log(`| by hand, a dump of ${(size / 1e6).toFixed(0)} MB | ${hand.toFixed(2)} |`);
  console.log(`| probatum run | ${run.toFixed(2)} |`);
  console.log(`| ratio | ${(run / hand).toFixed(2)} |`);
} finally {
  await server.stop();
}

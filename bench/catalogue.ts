/**
 * The catalogue snapshot of a database with 2,000 tables of 15 columns, beside `pg_dump --schema-only` of the same
 * database: `npm run bench:catalogue`.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { readCatalogue } from '../src/target/catalogue.js';
import { openPostgresTarget } from '../src/target/postgres.js';
import { findServerBinaries } from '../test/support/postgres-binaries.js';
import { startPostgresServer } from '../test/support/postgres-server.js';
import { median } from './measure.js';

const RUNS = 5;
const TABLES = `DO $$ BEGIN FOR i IN 1..2000 LOOP
  EXECUTE format('CREATE TABLE public.t%s (id bigint PRIMARY KEY, ref bigint, %s)', i,
    (SELECT string_agg(format('c%s text DEFAULT ''x''', k), ', ') FROM generate_series(1, 13) AS k));
  EXECUTE format('CREATE INDEX ON public.t%s (c1)', i);
END LOOP; END $$`;

// One transaction locks every table, as pg_dump does.
const server = await startPostgresServer({ shared_buffers: '128MB', max_locks_per_transaction: '1000' });
const url = await server.createDatabase('wide');
const target = openPostgresTarget('bench', { engine: 'postgres', connection: { env: 'URL' } }, { URL: url });
try {
  const session = await target.open();
  await session.run(TABLES);
  await session.run('ANALYZE');
  const program = join(findServerBinaries()!, 'pg_dump');
  const dump = () => {
    const { status } = spawnSync(program, ['--schema-only', '--dbname', url], { stdio: 'ignore' });
    if (status !== 0) throw new Error('pg_dump failed');
  };
  let objects = 0;
  const ours = async () => {
    objects = (await readCatalogue(session)).objects.length;
  };
  const milliseconds = async (work: () => unknown) => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  await ours();
  // Turn by turn, so that what else the machine does falls on both.
  const seen = { ours: [] as number[], dump: [] as number[] };
  for (let run = 0; run < RUNS; run++) {
    seen.ours.push(await milliseconds(ours));
    seen.dump.push(await milliseconds(dump));
  }
  const snapshot = median({ name: 'snapshot', walls: seen.ours }) / 1000;
  const peer = median({ name: 'pg_dump', walls: seen.dump }) / 1000;
  console.log('| what | seconds (median of 5) |\n| --- | --- |');
  console.log(`| catalogue snapshot, ${objects} objects | ${snapshot.toFixed(2)} |`);
  console.log(`| pg_dump --schema-only | ${peer.toFixed(2)} |`);
  console.log(`| ratio | ${(snapshot / peer).toFixed(2)} |`);
} finally {
  await target.close();
  await server.stop();
}

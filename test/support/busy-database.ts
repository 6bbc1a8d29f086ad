import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import pg from 'pg';
import { findServerBinaries } from './postgres-binaries.js';

/** Other people's work in a database, until it is stopped. */
export interface OthersAtWork {
  /** How many statements that change the catalogue were done so far. */
  changes(): number;
  stop(): Promise<void>;
}

/** What a deployment beside ours may do; `#` is a new number each time. */
const CHANGES = [
  'CREATE TABLE noise.t# (id serial PRIMARY KEY, x text)',
  'CREATE TEMPORARY TABLE passing# (x int)',
  'ALTER TABLE noise.t# ADD COLUMN y int DEFAULT 1',
  'CREATE INDEX ON noise.t# (x)',
  "COMMENT ON TABLE noise.t# IS 'noise'",
  'CREATE VIEW noise.v# AS SELECT id, x FROM noise.t#',
  "CREATE FUNCTION noise.f#() RETURNS int LANGUAGE sql AS 'SELECT 1'",
  'GRANT SELECT ON noise.t# TO PUBLIC',
  'DROP TABLE passing#',
  'TRUNCATE noise.t#',
  'ALTER TABLE noise.t# ALTER y TYPE bigint',
];
/** pg_dump fails where a table goes away between its snapshot and its locks; so nothing goes before it is done. */
const REMOVALS = [
  'ALTER TABLE noise.t# RENAME TO u#',
  'DROP VIEW noise.v#',
  'DROP FUNCTION noise.f#()',
  'DROP TABLE noise.u#',
];

/**
 * Starts pgbench, and a session that changes the catalogue all the time.
 * @param mayDrop asked before each round whether objects may be dropped, too
 */
export async function othersAtWork(url: string, mayDrop: () => boolean): Promise<OthersAtWork> {
  const pgbench = join(findServerBinaries()!, 'pgbench');
  execFileSync(pgbench, ['-i', '-q', '-s', '1', url], { stdio: 'ignore' });
  const writers = spawn(pgbench, ['-n', '-c', '2', '-R', '100', '-T', '600', url], { stdio: 'ignore' });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE SCHEMA noise');
  let done = 0;
  let going = true;
  client.on('error', () => {});
  let problem: unknown = null;
  const work = (async () => {
    for (let round = 1; going; round++) {
      for (const sql of [...CHANGES, ...(mayDrop() ? REMOVALS : [])]) {
        if (!going) return;
        await client.query(sql.replaceAll('#', String(round)));
        done += 1;
      }
    }
  })().catch((error: unknown) => {
    problem = error;
  });
  return {
    changes: () => done,
    stop: async () => {
      going = false;
      await work;
      await client.end();
      if (problem) throw problem;
      writers.kill();
      if (writers.exitCode === null && writers.signalCode === null) await once(writers, 'close');
    },
  };
}

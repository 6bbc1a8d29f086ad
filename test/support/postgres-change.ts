import pg from 'pg';
import { type CatalogueSnapshot, readCatalogue } from '../../src/target/catalogue.js';
import type { Identity } from '../../src/target/identity.js';
import { readIdentity } from '../../src/target/identity.js';
import { openPostgresTarget } from '../../src/target/postgres.js';
import { BASE_SQL, type ChangeParts, FIXTURE_SQL, removeChange, writeChange } from './change.js';
import type { PostgresServer } from './postgres-server.js';

/** A change, a database of its own in the state before it, and another person's way into that database. */
export interface PostgresChange {
  readonly root: string;
  readonly url: string;
  readonly identity: Identity;
  /** Rows of one statement in an independent session. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  catalogue(): Promise<CatalogueSnapshot>;
  remove(): void;
}

let databases = 0;

/** @param prepare SQL that an administrator ran before the change, besides the base */
export async function postgresChange(
  server: PostgresServer,
  parts: ChangeParts = {},
  prepare = '',
): Promise<PostgresChange> {
  databases += 1;
  const url = await server.createDatabase(`change_${process.pid}_${databases}`);
  const query = (sql: string) => queryOnce(url, sql);
  await query(BASE_SQL + FIXTURE_SQL + prepare);
  const read = async <T>(what: (session: Parameters<typeof readIdentity>[0]) => Promise<T>) => {
    const target = openPostgresTarget('t', { engine: 'postgres', connection: { env: 'URL' } }, { URL: url });
    try {
      return await what(await target.open());
    } finally {
      await target.close();
    }
  };
  const identity = await read(readIdentity);
  const root = await writeChange(identity, parts);
  return {
    root,
    url,
    identity,
    query,
    catalogue: () => read(readCatalogue),
    remove: () => removeChange(root),
  };
}

/** Sends SQL in a session of its own. */
export async function queryOnce(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const result = (await client.query(sql)) as unknown as pg.QueryResult | pg.QueryResult[];
    return (Array.isArray(result) ? result.at(-1)! : result).rows;
  } finally {
    await client.end();
  }
}

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { enroll } from '../../src/commands/enroll.js';
import { chainOf } from '../../src/commands/run.js';
import { loadConfig } from '../../src/load/config.js';
import type { TargetConfig } from '../../src/load/config-types.js';
import { compile, type PreparedPlan, preparePlan } from '../../src/pipeline.js';
import type { ChainLink } from '../../src/record/events.js';
import { catalogueText, readCatalogue, withoutFilenodes } from '../../src/target/catalogue.js';
import { openPostgresTarget } from '../../src/target/postgres.js';
import {
  type ChangeParts,
  DOCUMENTS,
  ONLY_INSIDE,
  removeChange,
  TARGET,
  URL_VARIABLE,
  writeChange,
} from '../support/change.js';
import { postgresChange } from '../support/postgres-change.js';
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.js';
import { environmentOf } from '../support/run-probatum.js';
import { Wire } from './wire.js';

/** What is run: an enrolled target, one whose verification fails after COMMIT, one without a ledger. */
export const VARIANTS = ['ledger', 'rollback', 'no-ledger'] as const;
export type VariantName = (typeof VARIANTS)[number];

/** A change as it is run again and again, each time on a fresh database. */
export interface Variant {
  readonly name: VariantName;
  readonly root: string;
  readonly template: string;
  readonly prepared: PreparedPlan;
  readonly chain: readonly ChainLink[];
}

/** What is in a database: everything that a migration could have changed, without the ledger. */
export interface DatabaseState {
  readonly catalogue: string;
  readonly rows: string;
}

/** Milliseconds; a silent connection is given up after it. */
export const QUERY_TIMEOUT_MS = 2_500;

const ENTRY = `    engine: postgres
    connection:
      env: ${URL_VARIABLE}
    query_timeout: ${QUERY_TIMEOUT_MS}ms
`;

const PARTS: Readonly<Record<VariantName, ChangeParts>> = {
  // The server's limit has to be the shorter one.
  ledger: { lockTimeout: '700ms', statementTimeout: '2s' },
  rollback: { verify: ONLY_INSIDE, lockTimeout: '5s', statementTimeout: '1000ms' },
  'no-ledger': { lockTimeout: '700ms', statementTimeout: '2s' },
};

/** One server with its proxy, and the variants on it; runs of one lane follow each other. */
export class Lane {
  readonly before = new Map<VariantName, DatabaseState>();
  readonly after = new Map<VariantName, DatabaseState>();

  private constructor(
    readonly server: PostgresServer,
    readonly wire: Wire,
    readonly database: string,
    readonly variants: ReadonlyMap<VariantName, Variant>,
  ) {}

  static async open(): Promise<Lane> {
    // The processes are killed, never the machine: what the kernel has is on disk.
    const server = await startPostgresServer({ fsync: 'off', jit: 'off', autovacuum: 'off' });
    const change = await postgresChange(server);
    removeChange(change.root);
    const database = change.identity.database;
    await admin(server, `CREATE DATABASE plain TEMPLATE ${database}`);
    const enrolling = await writeChange(change.identity, { target: ENTRY });
    const { environment, printed } = environmentOf(enrolling, { [URL_VARIABLE]: change.url });
    if ((await enroll(environment, TARGET, { write: true, format: 'pretty' })) !== 0)
      throw new Error(printed.err);
    removeChange(enrolling);
    const marker = String(
      (await change.query('SELECT marker::text AS marker FROM probatum.target'))[0]!.marker,
    );
    await admin(server, `ALTER DATABASE ${database} RENAME TO enrolled`);
    const variants = new Map<VariantName, Variant>();
    for (const name of VARIANTS) {
      const enrolled = name === 'no-ledger' ? {} : { marker };
      const root = await writeChange(change.identity, { target: ENTRY, ...PARTS[name], ...enrolled });
      const template = name === 'no-ledger' ? 'plain' : 'enrolled';
      variants.set(name, { name, root, template, ...(await prepare(root)) });
    }
    return new Lane(server, await Wire.start(server.port), database, variants);
  }

  get url(): string {
    return this.server.url(this.database);
  }

  variant(name: VariantName): Variant {
    return this.variants.get(name)!;
  }

  /** A fresh database, and no run of it yet. */
  async reset({ root, template }: Variant): Promise<void> {
    rmSync(join(root, '.probatum', 'runs'), { recursive: true, force: true });
    await admin(this.server, `DROP DATABASE IF EXISTS ${this.database} WITH (FORCE)`);
    await admin(this.server, `CREATE DATABASE ${this.database} TEMPLATE ${template}`);
  }

  async query(sql: string): Promise<Record<string, unknown>[]> {
    return ask(this.url, sql);
  }

  /** Waits until the server answers, which it does not while it starts or recovers. */
  async untilReady(): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        return void (await ask(this.server.url('postgres'), 'SELECT 1'));
      } catch (error) {
        if (tries > 200) throw error;
        await sleep(50);
      }
    }
  }

  async state(): Promise<DatabaseState> {
    const config: TargetConfig = { engine: 'postgres', connection: { env: 'URL' } };
    const target = openPostgresTarget('t', config as Extract<TargetConfig, { engine: 'postgres' }>, {
      URL: this.url,
    });
    try {
      const catalogue = catalogueText(withoutFilenodes(await readCatalogue(await target.open())));
      return { catalogue, rows: JSON.stringify(await this.query(ROWS)) };
    } finally {
      await target.close();
    }
  }

  /** `before` or `after`, or `half` where it is neither. */
  async stands(name: VariantName): Promise<'before' | 'after' | 'half'> {
    const now = await this.state();
    const same = (one: DatabaseState | undefined) =>
      one?.catalogue === now.catalogue && one.rows === now.rows;
    if (same(this.before.get(name))) return 'before';
    return same(this.after.get(name)) ? 'after' : 'half';
  }

  async close(): Promise<void> {
    await this.wire.close();
    for (const { root } of this.variants.values()) removeChange(root);
    await this.server.stop();
  }
}

const ROWS = `SELECT pg_catalog.query_to_xml('SELECT * FROM app.base ORDER BY id', true, false, '')::text AS base,
  pg_catalog.query_to_xml('SELECT * FROM app.log ORDER BY note', true, false, '')::text AS log,
  CASE WHEN to_regclass('app.item') IS NULL THEN 'none'
    ELSE pg_catalog.query_to_xml('SELECT * FROM app.item ORDER BY id', true, false, '')::text END AS item`;

async function prepare(root: string): Promise<Pick<Variant, 'prepared' | 'chain'>> {
  const compilation = await compile(loadConfig(root));
  const prepared = preparePlan(compilation, DOCUMENTS.package);
  if (!('plan' in prepared)) throw new Error(JSON.stringify(prepared.errors, null, 2));
  return { prepared, chain: chainOf(compilation, prepared) };
}

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function admin(server: PostgresServer, sql: string): Promise<void> {
  await ask(server.url('postgres'), sql);
}

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
  CREATE_ITEM,
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
  /** Last value of each sequence by its name. */
  readonly sequences: ReadonlyMap<string, bigint>;
}

/** Where a database is found. */
export interface Standing {
  /** `half` where it is neither as before nor as after. */
  readonly at: 'before' | 'after' | 'half';
  /** Sequences that have moved on since: nothing takes that back, not even the end of a transaction. */
  readonly moved: readonly string[];
}

/** Milliseconds; a silent connection is given up after it. */
export const QUERY_TIMEOUT_MS = 2_500;

const ENTRY = `    engine: postgres
    connection:
      env: ${URL_VARIABLE}
    query_timeout: ${QUERY_TIMEOUT_MS}ms
`;

/** A table whose key is taken from a sequence, so that each run moves one. */
const NUMBERED = 'CREATE TABLE app.event (id bigserial PRIMARY KEY, label text);';
const NUMBERING: ChangeParts = {
  migration: `${CREATE_ITEM}
INSERT INTO app.base (id, label) VALUES (2, 'two');

INSERT INTO app.event (label) VALUES ('made');
`,
  rollback: `DELETE FROM app.event WHERE label = 'made';

DELETE FROM app.base WHERE id = 2;

DROP TABLE app.item;
`,
  scope: { writesRows: ['app.base', 'app.event'] },
};

const PARTS: Readonly<Record<VariantName, ChangeParts>> = {
  // The server's limit has to be the shorter one.
  ledger: { ...NUMBERING, lockTimeout: '700ms', statementTimeout: '2s' },
  rollback: { ...NUMBERING, verify: ONLY_INSIDE, lockTimeout: '5s', statementTimeout: '1000ms' },
  'no-ledger': { ...NUMBERING, lockTimeout: '700ms', statementTimeout: '2s' },
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
    const change = await postgresChange(server, {}, NUMBERED);
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
      const rows = JSON.stringify(await this.query(ROWS));
      const sequences = (await this.query(SEQUENCES)) as { name: string; value: string }[];
      return {
        catalogue,
        rows,
        sequences: new Map(sequences.map(({ name, value }) => [name, BigInt(value)])),
      };
    } finally {
      await target.close();
    }
  }

  /** Where the database is: a sequence may stand further on than it has to, and never behind. */
  async stands(name: VariantName): Promise<Standing> {
    const now = await this.state();
    const [before, after] = [this.before.get(name), this.after.get(name)];
    const moved = before ? [...now.sequences.keys()].filter((one) => distance(before, now, one) !== 0n) : [];
    const at = isAt(before, now) ? 'before' : isAt(after, now) ? 'after' : 'half';
    return { at, moved };
  }

  async close(): Promise<void> {
    await this.wire.close();
    for (const { root } of this.variants.values()) removeChange(root);
    await this.server.stop();
  }
}

function isAt(one: DatabaseState | undefined, now: DatabaseState): boolean {
  if (one?.catalogue !== now.catalogue || one.rows !== now.rows) return false;
  return [...one.sequences.keys()].every((name) => distance(one, now, name) >= 0n);
}

function distance(then: DatabaseState, now: DatabaseState, name: string): bigint {
  return (now.sequences.get(name) ?? -1n) - (then.sequences.get(name) ?? 0n);
}

const SEQUENCES = `SELECT pg_catalog.format('%I.%I', schemaname, sequencename) AS name,
  COALESCE(last_value, 0)::text AS value FROM pg_catalog.pg_sequences ORDER BY 1`;

/** The key of app.event is the sequence's, of which a run that did not commit may have taken one. */
const ROWS = `SELECT pg_catalog.query_to_xml('SELECT * FROM app.base ORDER BY id', true, false, '')::text AS base,
  pg_catalog.query_to_xml('SELECT * FROM app.log ORDER BY note', true, false, '')::text AS log,
  pg_catalog.query_to_xml('SELECT label FROM app.event ORDER BY label', true, false, '')::text AS event,
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

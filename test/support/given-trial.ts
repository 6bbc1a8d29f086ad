import { observeDerived } from '../../src/execute/derived.js';
import { partsNotGiven } from '../../src/execute/given-parts.js';
import { type DerivedCheck, derivedChecks } from '../../src/sql/derived-checks.js';
import type { Statement } from '../../src/sql/facts.js';
import { givenParts } from '../../src/sql/given-parts.js';
import type { ScopeName } from '../../src/sql/scope.js';
import type { CatalogueSnapshot } from '../../src/target/catalogue.js';
import { readCatalogue } from '../../src/target/catalogue.js';
import type { Session, Target } from '../../src/target/engine.js';
import { openPostgresTarget } from '../../src/target/postgres.js';
import { readFence } from '../sql/read.js';
import { queryOnce } from './postgres-change.js';
import type { PostgresServer } from './postgres-server.js';

/** Runs migrations in transactions that are rolled back, and compares what statements give with what became of them. */
export interface Trial {
  /**
   * What no statement gives.
   * @param beside what somebody else's code does right after the migration, in its transaction
   */
  notGiven(migration: string, beside?: string): Promise<readonly string[]>;
  /**
   * Where the delta of the plan and that of the catalogue differ, in lines with `expected` or `observed` before them.
   * @param scope names that the scope declares; what is outside of it has `outside` before it
   */
  unexpected(migration: string, scope: readonly ScopeName[], beside?: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Objects that are there before, besides those of `prepare`. */
const BEFORE = `DO $$BEGIN CREATE ROLE "given ""Role"; EXCEPTION WHEN duplicate_object THEN NULL; END$$;
CREATE SCHEMA app;
CREATE TABLE app.log (id integer, note text, body text DEFAULT 'x');
CREATE UNIQUE INDEX log_id ON app.log (id);
CREATE TYPE app.pair AS (a integer, b text);
CREATE TABLE app.parent (n integer NOT NULL, label text DEFAULT 'p') PARTITION BY LIST (n);
CREATE TABLE app.child PARTITION OF app.parent FOR VALUES IN (1);
CREATE TABLE app.base (n integer, label text);
CREATE TABLE app.heir () INHERITS (app.base);
CREATE VIEW app.notes WITH (security_barrier) AS SELECT id FROM app.log;
CREATE SEQUENCE app.number;
`;

let databases = 0;

/** In a database of a server of its own. `loadGrammar` must have been awaited. */
export async function startTrial(server: PostgresServer, prepare = ''): Promise<Trial> {
  databases += 1;
  const url = await server.createDatabase(`trial_${process.pid}_${databases}`);
  await queryOnce(url, BEFORE + prepare);
  return trialOn(openPostgresTarget('t', { engine: 'postgres', connection: { env: 'URL' } }, { URL: url }));
}

/** In a database as it is. */
export async function trialOn(target: Target, prepare = ''): Promise<Trial> {
  const session = await target.open();
  if (prepare !== '') await session.run(`DO $prepare$ BEGIN ${prepare} END $prepare$`);
  const before = await readCatalogue(session);
  const role = (await session.run('SELECT current_user')).rows[0]![0]!;
  return {
    notGiven: (migration, beside = '') =>
      attempt(session, migration, beside, (statements, after) =>
        partsNotGiven(givenParts(statements)!, before, after, role),
      ),
    unexpected: (migration, scope, beside = '') =>
      attempt(session, migration, beside, (statements, after) =>
        unexpected(derivedChecks(statements, scope), { before, after, role }),
      ),
    close: () => target.close(),
  };
}

async function attempt(
  session: Session,
  migration: string,
  beside: string,
  judge: (statements: readonly Statement[], after: CatalogueSnapshot) => readonly string[],
) {
  const { units, problems } = readFence('migration', migration);
  const refused = problems.filter(({ rule }) => rule !== 'lock-hazard');
  if (refused.length > 0) throw new Error(JSON.stringify(refused, null, 2));
  const { statements } = units[0]!;
  await session.run('BEGIN');
  try {
    for (const { start, end } of statements)
      await session.run(Buffer.from(migration).subarray(start, end).toString('utf8'));
    if (beside !== '') await session.run(`DO $beside$ BEGIN ${beside} END $beside$`);
    return judge(statements, await readCatalogue(session));
  } finally {
    await session.run('ROLLBACK');
  }
}

/** Every derived check but those of rows, which only a run counts. */
function unexpected(
  checks: readonly DerivedCheck[],
  catalogues: { before: CatalogueSnapshot; after: CatalogueSnapshot; role: string },
): string[] {
  const writable = checks.find(({ subject }) => subject === 'rows-written')!.allowed;
  return checks.flatMap((check) => {
    const { subject, expected } = check;
    const observed = observeDerived(check, { ...catalogues, rows: [], sequences: [], writable })!;
    if (subject === 'scope') return observed.map((line) => `outside ${line}`);
    return [
      ...expected.filter((line) => !observed.includes(line)).map((line) => `expected ${line}`),
      ...observed.filter((line) => !expected.includes(line)).map((line) => `observed ${line}`),
    ];
  });
}

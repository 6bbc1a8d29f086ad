import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SETTINGS_PART } from '../../src/execute/identity-parts.js';
import { LOCK_KEY } from '../../src/execute/statements.js';
import type { GateName, StepName } from '../../src/plan/plan.js';
import type { OwnStep } from '../../src/record/events.js';
import type { DerivedSubject } from '../../src/sql/derived-checks.js';
import { type ChangeParts, ONLY_INSIDE, URL_VARIABLE, VERIFY } from './change.js';
import { findServerBinaries } from './postgres-binaries.js';
import { afterStep, type Meddling, onceAt, psql } from './run-probatum.js';
import { fencesOf } from './wire-record.js';

/** A change in which one thing is wrong, and what must say so. */
export interface Negative {
  readonly name: string;
  /** Id of the command at which the run ends. */
  readonly at: string;
  /** Id of the gate that is closed; without one it is the step itself that says no. */
  readonly gate?: string;
  /** What the run gives as its reason, behind the command's id. */
  readonly reason: RegExp;
  /** Ids of the checks, subjects of derived checks, or parts of the identity that fail, and no other. */
  readonly failing?: readonly string[];
  /** Statements of the migration that are on the wire. */
  readonly sent?: number;
  readonly code?: 5;
  readonly parts?: ChangeParts;
  /** SQL that somebody ran before; then the change has a database of its own. */
  readonly prepare?: string;
  /** What happens to the run; `undo` takes back what was done to the database beside it. */
  readonly meddle?: (url: string) => Meddling & { readonly undo?: () => void };
}

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const ENROLMENT = 'knowledge/probatum/enrolment/probatum-enrolment-ddl-2026-11-22.sql.md';
const MARK = '00000000-0000-4000-8000-000000000001';
const OTHER_MARK = '00000000-0000-4000-8000-000000000002';
const ENROLLED = `${fencesOf(ROOT, ENROLMENT, 'migration')} UPDATE probatum.target SET marker = '${MARK}';`;
const MOVE_MARK = `UPDATE probatum.target SET marker = '${OTHER_MARK}'`;

const flipFirstByte = (bytes: Uint8Array) => {
  bytes[0]! ^= 1;
};
const harm = (name: string) => (folder: string) => {
  const file = join(folder, 'artefacts', name);
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(file, bytes);
};
const harmAfter = (id: string, name: string) => () => ({ onEvent: onceAt(afterStep(id), harm(name)) });

/** A `pg_dump` that does something else than it is told, behind the real one's name. */
function lyingDump(behind: string): Pick<Negative, 'parts'> & { readonly remove: () => void } {
  const tools = mkdtempSync(join(tmpdir(), 'probatum-tools-'));
  const script = (name: string, rest: string) => {
    writeFileSync(join(tools, name), `#!/bin/sh\n${findServerBinaries()}/${name} "$@" ${rest}\n`);
    chmodSync(join(tools, name), 0o755);
  };
  script('pg_dump', behind);
  script('pg_restore', '');
  const target = `    engine: postgres\n    connection:\n      env: ${URL_VARIABLE}\n    scratch:\n      env: SCRATCH_URL\n    tools:\n      directory: ${tools}\n`;
  return { parts: { target }, remove: () => rmSync(tools, { recursive: true }) };
}
const truncating = lyingDump('| head -c 1500');
const emptying = lyingDump('--exclude-table-data=app.base');
/** Removes what the table of this module made on disk. */
export function removeLyingTools(): void {
  truncating.remove();
  emptying.remove();
}

/** SQL that is run in the migration's transaction, behind its CREATE TABLE, by an event trigger that somebody left. */
const alongside = (sql: string) => `
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $f$BEGIN RETURN NEW; END$f$;
CREATE FUNCTION app.alongside() RETURNS event_trigger LANGUAGE plpgsql AS $f$
BEGIN IF pg_catalog.to_regclass('app.also') IS NULL THEN ${sql}; END IF; END$f$;
CREATE EVENT TRIGGER alongside ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION app.alongside();`;
const NOTING = `
CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS
  $$BEGIN INSERT INTO app.log VALUES ('from a trigger'); RETURN NULL; END$$;
CREATE TRIGGER note AFTER INSERT ON app.base FOR EACH ROW EXECUTE FUNCTION app.note();`;

/** What somebody else does to the change, by what must notice it: a subject without an entry is a type error. */
const UNREVIEWED: Readonly<Record<Exclude<DerivedSubject, 'scope'>, string>> = {
  columns: alongside('ALTER TABLE app.item ALTER COLUMN label TYPE varchar(9)'),
  'primary-key': alongside('ALTER TABLE app.item DROP CONSTRAINT item_pkey'),
  'foreign-keys': alongside('ALTER TABLE app.item ADD FOREIGN KEY (id) REFERENCES app.item (id)'),
  'check-constraints': alongside('ALTER TABLE app.item ADD CHECK (id > 0)'),
  'column-defaults': alongside("ALTER TABLE app.item ALTER COLUMN label SET DEFAULT 'x'"),
  triggers: alongside(
    'CREATE TRIGGER touch BEFORE INSERT ON app.item FOR EACH ROW EXECUTE FUNCTION app.touch()',
  ),
  'catalogue-delta': alongside('CREATE TABLE app.also ()'),
  'rows-written': NOTING,
  'given-parts': alongside('CREATE INDEX item_extra ON app.item (label)'),
};
/** What the delta does not have lies outside of the scope as well; what is one too many is one that nobody gave. */
const FAILING_TOO: Readonly<Record<string, readonly string[]>> = {
  'catalogue-delta': ['scope'],
  'primary-key': ['given-parts'],
  'foreign-keys': ['given-parts'],
  'check-constraints': ['given-parts'],
  'column-defaults': ['given-parts'],
  triggers: ['given-parts'],
};
const GRID: Partial<Record<DerivedSubject, string>> = {
  'catalogue-delta': VERIFY.replace(/-- V-4[\s\S]*?\n\n/, ''),
  'rows-written': VERIFY.replace('app.log\n-- expect: baseline', 'app.log\n-- expect: baseline + 1'),
};

const denies = (gate: string) => new RegExp(`^gate ${gate} \\([a-z-]+\\) denies: `);
const identity = (part: string, parts: ChangeParts, prepare?: string): Negative => ({
  name: `the identity: ${part}`,
  at: 'GUARD',
  reason: new RegExp(`^${part} is [^;]*$`),
  failing: [part],
  parts,
  ...(prepare === undefined ? {} : { prepare }),
});
/** Somebody's session waits for the one that reads the catalogue in the exported snapshot, and ends it. */
const END_READING = `DO $$ BEGIN
  FOR tick IN 1..20000 LOOP
    PERFORM pg_stat_clear_snapshot(), pg_sleep(0.001);
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'probatum'
      AND state <> 'idle' AND query ~ '^(SAVEPOINT|\\s*SELECT .*pg_attribute)';
    EXIT WHEN FOUND;
  END LOOP;
END $$`;
const endReading = (url: string) =>
  void spawn('psql', ['-X', '-q', '-c', END_READING, url], { stdio: 'ignore' });

type BeforeCommit = GateName | Exclude<StepName | OwnStep, keyof typeof AFTER_COMMIT | 'prove-rollback'>;

/** Everything that can say no before COMMIT, by its name; one without an entry is a type error. */
export const NEGATIVES: Readonly<Record<BeforeCommit, readonly Negative[]>> = {
  'ddl-provenance': [
    {
      name: 'the SQL in memory is not what the package pins',
      at: 'C-00',
      gate: 'G-11',
      reason: denies('G-11'),
      meddle: () => ({ onBytes: ({ migration }) => flipFirstByte(migration.bytes) }),
    },
  ],
  provenance: [
    {
      name: 'the checks in memory are not those of the package',
      at: 'C-00',
      reason: /^preflight SQL does not have the digest of the plan$/,
      meddle: () => ({ onBytes: ({ preflight }) => flipFirstByte(preflight.bytes) }),
    },
  ],
  identity: [
    identity('system identifier', { identity: { system_identifier: '7000000000000000001' } }),
    identity('database', { identity: { database: 'another' } }),
    identity('database oid', { targetLines: '  database_oid: 1\n' }),
    identity('role', { identity: { role: 'somebody_else' } }),
    identity('timeline', { targetLines: '  timeline: 99\n' }),
    identity('marker', { marker: OTHER_MARK }, ENROLLED),
    identity('ledger', { ledger: 'required' }),
    identity(
      SETTINGS_PART,
      {},
      "DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET default_text_search_config = ''pg_catalog.german''', current_database()); END$$;",
    ),
    {
      name: 'the identity, asked again: the mark moved meanwhile',
      at: 'C-01',
      gate: 'G-04',
      reason: denies('G-04'),
      parts: { marker: MARK },
      prepare: ENROLLED,
      meddle: (url) => ({ onEvent: onceAt(afterStep('LOCK'), () => psql(url, MOVE_MARK)) }),
    },
  ],
  lock: [
    {
      name: 'another session holds the lock',
      at: 'LOCK',
      code: 5,
      reason: /^another run holds the lock on this database$/,
    },
  ],
  backup: [
    {
      name: 'the backup cannot be put in its place',
      at: 'C-01',
      reason: /backup\.dump exists already$/,
      meddle: () => ({
        onEvent: onceAt(
          (line) => line.type === 'step-started' && line.id === 'C-01',
          (folder) => mkdirSync(join(folder, 'artefacts', 'backup.dump', 'in-the-way'), { recursive: true }),
        ),
      }),
    },
  ],
  'backup-digest': [
    {
      name: 'the stored file has another digest',
      at: 'C-02',
      reason: /^the stored file has sha256 /,
      meddle: harmAfter('C-01', 'backup.dump'),
    },
    {
      name: 'the archive was cut off before it was hashed, and cannot be read in full',
      at: 'C-02',
      reason: /^pg_restore failed: /,
      parts: truncating.parts ?? {},
    },
  ],
  'backup-restorable': [
    {
      name: 'the stored backup changed since it was read',
      at: 'C-06',
      gate: 'G-01',
      reason: denies('G-01'),
      meddle: harmAfter('C-05', 'backup.dump'),
    },
  ],
  'backup-age': [
    {
      name: 'the backup is too old',
      at: 'C-06',
      gate: 'G-02',
      reason: denies('G-02'),
      parts: { maxAgeSeconds: 0 },
    },
  ],
  'ddl-staged': [
    {
      name: 'the staged SQL changed',
      at: 'C-06',
      gate: 'G-03',
      reason: denies('G-03'),
      meddle: harmAfter('C-05', 'migration.sql'),
    },
  ],
  'schema-snapshot': [
    {
      name: 'the catalogue cannot be read in the snapshot',
      at: 'C-03',
      reason: /57P01|connection/,
      // It is read while pg_dump writes, and stated by its own step.
      meddle: (url) => ({
        onEvent: onceAt(
          (event) => event.type === 'step-started' && event.id === 'C-01',
          () => endReading(url),
        ),
      }),
    },
  ],
  'row-counts': [
    {
      name: 'a baseline cannot be read',
      at: 'C-04',
      reason: /^baseline of check V-3: SQLSTATE 22012/,
      parts: { verify: VERIFY.replace('count(*) FROM app.log', '1 / count(*) FROM app.log') },
    },
  ],
  'prove-backup': [
    {
      name: 'the backup, restored, lacks rows',
      at: 'PROOF',
      reason: /^the restored backup differs: app\.base has 0 rows, in the snapshot 1$/,
      parts: emptying.parts ?? {},
      meddle: () => ({ proveBackup: true }),
    },
  ],
  preflight: [
    {
      name: 'a preflight check says no',
      at: 'C-05',
      reason: /^0 of 1 PASS, 1 FAIL$/,
      failing: ['PF-1'],
      parts: { preflight: '-- PF-1: rows of app.base\n-- expect: 7\nSELECT count(*) FROM app.base;\n' },
    },
    {
      name: 'the server refuses a preflight check',
      at: 'C-05',
      reason: /^0 of 1 PASS, 1 FAIL$/,
      failing: ['PF-1'],
      parts: { preflight: '-- PF-1: nothing\n-- expect: 7\nSELECT count(*) FROM app.nowhere;\n' },
    },
  ],
  migration: [
    {
      name: 'the backup changed behind all gates, right before BEGIN',
      at: 'C-06',
      reason: /^right before BEGIN the backup has sha256 /,
      meddle: () => ({
        onEvent: onceAt((line) => line.type === 'gate-evaluated' && line.id === 'G-03', harm('backup.dump')),
      }),
    },
    {
      name: 'somebody changed an object of the plan since the snapshot',
      at: 'C-06',
      reason: /^the catalogue changed since the snapshot: ~ table app\.base$/,
      meddle: (url) => ({
        onEvent: onceAt(afterStep('C-03'), () => psql(url, "COMMENT ON TABLE app.base IS 'new'")),
        undo: () => psql(url, 'COMMENT ON TABLE app.base IS NULL'),
      }),
    },
    {
      name: 'somebody changes an object of the plan during the transaction',
      at: 'C-06',
      reason: /^another session changed what the plan refers to: ~ table app\.log$/,
      sent: 2,
      meddle: (url) => ({
        onEvent: onceAt(
          ({ type }) => type === 'statement-executed',
          () => psql(url, "COMMENT ON TABLE app.log IS 'new'"),
        ),
        undo: () => psql(url, 'COMMENT ON TABLE app.log IS NULL'),
      }),
    },
    {
      name: 'the server refuses a statement',
      at: 'C-06',
      reason: /SQLSTATE 42P07/,
      sent: 1,
      prepare: 'CREATE TABLE app.item (other text);',
      parts: { preflight: '-- PF-1: one\n-- expect: 1\nSELECT count(*) FROM app.base;\n' },
    },
    {
      name: 'a deferred constraint says no',
      at: 'C-06',
      reason: /^a deferred constraint or trigger: SQLSTATE 23503/,
      sent: 2,
      prepare: `CREATE TABLE app.parent (id integer PRIMARY KEY);
        ALTER TABLE app.base ADD FOREIGN KEY (id) REFERENCES app.parent (id) DEFERRABLE INITIALLY DEFERRED NOT VALID;`,
    },
    {
      name: 'a check in the transaction says no',
      at: 'C-06',
      reason: /^verification in the transaction: 14 of 15 PASS, 1 FAIL$/,
      failing: ['V-1'],
      sent: 2,
      parts: { verify: VERIFY.replace('-- expect: 0', '-- expect: 3') },
    },
    {
      name: 'the server refuses a check in the transaction',
      at: 'C-06',
      reason: /^verification in the transaction: 14 of 15 PASS, 1 FAIL$/,
      failing: ['V-1'],
      sent: 2,
      parts: { verify: VERIFY.replace('count(*) FROM app.item', '1 / count(*) FROM app.item') },
    },
    {
      name: 'the catalogue is not what the package says',
      at: 'C-06',
      reason: /^verification in the transaction: 14 of 15 PASS, 1 FAIL$/,
      failing: ['V-4'],
      sent: 2,
      parts: { verify: VERIFY.replace('+ table app.item', '+ table app.other') },
    },
    ...Object.entries(UNREVIEWED).map(([subject, prepare]): Negative => {
      const verify = GRID[subject as DerivedSubject];
      return {
        name: `an effect that nobody reviewed: ${subject}`,
        at: 'C-06',
        reason: /^verification in the transaction: \d+ of \d+ PASS, \d FAIL$/,
        failing: [subject, ...(FAILING_TOO[subject] ?? [])],
        sent: 2,
        prepare,
        ...(verify === undefined ? {} : { parts: { verify } }),
      };
    }),
    {
      name: 'an effect that nobody reviewed: scope',
      at: 'C-06',
      reason: /^verification in the transaction: \d+ of \d+ PASS, 1 FAIL$/,
      failing: ['scope'],
      sent: 2,
      // Where a name changes, only the scope bounds what else is done.
      parts: {
        migration:
          "ALTER TABLE app.log RENAME COLUMN note TO text;\nDO $do$\nBEGIN\n  EXECUTE 'CREATE SEQUENCE app.extra';\nEND\n$do$;\n",
        rollback: 'ALTER TABLE app.log RENAME COLUMN text TO note;\n',
        scope: { creates: [], writesRows: [], alters: ['app.log'] },
        allows: '[dynamic-sql]',
        verify: '-- V-3: one\n-- expect: 1\nSELECT 1;\n',
      },
    },
    {
      name: 'the ledger does not take the row',
      at: 'C-06',
      reason: /^the row in the ledger: SQLSTATE 23514/,
      sent: 2,
      parts: { marker: MARK },
      prepare: `${ENROLLED} ALTER TABLE probatum.run ADD CHECK (outcome <> 'committed');`,
    },
  ],
};

/** What can say no after COMMIT, with what stands then. */
export interface AfterCommit extends Pick<Negative, 'name' | 'at' | 'parts' | 'prepare' | 'meddle'> {
  readonly code: 3 | 4;
  /** Statuses of the last two commands. */
  readonly ends: readonly [string, string];
  /** Transactions of the rollback that were committed. */
  readonly takenBack: 0 | 1;
}

export const AFTER_COMMIT: Readonly<Record<'verification' | 'rollback', readonly AfterCommit[]>> = {
  verification: [
    {
      name: 'a check after COMMIT says no, and the change is taken back',
      at: 'C-07',
      code: 3,
      ends: ['denied', 'done'],
      takenBack: 1,
      parts: { verify: ONLY_INSIDE },
    },
    {
      name: 'the new session is not connected to the database that was migrated: a person decides',
      at: 'C-07',
      code: 4,
      ends: ['failed', 'skipped'],
      takenBack: 0,
      parts: { marker: MARK },
      prepare: ENROLLED,
      meddle: (url) => ({ onEvent: onceAt(afterStep('C-06'), () => psql(url, MOVE_MARK)) }),
    },
  ],
  rollback: [
    {
      name: 'the server refuses the rollback',
      at: 'C-08',
      code: 4,
      ends: ['denied', 'failed'],
      takenBack: 0,
      parts: { verify: ONLY_INSIDE },
      prepare: `CREATE FUNCTION app.keep() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'kept'; END$$;
        CREATE TRIGGER keep BEFORE DELETE ON app.base FOR EACH ROW EXECUTE FUNCTION app.keep();`,
    },
  ],
};

/** What another session holds while the run asks for the lock. */
export const HOLD_LOCK = `SELECT pg_advisory_lock(${LOCK_KEY})`;

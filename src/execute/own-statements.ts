import { ABILITIES, CATALOGUE_QUERIES, MEMBERS } from '../target/catalogue.js';
import type { CatalogueQuery } from '../target/catalogue-sql.js';
import { WATCH } from '../target/catalogue-watch.js';
import { CONTENTS, EFFECTS, SEQUENCE_VALUES } from '../target/effect-proofs.js';
import { HELD } from '../target/held-settings.js';
import { IDENTITY } from '../target/identity.js';
import { LEDGER } from '../target/ledger.js';
import { PASSING } from '../target/passing-read.js';
import { SCRATCH_STATEMENTS } from '../target/restore-backup.js';
import { ROLE_SETTINGS } from '../target/role-settings.js';
import { ROW_CHANGE_STATEMENTS } from '../target/row-changes.js';
import { COUNT_STATEMENTS, COUNTING, COUNTS } from '../target/row-counts.js';
import {
  LEAVE_TRANSACTION,
  RESET_SETTINGS,
  SERVER_VERSION,
  SESSION_SETTINGS,
} from '../target/session-settings.js';
import { WAL, WAL_PATTERNS } from '../target/wal-proof.js';
import { WRITE_COUNTS } from '../target/write-counts.js';
import { OWN, USE_SNAPSHOT } from './statements.js';

/** One statement that the tool may send on its own account. */
export interface OwnStatement {
  /** Its exact text; of one with a variable part, its form with `…` for that part. */
  readonly sql: string;
  readonly purpose: string;
  /** What `$1`, `$2`, … are. */
  readonly parameters: readonly string[];
  /** First `server_version_num` to which it is sent. */
  readonly since: number | null;
  /** All texts of a statement with a variable part. */
  readonly pattern: RegExp | null;
}

/** Statements that are sent at one place of a run. */
export interface OwnStatements {
  readonly where: string;
  readonly statements: readonly OwnStatement[];
}

const one = (sql: string, purpose: string, more: Partial<OwnStatement> = {}): OwnStatement => ({
  sql,
  purpose,
  parameters: [],
  since: null,
  pattern: null,
  ...more,
});

/** The entries of `OWN`, each with what it is for: one that is not described here does not compile. */
const DESCRIBED: Readonly<Record<keyof typeof OWN, OwnStatement>> = {
  begin: one(OWN.begin, 'opens the transaction of the migration, or of the rollback'),
  commit: one(OWN.commit, 'commits it, once everything before it has passed'),
  rollback: one(OWN.rollback, 'ends a transaction that must leave nothing'),
  beginReading: one(
    OWN.beginReading,
    'opens the transaction of the exported snapshot, and of each check outside',
  ),
  dummy: one(OWN.dummy, 'takes the snapshot: after it nobody can make the transaction writable again'),
  savepoint: one(OWN.savepoint, 'before the checks in the transaction'),
  readOnly: one(
    OWN.readOnly,
    'before each check in the transaction: behind the savepoint nothing can be written',
  ),
  backToSavepoint: one(OWN.backToSavepoint, 'after each check in the transaction'),
  release: one(OWN.release, 'after the last check in the transaction'),
  fireDeferred: one(
    OWN.fireDeferred,
    'has deferred constraints and triggers do their work before the checks, until none writes a row',
  ),
  exportSnapshot: one(OWN.exportSnapshot, 'the snapshot that backup, catalogue, counts and baselines share'),
  tableGone: one(
    OWN.tableGone,
    'where `pg_dump` failed: whether a table of the snapshot was dropped, renamed or moved since, so that a new one is tried',
  ),
  serverClock: one(OWN.serverClock, 'the instant of the snapshot by the clock of the server'),
  serverAge: one(OWN.serverAge, 'the age of the backup by that clock', { parameters: ['that instant'] }),
  inWindow: one(
    OWN.inWindow,
    'whether the window of the authorization is open by that clock: behind the identity, and right before COMMIT',
    { parameters: ['its begin', 'its end'] },
  ),
  roles: one(OWN.roles, 'roles that the restored backup needs on the scratch server (`--prove-backup`)'),
  tryLock: one(OWN.tryLock, 'the lock of the run; it never waits', { parameters: ['the key of the lock'] }),
  transactionId: one(OWN.transactionId, 'the id by which the transaction can be asked about later'),
  transactionStatus: one(
    OWN.transactionStatus,
    'what became of a transaction whose COMMIT was not answered',
    {
      parameters: ['the transaction’s id'],
    },
  ),
  serverLife: one(OWN.serverLife, 'whether the server still knows the transaction, before it and after'),
  backend: one(OWN.backend, 'which process of the server holds the transaction'),
  endBackend: one(
    OWN.endBackend,
    'ends that process, where it still holds a transaction whose connection is lost',
    {
      parameters: ['its process id', 'its start'],
    },
  ),
  durable: one(
    OWN.durable,
    'has COMMIT wait for the disk, and for standbys where the server is configured so, whatever was set before it',
  ),
  limitFence: one(OWN.limitFence, 'how long the fence waits for the transaction', {
    parameters: ['the time'],
  }),
  limitLock: one(OWN.limitLock, 'the package’s `lock_timeout`, for the transaction', {
    parameters: ['milliseconds'],
  }),
  limitStatement: one(OWN.limitStatement, 'the package’s `statement_timeout`, for the transaction', {
    parameters: ['milliseconds'],
  }),
};

/** The entries of `LEDGER`, likewise. */
const ROW = ['the run’s id', 'the unit: migration, rollback, …', 'the digest of the plan'];
const LEDGERED: Readonly<Record<keyof typeof LEDGER, OwnStatement>> = {
  standing: one(
    LEDGER.standing,
    'whether the database is enrolled, and what the role may do with its ledger',
  ),
  marker: one(LEDGER.marker, 'its mark'),
  commit: one(LEDGER.commit, 'the row of the transaction, in that transaction', {
    parameters: [...ROW, 'the nonce of the authorization that it uses up, or nothing'],
  }),
  fence: one(LEDGER.fence, 'takes the transaction’s place in the ledger: then it cannot commit any more', {
    parameters: ROW,
  }),
  others: one(LEDGER.others, 'what other runs of the same plan have left there: a plan is run once', {
    parameters: [ROW[2]!, ROW[0]!],
  }),
  used: one(LEDGER.used, 'which run has used the authorization up', { parameters: ['its nonce'] }),
  outcome: one(LEDGER.outcome, 'what the ledger says of a transaction', { parameters: ROW.slice(0, 2) }),
};

const of = (...keys: readonly (keyof typeof OWN)[]) => keys.map((key) => DESCRIBED[key]);

/** What a catalogue query reads: the kinds that it gives its objects. */
const catalogued = ({ sql, since }: CatalogueQuery): OwnStatement => {
  const kinds = /^\s*SELECT ([\s\S]*?) AS kind/.exec(sql)?.[1] ?? '';
  const named = [...kinds.matchAll(/(?:THEN|ELSE|^) ?'([a-z -]+)'/g)].map(([, kind]) => kind);
  return one(sql, `every ${named.join(', ')}`, { since: since ?? null });
};

/** Every statement of the tool's own, in the order of a run: what docs/statements.md lists and a session lets through. */
export const OWN_STATEMENTS: readonly OwnStatements[] = [
  {
    where: 'Every session',
    statements: [
      one(RESET_SETTINGS, 'PGlite only: its one session is taken over from the one before'),
      ...SESSION_SETTINGS.map((sql) =>
        one(sql, 'the same results whatever role, database and environment say'),
      ),
      one(LEAVE_TRANSACTION, 'PGlite only: a session that is closed leaves no transaction open'),
    ],
  },
  {
    where: 'Identity: the step, the gate, the verification',
    statements: [
      one(IDENTITY, 'which database this is'),
      LEDGERED.standing,
      LEDGERED.marker,
      one(ROLE_SETTINGS, 'what role or database have set that is not overridden above'),
      ...of('inWindow'),
    ],
  },
  { where: 'Lock', statements: [...of('tryLock'), LEDGERED.others, LEDGERED.used] },
  {
    where: 'Backup, and what shares its snapshot',
    statements: [
      one(SERVER_VERSION, 'which `pg_dump` is new enough'),
      ...of('beginReading', 'exportSnapshot', 'tableGone', 'serverClock', 'serverAge', 'roles'),
      one('SET TRANSACTION SNAPSHOT …', 'reads a baseline in the snapshot; … is its id, as a literal', {
        pattern: USE_SNAPSHOT,
      }),
    ],
  },
  {
    where: 'Catalogue: the snapshot, and each comparison with it',
    statements: [
      one(ABILITIES, 'which catalogues there are, and which of them this role may read in full'),
      one(MEMBERS, 'which objects came with an extension'),
      ...CATALOGUE_QUERIES.map(catalogued),
    ],
  },
  {
    where: 'Readings within a transaction that goes on: the catalogue, sequences, unlogged tables',
    statements: [
      one(PASSING.savepoint, 'before the reading'),
      one(PASSING.shortWait, 'a reading gives up before it can be the victim of a deadlock'),
      one(PASSING.back, 'after it: the locks of reading are given back'),
      one(PASSING.release, 'the same'),
    ],
  },
  {
    where: 'Whose changes of the catalogue they are',
    statements: [
      ...of('transactionId'),
      one(WATCH.inProgress, 'which of the transactions that wrote rows are ours', {
        parameters: ['ids of transactions'],
      }),
      one(WATCH.ownLocks, 'what our transaction may have dropped'),
    ],
  },
  {
    where: 'What was written, besides the counters',
    statements: [
      one(EFFECTS.sequences, 'has the server write one statement for each sequence, with its name quoted'),
      one(
        "SELECT …, pg_catalog.concat_ws(' ', last_value, is_called) FROM … UNION ALL …",
        'those statements',
        {
          pattern: SEQUENCE_VALUES,
        },
      ),
      one(EFFECTS.drawn, 'which sequences our transaction has drawn from, by the locks that it holds'),
      one(EFFECTS.unloggedTables, 'has the server write one statement for each unlogged table'),
      one(
        'SELECT md5(…) FROM (SELECT md5(CAST(ROW(t.*) AS text)) AS h FROM ONLY … AS t) AS x',
        'that statement',
        {
          pattern: CONTENTS,
        },
      ),
      one(WAL.position, 'where the write-ahead log is before BEGIN'),
      one(WAL.flushed, 'where it is after COMMIT'),
      one(WAL.inspector, 'whether, and in which schema, pg_walinspect is installed'),
      one(
        'SELECT r.description FROM ….pg_get_wal_records_info(…) …',
        'the subtransactions that were committed',
        {
          pattern: WAL_PATTERNS.commit,
          parameters: ['the position before', 'the position after', 'the transaction’s id'],
        },
      ),
      one(
        'SELECT DISTINCT … FROM ….pg_get_wal_records_info(…) …',
        'the tables that the log says were written',
        {
          pattern: WAL_PATTERNS.written,
          parameters: ['the position before', 'the position after', 'ids of our transactions'],
        },
      ),
    ],
  },
  {
    where: 'Row counts',
    statements: [
      one(COUNT_STATEMENTS, 'has the server write one statement for each table, with its name quoted'),
      one(
        'SELECT … AS name, count(*) AS rows FROM ONLY … UNION ALL …',
        'those statements, joined by UNION ALL',
        {
          pattern: COUNTS,
        },
      ),
      one(COUNTING.savepoint, 'before them, in the exported snapshot'),
      one(COUNTING.back, 'after them, so that nothing stays locked; and where a table was dropped since'),
      one(COUNTING.release, 'after them'),
      one(COUNTING.stillThere, 'which tables are still there', { parameters: ['their names'] }),
    ],
  },
  {
    where: 'Checks outside of the migration’s transaction',
    statements: of('beginReading', 'dummy', 'limitLock', 'limitStatement', 'rollback'),
  },
  {
    where: 'Migration and rollback',
    statements: [
      one(
        ROW_CHANGE_STATEMENTS.settings,
        'whether the server counts written rows, and how they are sent away',
      ),
      one(ROW_CHANGE_STATEMENTS.flush, 'sends away the counts of earlier transactions', { since: 150_000 }),
      one(ROW_CHANGE_STATEMENTS.wait, 'the same, on servers before 15'),
      ...of('serverLife', 'backend', 'begin', 'limitLock', 'limitStatement', 'transactionId', 'fireDeferred'),
      one(
        HELD.read,
        'what is set in the session: after BEGIN, after each reviewed statement and after deferred triggers',
      ),
      one(HELD.putBack, 'puts back what a trigger or function of the database has set', {
        parameters: ['the setting', 'its value in the session', 'its value in the transaction'],
      }),
      one(WRITE_COUNTS, 'whether deferred triggers wrote rows: then they are made to fire once more'),
      ...of('savepoint', 'readOnly', 'backToSavepoint', 'release'),
      one(ROW_CHANGE_STATEMENTS.changes, 'the tables whose rows the transaction wrote'),
      LEDGERED.commit,
      ...of('inWindow', 'durable', 'commit', 'rollback'),
    ],
  },
  {
    where: 'A COMMIT that was not answered',
    statements: [
      ...of('limitFence'),
      LEDGERED.fence,
      LEDGERED.outcome,
      ...of('endBackend', 'serverLife', 'transactionStatus'),
    ],
  },
];

/** What is sent to the scratch server of `--prove-backup` besides, and to no target. */
export const SCRATCH_SERVER: OwnStatements = {
  where: 'The scratch server of `--prove-backup`, and no target',
  statements: SCRATCH_STATEMENTS.map(({ sql, purpose, pattern }) => one(sql, purpose, { pattern })),
};

const ALL = OWN_STATEMENTS.flatMap(({ statements }) => statements);
const FIXED: ReadonlyMap<string, OwnStatement> = new Map(
  ALL.filter(({ pattern }) => !pattern).map((own) => [own.sql, own]),
);
const VARIABLE = ALL.filter(({ pattern }) => pattern);

/** Whether a text with so many values is a statement of the tool's own. */
export function isOwnStatement(sql: string, values = 0): boolean {
  const own = FIXED.get(sql) ?? VARIABLE.find(({ pattern }) => pattern!.test(sql));
  return own?.parameters.length === values;
}
